import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engines, testEngines } from '../../../test/kit.ts';
import { createJobs, type Jobs, jobMigrations, manualClock, migrate, silentLog } from '../../base/index.ts';
import { createEvents, type Events, migrations as eventMigrations } from '../../events/index.ts';
import { migrations as peopleMigrations } from '../../people/index.ts';
import { type Audience, createAudience } from '../audience.ts';
import { migrations } from '../migrations.ts';

const ws = 7;
const clock = manualClock('2026-05-01T00:00:00Z');
let engines: Engines;
let events: Events;
let audience: Audience;
let jobs: Jobs;
let ann: number;

beforeAll(async () => {
  engines = await testEngines();
  const { pg, ch, url } = engines;
  await migrate(pg, ch, [...jobMigrations, ...peopleMigrations, ...eventMigrations, ...migrations]);
  jobs = await createJobs({ pg, clock, log: silentLog, connectionString: url, alone: true });
  events = await createEvents({ pg, ch, clock, log: silentLog, grace: async () => {} });
  audience = createAudience({ pg, ch, clock, log: silentLog, jobs, events });
  const names = (n: string) => ({ zh: n, en: n });
  await audience.setOrdered(ws, 'level', [
    { key: 'basic', name: names('basic'), rule: { all: [] } },
    { key: 'buyer', name: names('buyer'), rule: audience.parse({ event: 'Order Completed' }) },
    { key: 'repeat', name: names('repeat'), rule: { event: 'Order Completed', count: { op: '>=', value: 2 } } },
  ]);
  await audience.addTag(ws, {
    key: 'keen',
    name: names('keen'),
    rule: audience.parse({
      all: [
        { level: 'repeat' },
        { event: 'Order Completed', where: [{ property: 'revenue', op: '>', value: 50 }], within: { days: 30 } },
        { not: { any: [{ event: 'Friend Removed' }, { trait: 'city', op: '=', value: 'Beijing' }] } },
      ],
    }),
  });
  const order = (n: number, daysAgo: number, revenue: number) => ({
    messageId: `o${n}`,
    event: 'Order Completed',
    timestamp: new Date(clock.ms() - daysAgo * 86_400_000),
    userId: 'ann',
    properties: { revenue },
    source: 'http',
  });
  await events.write(ws, [order(1, 40, 90), order(2, 20, 60), order(3, 10, 40), order(4, 5, 70), order(5, 1, 80), order(6, 0, 99)]);
  await events.write(ws, [
    { messageId: 'i1', type: 'identify', event: '', timestamp: clock.now(), userId: 'ann', traits: { city: 'Beijing' } },
  ]);
  const [row] = await engines.pg.query<{ person_no: number }>("SELECT person_no FROM identities WHERE value = 'ann'");
  ann = row!.person_no;
});
afterAll(async () => {
  await events.stop();
  await jobs.stop();
  await engines.close();
});

test('a rule is taken apart: what holds, what does not, and the events that decide', async () => {
  const why = await audience.why(ws, ann, 'tag', 'keen');
  expect(why.holds).toBe(false);
  const [level, orders, not] = why.rule!.parts!;
  expect(level).toMatchObject({ holds: true, refers: { kind: 'level', key: 'repeat' } });
  expect(orders).toMatchObject({ holds: true, evidence: { count: 4 } });
  expect(orders!.evidence!.newest.map((e) => e.messageId)).toEqual(['o6', 'o5', 'o4']);
  expect(orders!.evidence!.newest[2]!.timestamp).toBe('2026-04-26T00:00:00.000Z');
  expect(not).toMatchObject({ holds: false, join: 'not' });
  expect(not!.parts![0]!.parts!.map((p) => p.holds)).toEqual([false, true]);
  expect(not!.parts![0]!.parts![0]!.evidence).toEqual({ count: 0, newest: [] });
});

test('it agrees with the rule asked whole', async () => {
  for (const [kind, key] of [
    ['tag', 'keen'],
    ['level', 'buyer'],
    ['level', 'repeat'],
    ['level', 'basic'],
  ] as const) {
    const rule = kind === 'tag' ? { tag: key } : undefined;
    const why = await audience.why(ws, ann, kind, key);
    if (rule) expect(why.holds).toBe((await audience.membersOf(ws, rule)).includes(ann));
    else expect((await audience.membersOf(ws, { level: key })).includes(ann)).toBe(why.holds && !why.outranked);
  }
});

test('a level that a deeper one outranks says which', async () => {
  expect(await audience.why(ws, ann, 'level', 'buyer')).toMatchObject({ holds: true, outranked: { key: 'repeat' } });
  expect(await audience.why(ws, ann, 'level', 'repeat')).not.toHaveProperty('outranked');
});

test('a tag by hand shows when it was given', async () => {
  await audience.tagByHand(ws, [ann], 'vip', { actor: '小王', value: 'gold' });
  expect(await audience.why(ws, ann, 'tag', 'vip')).toMatchObject({
    holds: true,
    rule: null,
    evidence: { count: 1 },
    given: [{ change: 'added', by: 'hand', actor: '小王', value: 'gold' }],
  });
  await expect(audience.why(ws, ann, 'tag', 'nothing')).rejects.toMatchObject({ status: 404 });
});
