import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engines, testEngines } from '../../test/kit.ts';
import { createJobs, type Jobs, jobMigrations, type ManualClock, manualClock, migrate, silentLog } from '../base/index.ts';
import { createEvents, type Events, migrations as eventMigrations } from '../events/index.ts';
import { migrations as peopleMigrations } from '../people/index.ts';
import { type Audience, createAudience } from './audience.ts';
import { migrations } from './migrations.ts';

let engines: Engines;
let events: Events;
let audience: Audience;
let jobs: Jobs;
let clock: ManualClock;
const ws = 7;
const day = 86_400_000;

beforeAll(async () => {
  engines = await testEngines();
  const { pg, ch, url } = engines;
  clock = manualClock('2026-05-01T00:00:00Z');
  const log = silentLog;
  await migrate(pg, ch, [...jobMigrations, ...peopleMigrations, ...eventMigrations, ...migrations]);
  jobs = await createJobs({ pg, clock, log, connectionString: url, alone: true });
  events = await createEvents({ pg, ch, clock, log, grace: async () => {} });
  const shapes = async () => ({ events: [{ event: 'Order Completed', properties: [] }], traits: [] });
  audience = createAudience({ pg, ch, clock, log, jobs, events, shapes });
});
afterAll(async () => {
  await events.stop();
  await jobs.stop();
  await engines.close();
});

let counter = 0;
const happen = async (userId: string, event: string, properties: Record<string, unknown> = {}, at = clock.now()) => {
  await events.write(ws, [{ messageId: `m${counter++}`, event, timestamp: at, userId, properties, source: 'http' }]);
};
const numberOf = async (userId: string): Promise<number> => {
  const [row] = await engines.pg.query<{ person_no: number }>("SELECT person_no FROM identities WHERE type = 'user_id' AND value = $1", [
    userId,
  ]);
  return row!.person_no;
};
const stateOf = async (userId: string) => {
  const no = await numberOf(userId);
  return (await audience.stateOf(ws, [no])).get(no)!;
};
const told = async (userId: string): Promise<string[]> => {
  const rows = await engines.ch.query<{ event: string; properties: Record<string, string> }>(
    `SELECT event, properties FROM ${events.source(ws, [await numberOf(userId)])} WHERE source = 'yutang' ORDER BY time, event, toString(properties)`,
  );
  return rows.map((r) => {
    const p = r.properties;
    return `${r.event} ${p.key ?? p.name ?? `${p.from ?? '-'}>${p.to ?? '-'}`}`;
  });
};
const all = async () =>
  engines.ch.query(
    `SELECT person_no, stage, tier, level, tags, audiences, next_due FROM person_state FINAL WHERE workspace_no = ${ws} ORDER BY 1`,
  );

test('an event changes the level, the audience and the tags of its person, and each change is an event', async () => {
  const buyers = await audience.addAudience(ws, {
    name: 'Second order due',
    rule: audience.parse({ event: 'Order Completed', count: { op: '=', value: 1 } }),
    live: true,
  });
  await jobs.flush();
  await happen('ann', 'Product Viewed');
  await events.flush();
  expect(await stateOf('ann')).toMatchObject({ stage: 'new', tier: null, level: 'basic' });
  expect(await told('ann')).toEqual(['Level Changed ->basic', 'Stage Changed ->new', 'Tag Added recent_7d']);
  clock.advance(60_000);
  await happen('ann', 'Order Completed', { revenue: 12.5 });
  await events.flush();
  const state = await stateOf('ann');
  expect(state).toMatchObject({ stage: 'paying', tier: 'ordinary', level: 'buyer' });
  expect(state.tags.map((t) => t.key)).toEqual(['bought_once', 'low_spending', 'recent_7d']);
  expect(state.audiences).toEqual([{ id: buyers.id, since: clock.now().toISOString() }]);
  expect(await audience.members(ws, buyers.id, undefined, 10)).toEqual([{ personNo: await numberOf('ann'), since: clock.ms() }]);
  clock.advance(60_000);
  await happen('ann', 'Order Completed', { revenue: 20 });
  await events.flush();
  expect((await stateOf('ann')).audiences).toEqual([]);
  expect((await told('ann')).slice(-3)).toEqual([
    'Audience Exited Second order due',
    'Level Changed buyer>repeat',
    'Tag Removed bought_once',
  ]);
});

test('what time alone changes is found at the boundary, and not before', async () => {
  await happen('bob', 'Order Completed', { revenue: 1 });
  await events.flush();
  const bought = clock.ms();
  clock.set(new Date(bought + 90 * day - 1));
  await audience.sweepDue();
  expect(await stateOf('bob')).toMatchObject({ stage: 'paying', tier: 'ordinary' });
  clock.set(new Date(bought + 90 * day));
  await audience.sweepDue();
  expect(await stateOf('bob')).toMatchObject({ stage: 'churned', tier: 'ordinary', level: 'buyer' });
  clock.set(new Date(bought + 180 * day));
  expect(await audience.sweepDue()).toBeGreaterThan(0);
  expect(await audience.sweepDue()).toBe(0);
  expect(await stateOf('bob')).toMatchObject({ tier: 'low_frequency', level: 'member' });
  await events.flush();
});

test('an event of the future counts when its time comes', async () => {
  await happen('cal', 'Product Viewed');
  await happen('cal', 'Order Completed', { revenue: 1 }, new Date(clock.ms() + 5_000));
  await events.flush();
  expect(await stateOf('cal')).toMatchObject({ level: 'basic' });
  clock.advance(4_999);
  await audience.sweepDue();
  expect(await stateOf('cal')).toMatchObject({ level: 'basic' });
  clock.advance(1);
  await audience.sweepDue();
  expect(await stateOf('cal')).toMatchObject({ level: 'buyer' });
  await events.flush();
});

test('who asked as of an instant that others have gone past takes nothing back', async () => {
  await happen('hasty', 'Product Viewed');
  await events.flush();
  const before = clock.ms();
  clock.advance(10);
  await happen('hasty', 'Order Completed');
  await events.flush();
  const heard = await told('hasty');
  expect(heard).toContain('Level Changed basic>buyer');
  await audience.evaluate(ws, 'all', before);
  await audience.evaluate(ws, [await numberOf('hasty')], before);
  await audience.sweepDue(before);
  await events.flush();
  expect(await told('hasty')).toEqual(heard);
});

test('running everything again for everyone changes nothing that live changes had made, and tells nothing twice', async () => {
  const before = await all();
  const rows = async () => (await engines.ch.query<{ n: number }>(`SELECT count() AS n FROM ${events.source(ws)}`))[0]!.n;
  const count = await rows();
  await audience.evaluate(ws, 'all');
  expect(await all()).toEqual(before);
  expect(await rows()).toBe(count);
  // As after a crash between the two writes: the state is lost, the events are there.
  await happen('dan', 'Product Shared');
  await events.flush();
  const after = await rows();
  await engines.ch.command(`DELETE FROM person_state WHERE person_no = ${await numberOf('dan')}`);
  clock.advance(1_000);
  await audience.evaluate(ws, [await numberOf('dan')]);
  expect(await rows()).toBe(after);
  expect((await stateOf('dan')).tags.map((t) => t.key)).toEqual(['recent_7d', 'sharer']);
});

test('tags by hand, with a value, and in rules', async () => {
  const no = await numberOf('ann');
  await audience.tagByHand(ws, [no], 'size', { value: 'XL' });
  await events.flush();
  expect((await stateOf('ann')).tags.find((t) => t.key === 'size')).toEqual({
    key: 'size',
    value: 'XL',
    since: clock.now().toISOString(),
    by: 'hand',
  });
  const tagged = (rule: unknown) => audience.membersOf(ws, audience.parse(rule));
  expect(await tagged({ tag: 'size' })).toEqual([no]);
  expect(await tagged({ tag: 'size', op: '=', value: 'XL' })).toEqual([no]);
  expect(await tagged({ tag: 'size', op: '=', value: 'L' })).toEqual([]);
  clock.advance(1000);
  await audience.tagByHand(ws, [no], 'size', { remove: true });
  await events.flush();
  expect(await tagged({ tag: 'size' })).toEqual([]);
  expect((await stateOf('ann')).tags.some((t) => t.key === 'size')).toBe(false);
  await expect(audience.tagByHand(ws, [no], 'sharer')).rejects.toThrow(/does not fit/);
});

test('two people become one: the one who stays has the whole story, the other nothing', async () => {
  await events.write(ws, [
    {
      messageId: 'w1',
      event: 'Product Viewed',
      timestamp: clock.now(),
      externalIds: [{ type: 'phone', id: '+8613800000001' }],
      source: 'http',
    },
  ]);
  await happen('eve', 'Order Completed', { revenue: 5 });
  await events.flush();
  await events.write(ws, [
    {
      messageId: 'w2',
      type: 'identify',
      timestamp: clock.now(),
      userId: 'eve',
      externalIds: [{ type: 'phone', id: '+8613800000001' }],
      traits: {},
      source: 'http',
    },
  ]);
  await events.flush();
  const states = (await all()) as { person_no: number; level: string }[];
  const people = await engines.pg.query<{ person_no: number }>('SELECT person_no FROM people WHERE merged_into IS NULL');
  expect(states.map((s) => s.person_no).sort()).toEqual(people.map((p) => p.person_no).sort());
  expect((await stateOf('eve')).level).toBe('buyer');
});

test('a changed definition is worked out for everyone; a removed one is taken back', async () => {
  const tag = await audience.addTag(ws, {
    key: 'two_orders',
    name: { zh: '两单', en: 'Two orders' },
    rule: audience.parse({ event: 'Order Completed', count: { op: '=', value: 2 } }),
  });
  await jobs.flush();
  await events.flush();
  expect(await audience.facets(ws, { tag: 'two_orders' })).toMatchObject({ tag: { two_orders: 1 } });
  expect((await audience.listPeople(ws, { tag: 'two_orders' }, undefined, 10)).people).toEqual([await numberOf('ann')]);
  await audience.removeTag(ws, tag.id);
  await jobs.flush();
  await events.flush();
  expect((await audience.facets(ws, {})).tag.two_orders).toBeUndefined();
  expect((await told('ann')).filter((t) => t.includes('two_orders'))).toEqual(['Tag Added two_orders', 'Tag Removed two_orders']);
});

test('definitions that go in a circle are refused with the circle named', async () => {
  const a = await audience.addAudience(ws, { name: 'A', rule: audience.parse({ event: 'X' }), live: true });
  const b = await audience.addAudience(ws, { name: 'B', rule: audience.parse({ audience: a.id }), live: true });
  await expect(audience.changeAudience(ws, a.id, { rule: audience.parse({ not: { audience: b.id } }) })).rejects.toMatchObject({
    errors: expect.arrayContaining([
      expect.objectContaining({
        field: 'rule.not.audience',
        reason: expect.stringContaining('audience "B" → audience "A" → audience "B"'),
      }),
    ]),
  });
  await expect(audience.changeAudience(ws, a.id, { rule: audience.parse({ event: 'Audience Entered' }) })).rejects.toThrow(/do not fit/);
  await expect(audience.removeAudience(ws, a.id)).rejects.toMatchObject({
    errors: [{ field: 'id', reason: expect.stringContaining('audience "B" would break') }],
  });
});

test('the flow between the levels of two dates', async () => {
  const { links } = await audience.ladderFlow(ws, new Date('2026-05-01T00:00:30Z'), new Date('2026-05-02T00:00:00Z'));
  expect(links).toEqual([
    { from: null, to: 'buyer', count: 1 },
    { from: 'basic', to: 'repeat', count: 1 },
  ]);
});

test('preview: size, some people, words and warnings', async () => {
  const preview = await audience.preview(
    ws,
    audience.parse({
      all: [
        { event: 'Order Completed', within: { days: 400 } },
        { trait: 'city', op: '>', value: 3 },
      ],
    }),
  );
  expect(preview).toMatchObject({ count: 0, warnings: [{ path: 'rule.all[1]', message: 'trait "city" has not come in so far' }] });
  expect(preview.sentence.en).toBe('Did "Order Completed" in the last 400 days and trait city is more than 3');
});
