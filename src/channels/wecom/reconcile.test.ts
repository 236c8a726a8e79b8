import { afterEach, expect, test } from 'vitest';
import { silentLog } from '../../base/index.ts';
import { decodeAesKey, encrypt, signature } from '../platform/crypto.ts';
import type { WecomAccount } from './account.ts';
import { WecomError } from './errors.ts';
import { type Harness, startHarness } from './harness.fixture.ts';
import type { Progress } from './progress.ts';
import { reconcileFriends } from './reconcile.ts';

let h: Harness;
afterEach(() => h.close());
const reconcile = () => h.wecom.reconcile('ca_1');

test('lost callbacks are made good, once', async () => {
  h = await startHarness({ weather: { loss: 1 } });
  await h.saveCallback();
  const ids = Array.from({ length: 130 }, (_, i) => h.friend(i % 2 ? 'li' : '007', { name: `客${i}`, state: '0042', add_way: 1 }));
  h.control.advance(60_000);
  expect(await reconcile()).toMatchObject({ friends: 130, added: 130, ended: 0 });
  expect(h.named('Friend Added')).toHaveLength(130);
  expect(h.named('identify')).toHaveLength(130);
  expect(h.named('Friend Added')[0]?.properties).toEqual({ corpId: h.corpid, userId: '007', state: '0042', addWay: 1 });
  for (const id of ids.slice(0, 3)) h.control.deleteByCustomer(h.corpid, ids.indexOf(id) % 2 ? 'li' : '007', id);
  h.control.advance(60_000);
  expect(await reconcile()).toMatchObject({ friends: 127, added: 0, ended: 3 });
  expect(h.named('Friend Removed').map((one) => one.properties?.by)).toEqual(['unknown', 'unknown', 'unknown']);
  h.control.advance(60_000);
  expect(await reconcile()).toMatchObject({ friends: 127, added: 0, ended: 0 });
  const back = ids[0] ?? '';
  h.control.addFriend({ corpid: h.corpid, userid: '007', external_userid: back });
  h.control.advance(60_000);
  expect(await reconcile()).toMatchObject({ friends: 128, added: 1, ended: 0 });
});

test('what callbacks told is not told again, and the other way round', async () => {
  h = await startHarness();
  await h.saveCallback();
  h.friend('li');
  await h.work();
  expect(await reconcile()).toMatchObject({ added: 0, ended: 0 });
  h.control.removeCallback(h.corpid, h.agentid);
  const id = h.friend('li');
  expect(await reconcile()).toMatchObject({ added: 1 });
  // The event of the second one comes late.
  const at = Math.floor(h.clock.ms() / 1000);
  const message = `<xml><CreateTime>${at + 1}</CreateTime><Event>change_external_contact</Event><ChangeType>add_external_contact</ChangeType><UserID>li</UserID><ExternalUserID>${id}</ExternalUserID></xml>`;
  const encrypted = encrypt(decodeAesKey(h.keys.encodingAesKey), message, h.corpid);
  const query = { timestamp: String(at), nonce: 'n', msg_signature: signature(h.keys.token, String(at), 'n', encrypted) };
  expect(await h.wecom.receive('ca_1', query, `<xml><Encrypt>${encrypted}</Encrypt></xml>`)).toBe(true);
  await h.work();
  expect(h.named('Friend Added')).toHaveLength(2);
});

test('members without customers, and a corp without members', async () => {
  h = await startHarness();
  expect(await reconcile()).toMatchObject({ friends: 0, added: 0, ended: 0 });
  await expect(h.wecom.reconcile('nobody')).rejects.toMatchObject({ status: 404 });
});

test('a list that breaks off ends nobody', async () => {
  h = await startHarness();
  await h.saveCallback();
  h.friend('li');
  await h.work();
  h.control.advance(60_000);
  h.control.setFault({ endpoint: 'externalcontact/batch/get_by_user', errcode: 45009 });
  await expect(reconcile()).rejects.toMatchObject({ errcode: 45009 });
  expect(h.named('Friend Removed')).toEqual([]);
});

test('a cursor that has run out, at whatever page, ends nobody', async () => {
  h = await startHarness();
  const told: string[] = [];
  const reads: string[] = [];
  let tired = true;
  const read = async (_name: string, ask: { cursor?: string }) => {
    const page = Number(ask.cursor ?? 0);
    reads.push(ask.cursor ?? '');
    // Once, at the last of those that are told together.
    if (page === 9 && tired) {
      tired = false;
      throw new WecomError(50100, 'externalcontact.batch.get_by_user');
    }
    return {
      external_contact_list: [
        { external_contact: { external_userid: `wm${page}`, type: 1 }, follow_info: { userid: 'li', createtime: 1_700_000_000 } },
      ],
      next_cursor: page < 11 ? String(page + 1) : '',
    };
  };
  const account = { ...h.account, client: { call: read } } as unknown as WecomAccount;
  const now = { startedAt: h.clock.now(), phase: 'friends', members: ['li'], at: 0, cursor: '' } as Progress['now'];
  const events = {
    write: async (_workspaceNo: number, items: { event: string }[]) => {
      told.push(...items.map((one) => one.event).filter(Boolean));
      return { rejected: [] };
    },
  };
  await h.pg.query(
    `INSERT INTO wecom_friends (workspace_no, corp_id, external_userid, userid, since, told) VALUES (7, $1, 'wm11', 'li', '2023-01-01', true)`,
    [h.corpid],
  );
  await reconcileFriends({ pg: h.pg, clock: h.clock, log: silentLog, events }, account, {
    now,
    step: async (to) => void Object.assign(now, to),
  });
  expect(told).toEqual(Array(11).fill('Friend Added'));
  expect(reads.filter((one) => one === '')).toHaveLength(2);
});

test('a comparison outlives the connection that its lock is on', async () => {
  h = await startHarness();
  h.friend('li');
  await reconcile();
  h.friend('li');
  h.control.advance(60_000);
  // When the comparison waits for the friendship, it has its lock.
  const lock = `FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`;
  const going = await h.pg.tx(async (tx) => {
    await tx.query('SELECT FROM wecom_friends FOR UPDATE');
    const comparing = reconcile();
    while ((await h.pg.query(`SELECT pg_terminate_backend(pid) ${lock}`)).length === 0);
    return { comparing };
  });
  expect(await going.comparing).toMatchObject({ friends: 2, added: 1 });
  h.control.advance(60_000);
  expect(await reconcile()).toMatchObject({ friends: 2, added: 0, ended: 0 });
});

test('a message goes out by the remembered relations, without a lookup each', async () => {
  h = await startHarness({ weather: { loss: 1 } });
  const ids = Array.from({ length: 150 }, () => h.friend('li'));
  await reconcile();
  const outcomes = await h.wecom.adapter.submit(
    h.account,
    ids.map((id, i) => h.message(`o${i}`, id)),
  );
  expect(new Set(outcomes.map((outcome) => `${outcome.state} ${outcome.providerRef}`)).size).toBe(1);
  expect(h.calls('/externalcontact/get')).toEqual([]);
});
