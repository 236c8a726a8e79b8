import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLog } from '../../../base/index.ts';
import { personByIdentity, personId } from '../../../people/index.ts';
import { bare, clock, close, DAY, engines, events, no, open, settle, start } from '../../binding/binding.fixture.ts';
import { sidebarMigrations } from '../migrations.ts';
import { createTasks, type Tasks } from './tasks.ts';

const zone = 'Asia/Shanghai';
let tasks: Tasks;
let telling = true;
let stopAt: string | undefined;
const messages: { staff: string[]; key: string }[] = [];

beforeAll(async () => {
  await open(sidebarMigrations);
  tasks = createTasks({
    ...{ pg: engines.pg, clock, log: silentLog },
    events: {
      write: (ws, items) => (telling ? events.write(ws, items) : Promise.reject(new Error('not now'))),
    },
    hide: async (_ws, text) => text,
    boundary: (name) => {
      if (name === stopAt) throw new Error('killed');
    },
    sources: {
      newFriends: async () => [],
      ready: async () => [],
      waiting: async () => [],
      tell: async (_ws, message) => {
        messages.push(message);
        return { told: message.staff.filter((one) => one !== 'xu'), why: 'cannot see the app' };
      },
      cards: async (_ws, people) => new Map(people.map((one) => [one, { id: personId(one), name: `${one}`, customer: null }])),
    },
  });
  events.onMerge((ws, moves) => tasks.onMerge(ws, moves));
  events.onSplit((ws, split) => tasks.onSplit(ws, split));
});
afterAll(close);

let seen = 0;
const come = (ws: number, more: object) =>
  events
    .write(ws, [{ messageId: `seen-${++seen}`, event: 'Seen', timestamp: new Date(start + 140 * DAY), source: 'http', ...more }])
    .then(settle);
const today = clock.now().toISOString().slice(0, 10);
const set = (ws: number, personNo: number, text: string) => tasks.set(ws, zone, { staffId: 'li', personNo, text, due: today, by: 'Li' });
const texts = async (ws: number, personNo: number) => (await tasks.ofPerson(ws, personNo)).map((t) => t.text).sort();
const shown = async (ws: number, staffId: string) => (await tasks.today(ws, zone, staffId)).items.map((t) => t.text);
const union = { type: 'wechat_unionid', id: 'oUnion12345678' };

it('what is to be seen to goes with the customer who becomes one with another, and back', async () => {
  const ws = bare();
  await come(ws, { userId: 'p' });
  await come(ws, { externalIds: [union] });
  const holder = () => personByIdentity(engines.pg, ws, { type: union.type, value: union.id }) as Promise<number>;
  const [p, q] = [await no(ws, 'p'), await holder()];
  await set(ws, p, 'of p');
  await set(ws, q, 'of q');
  await come(ws, { userId: 'p', externalIds: [union] });
  const one = await no(ws, 'p');
  expect([await holder(), await texts(ws, one)]).toEqual([one, ['of p', 'of q']]);
  const actor = { actor: { kind: 'test', id: 't', name: 't' } } as never;
  await events.identity.split(ws, one, [{ type: union.type, value: union.id }], actor, async () => {});
  await settle();
  expect([await texts(ws, await no(ws, 'p')), await texts(ws, await holder())]).toEqual([['of p'], ['of q']]);
});

it('whoever has the customer now sees what a colleague who left was to do; whose binding has run out does not', async () => {
  const ws = bare();
  await come(ws, { userId: 'p' });
  const p = await no(ws, 'p');
  await set(ws, p, 'call');
  await engines.pg.query(
    "INSERT INTO staff (workspace_no, id, name, state, source, updated_at) VALUES ($1, 'li', 'Li', 'left', 'hand', $2)",
    [ws, clock.now()],
  );
  await engines.pg.query(
    `INSERT INTO bindings (workspace_no, person_no, staff_id, since, protected_until, valid_until, paused) VALUES ($1, $2, 'wu', $3, $3, $4, false)`,
    [ws, p, clock.now(), new Date(clock.ms() + DAY)],
  );
  expect([await shown(ws, 'wu'), await shown(ws, 'xu')]).toEqual([['call'], []]);
  await engines.pg.query('UPDATE bindings SET valid_until = $2 WHERE workspace_no = $1', [ws, clock.now()]);
  expect(await shown(ws, 'wu')).toEqual([]);
});

it('what is written down has not failed because it cannot be told yet, and is told once', async () => {
  const ws = bare();
  await come(ws, { userId: 'p' });
  telling = false;
  const { id } = await set(ws, await no(ws, 'p'), 'call').finally(() => {
    telling = true;
  });
  const told = async () => {
    await tasks.recover();
    await settle();
    return engines.ch.query(`SELECT properties.taskId::String AS id FROM ${events.source(ws)} WHERE event = 'Task Set'`);
  };
  expect([await told(), await told()]).toEqual([[{ id }], [{ id }]]);
});

const bind = (ws: number, personNo: number, staff: string) =>
  engines.pg.query(
    `INSERT INTO bindings (workspace_no, person_no, staff_id, since, protected_until, valid_until, paused) VALUES ($1, $2, $3, $4, $4, $5, false)`,
    [ws, personNo, staff, clock.now(), new Date(clock.ms() + 3 * DAY)],
  );
const eventsOf = (ws: number) =>
  engines.ch.query(`SELECT properties.taskId::String AS id FROM ${events.source(ws)} WHERE event = 'Task Set' ORDER BY id`);

it('whom to act on now is handed to whom they are bound to, who is told once, and not again on the same day', async () => {
  const ws = bare();
  for (const userId of ['p', 'q', 'r', 's']) await come(ws, { userId });
  const [p, q, r, s] = (await Promise.all(['p', 'q', 'r', 's'].map((id) => no(ws, id)))) as [number, number, number, number];
  for (const [who, staff] of [
    [p, 'li'],
    [q, 'li'],
    [r, 'xu'],
  ] as const)
    await bind(ws, who, staff);
  const ask = (...people: number[]) =>
    tasks.handOut(ws, zone, {
      people: people.map((personNo) => ({ personNo, text: `see to ${personNo}` })),
      by: 'Ann',
      message: { title: 'now', text: 'look' },
    });
  messages.length = 0;
  expect(await ask(p, r, s, 4_000_000)).toEqual({
    set: [
      { personId: personId(p), staffId: 'li' },
      { personId: personId(r), staffId: 'xu' },
    ],
    already: [],
    unbound: [personId(s), personId(4_000_000)],
    told: ['li'],
    untold: [{ staffId: 'xu', reason: 'cannot see the app' }],
  });
  // Asked by several at once: each once.
  const many = await Promise.all([ask(p, q), ask(p, q), ask(q)]);
  expect(many.flatMap((one) => one.set)).toEqual([{ personId: personId(q), staffId: 'li' }]);
  expect(messages.map((one) => one.staff)).toEqual([['li', 'xu'], ['li']]);
  expect((await shown(ws, 'li')).sort()).toEqual([`see to ${p}`, `see to ${q}`].sort());
  const { items } = await tasks.today(ws, zone, 'li');
  await tasks.answer(ws, zone, { taskId: items.find((one) => one.personId === personId(p))!.id, staffId: 'li', by: 'Li' }, { act: 'done' });
  expect((await ask(p)).set).toEqual([]);
  clock.advance(DAY);
  expect((await ask(p)).set).toHaveLength(1);
  clock.advance(-DAY);
  await settle();
  expect(await eventsOf(ws)).toHaveLength(4);
});

it.each(['tasks.written', 'tasks.told'])('killed at %s: what was set is there once and told once', async (name) => {
  const ws = bare();
  await come(ws, { userId: 'p' });
  const p = await no(ws, 'p');
  await bind(ws, p, 'li');
  const ask = { people: [{ personNo: p, text: 'call' }], by: 'Ann', message: { title: '', text: 'look' } };
  stopAt = name;
  await tasks.handOut(ws, zone, ask).catch((error) => expect(String(error)).toContain('killed'));
  stopAt = undefined;
  expect((await tasks.handOut(ws, zone, ask)).already).toHaveLength(1);
  await tasks.recover();
  await tasks.recover();
  await settle();
  expect([await shown(ws, 'li'), (await eventsOf(ws)).length]).toEqual([['call'], 1]);
});
