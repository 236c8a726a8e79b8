import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engines, testEngines } from '../../../test/kit.ts';
import { jobMigrations, migrate, silentLog } from '../../base/index.ts';
import { createEvents, type Events, migrations as eventMigrations } from '../../events/index.ts';
import { migrations as peopleMigrations, personByIdentity } from '../../people/index.ts';
import { type Harness, startHarness } from './harness.fixture.ts';
import { createWecom, wecomMigrations } from './index.ts';

/** With the real events room: a friend becomes one person with whom the web already knows. */

let h: Harness;
let engines: Engines;
let events: Events;
beforeAll(async () => {
  h = await startHarness();
  engines = await testEngines();
  await migrate(engines.pg, engines.ch, [...jobMigrations, ...peopleMigrations, ...eventMigrations, ...wecomMigrations]);
  events = await createEvents({ ...engines, clock: h.clock, log: silentLog, grace: async () => {} });
});
afterAll(async () => {
  await events.stop();
  await engines.close();
  await h.close();
});

test('a friend joins the person that the unionid names, and nothing is counted twice', async () => {
  const wecom = createWecom({
    pg: engines.pg,
    clock: h.clock,
    log: silentLog,
    baseUrl: h.simulator.url(),
    events,
    account: async () => h.account,
  });
  await events.write(7, [
    {
      messageId: 'web-1',
      type: 'identify',
      timestamp: h.clock.now(),
      userId: 'shop-42',
      externalIds: [{ type: 'wechat_unionid', id: 'oUnion42' }],
      traits: { city: '杭州' },
    },
  ]);
  const id = h.friend('li', { name: '鱼小姐', unionid: 'oUnion42', gender: 2, state: 'q7', add_way: 1 });
  const { query, body } = h.sealed(h.added('li', id, { State: 'q7' }));
  await wecom.receive('ca_1', Object.fromEntries(new URLSearchParams(query)) as never, body);
  await wecom.processCallbacks();
  await engines.pg.query(`UPDATE platform_callbacks SET state = 'waiting', recorded = false, due_at = $1`, [h.clock.now()]);
  await wecom.processCallbacks();

  const person = await personByIdentity(engines.pg, 7, { type: 'user_id', value: 'shop-42' });
  expect(person).toBeDefined();
  expect(await personByIdentity(engines.pg, 7, { type: 'wecom_external_userid', value: `${h.corpid}:${id}` })).toBe(person);
  const rows = await engines.ch.query<{ type: string; event: string; carrier: string; person_no: number }>(
    `SELECT type, event, carrier, person_no FROM ${events.source(7)} WHERE carrier = 'wecom' ORDER BY type`,
  );
  expect(rows).toEqual([
    { type: 'identify', event: '', carrier: 'wecom', person_no: person },
    { type: 'track', event: 'Friend Added', carrier: 'wecom', person_no: person },
  ]);
});
