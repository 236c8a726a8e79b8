import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EndpointName, endpoints } from './endpoints.ts';
import { WecomError } from './errors.ts';
import { type Harness, startHarness } from './harness.fixture.ts';

/** Every row of the endpoint table against the simulated platform, through the real client. */

let h: Harness;
const called = new Set<EndpointName>();
beforeAll(async () => {
  h = await startHarness();
});
afterAll(() => h.close());

const call: Harness['client']['call'] = (name, request, options) => {
  called.add(name);
  return h.client.call(name, request, options);
};
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 0,
    (error) => (error instanceof WecomError ? error.errcode : String(error)),
  );

test('token and addresses', async () => {
  const { access_token } = await call('gettoken', { corpid: h.corpid, corpsecret: 'secret-one' });
  expect(access_token.length).toBeGreaterThan(10);
  expect((await call('getcallbackip', {})).ip_list.length).toBeGreaterThan(0);
});

test('customers', async () => {
  const id = h.friend('li', { name: '小海', unionid: 'oU', gender: 1, state: '0012', add_way: 1 });
  h.friend('li');
  expect((await call('externalcontact.get_follow_user_list', {})).follow_user.sort()).toEqual(['007', 'li']);
  expect((await call('externalcontact.list', { userid: 'li' })).external_userid).toContain(id);
  expect(await code(call('externalcontact.list', { userid: '007' }))).toBe(84061);
  const { external_contact, follow_user } = await call('externalcontact.get', { external_userid: id });
  expect(external_contact).toMatchObject({ name: '小海', unionid: 'oU', gender: 1 });
  expect(follow_user).toMatchObject([{ userid: 'li', state: '0012', add_way: 1 }]);
  const page = await call('externalcontact.batch.get_by_user', { userid_list: ['li'], limit: 1 });
  expect(page.external_contact_list).toHaveLength(1);
  const rest = await call('externalcontact.batch.get_by_user', { userid_list: ['li'], limit: 100, cursor: page.next_cursor });
  expect(rest.external_contact_list).toHaveLength(1);
  await call('externalcontact.remark', { userid: 'li', external_userid: id, remark: '熟客', remark_mobiles: ['13800000000'] });
  expect((await call('externalcontact.get', { external_userid: id })).follow_user[0]).toMatchObject({
    remark: '熟客',
    remark_mobiles: ['13800000000'],
  });
});

test('contact ways', async () => {
  const { config_id, qr_code } = await call('externalcontact.add_contact_way', { type: 1, scene: 2, state: 'k1', user: ['li'] });
  expect(qr_code).toMatch(/^http/);
  expect((await call('externalcontact.list_contact_way', {})).contact_way).toEqual([{ config_id }]);
  await call('externalcontact.update_contact_way', { config_id, state: 'k2', user: ['007'] });
  expect((await call('externalcontact.get_contact_way', { config_id })).contact_way).toMatchObject({ state: 'k2', user: ['007'] });
  await call('externalcontact.del_contact_way', { config_id });
  expect([41043, 41044]).toContain(await code(call('externalcontact.get_contact_way', { config_id })));
});

test('groups', async () => {
  const { chat_id } = h.control.createGroup({ corpid: h.corpid, name: '群', owner: 'li', members: [h.friend('li', { name: '甲' })] });
  h.control.advance(5_000);
  expect((await call('groupchat.list', { limit: 100, owner_filter: { userid_list: ['li'] } })).group_chat_list).toMatchObject([
    { chat_id },
  ]);
  const { group_chat } = await call('groupchat.get', { chat_id, need_name: 1 });
  expect(group_chat).toMatchObject({ chat_id, name: '群', owner: 'li' });
  expect(group_chat.member_list.find((member) => member.type === 2)?.name).toBe('甲');
});

test('tags', async () => {
  const { tag_group } = await call('corptag.add', { group_name: '等级', tag: [{ name: '金' }, { name: '银' }] });
  const [gold, silver] = tag_group.tag.map((tag) => tag.id) as [string, string];
  await call('corptag.edit', { id: gold, name: '黄金' });
  const id = h.friend();
  await call('externalcontact.mark_tag', { userid: 'li', external_userid: id, add_tag: [gold, silver] });
  await call('externalcontact.mark_tag', { userid: 'li', external_userid: id, remove_tag: [silver] });
  expect((await call('externalcontact.get', { external_userid: id })).follow_user[0]?.tags.map((tag) => tag.tag_name)).toEqual(['黄金']);
  expect(await code(call('corptag.add', { group_id: tag_group.group_id, tag: [{ name: '银' }] }))).toBe(40071);
  await call('corptag.del', { tag_id: [silver] });
  const left = (await call('corptag.list', {})).tag_group.flatMap((group) => group.tag.map((tag) => tag.name));
  expect(left).toEqual(['黄金']);
});

test('tags for many at once stay below the five that the platform allows', async () => {
  h.control.setRules({ markTagMs: 5 });
  const { tag_group } = await call('corptag.add', { group_name: '批', tag: [{ name: '一' }] });
  const tag = tag_group.tag[0]?.id ?? '';
  const ids = Array.from({ length: 40 }, () => h.friend());
  await Promise.all(ids.map((id) => call('externalcontact.mark_tag', { userid: 'li', external_userid: id, add_tag: [tag] })));
  expect(h.calls('/mark_tag').filter((one) => one.errcode === 45033)).toEqual([]);
});

test('mass messages', async () => {
  const id = h.friend();
  const { msgid, fail_list } = await call('externalcontact.add_msg_template', {
    chat_type: 'single',
    external_userid: [id, 'wmNobody'],
    sender: 'li',
    text: { content: '你好' },
    attachments: [{ msgtype: 'link', link: { title: 't', url: 'https://x.test' } }],
  });
  expect(fail_list).toEqual(['wmNobody']);
  expect(await code(call('externalcontact.get_groupmsg_task', { msgid }))).toBe(41063);
  h.control.advance(5_000);
  await call('externalcontact.remind_groupmsg_send', { msgid });
  expect((await call('externalcontact.get_groupmsg_task', { msgid })).task_list).toMatchObject([{ userid: 'li', status: 0 }]);
  h.control.confirmMass({ corpid: h.corpid, msgid, userid: 'li' });
  expect((await call('externalcontact.get_groupmsg_send_result', { msgid, userid: 'li' })).send_list).toMatchObject([
    { external_userid: id, status: 1 },
  ]);
  const at = Math.floor(h.clock.ms() / 1000);
  const listed = await call('externalcontact.get_groupmsg_list_v2', { chat_type: 'single', start_time: at - 3600, end_time: at + 60 });
  expect(listed.group_msg_list).toMatchObject([
    { msgid, text: { content: '你好' }, attachments: [{ msgtype: 'link', link: { url: 'https://x.test' } }] },
  ]);
  await call('externalcontact.cancel_groupmsg_send', { msgid });
  expect(
    await code(call('externalcontact.add_msg_template', { external_userid: ['wmNobody'], sender: 'li', text: { content: 'x' } })),
  ).toBe(41048);
});

test('welcome, staff message, file', async () => {
  expect(await code(call('externalcontact.send_welcome_msg', { welcome_code: 'no-such', text: { content: 'x' } }))).toBe(41050);
  const sent = await call('message.send', { touser: 'li|nobody', msgtype: 'text', agentid: h.agentid, text: { content: '有新客户' } });
  expect(sent.invaliduser).toBe('nobody');
  const png = new Uint8Array(64).fill(7);
  png.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const file = await call('media.upload', { type: 'image', filename: '图.png', data: png });
  expect(file.media_id.length).toBeGreaterThan(5);
  expect(file.created_at).toBe(Math.floor(h.clock.ms() / 1000));
});

test('a killed token is renewed once and the call goes through', async () => {
  const before = h.calls('/gettoken').length;
  h.control.killTokens(h.corpid, h.agentid);
  await Promise.all(Array.from({ length: 5 }, () => call('getcallbackip', {})));
  expect(h.calls('/gettoken').length - before).toBe(1);
  h.control.advance(3 * 3_600_000);
  await call('getcallbackip', {});
});

test('a wrong secret stops at the first call', async () => {
  const wrong = h.wecom.client({ corpId: h.corpid, secret: 'wrong' });
  const before = h.calls('/gettoken').length;
  for (let i = 0; i < 3; i++) expect(await code(wrong.call('getcallbackip', {}))).toBe(40001);
  expect(h.calls('/gettoken').length - before).toBe(1);
});

test('more calls than a minute allows: the bucket closes, waits, and learns', async () => {
  h.control.setRules({ callsPerMinute: 30 });
  h.control.advance(120_000);
  const codes: (number | string)[] = [];
  for (let i = 0; i < 40; i++) codes.push(await code(call('externalcontact.get_follow_user_list', {})));
  expect(codes.filter((one) => one === 45009).length).toBeGreaterThan(0);
  const asked = h.calls('/get_follow_user_list').filter((one) => one.errcode === 45009).length;
  expect(asked).toBe(1);
  h.control.advance(61_000);
  expect(await code(call('externalcontact.get_follow_user_list', {}))).toBe(0);
  h.control.setRules({ callsPerMinute: 10_000 });
});

test('every row was called', () => {
  expect((Object.keys(endpoints) as EndpointName[]).filter((name) => !called.has(name))).toEqual([]);
});
