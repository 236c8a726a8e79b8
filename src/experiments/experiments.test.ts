import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engines, testEngines } from '../../test/kit.ts';
import { manualClock, migrate, silentLog } from '../base/index.ts';
import { createEvents, type Events, migrations as eventMigrations } from '../events/index.ts';
import { migrations as peopleMigrations, personByIdentity } from '../people/index.ts';
import { createExperiments, type Decided, type Experiments } from './experiments.ts';
import { migrations } from './migrations.ts';
import { seeded } from './random.ts';
import { definitionSchema, type PeopleAsk } from './schema.ts';

const DAY = 86_400_000;
const start = '2026-03-01T02:00:00.000Z';
const clock = manualClock(start);
let engines: Engines;
let events: Events;
let experiments: Experiments;
let ws = 0;
/** Who is in the audience, and where they stand. */
const members: number[] = [];
const levels = new Map<number, string>();
let people = 0;
let told = 0;

const crowd = async (count: number): Promise<number[]> => {
  const first = 1_000_000 + people;
  people += count;
  await engines.pg.query(
    'INSERT INTO people (workspace_no, person_no, created_at) SELECT $1, n, $2 FROM generate_series($3::bigint, $4::bigint) AS n',
    [ws, clock.now(), first, first + count - 1],
  );
  return Array.from({ length: count }, (_, i) => first + i);
};
interface Told {
  personNo: number;
  event: string;
  at: number;
  fen?: number;
  properties?: object;
}
const tell = (list: readonly Told[]) =>
  events.write(
    ws,
    list.map(({ personNo, event, at, fen, properties }) => ({
      ...{ messageId: `m-${++told}`, event, personNo, timestamp: new Date(at), source: 'http' },
      properties: { ...properties, ...(fen === undefined ? {} : { revenue: fen / 100, currency: 'CNY' }) },
    })),
  );
const definition = (more: object = {}) =>
  definitionSchema.parse({
    on: { kind: 'audience', audienceId: 'aud', entering: true },
    arms: [
      { key: 'a', name: 'A', weight: 50 },
      { key: 'b', name: 'B', weight: 50 },
    ],
    control: 'a',
    primary: { key: 'second', name: 'Second order', kind: 'conversion', event: 'Order Completed' },
    ...more,
  });
const launched = async (more: object = {}): Promise<string> => {
  const { id } = await experiments.create(ws, { name: 'E', definition: definition(more) });
  await experiments.launch(ws, id);
  await experiments.tick();
  await events.flush();
  return id;
};
const behind = async (id: string, ask: Partial<PeopleAsk>): Promise<{ numbers: number[]; total: number }> => {
  const numbers: number[] = [];
  let total = 0;
  for (let cursor: string | undefined; ; ) {
    const page = await experiments.people(ws, id, { limit: 300, counted: false, ...ask, ...(cursor ? { cursor } : {}) });
    numbers.push(...(page.items as number[]));
    total = page.total ?? total;
    if (!page.nextCursor) return { numbers, total };
    cursor = page.nextCursor;
  }
};

beforeAll(async () => {
  engines = await testEngines();
  await migrate(engines.pg, engines.ch, [...peopleMigrations, ...eventMigrations, ...migrations]);
  events = await createEvents({ ...engines, clock, log: silentLog, grace: async () => {} });
  experiments = createExperiments({
    ...{ pg: engines.pg, ch: engines.ch, clock, log: silentLog, events, steady: events.steady },
    audience: {
      members: async (_ws, _id, below, limit) =>
        members
          .toSorted((x, y) => y - x)
          .filter((no) => below === undefined || no < below)
          .slice(0, limit)
          .map((personNo) => ({ personNo, since: null })),
      stateOf: async (_ws, list) =>
        new Map(
          list.map((no) => [no, { stage: 'active', tier: null, level: levels.get(no) ?? 'basic', tags: [], audiences: [] } as never]),
        ),
      audience: async (_ws, id) => {
        if (id !== 'aud') throw new Error('none');
        return { id, live: true } as never;
      },
      compile: async () => ({ sql: `SELECT toUInt32(arrayJoin([${members.join(', ')}])) AS person_no, true AS r0` }) as never,
    },
    split: async (_ws, journey, node) =>
      journey === 'j' && node === 'n'
        ? [
            { key: 'a', name: 'A', weight: 1 },
            { key: 'b', name: 'B', weight: 1 },
          ]
        : null,
    people: async (_ws, numbers) => [...numbers],
    personNos: async (_ws, ids) => new Map(ids.filter((one) => Number(one) > 0).map((one) => [one, Number(one)])),
    workspaces: async () => [{ no: ws }],
  });
  events.consume('experiments', (slice) => experiments.consume(slice));
}, 240_000);
afterAll(async () => {
  await events.stop();
  await engines.close();
});
const fresh = async (count: number): Promise<number[]> => {
  ws += 1;
  clock.set(start);
  members.splice(0);
  members.push(...(await crowd(count)));
  return [...members];
};

describe('an experiment over an audience', () => {
  it('gives everyone one arm, once, in the shares of the weights, also who comes later and after a stop', async () => {
    const all = await fresh(1_000);
    const [late] = await crowd(1);
    const id = await launched();
    // As after a stop before how far it was had been written down.
    await engines.pg.query('UPDATE experiments SET enrol_below = $2 WHERE id = $1', [id, 2 ** 32]);
    await experiments.tick();
    await tell([{ personNo: late!, event: 'Audience Entered', at: clock.ms(), properties: { audienceId: 'aud' } }]);
    await events.flush();
    const [a, b] = [await behind(id, { arm: 'a' }), await behind(id, { arm: 'b' })];
    expect([...a.numbers, ...b.numbers].sort((x, y) => x - y)).toEqual([...all, late]);
    expect(a.total).toBe(a.numbers.length);
    expect(Math.abs(a.total - 500)).toBeLessThan(70);
    const rows = await engines.ch.query<{ n: number }>(`SELECT count() AS n FROM ${events.source(ws)} WHERE event = 'Experiment Assigned'`);
    expect(Number(rows[0]!.n)).toBe(1_001);
    const asked = await experiments.assign(ws, id, [String(all[0]), 'nobody']);
    expect(asked).toEqual({ arms: { [all[0]!]: a.numbers.includes(all[0]!) ? 'a' : 'b' }, unknown: ['nobody'] });
  });

  it('within levels is even to one person', async () => {
    const all = await fresh(301);
    for (const [i, no] of all.entries()) levels.set(no, i % 3 === 0 ? 'koc' : 'basic');
    const id = await launched({ stratify: 'level' });
    for (const level of ['koc', 'basic']) {
      const [a, b] = [await behind(id, { arm: 'a', level }), await behind(id, { arm: 'b', level })];
      expect(Math.abs(a.total - b.total)).toBeLessThanOrEqual(1);
    }
  });

  it('answers with what each did in the window, the same as counted one by one, and every number has its people', async () => {
    const all = await fresh(2_000);
    const id = await launched({
      windowDays: 7,
      people: 1_500,
      secondary: [
        {
          key: 'revenue',
          name: 'Revenue',
          kind: 'value',
          event: 'Order Completed',
          where: [{ property: 'channel', op: '=', value: 'app' }],
        },
      ],
      guards: [{ key: 'left', name: 'Unsubscribed', kind: 'conversion', event: 'Unsubscribed', better: 'down', limit: 0.5 }],
    });
    const inB = new Set((await behind(id, { arm: 'b' })).numbers);
    const random = seeded(4);
    const happened: Told[] = [];
    const t0 = clock.ms();
    for (const personNo of all) {
      const add = (days: number, fen: number, channel: string) =>
        happened.push({ personNo, event: 'Order Completed', at: t0 + days * DAY, fen, properties: { channel } });
      if (random() < 0.3) add(-random() * 7, 5_000, 'app');
      if (random() < (inB.has(personNo) ? 0.3 : 0.2))
        add(random() * 6.9, Math.round(5_000 + 10_000 * random()), random() < 0.5 ? 'app' : 'store');
      if (random() < 0.2) add(7 + random(), 9_900, 'app');
      if (random() < 0.05) happened.push({ personNo, event: 'Unsubscribed', at: t0 + random() * 7 * DAY });
    }
    // Just in, and just out.
    happened.push({ personNo: all[0]!, event: 'Order Completed', at: t0 + 7 * DAY - 1, fen: 100, properties: { channel: 'app' } });
    happened.push({ personNo: all[1]!, event: 'Order Completed', at: t0 + 7 * DAY, fen: 100, properties: { channel: 'app' } });
    for (let i = 0; i < happened.length; i += 2_000) await tell(happened.slice(i, i + 2_000));
    await events.flush();

    clock.advance(7 * DAY - 1);
    const early = await experiments.results(ws, id);
    expect(early).toMatchObject({
      assigned: 2_000,
      counted: 0,
      countsFrom: new Date(t0 + 7 * DAY).toISOString(),
      answer: { kind: 'not_enough', have: 0, need: 1_500 },
    });
    clock.advance(1);
    const results = await experiments.results(ws, id);
    expect(results.counted).toBe(2_000);
    const within = happened.filter((h) => h.at >= t0 && h.at < t0 + 7 * DAY);
    for (const arm of ['a', 'b'] as const) {
      const mine = within.filter((h) => inB.has(h.personNo) === (arm === 'b'));
      const of = (metric: string) => results.metrics.find((m) => m.key === metric)!.arms.find((x) => x.arm === arm)!;
      const buyers = new Set(mine.filter((h) => h.event === 'Order Completed').map((h) => h.personNo));
      expect(of('second')).toMatchObject({ did: buyers.size, total: buyers.size });
      const app = mine.filter((h) => (h.properties as { channel?: string } | undefined)?.channel === 'app');
      expect(of('revenue').total).toBeCloseTo(
        app.reduce((sum, h) => sum + h.fen!, 0),
        3,
      );
      expect(of('left').did).toBe(new Set(mine.filter((h) => h.event === 'Unsubscribed').map((h) => h.personNo)).size);
      expect((await behind(id, { arm, metric: 'second', did: true })).numbers).toEqual([...buyers].sort((x, y) => x - y));
      expect((await behind(id, { arm, metric: 'second', did: false })).total).toBe(of('second').people - buyers.size);
    }
    expect(results.answer).toMatchObject({ kind: 'better', arm: 'b', metric: 'second' });
    const [c] = results.metrics[0]!.comparisons;
    expect(c!.difference.low).toBeGreaterThan(0);
    expect(c!.bayes.chance).toBeGreaterThan(0.99);
    expect(results.looks.at(-1)!.people).toBe(2_000);
    expect(results.looks.at(-1)!.comparisons[0]!.value).toBeCloseTo(c!.difference.value, 12);
    expect(results.segments.stage).toHaveLength(1);
    expect(results.sampleRatio.alarm).toBe(false);

    // Decided by hand, it is over, and what it was launched with stays.
    await expect(experiments.change(ws, id, { definition: definition() })).rejects.toMatchObject({ status: 409 });
    expect(await experiments.decide(ws, id, { arm: 'b', note: 'as hoped' })).toMatchObject({
      state: 'decided',
      decision: { arm: 'b', by: 'hand' },
    });
    expect((await experiments.assign(ws, id, [String(all[0])])).arms).toEqual({ [all[0]!]: 'b' });
  });

  it('keeps the arm of who was assigned first when two become one, and counts them once', async () => {
    await fresh(0);
    const come = (identity: object) =>
      events.write(ws, [{ messageId: `m-${++told}`, event: 'Seen', timestamp: clock.now(), source: 'http', ...identity }]);
    // Pairs until both arms are among those who came second.
    for (let i = 0; i < 8; i++) await come({ userId: `u${i}` });
    const of = async (type: string, value: string) => (await personByIdentity(engines.pg, ws, { type, value }))!;
    const firsts = await Promise.all(Array.from({ length: 8 }, (_, i) => of('user_id', `u${i}`)));
    members.push(...firsts);
    const id = await launched();
    const before = await experiments.assign(ws, id, firsts.map(String));
    clock.advance(60_000);
    for (let i = 0; i < 8; i++) await come({ anonymousId: `a${i}` });
    const seconds = await Promise.all(Array.from({ length: 8 }, (_, i) => of('anonymous_id', `a${i}`)));
    await tell(seconds.map((personNo) => ({ personNo, event: 'Audience Entered', at: clock.ms(), properties: { audienceId: 'aud' } })));
    await events.flush();
    const second = await experiments.assign(ws, id, seconds.map(String));
    expect(firsts.filter((no, i) => before.arms[no] !== second.arms[seconds[i]!]).length).toBeGreaterThan(0);
    for (let i = 0; i < 8; i++)
      await events.write(ws, [
        { messageId: `m-${++told}`, type: 'identify', timestamp: clock.now(), userId: `u${i}`, anonymousId: `a${i}`, source: 'http' },
      ]);
    await events.flush();
    const survivors = await Promise.all(Array.from({ length: 8 }, (_, i) => of('user_id', `u${i}`)));
    const after = await experiments.assign(ws, id, survivors.map(String));
    expect(survivors.map((no) => after.arms[no])).toEqual(firsts.map((no) => before.arms[no]));
    expect((await experiments.results(ws, id)).assigned).toBe(8);
  });
});

describe('guards and winners', () => {
  it('a guard that is broken beyond doubt stops it by itself', async () => {
    await fresh(1_200);
    const id = await launched({
      windowDays: 1,
      autoWinner: true,
      guards: [{ key: 'left', name: 'Unsubscribed', kind: 'conversion', event: 'Unsubscribed', better: 'down', limit: 0.2 }],
    });
    const inB = (await behind(id, { arm: 'b' })).numbers;
    const inA = (await behind(id, { arm: 'a' })).numbers;
    const at = clock.ms() + 1_000;
    await tell([
      ...inB.slice(0, 200).map((personNo) => ({ personNo, event: 'Unsubscribed', at })),
      ...inA.slice(0, 40).map((personNo) => ({ personNo, event: 'Unsubscribed', at })),
      // Better by the primary metric at the same time: the guard goes before.
      ...inB.slice(0, 300).map((personNo) => ({ personNo, event: 'Order Completed', at, fen: 100 })),
    ]);
    clock.advance(DAY + 1);
    await experiments.tick();
    expect(await experiments.get(ws, id)).toMatchObject({
      state: 'stopped',
      stopped: { by: 'guard', metric: 'left', arm: 'b' },
      decision: null,
    });
    expect((await experiments.results(ws, id)).answer.kind).toBe('guard');
  });

  it('a winner is taken where the launch said so, and whoever carries it out is told', async () => {
    await fresh(1_200);
    const decisions: Decided[] = [];
    experiments.onDecided(async (d) => void decisions.push(d));
    const id = await launched({ windowDays: 1, autoWinner: true, people: 1_000 });
    const inB = (await behind(id, { arm: 'b' })).numbers;
    await tell(inB.slice(0, 200).map((personNo) => ({ personNo, event: 'Order Completed', at: clock.ms() + 1_000, fen: 100 })));
    await tell(
      (await behind(id, { arm: 'a' })).numbers
        .slice(0, 60)
        .map((personNo) => ({ personNo, event: 'Order Completed', at: clock.ms() + 1_000, fen: 100 })),
    );
    await experiments.tick();
    expect((await experiments.get(ws, id)).state).toBe('running');
    clock.advance(DAY);
    await experiments.tick();
    expect(await experiments.get(ws, id)).toMatchObject({ state: 'decided', decision: { arm: 'b', by: 'rule' } });
    expect(decisions).toMatchObject([{ workspaceNo: ws, experiment: { id }, arm: 'b', by: 'rule' }]);
  });
});

describe('an experiment on a split of a journey', () => {
  it('takes the arms that the journey gave, from a day on where it says so', async () => {
    const all = await fresh(6);
    const branch = (personNo: number, key: string, at: number, nodeId = 'n') => ({
      ...{ personNo, event: 'Journey Branched', at },
      properties: { journeyId: 'j', nodeId, branch: key },
    });
    const t = clock.ms();
    await tell([
      branch(all[0]!, 'a', t - 3 * DAY),
      branch(all[1]!, 'b', t - 2 * DAY),
      branch(all[2]!, 'b', t - 9 * DAY),
      branch(all[3]!, 'b', t - DAY, 'x'),
    ]);
    const id = await launched({
      on: { kind: 'journey', journeyId: 'j', nodeId: 'n', since: new Date(t - 4 * DAY).toISOString() },
      windowDays: 1,
    });
    await tell([branch(all[4]!, 'a', t + 1), branch(all[0]!, 'b', t + 2)]);
    clock.advance(1_000);
    await events.flush();
    expect((await behind(id, { arm: 'a' })).numbers).toEqual([all[0], all[4]]);
    expect((await behind(id, { arm: 'b' })).numbers).toEqual([all[1]]);
    expect((await behind(id, { counted: true })).numbers).toEqual([all[0], all[1]]);
    // Where they stand now may be what the arm made of them: only of who was split just now it is known.
    expect((await behind(id, { stage: 'active' })).numbers).toEqual([all[4]]);
    expect((await experiments.results(ws, id)).segments.stage.map((s) => s.key)).toEqual(['active']);
    const wrong = await experiments.create(ws, {
      name: 'E',
      definition: definition({
        on: { kind: 'journey', journeyId: 'j', nodeId: 'n' },
        arms: [
          { key: 'a', name: 'A', weight: 9 },
          { key: 'b', name: 'B', weight: 1 },
        ],
      }),
    });
    expect(wrong.problems[0]!.field).toBe('definition.arms.0.weight');
    await expect(experiments.launch(ws, wrong.id)).rejects.toMatchObject({ status: 400 });
  });
});

describe('a plan', () => {
  it('is made of what people did so far and of how many come a day', async () => {
    const all = await fresh(400);
    const t = clock.ms();
    await tell(all.slice(0, 80).map((personNo) => ({ personNo, event: 'Order Completed', at: t - 3 * DAY, fen: 100 })));
    await tell(
      all
        .slice(0, 280)
        .map((personNo, i) => ({ personNo, event: 'Audience Entered', at: t - (1 + (i % 27)) * DAY, properties: { audienceId: 'aud' } })),
    );
    const ask = { ...definition({ effect: 0.2, windowDays: 7 }), weights: [1, 1], control: 0 };
    const got = await experiments.plan(ws, ask);
    expect(got.base).toMatchObject({ mean: 0.2, people: 400, enough: true });
    expect(got.difference).toBeCloseTo(0.04, 12);
    // (1.959964·√(2·0.22·0.78) + 0.841621·√(0.16 + 0.1824))² ÷ 0.04² = 1682.41 in each.
    expect(got.peopleAtOneLook).toBe(Math.ceil(2 * 1682.41));
    expect(got.people!).toBeGreaterThan(got.peopleAtOneLook!);
    expect(got.atOnce).toBe(400);
    expect(got.perDay).toBeCloseTo(280 / 27, 0);
    expect(got.days).toBe(Math.ceil((got.people! - 400) / got.perDay) + 7);
    await expect(experiments.plan(ws, { ...ask, primary: { ...ask.primary, event: 'Never' } })).resolves.toMatchObject({
      people: null,
      days: null,
    });
  });
});
