import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engines, testEngines } from '../../../test/kit.ts';
import { createJobs, type Jobs, jobMigrations, manualClock, migrate, silentLog } from '../../base/index.ts';
import { createEvents, type Events, migrations as eventMigrations } from '../../events/index.ts';
import { migrations as peopleMigrations, personByIdentity } from '../../people/index.ts';
import { createPrivacy, privacyMigrations } from '../../people/privacy/index.ts';
import { type Audience, createAudience } from '../audience.ts';
import { migrations } from '../migrations.ts';

let engines: Engines;
let events: Events;
let audience: Audience;
let jobs: Jobs;
const clock = manualClock('2026-05-01T00:00:00Z');
const ws = 3;

beforeAll(async () => {
  engines = await testEngines();
  const { pg, ch, url } = engines;
  const log = silentLog;
  await migrate(pg, ch, [...jobMigrations, ...peopleMigrations, ...privacyMigrations, ...eventMigrations, ...migrations]);
  jobs = await createJobs({ pg, clock, log, connectionString: url, alone: true });
  const declared = async () => ({ traits: new Set<string>(), properties: new Set<string>() });
  const privacy = await createPrivacy({ pg, clock, log, masters: ['a key'], declared });
  events = await createEvents({ pg, ch, clock, log, privacy, grace: async () => {} });
  audience = createAudience({ pg, ch, clock, log, jobs, events, shapes: async () => ({ events: [], traits: [] }) });
});
afterAll(async () => {
  await events.stop();
  await jobs.stop();
  await engines.close();
});

const numberOf = async (id: string) => (await personByIdentity(engines.pg, ws, { type: 'user_id', value: id }))!;
const stageOf = async (no: number) => (await audience.stateOf(ws, [no])).get(no)?.stage;

test('of somebody who was erased and whose events are not gone yet nothing is said, and the others go on', async () => {
  const bought = { event: 'Order Completed', timestamp: clock.now(), properties: { revenue: 5 }, source: 'http' };
  await events.write(ws, [
    { ...bought, messageId: 'a', userId: 'ann' },
    { ...bought, messageId: 'b', userId: 'bob' },
  ]);
  await events.flush();
  const [ann, bob] = [await numberOf('ann'), await numberOf('bob')];
  expect([await stageOf(ann), await stageOf(bob)]).toEqual(['paying', 'paying']);
  await engines.pg.query(
    `INSERT INTO erasures (id, workspace_no, person_no, numbers, state, asked_at, by_kind, by_id, by_name, epoch)
     VALUES ('era_1', $1, $2::bigint, ARRAY[$2::bigint], 'removed', $3, 'key', 'k', 'k', nextval('erasure_epochs'))`,
    [ws, ann, clock.now()],
  );
  clock.advance(400 * 86_400_000);
  await audience.sweepDue();
  await events.flush();
  expect(await stageOf(bob)).toBe('churned');
  const about = await engines.ch.query<{ p: number; n: number }>(
    `SELECT person_no AS p, count() AS n FROM events WHERE event = 'Stage Changed' GROUP BY p ORDER BY p`,
  );
  expect(about).toEqual([
    { p: ann, n: 1 },
    { p: bob, n: 2 },
  ]);
});
