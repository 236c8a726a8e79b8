import { afterAll, beforeAll, expect, test } from 'vitest';
import { mendOf } from '../mends.ts';
import type { Reaction } from '../platform/errors.ts';
import { type EndpointName, endpoints } from './endpoints.ts';
import { reactions, reactionTo, WecomError } from './errors.ts';
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

test('departments and members', async () => {
  const { corpid } = h;
  h.control.setDepartments(corpid, [
    { id: 1, name: '总部', parentid: 0, order: 1 },
    { id: 2, name: '一店', parentid: 1, order: 2 },
  ]);
  h.control.addStaff(corpid, { userid: 'li', name: '李', departments: [2], position: '店长' });
  const { department } = await call('department.list', {});
  expect(department.map((d) => [d.id, d.name, d.parentid])).toEqual([
    [1, '总部', 0],
    [2, '一店', 1],
  ]);
  const { userlist } = await call('user.list', { department_id: 2 });
  expect(userlist).toMatchObject([{ userid: 'li', name: '李', department: [2], position: '店长', status: 1 }]);
  expect(await code(call('user.list', { department_id: 9 }))).toBe(60003);
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

test('welcomes of groups', async () => {
  const { template_id } = await call('group_welcome.add', { text: { content: '%NICKNAME% 你好' }, notify: 1 });
  await call('group_welcome.edit', { template_id, text: { content: '欢迎' }, link: { title: '会员', url: 'https://example.com/' } });
  expect(await call('group_welcome.get', { template_id })).toMatchObject({ text: { content: '欢迎' }, link: { title: '会员' } });
  expect(await code(call('group_welcome.add', { text: { content: '长'.repeat(1001) } }))).toBe(45002);
  await call('group_welcome.del', { template_id });
  expect(await code(call('group_welcome.get', { template_id }))).toBe(40058);
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
  await call('message.recall', { msgid: sent.msgid ?? '' });
  const png = new Uint8Array(64).fill(7);
  png.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const file = await call('media.upload', { type: 'image', filename: '图.png', data: png });
  expect(file.media_id.length).toBeGreaterThan(5);
  expect(file.created_at).toBe(Math.floor(h.clock.ms() / 1000));
});

test('codes of groups', async () => {
  const { chat_id } = h.control.createGroup({ corpid: h.corpid, name: '门店群', owner: 'li' });
  h.control.advance(5_000);
  const way = {
    scene: 2 as const,
    chat_id_list: [chat_id],
    room_base_name: '门店群',
    room_base_id: 2,
    state: 'tp1',
    auto_create_room: 1 as const,
  };
  const { config_id } = await call('groupchat.add_join_way', way);
  const { join_way } = await call('groupchat.get_join_way', { config_id });
  expect(join_way).toMatchObject({ chat_id_list: [chat_id], state: 'tp1' });
  expect(join_way.qr_code).toMatch(/^http/);
  const id = h.friend();
  h.control.setRules({ groupScanMax: 2 });
  expect(h.control.scanGroup({ corpid: h.corpid, config_id, external_userid: id }).chat_id).toBe(chat_id);
  // Full: the next one is made and named by the code.
  const next = h.control.scanGroup({ corpid: h.corpid, config_id, external_userid: h.friend() }).chat_id;
  h.control.setRules({ groupScanMax: 200 });
  h.control.advance(5_000);
  const { group_chat } = await call('groupchat.get', { chat_id: next });
  expect(group_chat.name).toBe('门店群2');
  expect(group_chat.member_list.find((one) => one.type === 2)).toMatchObject({ join_scene: 3, state: 'tp1' });
  await call('groupchat.update_join_way', { ...way, config_id, state: 'tp2' });
  expect((await call('groupchat.get_join_way', { config_id })).join_way).toMatchObject({ state: 'tp2', remark: '' });
  await call('groupchat.del_join_way', { config_id });
  expect(await code(call('groupchat.get_join_way', { config_id }))).toBe(41044);
  const opengid = h.control.openGroupId(h.corpid, chat_id);
  expect(await call('externalcontact.opengid_to_chatid', { opengid })).toEqual({ chat_id });
  await call('externalcontact.close_temp_chat', { userid: 'li', external_userid: id });
});

test('paid links', async () => {
  const { link } = await call('acquisition.create_link', { link_name: '投放', range: { user_list: ['li'] } });
  const customer = h.control.addCustomer(h.corpid, { name: '链接客' });
  h.control.openLink({ corpid: h.corpid, link_id: link.link_id, external_userid: customer.external_userid, channel: 'ad-7' });
  await call('acquisition.update_link', { link_id: link.link_id, link_name: '投放二' });
  expect((await call('acquisition.get', { link_id: link.link_id })).link.link_name).toBe('投放二');
  expect((await call('acquisition.list_link', {})).link_id_list).toEqual([link.link_id]);
  expect((await call('acquisition.customer', { link_id: link.link_id })).customer_list).toMatchObject([{ userid: 'li', state: 'ad-7' }]);
  expect((await call('acquisition.quota', {})).balance).toBe(999);
  await call('acquisition.delete_link', { link_id: link.link_id });
  expect(await code(call('acquisition.get', { link_id: link.link_id }))).toBe(40058);
});

test('hand-over', async () => {
  for (const userid of ['zhang', 'zhao']) h.control.addStaff(h.corpid, { userid, name: userid });
  const [one, two] = [h.friend('zhang'), h.friend('zhang')];
  const wish = { handover_userid: 'zhang', takeover_userid: 'zhao', external_userid: [one, two, 'wmNobody'] };
  expect((await call('externalcontact.transfer_customer', wish)).customer.map((row) => row.errcode)).toEqual([0, 0, 40131]);
  expect((await call('externalcontact.transfer_customer', wish)).customer[0]?.errcode).toBe(40129);
  h.control.refuseHandover(h.corpid, two);
  h.control.advance(86_400_000);
  h.control.finishHandovers(h.corpid);
  const result = await call('externalcontact.transfer_result', { handover_userid: 'zhang', takeover_userid: 'zhao' });
  expect(result.customer.map((row) => row.status)).toEqual([1, 3]);
  expect(await code(call('resigned.transfer_customer', { ...wish, external_userid: [two] }))).toBe(40097);
  const { chat_id } = h.control.createGroup({ corpid: h.corpid, name: '交接群', owner: 'zhang' });
  h.control.resign(h.corpid, 'zhang');
  expect((await call('externalcontact.get_unassigned_list', {})).info).toMatchObject([{ handover_userid: 'zhang', external_userid: two }]);
  expect((await call('resigned.transfer_customer', { ...wish, external_userid: [two] })).customer).toMatchObject([{ errcode: 0 }]);
  expect((await call('resigned.transfer_result', { handover_userid: 'zhang', takeover_userid: 'zhao' })).customer).toMatchObject([
    { status: 2 },
  ]);
  expect((await call('groupchat.onjob_transfer', { chat_id_list: [chat_id], new_owner: 'zhao' })).failed_chat_list).toMatchObject([
    { errcode: 90502 },
  ]);
  expect((await call('groupchat.transfer', { chat_id_list: [chat_id], new_owner: 'zhao' })).failed_chat_list).toEqual([]);
  expect((await call('groupchat.transfer', { chat_id_list: [chat_id], new_owner: 'zhao' })).failed_chat_list).toMatchObject([
    { errcode: 90504 },
  ]);
});

test('who is in front of us', async () => {
  expect((await call('get_jsapi_ticket', {})).ticket).not.toBe((await call('ticket.get', { type: 'agent_config' })).ticket);
  const login = h.control.oauthCode(h.corpid, { userid: 'li' });
  const { userid, user_ticket } = await call('auth.getuserinfo', { code: login });
  expect(userid).toBe('li');
  expect(await code(call('auth.getuserinfo', { code: login }))).toBe(40029);
  expect((await call('auth.getuserdetail', { user_ticket: user_ticket ?? '' })).userid).toBe('li');
  const id = h.friend('li', { unionid: 'oUnion' });
  expect(await call('externalcontact.unionid_to_external_userid', { unionid: 'oUnion', openid: 'o1' })).toEqual({ external_userid: id });
  expect(await call('idconvert.unionid_to_external_userid', { unionid: 'oUnion', openid: 'o1' })).toMatchObject({ external_userid: id });
  const { pending_id } = await call('idconvert.unionid_to_external_userid', { unionid: 'oLater', openid: 'o2', subject_type: 0 });
  const later = h.friend('li', { unionid: 'oLater' });
  expect((await call('idconvert.batch.external_userid_to_pending_id', { external_userid: [later] })).result).toEqual([
    { external_userid: later, pending_id },
  ]);
  expect((await call('externalcontact.convert_to_openid', { external_userid: id })).openid).toMatch(/^o/);
});

test('moments', async () => {
  const id = h.friend('li');
  const { jobid } = await call('moment.add_moment_task', {
    text: { content: '上新' },
    visible_range: { sender_list: { user_list: ['li', 'nobody'] } },
  });
  expect((await call('moment.get_moment_task_result', { jobid })).status).toBe(2);
  h.control.advance(5_000);
  const { result } = await call('moment.get_moment_task_result', { jobid });
  const moment_id = result?.moment_id ?? '';
  expect(result?.invalid_sender_list?.user_list).toEqual(['nobody']);
  expect((await call('moment.get_moment_task', { moment_id })).task_list).toEqual([{ userid: 'li', publish_status: 0 }]);
  expect((await call('moment.get_moment_send_result', { moment_id, userid: 'li' })).customer_list).toEqual([]);
  h.control.publishMoment(h.corpid, moment_id, 'li');
  h.control.reactToMoment(h.corpid, moment_id, id, 'like');
  const sent = (await call('moment.get_moment_send_result', { moment_id, userid: 'li', limit: 100 })).customer_list;
  expect(sent.map((row) => row.external_userid)).toContain(id);
  expect((await call('moment.get_moment_customer_list', { moment_id, userid: 'li' })).customer_list.length).toBe(sent.length);
  expect((await call('moment.get_moment_comments', { moment_id, userid: 'li' })).like_list).toMatchObject([{ external_userid: id }]);
  const at = Math.floor(h.clock.ms() / 1000);
  expect((await call('moment.get_moment_list', { start_time: at - 60, end_time: at })).moment_list).toMatchObject([{ moment_id }]);
  await call('moment.cancel_moment_task', { moment_id });
  expect(h.control.pendingMoments(h.corpid)).toEqual([]);
});

test('customer service', async () => {
  const { open_kfid } = h.control.createService(h.corpid, '客服');
  const id = h.friend();
  expect((await call('kf.add_contact_way', { open_kfid, scene: 'poster' })).url).toMatch(/^http/);
  const say = (msgid: string) => call('kf.send_msg', { touser: id, open_kfid, msgid, msgtype: 'text', text: { content: '在' } });
  expect(await code(say('m0'))).toBe(95002);
  for (const text of ['在吗', '有货吗']) h.control.writeToService({ corpid: h.corpid, open_kfid, external_userid: id, text });
  const page = await call('kf.sync_msg', { open_kfid, limit: 1 });
  expect(page).toMatchObject({ has_more: 1, msg_list: [{ origin: 3, text: { content: '在吗' } }] });
  expect((await call('kf.sync_msg', { open_kfid, cursor: page.next_cursor ?? '' })).msg_list).toHaveLength(1);
  for (const n of [1, 2, 2, 3, 4, 5]) await say(`m${n}`);
  expect(await code(say('m6'))).toBe(95001);
  expect((await call('kf.service_state.get', { open_kfid, external_userid: id })).service_state).toBe(0);
  const { msg_code } = await call('kf.service_state.trans', { open_kfid, external_userid: id, service_state: 4 });
  expect(await code(say('m7'))).toBe(95018);
  await call('kf.send_msg_on_event', { code: msg_code ?? '', msgtype: 'text', text: { content: '再见' } });
  expect(await code(call('kf.send_msg_on_event', { code: msg_code ?? '', msgtype: 'text', text: { content: '再见' } }))).toBe(41050);
  expect((await call('kf.customer.batchget', { external_userid_list: [id, 'wmNobody'] })).invalid_external_userid).toEqual(['wmNobody']);
});

test('files', async () => {
  const data = new Uint8Array(64).fill(9);
  const { media_id } = await call('media.upload_attachment', { media_type: 'image', attachment_type: 1, filename: 'a.png', data });
  const read = await call('media.get', { media_id });
  expect([...read.data]).toEqual([...data]);
  expect((await call('media.uploadimg', { filename: 'a.png', data })).url).toMatch(/^http/);
  const from = { scene: 1, type: 'video', filename: 'v.mp4', url: 'https://x.test/v.mp4', md5: 'a'.repeat(32) } as const;
  const { jobid } = await call('media.upload_by_url', from);
  expect((await call('media.get_upload_by_url_result', { jobid })).status).toBe(2);
  expect(await code(call('media.get', { media_id: 'no' }))).toBe(40007);
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

/** How often the platform is asked before the caller is told. */
const asks = ({ class: kind, tries = 1 }: Reaction) => (kind === 'R' ? tries : kind === 'T' ? 2 : 1);

test.each([...reactions.keys()])('error %i: the reaction of the table', async (errcode) => {
  const reaction = reactionTo(errcode);
  // A corp of its own each time: faults of configuration stay with the credential.
  const corpid = `wwerr${String(errcode).replace('-', 'm').padStart(11, '0')}`;
  h.control.createCorp({ corpid });
  h.control.createApp({ corpid, agentid: 1, secret: 's' });
  const client = h.wecom.client({ corpId: corpid, secret: 's' });
  h.control.setFault({ endpoint: '/cgi-bin/externalcontact/close_temp_chat', errcode });
  const asked = () => h.calls('/close_temp_chat').filter((one) => one.errcode === errcode).length;
  const before = asked();
  const ask = () => code(client.call('externalcontact.close_temp_chat', { userid: 'a', external_userid: 'b' }));
  expect(await ask()).toBe(reaction.class === 'S' ? 0 : errcode);
  expect(asked() - before).toBe(asks(reaction));
  expect((await client.faults()).map((one) => one.errcode)).toEqual(reaction.class === 'P' ? [errcode] : []);
  // A closed way asks nobody.
  if (reaction.class === 'P' || reaction.class === 'W') {
    expect(await ask()).toBe(errcode);
    expect(asked() - before).toBe(asks(reaction));
  }
  h.control.clearFaults();
});

test('faults are told in words with the mend', async () => {
  const other = { ...h.account, config: { ...h.account.config, corpId: 'wwnobody', secret: 'x' } };
  expect(await h.wecom.adapter.faults(other)).toEqual([]);
  await code(h.wecom.client({ corpId: 'wwnobody', secret: 'x' }).call('getcallbackip', {}));
  const [fault] = await h.wecom.adapter.faults(other);
  expect(mendOf('wecom', fault!).en).toMatch(/^The corp id is wrong.*\(40013, gettoken\)/);
  expect(mendOf('official_account', { errcode: 40164, endpoint: 'user.get', hint: 'a-b-c' }).zh).toContain('IP 白名单');
  // Every fault of either table has its words, or the general ones.
  for (const [errcode, reaction] of reactions)
    if (reaction.class === 'P') expect(mendOf('wecom', { errcode, endpoint: 'x', hint: '' }).zh).toContain(`(${errcode}`);
});
