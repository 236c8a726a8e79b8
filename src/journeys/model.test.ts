import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assign } from '../experiments/index.ts';
import type { Graph } from './graph.ts';
import { createHarness, type Harness, ws } from './journeys.fixture.ts';
import { type Landed, Model, type ModelPerson, wallOf } from './model.fixture.ts';

/**
 * Random journeys and random events, side by side in the engine and in the interpreter: the same way for everybody, also where the process dies at
 * some boundary, where a version is changed with people inside, and where people turn out to be one. More runs: YUTANG_MODEL_RUNS.
 */
const runs = Number(process.env.YUTANG_MODEL_RUNS ?? 1);
const journeys = 24;
const instants = 16;
const users = 5;
const minute = 60_000;
/** Where the clocks change by an hour, by half of one, at midnight, and never; each run begins shortly before a change. */
const zones = ['America/New_York', 'Australia/Lord_Howe', 'Europe/Berlin', 'Africa/Cairo', 'Asia/Shanghai'];
const begin = 36 * 60;
const boundaries = ['journeys.entered', 'journeys.advanced', 'journeys.converted', 'journeys.left', 'journeys.announced', 'journeys.told'];

/** When the clocks are next changed there, but not at once; where they never are, some time. */
function changeOf(zone: string, from: number): number {
  const offset = (ms: number): number => Date.parse(`${wallOf(ms, zone).replace(' ', 'T')}Z`) - ms;
  const first = from + 2 * begin * minute;
  for (let at = first, i = 0; i < 400 * 48; at += 30 * minute, i++) if (offset(at) !== offset(from)) return at;
  return first;
}
/** Times of day around the one that the wall would say if the clocks had not been changed then. */
function timesAround(change: number, zone: string): string[] {
  const before = Date.parse(`${wallOf(change - 60 * minute, zone).replace(' ', 'T')}Z`);
  return ['09:00', '23:50', ...[30, 70, 90, 120].map((n) => new Date(before + n * minute).toISOString().slice(11, 16))];
}

/** Numbers that look random and are the same in each run of the same seed. */
function dice(seed: string) {
  let turn = 0;
  const below = (n: number): number =>
    assign(
      seed,
      turn++,
      Array.from({ length: n }, () => 1),
    );
  return {
    below,
    one: <T>(list: readonly T[]): T => list[below(list.length)]!,
    chance: (percent: number): boolean => below(100) < percent,
  };
}
type Dice = ReturnType<typeof dice>;

function randomGraph(d: Dice, no: string, times: readonly string[], before?: Graph): Graph {
  const ev = (name: string): string => `${name} ${no}`;
  const count = 2 + d.below(6);
  const ids = Array.from({ length: count }, (_, i) => `n${i}`);
  const span = () => ({ minutes: d.one([1, 5, 20, 60, 240, 1440]) });
  const match = () => (d.chance(40) ? { match: [{ property: 'k', entry: 'k' }] } : {});
  const nodes: Record<string, unknown>[] = ids.map((id, i) => {
    switch (d.below(9)) {
      case 0:
      case 1:
        return { id, type: 'wait', ...(d.chance(60) ? { day: d.below(3), at: d.one(times) } : span()) };
      case 2:
      case 3:
      case 4:
        return { id, type: 'until', event: ev(d.one(['A', 'B'])), ...span(), ...match() };
      case 5:
        return {
          id,
          type: 'branch',
          branches: [
            d.chance(50)
              ? { key: 'a', name: 'A', rule: { event: ev('A'), count: { op: '>=', value: 1 + d.below(3) } } }
              : { key: 'a', name: 'A', entry: [{ property: 'k', op: '=', value: d.below(3) }] },
          ],
        };
      case 6:
        return {
          id,
          type: 'split',
          branches: [
            { key: 'a', name: 'A', weight: 50 },
            { key: 'b', name: 'B', weight: 50 },
          ],
        };
      case 7:
        return i > 0 ? { id, type: 'jump', to: ids[d.below(i)], most: 1 + d.below(3), ...span() } : { id, type: 'wait', ...span() };
      default:
        return { id, type: 'exit' };
    }
  });
  const entry = before?.nodes[0] ?? {
    ...{ id: 'in', type: 'entry', event: ev('S') },
    reentry: d.one<unknown>(['never', 'always', { afterDays: 1 }]),
    ...(d.chance(40) ? { key: 'k' } : {}),
  };
  const mayAgain = (entry as { reentry: unknown }).reentry !== 'never';
  if (!before && mayAgain && d.chance(40)) Object.assign(entry, { most: 2 });
  if (!before && mayAgain && d.chance(25)) Object.assign(entry, { over: 'replace' });
  const edges: { from: string; to: string; branch?: string }[] = [{ from: 'in', to: ids[0]! }];
  nodes.forEach((node, i) => {
    const keys = { until: ['met', 'timeout'], branch: ['a', 'else'], split: ['a', 'b'], exit: [] }[node.type as string] ?? [undefined];
    for (const branch of keys) {
      // The next node is always come to, so that every node is reached; sometimes the way ends.
      const to = i + 1 < count ? (branch === keys[0] ? ids[i + 1]! : ids[i + 1 + d.below(count - i - 1)]!) : 'x';
      edges.push({ from: String(node.id), to, ...(branch === undefined ? {} : { branch }) });
    }
  });
  // An exit in the middle would leave those after it unreached.
  nodes.forEach((node, i) => {
    if (node.type === 'exit') nodes[i] = { id: node.id, type: 'goal', event: ev('never'), withinDays: 1 };
    if (node.type === 'exit') edges.push({ from: String(node.id), to: i + 1 < count ? ids[i + 1]! : 'x' });
  });
  const beside = [
    ...(before
      ? before.nodes.filter((n) => n.id === 'g')
      : d.chance(60)
        ? [{ id: 'g', type: 'goal', event: ev('G'), withinDays: d.below(3), exit: d.chance(50) }]
        : []),
    ...(d.chance(40) ? [{ id: 'q', type: 'exitRule', event: ev('Q') }] : []),
  ];
  return { nodes: [entry, ...nodes, ...beside, { id: 'x', type: 'exit' }], edges } as unknown as Graph;
}

let h: Harness;
beforeAll(async () => {
  h = await createHarness();
});
afterAll(() => h.close());

describe('journeys and their interpreter', () => {
  it.each(Array.from({ length: runs }, (_, i) => i))(
    'go the same way, run %s',
    async (run) => {
      const d = dice(`${process.env.YUTANG_MODEL_SEED ?? 'ways'}:${run}`);
      let written = 0;
      const zone = zones[run % zones.length]!;
      h.place.zone = zone;
      const change = changeOf(zone, Math.ceil(h.clock.ms() / (30 * minute)) * 30 * minute);
      const times = timesAround(change, zone);
      h.clock.set(new Date(change - begin * minute));
      const live = () => Object.assign(h.current, h.process());
      const worlds = await Promise.all(
        Array.from({ length: journeys }, async (_, i) => {
          const no = `${run}-${i}`;
          const graph = randomGraph(d, no, times);
          return { no, graph, people: new Map<string, ModelPerson>(), merged: new Set<string>() };
        }),
      );
      const started = [];
      for (const world of worlds) {
        const id = await h.launch(world.graph);
        started.push({ ...world, id, model: new Model(id, world.graph, zone) });
      }
      for (let step = 0; step < instants; step++) {
        h.clock.advance(d.one([1, 3, 10, 30, 120, 700, 1500]) * minute);
        const now = h.clock.ms();
        // Versions and merges have an instant of their own.
        const kind = d.below(10);
        if (kind === 0) {
          for (const world of started.filter(() => d.chance(50))) {
            const next = randomGraph(d, world.no, times, world.graph);
            const inside = d.chance(60) ? ('move' as const) : ('keep' as const);
            await h.current.journeys.change(ws, world.id, { graph: next, inside });
            if (inside === 'move') world.model.move([...world.people.values()], next, now);
            else world.model.addVersion(next);
          }
        }
        const items: Parameters<Harness['events']['write']>[1][number][] = [];
        const joined: [string, ModelPerson][] = [];
        const landed = new Map<ModelPerson, { user: string; list: Landed[] }>();
        for (const world of started) {
          for (let i = d.below(4); i > 0 && kind > 1; i--) {
            const user = `${d.chance(30) ? 'anon:' : ''}m${world.no}-${d.below(users)}`;
            if (world.merged.has(user)) continue;
            const name = `${d.one(['S', 'S', 'A', 'A', 'B', 'G', 'Q'])} ${world.no}`;
            const e = { name, ms: now - d.one([0, 0, 0, 2, 15]) * minute - written, k: d.below(3) };
            items.push({
              ...{ messageId: `model-${run}-${written++}`, event: name, timestamp: new Date(e.ms), properties: { k: e.k }, source: 'http' },
              ...(user.startsWith('anon:') ? { anonymousId: user } : { userId: user }),
            });
            const person = world.people.get(user) ?? { number: 0, events: [], passes: [] };
            world.people.set(user, person);
            const mine = landed.get(person) ?? { user, list: [] };
            mine.list.push(e);
            landed.set(person, mine);
          }
          if (kind === 1) {
            const i = d.below(users);
            const [anon, user] = [`anon:m${world.no}-${i}`, `m${world.no}-${i}`];
            const [from, to] = [world.people.get(anon), world.people.get(user)];
            if (from && to && !world.merged.has(anon)) {
              items.push({
                messageId: `model-${run}-${written++}`,
                event: 'Signed In',
                timestamp: new Date(now),
                userId: user,
                anonymousId: anon,
                source: 'http',
              });
              world.merged.add(anon);
              world.model.merge(from, to, now);
              world.people.delete(anon);
              joined.push([user, to]);
            }
          }
        }
        if (d.chance(30)) {
          const at = d.one(boundaries);
          const nth = 1 + d.below(3);
          let passed = 0;
          Object.assign(
            h.current,
            h.process((name) => {
              if (name === at && ++passed === nth) throw new Error(`killed at ${name}`);
            }),
          );
        }
        if (items.length > 0) await h.events.write(ws, items);
        await h.settle().catch(() => {});
        live();
        await h.settle();
        for (const [user, person] of joined) person.number = await h.number(user);
        for (const [person, { user }] of landed) if (person.number === 0) person.number = await h.number(user);
        for (const world of started) {
          const people = [...world.people.values()];
          world.model.instant(now, people, new Map(people.flatMap((p) => (landed.has(p) ? [[p, landed.get(p)!.list] as const] : []))));
        }
        const inside = await h.engines.pg.query<{ journey: string; person: number; version: number; node: string; due: Date }>(
          `SELECT j.id AS journey, p.person_no AS person, p.version, p.node, p.due_at AS due FROM journey_people p JOIN journeys j ON j.no = p.journey_no
           WHERE p.left_at IS NULL AND p.due_at IS NOT NULL`,
        );
        for (const { id, model, people, graph } of started) {
          const waits = inside.filter((p) => p.journey === id && model.isWait(p.version, p.node));
          expect({ graph, waits: waits.map((p) => `${p.person} ${p.node} ${p.due.toISOString()}`).sort() }).toEqual({
            graph,
            waits: model.waits(people.values()).sort(),
          });
        }
      }
      const rows = await h.engines.pg.query<{ journey: string; person: number; pass: number; said: string[] }>(
        `SELECT j.id AS journey, p.person_no AS person, p.no AS pass, array_agg(s.kind || ' ' || s.node || coalesce(':' || s.branch, '') || coalesce(' ' || s.reason, '') ORDER BY s.no, s.place) AS said
       FROM journey_steps s JOIN journey_people p ON p.no = s.pass_no JOIN journeys j ON j.no = p.journey_no GROUP BY 1, 2, 3`,
      );
      let passes = 0;
      for (const world of started) {
        for (const [user, person] of world.people) {
          const no = await h.number(user);
          const gone = rows.filter((r) => r.journey === world.id && r.person === no).map((r) => r.said.map(plain).join(', '));
          const meant = person.passes.map((p) => p.trail.map(plain).join(', '));
          passes += meant.length;
          expect({ user, graph: JSON.stringify(world.graph), gone: gone.sort() }).toEqual({
            user,
            graph: JSON.stringify(world.graph),
            gone: meant.sort(),
          });
        }
      }
      // A run in which next to nobody goes anywhere proves nothing.
      expect(passes).toBeGreaterThan(journeys);
      await h.clear();
    },
    600_000,
  );
});

/** A goal's words carry the branch of the pass; the interpreter says the goal alone. */
const plain = (said: string): string => (said.startsWith('convert ') ? said.replace(/:.*$/, '') : said);
