import { afterEach, describe, expect, test } from 'vitest';
import { decodeAesKey, encrypt, signature } from './crypto.ts';
import { type Harness, startHarness } from './harness.fixture.ts';

let h: Harness;
afterEach(() => h.close());

const welcomesOf = (id: string) => h.control.inbox(h.corpid, id).filter((message) => message.kind === 'welcome');
const rows = () =>
  h.pg.query<{ state: string; welcome: string | null; attempts: number }>(
    'SELECT state, welcome, attempts FROM wecom_callbacks ORDER BY id',
  );

/** A callback made by hand, sealed and signed as the platform does. */
function sealed(message: string, change: { token?: string; receiveId?: string; timestamp?: number; nonce?: string; key?: string } = {}) {
  const encrypted = encrypt(decodeAesKey(change.key ?? h.keys.encodingAesKey), message, change.receiveId ?? h.corpid);
  const timestamp = String(change.timestamp ?? Math.floor(h.clock.ms() / 1000));
  const nonce = change.nonce ?? '12345';
  const query = `msg_signature=${signature(change.token ?? h.keys.token, timestamp, nonce, encrypted)}&timestamp=${timestamp}&nonce=${nonce}`;
  return {
    encrypted,
    query,
    body: `<xml><ToUserName><![CDATA[${h.corpid}]]></ToUserName><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`,
  };
}
const post = async (query: string, body: string, account = 'ca_1') => {
  const answer = await h.app.inject({
    method: 'POST',
    url: `/wecom/callback/${account}?${query}`,
    headers: { 'content-type': 'text/xml' },
    payload: body,
  });
  return answer;
};
const event = (fields: Record<string, string>, at = Math.floor(h.clock.ms() / 1000)) =>
  `<xml><ToUserName><![CDATA[${h.corpid}]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName><CreateTime>${at}</CreateTime><MsgType>event</MsgType>${Object.entries(
    fields,
  )
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')}</xml>`;
const added = (userId: string, externalUserId: string, more: Record<string, string> = {}) =>
  event({ Event: 'change_external_contact', ChangeType: 'add_external_contact', UserID: userId, ExternalUserID: externalUserId, ...more });

describe('the door', () => {
  test('the address is verified, base64 with a plus sign too', async () => {
    h = await startHarness();
    expect(await h.saveCallback()).toMatchObject({ ok: true });
    for (let i = 0; i < 20; i++) {
      const { encrypted, query } = sealed(`echo${i}`, { nonce: String(i) });
      const raw = `${query}&echostr=${i % 2 ? encodeURIComponent(encrypted) : encrypted}`;
      const answer = await h.app.inject({ url: `/wecom/callback/ca_1?${raw}` });
      expect([answer.statusCode, answer.body]).toEqual([200, `echo${i}`]);
    }
  });

  test('what is not the platform’s is refused and not kept', async () => {
    h = await startHarness();
    const message = added('li', 'wm1');
    const good = sealed(message);
    const at = Math.floor(h.clock.ms() / 1000);
    const cases: [string, number, Promise<{ statusCode: number }>][] = [
      ['another token', 403, post(sealed(message, { token: 'x' }).query, good.body)],
      ['another body', 403, post(good.query, sealed(message).body)],
      ['another receiver', 403, Promise.resolve(sealed(message, { receiveId: 'wwother' })).then((s) => post(s.query, s.body))],
      [
        'another key',
        403,
        Promise.resolve(sealed(message, { key: `${h.keys.encodingAesKey.slice(1)}A` })).then((s) => post(s.query, s.body)),
      ],
      ['too old', 403, Promise.resolve(sealed(message, { timestamp: at - 301 })).then((s) => post(s.query, s.body))],
      ['too new', 403, Promise.resolve(sealed(message, { timestamp: at + 301 })).then((s) => post(s.query, s.body))],
      ['no signature', 400, post('timestamp=1&nonce=1', good.body)],
      ['a broken escape', 400, post(`${good.query.replace('nonce=12345', 'nonce=%zz')}`, good.body)],
      ['no XML', 400, post(good.query, 'hello')],
      ['a document type', 400, post(good.query, `<!DOCTYPE x>${good.body}`)],
      ['an empty body', 400, post(good.query, '')],
      ['an unknown account', 404, post(good.query, good.body, 'ca_2')],
      ['a message that is no XML', 400, Promise.resolve(sealed('hello')).then((s) => post(s.query, s.body))],
    ];
    for (const [name, status, answer] of cases) expect([name, (await answer).statusCode]).toEqual([name, status]);
    expect((await post(good.query, `<xml><a>${'x'.repeat(300_000)}</a></xml>`)).statusCode).toBe(413);
    expect(await rows()).toEqual([]);
  });

  test('kept once, answered at once and empty; a replay is refused', async () => {
    h = await startHarness();
    const message = event({ Event: 'change_external_tag', ChangeType: 'create', Id: 'et1', TagType: 'tag' });
    const first = sealed(message, { nonce: '1' });
    const answer = await post(first.query, first.body);
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    expect((await post(first.query, first.body)).statusCode).toBe(403);
    const again = sealed(message, { nonce: '2' });
    expect((await post(again.query, again.body)).statusCode).toBe(200);
    await h.wecom.processCallbacks();
    expect(await rows()).toMatchObject([{ state: 'ignored' }]);
  });
});

describe('friends', () => {
  test('added: one person with the ids, the name and how they came', async () => {
    h = await startHarness();
    await h.saveCallback();
    const id = h.friend('007', { name: '鱼小姐', unionid: 'oUnion1', gender: 2, state: '1e5', add_way: 1 });
    await h.work();
    const externalIds = [
      { type: 'wecom_external_userid', id: `${h.corpid}:${id}`, collection: 'users', encoding: 'none' },
      { type: 'wechat_unionid', id: 'oUnion1', collection: 'users', encoding: 'none' },
    ];
    expect(h.named('identify')).toMatchObject([
      { traits: { name: '鱼小姐', gender: 'female' }, externalIds, context: { carrier: 'wecom' } },
    ]);
    expect(h.named('Friend Added')).toMatchObject([
      {
        externalIds,
        properties: { corpId: h.corpid, userId: '007', state: '1e5', addWay: 1 },
        source: 'wecom',
        context: { carrier: 'wecom' },
      },
    ]);
    expect(h.named('Friend Added')[0]?.timestamp.getTime()).toBe(Math.floor(h.clock.ms() / 1000) * 1000);
  });

  test('removed by the customer, by staff, by hand-over', async () => {
    h = await startHarness();
    await h.saveCallback();
    const [a, b, c] = [h.friend(), h.friend(), h.friend()];
    h.control.deleteByCustomer(h.corpid, 'li', a);
    h.control.deleteByStaff(h.corpid, 'li', b);
    h.control.deleteByStaff(h.corpid, 'li', c, 'DELETE_BY_TRANSFER');
    await h.work();
    const told = h.named('Friend Removed').map((one) => [one.externalIds[0]?.id, one.properties]);
    expect(Object.fromEntries(told)).toEqual({
      [`${h.corpid}:${a}`]: { corpId: h.corpid, userId: 'li', by: 'customer' },
      [`${h.corpid}:${b}`]: { corpId: h.corpid, userId: 'li', by: 'staff' },
      [`${h.corpid}:${c}`]: { corpId: h.corpid, userId: 'li', by: 'staff', handedOver: true },
    });
  });

  test('the event comes before its data: looked up again after 2, 10 and 60 seconds by due time', async () => {
    h = await startHarness({ rules: { relationLagMs: 30_000 } });
    await h.saveCallback();
    h.friend();
    const dueAfter = async () => {
      const { nextDueAt } = await h.work();
      return nextDueAt && nextDueAt.getTime() - h.clock.ms();
    };
    expect(await dueAfter()).toBe(2_000);
    h.control.advance(2_000);
    expect(await dueAfter()).toBe(10_000);
    h.control.advance(10_000);
    expect(await dueAfter()).toBe(60_000);
    expect(h.events()).toEqual([]);
    expect(h.slept).toEqual([]);
    h.control.advance(60_000);
    expect(await dueAfter()).toBeUndefined();
    expect(h.named('identify')).toHaveLength(1);
    expect(h.named('Friend Added')).toHaveLength(1);
    expect(await rows()).toMatchObject([{ state: 'done', attempts: 4 }]);
  });

  test('never there: the fact is told without details', async () => {
    h = await startHarness();
    await h.saveCallback();
    const message = sealed(added('li', 'wmGhost', { State: '0012' }));
    await post(message.query, message.body);
    for (const ms of [0, 2_000, 10_000, 60_000]) {
      h.control.advance(ms);
      await h.work();
    }
    expect(h.events().map((one) => [one.event, one.properties])).toEqual([
      ['Friend Added', { corpId: h.corpid, userId: 'li', state: '0012' }],
    ]);
    expect(await rows()).toMatchObject([{ state: 'done' }]);
  });

  test('a platform that is down: the fact after ten minutes, the name when it is back', async () => {
    h = await startHarness();
    await h.saveCallback();
    h.control.setFault({ endpoint: 'externalcontact/get', httpStatus: 502 });
    h.friend('li', { name: '小海' });
    await h.work();
    expect(h.events()).toEqual([]);
    for (let i = 0; i < 14; i++) {
      h.control.advance(60_000);
      await h.work();
    }
    expect(h.events().map((one) => one.event)).toEqual(['Friend Added']);
    h.control.clearFaults();
    h.control.advance(600_000);
    await h.work();
    expect(h.named('identify')).toMatchObject([{ traits: { name: '小海' } }]);
    expect(h.named('Friend Added')).toHaveLength(1);
    expect(await rows()).toMatchObject([{ state: 'done' }]);
  });

  test('duplicates, losses of our answers and disorder say nothing twice and nothing false', async () => {
    h = await startHarness({ weather: { duplication: 1, disorder: 0.7 } });
    await h.saveCallback();
    const ids = Array.from({ length: 20 }, (_, i) => h.friend(i % 2 ? 'li' : '007'));
    h.control.advance(5_000);
    for (const id of ids.slice(0, 10)) h.control.deleteByCustomer(h.corpid, ids.indexOf(id) % 2 ? 'li' : '007', id);
    // Those who left at once are looked for until the platform's word is final.
    for (const ms of [5_000, 2_000, 10_000, 60_000]) {
      h.control.advance(ms);
      await h.work();
    }
    expect(h.named('Friend Added')).toHaveLength(20);
    expect(h.named('Friend Removed')).toHaveLength(10);
    const alive = await h.pg.query<{ external_userid: string }>('SELECT external_userid FROM wecom_friends WHERE ended_at IS NULL');
    expect(new Set(alive.map((row) => row.external_userid))).toEqual(new Set(ids.slice(10)));
  });

  test('removal heard before the addition leaves no friend', async () => {
    h = await startHarness();
    const at = Math.floor(h.clock.ms() / 1000);
    const gone = sealed(
      event({ Event: 'change_external_contact', ChangeType: 'del_follow_user', UserID: '007', ExternalUserID: 'wm1' }, at),
      { nonce: '1' },
    );
    const come = sealed(
      event({ Event: 'change_external_contact', ChangeType: 'add_external_contact', UserID: '007', ExternalUserID: 'wm1' }, at - 5),
      { nonce: '2' },
    );
    await post(gone.query, gone.body);
    await post(come.query, come.body);
    await h.wecom.processCallbacks();
    expect(await h.pg.query('SELECT external_userid FROM wecom_friends WHERE ended_at IS NULL')).toEqual([]);
  });

  test('an edit in the client refreshes the name, and our own changes come back as nothing', async () => {
    h = await startHarness();
    await h.saveCallback();
    const id = h.friend('li', { name: '旧' });
    await h.work();
    await h.client.call('externalcontact.remark', { userid: 'li', external_userid: id, remark: 'VIP' });
    await h.work();
    expect(await rows()).toHaveLength(1);
    h.control.advance(1000);
    h.control.editByStaff(h.corpid, 'li', id, { remark: '改' });
    await h.work();
    expect(h.named('identify')).toHaveLength(2);
  });
});

describe('welcome', () => {
  const welcome = { text: '你好 {{ name }}！', link: { url: 'https://shop.test/new', title: '新人礼' } };

  test('is said once, with the name and the link', async () => {
    h = await startHarness({ welcome });
    await h.saveCallback();
    const id = h.friend('li', { name: '小海' });
    await h.work();
    expect(welcomesOf(id)).toMatchObject([
      { text: '你好 小海！', from: 'li', attachments: [{ msgtype: 'link', link: { url: 'https://shop.test/new' } }] },
    ]);
    expect(await rows()).toMatchObject([{ state: 'done', welcome: 'sent' }]);
    expect(h.named('Message Sent')).toMatchObject([{ properties: { channel: 'wecom', welcome: true, userId: 'li' } }]);
  });

  test('a half-added friend hears it once, though two events come', async () => {
    h = await startHarness({ welcome });
    await h.saveCallback();
    const customer = h.control.addCustomer(h.corpid, { name: '半' }).external_userid;
    h.control.addFriend({ corpid: h.corpid, userid: 'li', external_userid: customer, half: 'first' });
    await h.work();
    expect(await rows()).toHaveLength(2);
    expect(welcomesOf(customer)).toHaveLength(1);
    expect(h.named('Message Sent')).toHaveLength(1);
    expect((await rows()).map((row) => row.welcome).sort()).toEqual(['already', 'sent']);
    expect(h.named('Friend Added')).toHaveLength(1);
  });

  test('a friendship that ends and begins anew counts twice, its halves once each, in any order', async () => {
    h = await startHarness();
    const id = h.friend();
    const at = Math.floor(h.clock.ms() / 1000);
    const tell = (ChangeType: string, offset: number, State = '') =>
      sealed(event({ Event: 'change_external_contact', ChangeType, UserID: 'li', ExternalUserID: id, State }, at + offset), {
        nonce: `${ChangeType}${offset}`,
      });
    const story = [
      tell('add_half_external_contact', 0),
      tell('add_external_contact', 1),
      tell('del_follow_user', 2),
      tell('add_external_contact', 3),
    ];
    for (const order of [
      [0, 1, 2, 3],
      [1, 0, 2, 3],
      [0, 1, 3, 2],
    ]) {
      await h.pg.query('TRUNCATE wecom_callbacks, wecom_friends');
      h.forget();
      for (const i of order) {
        const { query, body } = story[i] as { query: string; body: string };
        await h.another().receive('ca_1', Object.fromEntries(new URLSearchParams(query)) as never, body);
        await h.wecom.processCallbacks();
      }
      expect([order, h.named('Friend Added').length, h.named('Friend Removed').length]).toEqual([order, 2, 1]);
      expect(await h.pg.query('SELECT 1 FROM wecom_friends WHERE ended_at IS NULL')).toHaveLength(1);
    }
  });

  test('waits two seconds for the name and no longer', async () => {
    h = await startHarness({ welcome, rules: { relationLagMs: 15_000 } });
    await h.saveCallback();
    const id = h.friend('li', { name: '小海' });
    await h.work();
    expect(welcomesOf(id)).toEqual([]);
    h.control.advance(2_000);
    await h.work();
    expect(welcomesOf(id)).toMatchObject([{ text: '你好 ！' }]);
    expect(h.events().map((one) => one.event)).toEqual(['Message Sent']);
    h.control.advance(70_000);
    await h.work();
    expect(h.named('Friend Added')).toHaveLength(1);
    expect(welcomesOf(id)).toHaveLength(1);
  });

  test('waits for nothing when no name is in it', async () => {
    h = await startHarness({ welcome: { text: '欢迎' }, rules: { relationLagMs: 15_000 } });
    await h.saveCallback();
    const id = h.friend();
    await h.work();
    expect(welcomesOf(id)).toMatchObject([{ text: '欢迎' }]);
  });

  test('another app is sending (41096): again within the window', async () => {
    h = await startHarness({ welcome });
    await h.saveCallback();
    h.control.setFault({ endpoint: 'externalcontact/send_welcome_msg', errcode: 41096, times: 2 });
    const id = h.friend();
    for (const ms of [0, 1_000, 1_000]) {
      h.control.advance(ms);
      await h.work();
    }
    expect(welcomesOf(id)).toHaveLength(1);
    expect(h.named('Friend Added')).toHaveLength(1);
    expect(await rows()).toMatchObject([{ state: 'done', welcome: 'sent' }]);
  });

  test('41096 to the end of the window is given up', async () => {
    h = await startHarness({ welcome });
    await h.saveCallback();
    h.control.setFault({ endpoint: 'externalcontact/send_welcome_msg', errcode: 41096 });
    h.friend();
    for (let i = 0; i < 25; i++) {
      await h.work();
      h.control.advance(1_000);
    }
    expect(await rows()).toMatchObject([{ state: 'done', welcome: 'failed:41096' }]);
    expect(h.calls('/send_welcome_msg').length).toBeLessThanOrEqual(20);
  });

  test.each([
    [41051, 'already'],
    [41050, 'late'],
    [40058, 'failed:40058'],
  ])('%i ends it as %s', async (errcode, how) => {
    h = await startHarness({ welcome });
    await h.saveCallback();
    h.control.setFault({ endpoint: 'externalcontact/send_welcome_msg', errcode });
    h.friend();
    await h.work();
    expect(await rows()).toMatchObject([{ state: 'done', welcome: how }]);
    expect(h.calls('/send_welcome_msg')).toHaveLength(1);
  });

  test('after twenty seconds nothing is called', async () => {
    h = await startHarness({ welcome });
    const late = sealed(added('li', 'wm1', { WelcomeCode: 'code' }));
    h.control.advance(21_000);
    await post(late.query, late.body);
    await h.work();
    expect(h.calls('/send_welcome_msg')).toEqual([]);
    expect(await rows()).toMatchObject([{ welcome: 'late' }]);
  });

  test('the answer is lost: said again, heard once', async () => {
    h = await startHarness({ welcome });
    await h.saveCallback();
    h.control.setFault({ endpoint: 'externalcontact/send_welcome_msg', drop: true, when: 'after', times: 1 });
    const id = h.friend();
    await h.work();
    h.control.advance(1_000);
    await h.work();
    expect(welcomesOf(id)).toHaveLength(1);
    expect(await rows()).toMatchObject([{ state: 'done', welcome: 'sent' }]);
  });

  test('those with a welcome go before a backlog', async () => {
    h = await startHarness({ welcome });
    for (let i = 0; i < 60; i++) {
      const { query, body } = sealed(
        event({ Event: 'change_external_contact', ChangeType: 'del_follow_user', UserID: 'li', ExternalUserID: `wm${i}` }),
        { nonce: `n${i}` },
      );
      await h.wecom.receive('ca_1', Object.fromEntries(new URLSearchParams(query)) as never, body);
    }
    await h.saveCallback();
    const { query, body } = sealed(added('li', 'wmNew', { WelcomeCode: 'c' }), { nonce: 'last' });
    await h.wecom.receive('ca_1', Object.fromEntries(new URLSearchParams(query)) as never, body);
    await h.wecom.processCallbacks();
    const [first] = await h.pg.query<{ change_type: string }>(
      'SELECT change_type FROM wecom_callbacks WHERE state = $1 OR attempts > 0 ORDER BY coalesce(done_at, due_at), has_welcome DESC LIMIT 1',
      ['done'],
    );
    expect(first?.change_type).toBe('add_external_contact');
  });

  test('a text that cannot be rendered is a recorded failure', async () => {
    h = await startHarness({ welcome: { text: '{{ name | nofilter: }} {% if %}' } });
    await h.saveCallback();
    h.friend();
    await h.work();
    expect(await rows()).toMatchObject([{ state: 'done', welcome: 'failed:template' }]);
  });
});

describe('groups', () => {
  async function later(ms: number) {
    h.control.advance(ms);
    await h.work();
  }
  test('joining and leaving, staff passed over, said once under bad weather', async () => {
    h = await startHarness({ weather: { duplication: 1 } });
    await h.saveCallback();
    const [a, b, c] = [h.friend('li', { unionid: 'oU1', name: '甲' }), h.friend(), h.friend()];
    const { chat_id } = h.control.createGroup({ corpid: h.corpid, name: '福利群', owner: 'li', members: [a, '007'] });
    await h.work();
    await later(3_000);
    h.control.joinGroup({ corpid: h.corpid, chat_id, userid: b, byCode: true, state: '0042' });
    await h.work();
    await later(1_000);
    h.control.joinGroup({ corpid: h.corpid, chat_id, userid: c });
    await h.work();
    await later(3_000);
    await later(12_000);
    expect(
      h
        .named('Group Joined')
        .map((one) => one.externalIds[0]?.id)
        .sort(),
    ).toEqual([a, b, c].map((id) => `${h.corpid}:${id}`).sort());
    const byCode = h.named('Group Joined').find((one) => one.externalIds[0]?.id.endsWith(b));
    expect(byCode?.properties).toMatchObject({ corpId: h.corpid, chatId: chat_id, groupName: '福利群', state: '0042', joinScene: 3 });
    expect(h.named('Group Joined').find((one) => one.externalIds[0]?.id.endsWith(a))?.externalIds[1]?.id).toBe('oU1');
    h.control.leaveGroup({ corpid: h.corpid, chat_id, userid: b });
    h.control.leaveGroup({ corpid: h.corpid, chat_id, userid: c, removed: true });
    await h.work();
    await later(3_000);
    expect(h.named('Group Left').map((one) => [one.externalIds[0]?.id.split(':')[1], one.properties?.by])).toEqual([
      [b, 'customer'],
      [c, 'staff'],
    ]);
    h.control.dismissGroup(h.corpid, chat_id);
    await h.work();
    expect(h.named('Group Left')).toHaveLength(3);
    expect(await h.pg.query('SELECT 1 FROM wecom_group_members WHERE ended_at IS NULL')).toEqual([]);
  });

  test('an older platform that names nobody: the difference tells', async () => {
    h = await startHarness({ rules: { groupLagMs: 0 } });
    const a = h.friend();
    const { chat_id } = h.control.createGroup({ corpid: h.corpid, name: '群', owner: 'li', members: [] });
    const tell = async (detail: string, nonce: string) => {
      const { query, body } = sealed(
        event({ Event: 'change_external_chat', ChangeType: 'update', ChatId: chat_id, UpdateDetail: detail, MemChangeCnt: '1' }),
        { nonce },
      );
      await post(query, body);
      await h.work();
    };
    h.control.joinGroup({ corpid: h.corpid, chat_id, userid: a });
    await tell('add_member', '1');
    expect(h.named('Group Joined').map((one) => one.externalIds[0]?.id)).toEqual([`${h.corpid}:${a}`]);
    h.control.leaveGroup({ corpid: h.corpid, chat_id, userid: a });
    h.control.advance(1000);
    await tell('del_member', '2');
    expect(h.named('Group Left').map((one) => one.externalIds[0]?.id)).toEqual([`${h.corpid}:${a}`]);
  });
});

test('two processes share the inbox and nothing is done twice', async () => {
  h = await startHarness({ welcome: { text: '你好' } });
  await h.saveCallback();
  const ids = Array.from({ length: 40 }, () => h.friend());
  const other = h.another();
  await h.control.settle();
  await Promise.all([h.wecom.processCallbacks(), other.processCallbacks(), h.wecom.processCallbacks()]);
  for (const id of ids) expect(welcomesOf(id)).toHaveLength(1);
  expect(h.named('Friend Added')).toHaveLength(40);
  expect(h.calls('/send_welcome_msg')).toHaveLength(40);
});

test('what a dead process had in hand is taken up again', async () => {
  h = await startHarness({ welcome: { text: '你好' } });
  const kept = sealed(added('li', h.friend()));
  await h.wecom.receive('ca_1', Object.fromEntries(new URLSearchParams(kept.query)) as never, kept.body);
  await h.pg.query(`UPDATE wecom_callbacks SET attempts = 1, due_at = $1`, [new Date(h.clock.ms() + 60_000)]);
  expect(await h.wecom.processCallbacks()).toMatchObject({ handled: 0 });
  h.control.advance(60_000);
  expect(await h.wecom.processCallbacks()).toMatchObject({ handled: 1 });
  expect(h.named('Friend Added')).toHaveLength(1);
});
