import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../base/index.ts';
import type { OwnEvent } from '../../events/index.ts';
import { insightWorld, type Told, type World } from '../world.fixture.ts';
import { fitted, type Group, weighed } from './fit.ts';
import { createKoc, type Koc, kocMigrations } from './index.ts';
import { recomputeRanks } from './ranks.ts';
import { kocSettings } from './schema.ts';

const day = 86_400_000;
const now = Date.parse('2026-06-30T04:00:00Z');
let world: World;
let koc: Koc;
let holds: number[][] = [];
let deps: Parameters<typeof createKoc>[0];
const asker = (workspaceNo: number) => ({ workspaceNo, timezone: 'Asia/Shanghai' });
const did = (person: number, event: string, days: number, properties: Record<string, unknown> = {}): Told => ({
  person,
  event,
  at: now - days * day,
  properties,
});

beforeAll(async () => {
  world = await insightWorld(new Date(now).toISOString());
  await migrate(world.engines.pg, world.engines.ch, kocMigrations);
  const known = new Set<string>();
  world.deps.personNos = async (_ws, ids) => new Map(ids.flatMap((id) => (/^p\d+$/.test(id) ? [[id, Number(id.slice(1))] as const] : [])));
  deps = {
    ...world.deps,
    pg: world.engines.pg,
    jobs: { define: () => {}, start: async () => ({ id: 'job' }) },
    check: async () => {},
    keep: async (_ws, rules) => [...rules],
    compile: async () => ({
      sql: `SELECT toUInt32(arrayJoin([1, 2, 3, 4])) AS person_no, ${holds.map((people, i) => `person_no IN (${people.join(', ') || 'NULL'}) AS r${i}`).join(', ')}`,
    }),
    // Durable and de-duplicated by id, as the events room is.
    write: async (ws, items: OwnEvent[]) => {
      const fresh = items.filter((i) => !known.has(i.messageId));
      for (const i of fresh) known.add(i.messageId);
      await world.add(
        ws,
        fresh.map((i) => ({ person: i.personNo!, event: i.event!, at: new Date(i.timestamp).getTime(), properties: i.properties! })),
      );
    },
  };
  koc = createKoc(deps);
});
afterAll(() => world.close());

describe('the board', () => {
  it('weighs buying, praise, sharing, invites and what was shared in; explains itself; and leads to people', async () => {
    const ws = await world.tell([
      did(1, 'Order Completed', 40),
      did(1, 'Order Completed', 20),
      did(1, 'Product Reviewed', 19, { rating: 5 }),
      did(1, 'Product Reviewed', 18, { rating: 2 }),
      did(1, 'Product Shared', 10),
      did(1, 'Invite Accepted', 9, { inviteeId: 'p2' }),
      did(2, 'Order Completed', 30),
      did(2, 'Order Completed', 8),
      did(3, 'Invite Accepted', 5, { inviteeId: 'p2' }),
      did(3, 'Order Completed', 400),
      did(4, 'Order Completed', 3),
      did(5, 'Product Viewed', 3),
    ]);
    world.levels.set('2026-06-30T04:00:00.001Z', { 1: 'repeat', 2: 'koc', 4: 'buyer' });
    const board = await koc.board(asker(ws));
    expect(board.model).toMatchObject({ kind: 'weights', positives: 0, standardErrors: null });
    expect(board).toMatchObject({ people: 4, known: 1, did: { orders: 3, praise: 1, shares: 1, invites: 2, sharedIn: 1 } });
    const top = board.candidates[0]!;
    expect(top.person).toEqual({ id: 'p1' });
    const counts = Object.fromEntries(top.why.map((w) => [w.feature, w.count]));
    // Who was invited by two counts for the first; and only what they ordered after that.
    expect(counts).toEqual({ orders: 2, praise: 1, shares: 1, invites: 1, sharedIn: 1 });
    expect(top.score).toBeCloseTo(1 / (1 + Math.exp(-top.why.reduce((sum, w) => sum + w.contribution, 0))), 9);
    expect(board.kocs.map((k) => k.person)).toEqual([{ id: 'p2' }]);
    expect(board.risers[0]!.person).toEqual({ id: 'p1' });
    expect(board.risers[0]!.scoreBefore).toBeLessThan(board.risers[0]!.score);
    const behind = (cell: object) => world.behind(ws, board.meta.question, cell);
    for (const bin of board.histogram.filter((b, i) => b.people > 0 || i === 0)) expect((await behind(bin.cell)).length).toBe(bin.people);
    expect(await behind(board.knownCell)).toEqual([2]);
    expect(await behind({ did: 'sharedIn' })).toEqual([1]);
    for (const key of ['koc.score', 'koc.sharedIn']) expect(board.meta.definitions[key]).toBeTruthy();
  });

  it('fits the odds where enough have become KOCs, and says so', async () => {
    const people = Array.from({ length: 120 }, (_, i) => i + 1);
    const ws = await world.tell(
      people.flatMap((p) => [
        did(p, 'Order Completed', 100 + (p % 7)),
        ...(p % 3 === 0 ? [did(p, 'Product Shared', 95), did(p, 'Article Shared', 94)] : []),
      ]),
    );
    world.levels.set('2026-04-01T04:00:00.001Z', {});
    world.levels.set('2026-05-31T04:00:00.001Z', {});
    const became = people.filter((p) => (p % 3 === 0 ? p % 4 !== 0 : p % 20 === 1));
    world.levels.set('2026-06-30T04:00:00.001Z', Object.fromEntries(became.map((p) => [p, 'koc'])));
    const { model, candidates } = await koc.board(asker(ws));
    expect(model).toMatchObject({ kind: 'logistic', positives: became.length, people: 120 });
    expect(model.terms.find((t) => t.feature === 'shares')!.coefficient).toBeGreaterThan(1);
    // Those who shared and are none yet come first, with about the share of their like who became one.
    expect(candidates[0]!.why[0]!.feature).toBe('shares');
    expect(candidates[0]!.score).toBeGreaterThan(0.6);
    expect(candidates[0]!.score).toBeLessThan(0.85);
  });

  it('answers for an empty pool', async () => {
    world.levels.clear();
    expect(await koc.board(asker(await world.tell([])))).toMatchObject({ people: 0, candidates: [], risers: [] });
  });
});

describe('the fit', () => {
  const group = (shares: number, n: number, positive: number): Group => ({ f: [1, 0, shares, 0, 0], n, positive });
  it('is the maximum of the likelihood: a saturated model gives back the shares', () => {
    const model = fitted([group(0, 100, 5), group(3, 50, 25)], 1e-9);
    const p = (shares: number) => {
      const sum = model.terms.reduce(
        (s, t) => s + (t.coefficient * (Math.log1p(t.feature === 'shares' ? shares : t.feature === 'orders' ? 1 : 0) - t.mean)) / t.sd,
        model.intercept,
      );
      return 1 / (1 + Math.exp(-sum));
    };
    expect(p(0)).toBeCloseTo(0.05, 6);
    expect(p(3)).toBeCloseTo(0.5, 6);
  });
  it('weights that are zero weigh nothing', () => {
    const model = weighed([group(0, 3, 0), group(4, 1, 0)], { orders: 0, praise: 0, shares: 1, invites: 0, sharedIn: 0 });
    expect(model.terms.map((t) => t.coefficient)).toEqual([0, 0, 3, 0, 0]);
  });
});

describe('the growth path', () => {
  const rank = (key: string, events: string[]) => ({
    key,
    name: { zh: key, en: key },
    tasks: events.map((event) => ({ name: { zh: event, en: event }, rule: { event } })),
  });
  it('tells each change once, up and down, as an event', async () => {
    const ws = await world.tell([did(1, 'X', 1)]);
    const { ranks } = kocSettings.parse({
      ranks: [rank('seed', ['Order Completed']), rank('star', ['Product Shared', 'Invite Accepted'])],
    });
    const recompute = () => recomputeRanks(deps, ws, ranks, 1);
    const board = async () => (await koc.board(asker(ws))).ranks.map((r) => [r.key, r.people]);
    await koc.state(ws, 'Li', kocSettings.parse({ ranks }));
    holds = [
      [1, 2, 3],
      [1, 4],
      [1, 2, 4],
    ];
    expect(await recompute()).toEqual({ changed: 3 });
    expect(await recompute()).toEqual({ changed: 0 });
    expect(await board()).toEqual([
      ['seed', 2],
      ['star', 1],
    ]);
    holds = [[1, 2], [2], [2]];
    world.clock.advance(61_000);
    expect(await recompute()).toEqual({ changed: 3 });
    expect(await board()).toEqual([
      ['seed', 1],
      ['star', 1],
    ]);
    const [told] = await world.engines.ch.query<{ n: number; down: number }>(
      `SELECT count() AS n, countIf(NOT properties.up.:Bool) AS down FROM ${world.deps.source(ws)} WHERE event = 'Rank Changed'`,
    );
    expect(told).toEqual({ n: 6, down: 2 });
    world.clock.set(new Date(now).toISOString());
  });

  it('refuses rules that are none, and keys twice', () => {
    const bad = (ranks: object[]) => kocSettings.safeParse({ ranks }).error!.issues.map((i) => i.path.join('.'));
    expect(bad([{ ...rank('a', []), tasks: [{ name: { zh: 'x', en: 'x' }, rule: { evnt: 1 } }] }])[0]).toMatch(/^ranks.0.tasks.0.rule/);
    expect(bad([rank('a', ['X']), rank('a', ['X'])])).toEqual(['ranks']);
  });
});
