import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engines, testEngines } from '../../test/kit.ts';
import { createJobs, type Jobs, jobMigrations, type ManualClock, manualClock, migrate, newDataKey, silentLog } from '../base/index.ts';
import { createEvents, type Events, migrations as eventMigrations } from '../events/index.ts';
import { migrations as peopleMigrations } from '../people/index.ts';
import { type Audience, createAudience } from './audience.ts';
import { csvLine } from './groups/files.ts';
import { startOfDay } from './groups/trend.ts';
import { migrations } from './migrations.ts';

/** Tags, versions, groups of people: the room with what surrounds it, on real engines. */
const ws = 3;
const day = 86_400_000;
const zone = 'Asia/Shanghai';
const named = (n: string) => ({ zh: n, en: n });
const by = { kind: 'member', id: 'm1', name: 'Lin' };

let engines: Engines;
let events: Events;
let audience: Audience;
let jobs: Jobs;
let clock: ManualClock;
let dir: string;
const agreed = new Set<number>();

beforeAll(async () => {
  engines = await testEngines();
  dir = mkdtempSync(join(tmpdir(), 'yutang-files-'));
  const { pg, ch, url } = engines;
  clock = manualClock('2026-05-01T04:00:00Z');
  const log = silentLog;
  await migrate(pg, ch, [...jobMigrations, ...peopleMigrations, ...eventMigrations, ...migrations]);
  jobs = await createJobs({ pg, clock, log, connectionString: url, alone: true });
  events = await createEvents({ pg, ch, clock, log, grace: async () => {} });
  const keys = { current: 1, data: new Map([[1, newDataKey()]]) };
  audience = createAudience({
    ...{ pg, ch, clock, log, jobs, events },
    files: {
      dir,
      keys: async () => keys,
      traits: async (_, people) => new Map(people.map((no) => [no, { name: `=cmd ${no}`, city: 'Hangzhou, West' }])),
      identities: async (_, people, types) =>
        people.flatMap((no) =>
          types.includes('phone') ? [{ no, type: 'phone', value: `+86138000000${String(no).padStart(2, '0')}` }] : [],
        ),
      open: async (_, value) => JSON.parse(JSON.stringify(value).replaceAll('+86138', '+86 138')),
      mask: () => '***',
      agreed: async (_, people) => new Set(people.filter((no) => agreed.has(no))),
    },
  });
  await happen('u1', 'Order Completed', { revenue: 10, products: [{ category: 'tea' }, { category: 'cups' }] }, -2);
  for (let n = 2; n <= 8; n++)
    await happen(`u${n}`, n % 2 ? 'Product Viewed' : 'Order Completed', { category: n < 5 ? 'tea' : 'books' }, -n);
  await settle();
});
afterAll(async () => {
  await events.stop();
  await jobs.stop();
  await engines.close();
  rmSync(dir, { recursive: true, force: true });
});

let counter = 0;
const happen = async (userId: string, event: string, properties: Record<string, unknown> = {}, days = 0) => {
  const timestamp = new Date(clock.ms() + days * day);
  await events.write(ws, [{ messageId: `m${counter++}`, event, timestamp, userId, properties, source: 'http' }]);
};
const settle = async () => {
  await events.flush();
  await jobs.flush();
  await events.flush();
};
const numberOf = async (userId: string): Promise<number> =>
  (await engines.pg.query<{ n: number }>("SELECT person_no AS n FROM identities WHERE type = 'user_id' AND value = $1", [userId]))[0]!.n;
const tagsOf = async (userId: string) => {
  const no = await numberOf(userId);
  return (await audience.stateOf(ws, [no])).get(no)!.tags;
};
const given = async (key: string) =>
  engines.ch.query<{ event: string; by: string; value: string | null; at: number }>(
    `SELECT event, properties.by.:String AS by, properties.value.:String AS value, toUnixTimestamp64Milli(time) AS at FROM ${events.source(ws)}
     WHERE event IN ('Tag Added', 'Tag Removed') AND properties.key.:String = '${key}' ORDER BY time, event`,
  );
const members = (rule: unknown) => audience.membersOf(ws, audience.parse(rule));

test('a tag with many values: each value comes and goes by itself, and is asked for in rules', async () => {
  await audience.addTag(ws, { key: 'likes', name: named('likes'), rule: null, about: { values: 'many' } }, by);
  const no = await numberOf('u1');
  for (const value of ['tea', 'jazz', 'tea']) await audience.tagByHand(ws, [no], 'likes', { value });
  await settle();
  expect((await tagsOf('u1')).filter((t) => t.key === 'likes').map((t) => t.value)).toEqual(['jazz', 'tea']);
  clock.advance(1_000);
  await audience.tagByHand(ws, [no], 'likes', { value: 'tea', remove: true });
  await settle();
  expect((await tagsOf('u1')).filter((t) => t.key === 'likes').map((t) => t.value)).toEqual(['jazz']);
  expect(await members({ tag: 'likes', op: '=', value: 'tea' })).toEqual([]);
  expect(await members({ tag: 'likes', op: '=', value: 'jazz' })).toEqual([no]);
  expect(await audience.tagFigures.values(ws, await audience.tag(ws, 'likes'))).toEqual([{ value: 'jazz', count: 1 }]);
  await audience.tagByHand(ws, [await numberOf('u2')], 'likes', { value: 'tea' });
  await settle();
  expect((await audience.tagHistory(ws, await audience.tag(ws, 'likes'), 2, zone)).at(-1)).toMatchObject({ added: 2, removed: 0, size: 2 });
  await expect(audience.tagByHand(ws, [no], 'likes')).rejects.toThrow(/does not fit|value/);
  // What a hand did is told once, by the hand.
  expect(new Set((await given('likes')).map((e) => e.by))).toEqual(new Set(['hand']));
});

test('a tag falls off when its time is over, at its instant, and an event says so', async () => {
  await audience.addTag(ws, { key: 'visitor', name: named('visitor'), rule: null, about: { expiresAfterDays: 7 } }, by);
  await audience.tagByHand(ws, [await numberOf('u2')], 'visitor', { by: 'import' });
  await settle();
  const from = clock.ms();
  clock.advance(7 * day - 1);
  await audience.sweepDue();
  await settle();
  expect((await tagsOf('u2')).some((t) => t.key === 'visitor')).toBe(true);
  clock.advance(1);
  await audience.sweepDue();
  await audience.sweepDue();
  await settle();
  expect((await tagsOf('u2')).some((t) => t.key === 'visitor')).toBe(false);
  expect(await given('visitor')).toMatchObject([{ by: 'import' }, { event: 'Tag Removed', by: 'expiry', at: from + 7 * day }]);
});

test('of a group a person has one tag: the newest given, before that of the first rule', async () => {
  for (const key of ['gold', 'silver']) await audience.addTag(ws, { key, name: named(key), rule: null, about: { group: 'card' } });
  const bought = audience.parse({ event: 'Order Completed' });
  await audience.addTag(ws, { key: 'plain_card', name: named('plain'), rule: bought, about: { group: 'card' } });
  await audience.addTag(ws, { key: 'last_card', name: named('last'), rule: { all: [] }, about: { group: 'card' } });
  await settle();
  const cards = async (who: string) => (await tagsOf(who)).map((t) => t.key).filter((k) => /gold|silver|card/.test(k));
  expect(await cards('u4')).toEqual(['plain_card']);
  expect(await cards('u3')).toEqual(['last_card']);
  for (const key of ['gold', 'silver']) {
    clock.advance(1_000);
    await audience.tagByHand(ws, [await numberOf('u4')], key);
    await settle();
    expect(await cards('u4')).toEqual([key]);
  }
  const history = await audience.tagHistory(ws, await audience.tag(ws, 'plain_card'), 3, zone);
  expect(history.at(-1)).toMatchObject({ added: 5, removed: 1, size: 4 });
  const overlap = await audience.tagFigures.overlap(ws, 'plain_card', await audience.definitions(ws));
  expect(overlap).toMatchObject({ mine: 4, pool: 8 });
});

test('interest fades by half-lives, says what it comes from, and gives and takes tags by model', async () => {
  await audience.interest.set(ws, {
    halfLifeDays: 10,
    actions: [
      { event: 'Content Read', weight: 1, per: { property: 'seconds', amount: 60, most: 5 } },
      { event: 'Order Completed', weight: 8 },
    ],
    topics: ['tags', 'products.category'],
  });
  await happen('u1', 'Content Read', { tags: ['care', 'tea'], seconds: 120 });
  await events.flush();
  const no = await numberOf('u1');
  const interests = await audience.interest.of(ws, no);
  const care = interests.find((i) => i.topic === 'care')!;
  expect(care).toMatchObject({ score: 2, from: [{ event: 'Content Read', count: 1, points: 2 }] });
  expect(interests[0]!.topic).toBe('tea');
  await audience.addTag(ws, { key: 'into_care', name: named('care'), rule: null, about: { model: { topic: 'care', threshold: 1 } } });
  await settle();
  expect((await tagsOf('u1')).find((t) => t.key === 'into_care')).toMatchObject({ by: 'model' });
  expect(await audience.interest.refresh(ws)).toEqual({ added: 0, removed: 0 });
  clock.advance(10 * day + 60_000);
  expect((await audience.interest.of(ws, no)).find((i) => i.topic === 'care')!.score).toBeCloseTo(1, 2);
  await audience.sweepDue();
  await settle();
  expect((await tagsOf('u1')).some((t) => t.key === 'into_care')).toBe(false);
  const why = await audience.why(ws, no, 'tag', 'into_care');
  expect(why.given?.map((one) => [one.change, one.by, one.topic])).toEqual([
    ['removed', 'model', 'care'],
    ['added', 'model', 'care'],
  ]);
  expect(why).toMatchObject({ holds: false, model: { topic: 'care', threshold: 1, halfLifeDays: 10, from: [{ event: 'Content Read' }] } });
  expect(why.model!.score).toBeLessThanOrEqual(1);
  expect((await audience.interest.topics(ws, 1)).map((t) => t.topic)).toContain('tea');
});

test('versions say who changed what, and come back; what others use is not taken away', async () => {
  const one = await audience.addTag(ws, { key: 'buyer_tag', name: named('buyer'), rule: audience.parse({ event: 'Order Completed' }) }, by);
  const two = await audience.addAudience(ws, { name: 'Tagged', rule: audience.parse({ tag: 'buyer_tag' }), live: true }, by);
  await audience.changeTag(ws, one.id, { rule: audience.parse({ event: 'Order Completed', count: { op: '>=', value: 2 } }) }, by);
  const [newest, first] = await audience.saved.versions(ws, 'tag', one.id);
  expect(newest).toMatchObject({
    version: 2,
    by,
    action: 'changed',
    changes: [{ field: 'rule', said: { to: { en: expect.stringContaining('at least 2') } } }],
  });
  expect(first).toMatchObject({ version: 1, action: 'created', changes: [] });
  await audience.saved.restore(ws, 'tag', one.id, 1, by);
  expect((await audience.tag(ws, one.id)).rule).toEqual(audience.parse({ event: 'Order Completed' }));
  expect((await audience.saved.versions(ws, 'tag', one.id))[0]).toMatchObject({ version: 3, action: 'restored' });
  expect(await audience.saved.dependencies(ws, 'tag', 'buyer_tag')).toMatchObject({
    needs: { events: ['Order Completed'], refers: [] },
    usedBy: [{ kind: 'audience', id: two.id }],
  });
  expect((await audience.saved.dependencies(ws, 'audience', two.id)).needs!.refers).toEqual([
    { kind: 'tag', key: 'buyer_tag', name: named('buyer') },
  ]);
  audience.saved.alsoUsedBy(async () => [{ kind: 'journey', id: 'j', name: named('Welcome'), rules: [], audiences: [two.id] }]);
  await expect(audience.removeTag(ws, one.id)).rejects.toMatchObject({ status: 409, detail: expect.stringContaining('Tagged') });
  await expect(audience.removeAudience(ws, two.id)).rejects.toMatchObject({ detail: expect.stringContaining('journey "Welcome"') });
});

test('a new ladder is tried before it is saved: who would move, from where to where; saved, it can be restored', async () => {
  const { levels } = await audience.definitions(ws);
  const items = levels
    .filter((l) => l.key !== 'buyer')
    .map((l) => (l.key === 'repeat' ? { ...l, rule: audience.parse({ event: 'Order Completed' }) } : l));
  const preview = await audience.previewOrdered(ws, 'level', items);
  expect(preview.total).toBe(8);
  expect(preview.links).toContainEqual({ from: 'buyer', to: 'repeat', count: 5 });
  expect(preview.moved).toBe(5);
  expect((await audience.definitions(ws)).levels).toEqual(levels);
  await audience.setOrdered(ws, 'level', items, by);
  await settle();
  expect((await audience.facets(ws, {})).level).toMatchObject({ repeat: 5 });
  const versions = await audience.saved.versions(ws, 'levels', 'levels');
  expect(versions[0]!.changes.map((c) => c.field).sort()).toEqual(['items.buyer', 'items.order', 'items.repeat.rule']);
  await audience.saved.restore(ws, 'levels', 'levels', 1, by);
  await settle();
  expect((await audience.facets(ws, {})).level).toMatchObject({ buyer: 5 });
});

test('audiences beside each other: exact, whether live or not', async () => {
  const make = async (name: string, rule: unknown, live: boolean) =>
    (await audience.addAudience(ws, { name, rule: audience.parse(rule), live })).id;
  const orders = await make('Orders', { event: 'Order Completed' }, true);
  const tea = await make('Tea', { any: [{ event: '*', where: [{ property: 'category', op: '=', value: 'tea' }] }] }, true);
  const views = await make('Views', { event: 'Product Viewed' }, false);
  await settle();
  const live = await audience.overlap(ws, [orders, tea]);
  expect(live).toMatchObject({ union: 6, sets: [{ count: 5 }, { count: 3 }] });
  expect(live.intersections).toEqual([
    { in: [orders], count: 3 },
    { in: [orders, tea], count: 2 },
    { in: [tea], count: 1 },
  ]);
  const mixed = await audience.overlap(ws, [orders, tea, views]);
  for (const { in: inside, count } of mixed.intersections) {
    const outside = [orders, tea, views].filter((id) => !inside.includes(id));
    expect(await audience.count(ws, audience.combination(inside, outside))).toBe(count);
  }
  const compared = await audience.compare(ws, orders, tea);
  expect(compared).toMatchObject({ both: 2, onlyA: 3, onlyB: 1 });
  expect(compared.profile.find((p) => p.kind === 'level' && p.key === 'buyer')).toMatchObject({ a: 5, b: 2 });
  const trend = await audience.trend(ws, audience.parse({ event: 'Order Completed' }), 30, zone);
  expect(trend).toHaveLength(30);
  expect([trend[0]!.count, trend.at(-1)!.count]).toEqual([0, 5]);
  expect(new Set(trend.map((t) => t.count))).toEqual(new Set([0, 1, 2, 3, 5]));
});

test('a frozen audience stays as it was, follows merges, samples alike, and goes out as a file', async () => {
  const [source] = (await audience.definitions(ws)).audiences.filter((a) => a.name === 'Orders');
  const frozen = (await audience.freeze(ws, { name: 'Orders of May', rule: source!.rule, from: source!.id }, by)).audience;
  const draw = async (seed: string) => {
    const made = (await audience.freeze(ws, { name: `Three ${seed}`, rule: source!.rule, sample: { n: 3, seed } }, by)).audience;
    await settle();
    return members({ audience: made.id });
  };
  const [one, again] = [await draw('a'), await draw('a')];
  expect(one).toHaveLength(3);
  expect(again).toEqual(one);
  expect((await audience.audience(ws, frozen.id)).about.frozen).toMatchObject({ count: 5, from: source!.id });
  await happen('u9', 'Order Completed', {});
  await settle();
  expect(await audience.count(ws, source!.rule)).toBe(6);
  expect(await members({ audience: frozen.id })).toHaveLength(5);
  expect((await audience.audienceCounts(ws)).get(frozen.id)).toBe(5);
  await expect(audience.changeAudience(ws, frozen.id, { rule: source!.rule })).rejects.toThrow(/does not fit/);
  // Who is in was told once.
  const [told] = await engines.ch.query<{ n: number }>(
    `SELECT count() AS n FROM ${events.source(ws)} WHERE event = 'Audience Entered' AND properties.audienceId.:String = '${frozen.id}'`,
  );
  expect(told!.n).toBe(5);
  agreed.add(await numberOf('u2'));
  const read = async (id: string) => {
    let text = '';
    for await (const part of (await audience.files.open(ws, id)).stream) text += String(part);
    return text.replace('\ufeff', '').trim().split('\r\n');
  };
  const csv = await audience.files.ask(ws, frozen.id, { format: 'csv', columns: ['name', 'city', 'identity:phone'], personal: false }, by);
  const hashed = await audience.files.ask(
    ws,
    frozen.id,
    { format: 'hashed', columns: [], personal: true, identities: ['phone'], phoneForm: 'national' },
    by,
  );
  await jobs.flush();
  const rows = await read(csv.id);
  expect(rows).toHaveLength(6);
  expect(rows[1]).toMatch(/,'=cmd \d+,"Hangzhou, West",\*\*\*$/);
  const hashes = await read(hashed.id);
  expect(hashes).toHaveLength(2);
  expect(hashes[1]).toMatch(/^phone,[0-9a-f]{64}$/);
  expect(await audience.files.list(ws, frozen.id)).toHaveLength(2);
  await audience.files.removeAll(ws);
  await expect(audience.files.open(ws, csv.id)).rejects.toMatchObject({ status: 404 });
  expect(csvLine(['a"b', '+8613', '-1.5', '@x'])).toBe('"a""b",+8613,-1.5,\'@x\r\n');
});

test('two people of a frozen audience become one member', async () => {
  const [frozen] = (await audience.definitions(ws)).audiences.filter((a) => a.name === 'Orders of May');
  const old = await numberOf('u8');
  await events.write(ws, [
    {
      messageId: 'merge',
      type: 'alias',
      timestamp: clock.now(),
      externalIds: [
        { type: 'user_id', id: 'u8' },
        { type: 'phone', id: '+8613800000099' },
      ],
      source: 'http',
    },
    {
      messageId: 'w',
      event: 'Order Completed',
      timestamp: clock.now(),
      externalIds: [{ type: 'phone', id: '+8613800000098' }],
      source: 'http',
    },
    {
      messageId: 'x',
      event: 'Product Viewed',
      timestamp: clock.now(),
      userId: 'u8',
      externalIds: [{ type: 'phone', id: '+8613800000098' }],
      source: 'http',
    },
  ]);
  await settle();
  const now = await numberOf('u8');
  expect([old, now].includes((await members({ audience: frozen!.id })).find((no) => no === now) ?? -1)).toBe(true);
  expect((await audience.audienceCounts(ws)).get(frozen!.id)).toBe(5);
});

test('a tag goes to an audience in the background, and nobody gets it twice', async () => {
  const [source] = (await audience.definitions(ws)).audiences.filter((a) => a.name === 'Orders');
  await audience.addTag(ws, { key: 'campaign', name: named('campaign'), rule: null, about: { values: 'one' } });
  await audience.tagMany(ws, 'campaign', { audience: source!.id }, { value: 'may' });
  await settle();
  expect(await members({ tag: 'campaign', op: '=', value: 'may' })).toHaveLength(await audience.count(ws, source!.rule));
});

test('a day begins at midnight of the zone, also where clocks are put forward', () => {
  expect(new Date(startOfDay(Date.parse('2026-05-01T17:00:00Z'), zone)).toISOString()).toBe('2026-05-01T16:00:00.000Z');
  expect(new Date(startOfDay(Date.parse('2026-03-29T12:00:00Z'), 'Europe/Berlin')).toISOString()).toBe('2026-03-28T23:00:00.000Z');
});
