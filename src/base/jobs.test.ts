import { afterAll, beforeAll, expect, it } from 'vitest';
import { testDatabase } from '../../test/kit.ts';
import { manualClock } from './clock.ts';
import { createJobs, jobMigrations } from './jobs.ts';
import { silentLog } from './log.ts';
import { connectPg, type Pg } from './postgres/index.ts';

let pg: Pg;
let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
  pg = connectPg(database.url, { max: 4 });
  for (const step of jobMigrations) await pg.query(step.pg!);
});
afterAll(async () => {
  await pg.pool.end();
  await database.drop();
});

it('does what was cut off by the end of the process, however often that happened', async () => {
  const open = () =>
    createJobs({ pg, clock: manualClock('2026-01-01T00:00:00Z'), log: silentLog, connectionString: database.url, alone: true });
  let done = 0;
  const first = await open();
  const { id } = await first.start(1, 'work', {});
  // As 20 killed processes leave it: in hand, with 20 tries behind it.
  await pg.query("UPDATE graphile_worker._private_jobs SET attempts = attempts + 20, locked_by = 'a killed one', locked_at = now()");
  await pg.query("UPDATE jobs SET state = 'running' WHERE id = $1", [id]);
  const next = await open();
  next.define('work', async () => {
    done += 1;
  });
  await next.run();
  await next.stop();
  await next.flush();
  expect([done, (await next.get(1, id)).state]).toEqual([1, 'done']);
});
