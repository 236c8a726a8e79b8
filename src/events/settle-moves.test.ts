import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Engines, testEngines } from '../../test/kit.ts';
import { jobMigrations, manualClock, migrate, silentLog } from '../base/index.ts';
import { migrations as peopleMigrations } from '../people/index.ts';
import { createEvents, type Events, migrations } from './index.ts';

let engines: Engines;
let events: Events;
const clock = manualClock('2026-03-01T00:00:00Z');

beforeAll(async () => {
  engines = await testEngines();
  await migrate(engines.pg, engines.ch, [...jobMigrations, ...peopleMigrations, ...migrations]);
  events = await createEvents({ ...engines, clock, log: silentLog, grace: async () => {} });
});
afterAll(async () => {
  await events.stop();
  await engines.close();
});

async function mergeTwo(ws: number): Promise<void> {
  const about = { timestamp: clock.now(), event: 'Seen' };
  await events.write(ws, [{ ...about, messageId: `${ws}-a`, anonymousId: `a${ws}` }]);
  await events.write(ws, [{ ...about, messageId: `${ws}-b`, userId: `u${ws}` }]);
  await events.write(ws, [{ ...about, messageId: `${ws}-c`, userId: `u${ws}`, anonymousId: `a${ws}` }]);
}
const rows = async (ws: number) =>
  engines.ch.query<{ message_id: string; person_no: number; moved_from: number }>(
    `SELECT message_id, person_no, moved_from FROM events WHERE workspace_no = ${ws} ORDER BY message_id`,
  );

it('waits until every room has heard of the merge', async () => {
  await mergeTwo(1);
  expect(await events.settle()).toBe(0);
  await events.flush();
  expect(await events.settle()).toBe(1);
  const after = await rows(1);
  expect(after.map((r) => r.message_id)).toEqual(['1-a', '1-b', '1-c', expect.stringMatching(/^merge:/)]);
  expect(new Set(after.map((r) => r.person_no)).size).toBe(1);
});

it('keeps the events of a batch that was begun before the merge and lands after it', async () => {
  await mergeTwo(2);
  await events.flush();
  const [late] = (await rows(2)).filter((r) => r.message_id === '2-a');
  const [{ id }] = (await engines.pg.query<{ id: number }>(
    "INSERT INTO event_batches (state, workspaces, rows, created_at) VALUES ('writing', '{2}', 1, now()) RETURNING id",
  )) as [{ id: number }];
  const settling = events.settle();
  await new Promise((resolve) => setTimeout(resolve, 120));
  await engines.ch.command(
    `INSERT INTO events SELECT * REPLACE ('2-late' AS message_id, key + 1 AS key, ${id} AS batch)
     FROM (SELECT * FROM events WHERE workspace_no = 2 AND message_id = '2-a')`,
  );
  await engines.pg.query("UPDATE event_batches SET state = 'landed' WHERE id = $1", [id]);
  expect(await settling).toBe(1);
  const after = await rows(2);
  expect(after.map((r) => r.message_id)).toEqual(['2-a', '2-b', '2-c', '2-late', expect.stringMatching(/^merge:/)]);
  expect(after.every((r) => r.person_no !== late!.person_no)).toBe(true);
});
