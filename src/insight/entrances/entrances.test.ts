import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Engines, testEngines } from '../../../test/kit.ts';
import { jobMigrations, type ManualClock, manualClock, migrate, silentLog } from '../../base/index.ts';
import { createEvents, type Events, migrations as eventMigrations } from '../../events/index.ts';
import { migrations as peopleMigrations } from '../../people/index.ts';
import { armOf, type Trial } from '../../touchpoints/index.ts';
import type { InsightDeps } from '../deps.ts';
import { people } from '../people.ts';
import { createEntrances, type EntranceDeps } from './entrances.ts';

let engines: Engines;
let events: Events;
let clock: ManualClock;
let deps: EntranceDeps;
const ws = 3;
const asker = { workspaceNo: ws, timezone: 'Asia/Shanghai' };
const trial = {
  id: 'trial_1',
  key: 'abcdefghjk',
  liveId: 'tp_l',
  staticId: 'tp_s',
  createdAt: '2026-03-01T00:00:00.000Z',
  endedAt: null,
} as Trial;
let counter = 0;
const at = (minutes: number) => new Date(Date.UTC(2026, 2, 2) + minutes * 60_000);
const did = (who: string, event: string, minutes: number, properties: object = {}) => ({
  ...{ messageId: `e${counter++}`, anonymousId: who, event, timestamp: at(minutes), properties: { ...properties }, source: 'yutang' },
});
const touch = (who: string, minutes: number, touchpointId: string, via = 'scan') =>
  did(who, 'Touchpoint Entered', minutes, { touchpointId, via });

/** The chances of a trial whose difference is known; a generator with a seed, so that the test says the same each time. */
const chance = { live: 0.3, static: 0.36 };
function seeded(seed: number): () => number {
  let s = seed;
  return () => {
    s = (Math.imul(s ^ (s >>> 15), 1 | s) + 0x6d2b79f5) | 0;
    const t = s ^ (s + Math.imul(s ^ (s >>> 7), 61 | s));
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

beforeAll(async () => {
  engines = await testEngines();
  const { pg, ch } = engines;
  clock = manualClock('2026-04-20T00:00:00Z');
  await migrate(pg, ch, [...jobMigrations, ...peopleMigrations, ...eventMigrations]);
  events = await createEvents({ pg, ch, clock, log: silentLog, grace: async () => {} });
  deps = {
    ...({} as InsightDeps),
    ch,
    clock,
    source: (no, columns, some) => events.source(no, some, columns),
    people: async (_no, numbers) => numbers,
    touchpoints: async () => [{ id: 'tp_a', name: '门店海报', kind: 'live_code' }],
    trial: async () => trial,
  };
  const many = (n: number, make: (i: number) => object[]) => Array.from({ length: n }, (_, i) => make(i)).flat();
  await events.write(ws, [
    // Scans the poster, becomes a friend, comes into the group, orders after a day.
    ...many(6, (i) => {
      const who = `full-${i}`;
      return [touch(who, 0, 'tp_a'), did(who, 'Friend Added', 10), did(who, 'Group Joined', 20), did(who, 'Order Completed', 1440)];
    }),
    // Scans and orders at once.
    ...many(5, (i) => [touch(`short-${i}`, 0, 'tp_a'), did(`short-${i}`, 'Order Completed', 30)]),
    // A friend by the code of WeCom itself, who looked at no page; was told of twice.
    ...many(2, (i) => [touch(`code-${i}`, 5, 'tp_b', 'friend'), did(`code-${i}`, 'Friend Added', 5), touch(`code-${i}`, 50, 'tp_a')]),
    // Lost after looking; lost as a friend; ordered too late; a friend before the first touch.
    ...many(3, (i) => [touch(`look-${i}`, 0, 'tp_a')]),
    ...many(4, (i) => [touch(`friend-${i}`, 0, 'tp_a'), did(`friend-${i}`, 'Friend Added', 5)]),
    touch('late', 0, 'tp_a'),
    did('late', 'Order Completed', 31 * 1440),
    did('before', 'Friend Added', -60),
    touch('before', 0, 'tp_a'),
    // Not of this time.
    touch('march', 40 * 1440, 'tp_a'),
  ] as never);
  const draw = seeded(20_261_122);
  const shown = Array.from({ length: 6_000 }, (_, i) => {
    const visitor = `v-${i}`;
    const arm = armOf(trial.key, visitor);
    const touchpointId = arm === 'live' ? trial.liveId : trial.staticId;
    const seen = did(visitor, 'Code Shown', i / 100, { trialId: trial.id, arm, touchpointId });
    // Whoever comes is known to WeCom and not to the page: another person, as long as nothing joins the two.
    return draw() < chance[arm] ? [seen, touch(`wm-${i}`, i / 100 + 1, touchpointId, 'friend')] : [seen];
  });
  await events.write(ws + 1, shown.flat() as never);
  await events.flush();
});
afterAll(async () => {
  await events.stop();
  await engines.close();
});

const question = { from: '2026-03-01', to: '2026-04-01', withinDays: 30 };

it('ways: steps, time and loss by touchpoint, and the shortest beside the fullest', async () => {
  const answer = await createEntrances(deps).ways(asker, question);
  expect(answer.people).toBe(6 + 5 + 2 + 3 + 4 + 2);
  const poster = answer.rows.find((r) => r.touchpointId === 'tp_a')!;
  expect(poster).toMatchObject({ name: '门店海报', people: 20, buying: { part: 11, of: 20 } });
  expect(poster.steps.map((s) => [s.step, s.people, s.lost, s.medianSeconds])).toEqual([
    ['touch', 20, 5, 0],
    ['friend', 10, 4, 600],
    ['group', 6, 0, 1200],
    ['order', 11, 0, 86_400],
  ]);
  // Four steps for six of them, two for five.
  expect(poster.length).toBeCloseTo((6 * 4 + 5 * 2) / 11);
  const own = answer.rows.find((r) => r.touchpointId === 'tp_b')!;
  expect(own.steps.map((s) => s.people)).toEqual([0, 2, 0, 0]);
  expect(answer.shortest).toMatchObject({ way: ['touch'], buying: { part: 5 }, medianSeconds: 1800 });
  expect(answer.fullest).toMatchObject({ way: ['touch', 'friend', 'group'], buying: { part: 6, of: 6 }, medianSeconds: 86_400 });
  expect(answer.ways.reduce((sum, w) => sum + w.people, 0)).toBe(answer.people);
});

it('every number of it leads to its people', async () => {
  const answer = await createEntrances(deps).ways(asker, question);
  const count = async (cell: object) => (await people(deps, asker, { question: answer.meta.question, cell, limit: 1 })).total;
  for (const w of answer.ways) expect([w.way, await count(w.cell)]).toEqual([w.way, w.people]);
  for (const s of [...answer.total, ...answer.rows[0]!.steps]) {
    expect([s.cell, await count(s.cell)]).toEqual([s.cell, s.people]);
    expect([s.lostCell, await count(s.lostCell)]).toEqual([s.lostCell, s.lost]);
  }
});

it('live against static: the difference that was put in lies within the interval that comes out', async () => {
  const other = { ...asker, workspaceNo: ws + 1 };
  const answer = await createEntrances(deps).codes(other, trial.id);
  const put = chance.static - chance.live;
  expect(answer.arms.live.of + answer.arms.static.of).toBe(6_000);
  expect(Math.abs(answer.arms.live.of - 3_000)).toBeLessThan(200);
  expect(answer).toMatchObject({ verdict: 'static', leaking: false });
  expect(answer.low!).toBeLessThan(put);
  expect(answer.high!).toBeGreaterThan(put);
  expect(answer.high! - answer.low!).toBeLessThan(0.06);
  // Of a trial that nobody has seen nothing is said.
  expect(await createEntrances(deps).codes(asker, trial.id)).toMatchObject({ verdict: 'too_few', difference: null });
});
