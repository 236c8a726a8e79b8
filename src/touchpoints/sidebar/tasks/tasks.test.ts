import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLog } from '../../../base/index.ts';
import { personByIdentity, personId } from '../../../people/index.ts';
import { bare, clock, close, DAY, engines, events, no, open, settle, start } from '../../binding/binding.fixture.ts';
import { sidebarMigrations } from '../migrations.ts';
import { createTasks, type Tasks } from './tasks.ts';

const zone = 'Asia/Shanghai';
let tasks: Tasks;
let telling = true;

beforeAll(async () => {
  await open(sidebarMigrations);
  tasks = createTasks({
    ...{ pg: engines.pg, clock, log: silentLog },
    events: {
      write: (ws, items) => (telling ? events.write(ws, items) : Promise.reject(new Error('not now'))),
    },
    hide: async (_ws, text) => text,
    sources: {
      newFriends: async () => [],
      ready: async () => [],
      waiting: async () => [],
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
