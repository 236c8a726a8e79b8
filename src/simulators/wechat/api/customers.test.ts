import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Started, startSimulator } from '../testkit.ts';

let s: Started;
beforeEach(async () => {
  s = await startSimulator();
});
afterEach(() => s.close());

describe('customers', () => {
  test('staff who may hold customers', async () => {
    s.control.addStaff(s.corpid, { userid: 'zhao', name: '赵', customerContact: false });
    expect((await s.get('externalcontact/get_follow_user_list')).follow_user).toEqual(['li', 'wang']);
  });

  test('list: no customers is an error, unknown members too', async () => {
    expect(await s.get('externalcontact/list?userid=li')).toMatchObject({ errcode: 84061, external_userid: [] });
    expect((await s.get('externalcontact/list?userid=nobody')).errcode).toBe(60111);
    expect((await s.get('externalcontact/list')).errcode).toBe(41009);
    const id = s.friend('li');
    expect((await s.get('externalcontact/list?userid=li')).external_userid).toEqual([id]);
  });

  test('get: contact, followers, state, tags', async () => {
    const id = s.friend('li', '小红', { state: 'ch1' });
    s.control.addFriend({ corpid: s.corpid, userid: 'wang', external_userid: id, add_way: 3, remark: '老客' });
    const { tag } = s.control.createTag(s.corpid, '等级', '金卡');
    s.control.editByStaff(s.corpid, 'li', id, { tags: [tag.id] });
    const answer = await s.get(`externalcontact/get?external_userid=${id}`);
    expect(answer.external_contact).toMatchObject({
      external_userid: id,
      name: '小红',
      type: 1,
      gender: 0,
      unionid: expect.stringMatching(/^o/),
    });
    expect(id).toMatch(/^wm.{30}$/);
    expect(answer.follow_user).toHaveLength(2);
    expect(answer.follow_user[0]).toMatchObject({
      userid: 'li',
      state: 'ch1',
      add_way: 1,
      createtime: Math.floor(s.clock.ms() / 1000),
      tags: [{ group_name: '等级', tag_name: '金卡', tag_id: tag.id, type: 1 }],
    });
    expect(answer.follow_user[1]).toMatchObject({ userid: 'wang', add_way: 3, remark: '老客' });
    expect(answer.follow_user[1]).not.toHaveProperty('state');
  });

  test('get: no unionid without a bound developer account, or for people of other corps', async () => {
    const other = s.control.addCustomer(s.corpid, { name: '同行', type: 2, corp_name: '别家' });
    s.control.addFriend({ corpid: s.corpid, userid: 'li', external_userid: other.external_userid });
    const answer = await s.get(`externalcontact/get?external_userid=${other.external_userid}`);
    expect(answer.external_contact).toMatchObject({ type: 2, corp_name: '别家', external_userid: expect.stringMatching(/^wo/) });
    expect(answer.external_contact).not.toHaveProperty('unionid');
    s.corp.developerAccount = false;
    expect((await s.get(`externalcontact/get?external_userid=${s.friend()}`)).external_contact).not.toHaveProperty('unionid');
  });

  test('get: errors', async () => {
    expect(await s.get('externalcontact/get?external_userid=wmnobody')).toMatchObject({ errcode: 40096, follow_user: [] });
    expect((await s.get('externalcontact/get')).errcode).toBe(41035);
    const id = s.friend();
    expect((await s.get(`externalcontact/get?external_userid=${id}&cursor=zzz`)).errcode).toBe(50100);
    s.control.deleteByCustomer(s.corpid, 'li', id);
    expect((await s.get(`externalcontact/get?external_userid=${id}`)).errcode).toBe(84061);
  });

  test('the truth may come late, and leave late', async () => {
    s.control.setRules({ relationLagMs: 2000, deletionLagMs: 3000 });
    const id = s.friend();
    expect((await s.get(`externalcontact/get?external_userid=${id}`)).errcode).toBe(84061);
    s.control.advance(2000);
    expect((await s.get(`externalcontact/get?external_userid=${id}`)).errcode).toBe(0);
    s.control.deleteByStaff(s.corpid, 'li', id);
    s.control.advance(2999);
    expect((await s.get(`externalcontact/get?external_userid=${id}`)).errcode).toBe(0);
    s.control.advance(1);
    expect((await s.get(`externalcontact/get?external_userid=${id}`)).errcode).toBe(84061);
  });

  test('batch: one row per pair, pages, ids of tags only', async () => {
    const ids = [s.friend('li'), s.friend('li'), s.friend('wang')];
    const first = await s.contact('batch/get_by_user', { userid_list: ['li', 'wang'], limit: 2 });
    expect(first.external_contact_list).toHaveLength(2);
    expect(first.external_contact_list[0].follow_info).toMatchObject({ userid: 'li', tag_id: [] });
    const second = await s.contact('batch/get_by_user', { userid_list: ['li', 'wang'], limit: 2, cursor: first.next_cursor });
    expect(second.next_cursor).toBe('');
    const rows = [...first.external_contact_list, ...second.external_contact_list];
    expect(rows.map((r) => r.external_contact.external_userid)).toEqual(ids);
    expect((await s.contact('batch/get_by_user', { userid_list: Array(101).fill('li') })).errcode).toBe(40058);
    expect((await s.contact('batch/get_by_user', { userid_list: ['li'], limit: 101 })).errcode).toBe(40058);
    expect(await s.contact('batch/get_by_user', { userid_list: ['li'], cursor: 'x' })).toMatchObject({
      errcode: 50100,
      external_contact_list: [],
    });
  });

  test('remark changes what it names and nothing else', async () => {
    const id = s.friend();
    const body = { userid: 'li', external_userid: id };
    expect((await s.contact('remark', { ...body, remark: '张', remark_mobiles: ['13800000000'] })).errcode).toBe(0);
    await s.contact('remark', { ...body, description: '爱喝茶' });
    const [follow] = (await s.get(`externalcontact/get?external_userid=${id}`)).follow_user;
    expect(follow).toMatchObject({ remark: '张', description: '爱喝茶', remark_mobiles: ['13800000000'] });
    expect((await s.contact('remark', body)).errcode).toBe(40058);
    expect((await s.contact('remark', { ...body, userid: 'wang', remark: 'x' })).errcode).toBe(84061);
  });
});

describe('channel codes', () => {
  const add = (more: object = {}) =>
    s.contact('add_contact_way', { type: 2, scene: 2, user: ['li', 'wang'], state: 'k1', remark: '地推', ...more });

  test('made, read, listed, changed, deleted', async () => {
    const { config_id, qr_code } = await add();
    expect((await fetch(qr_code)).headers.get('content-type')).toBe('image/svg+xml');
    const { contact_way } = await s.contact('get_contact_way', { config_id });
    expect(contact_way).toMatchObject({ config_id, type: 2, scene: 2, state: 'k1', user: ['li', 'wang'], skip_verify: true, qr_code });
    const now = Math.floor(s.clock.ms() / 1000);
    expect(await s.contact('list_contact_way', { start_time: now - 1, end_time: now })).toMatchObject({
      contact_way: [{ config_id }],
      next_cursor: '',
    });
    expect((await s.contact('list_contact_way', { start_time: now + 1, end_time: now + 2 })).contact_way).toEqual([]);
    expect((await s.contact('update_contact_way', { config_id, state: 'k2', user: ['li'], type: 1 })).errcode).toBe(0);
    expect((await s.contact('get_contact_way', { config_id })).contact_way).toMatchObject({ state: 'k2', user: ['li'], type: 2 });
    expect((await s.contact('del_contact_way', { config_id })).errcode).toBe(0);
    expect((await s.contact('get_contact_way', { config_id })).errcode).toBe(41044);
    expect((await s.contact('get_contact_way', {})).errcode).toBe(41043);
  });

  test('refusals', async () => {
    s.control.addStaff(s.corpid, { userid: 'asleep', name: 'a', active: false });
    s.control.addStaff(s.corpid, { userid: 'unverified', name: 'u', verified: false });
    const code = async (more: object) => (await add(more)).errcode;
    expect(await code({ user: ['asleep'] })).toBe(41054);
    expect(await code({ user: ['unverified'] })).toBe(40098);
    expect(await code({ user: ['nobody'] })).toBe(40003);
    expect(await code({ user: [] })).toBe(40058);
    expect(await code({ type: 1 })).toBe(40058);
    expect(await code({ state: 'x'.repeat(31) })).toBe(40058);
    for (let i = 0; i < 101; i++) s.control.addStaff(s.corpid, { userid: `u${i}`, name: '' });
    expect(await code({ user: Array.from({ length: 101 }, (_, i) => `u${i}`) })).toBe(41041);
    s.control.setRules({ maxContactWays: 1 });
    expect([await code({}), await code({}), await code({ is_temp: true, user: ['li'] })]).toEqual([0, 41045, 0]);
  });

  test('only the app that made a code may touch it', async () => {
    const { config_id } = await add();
    s.control.createApp({ corpid: s.corpid, agentid: 5, secret: 'five' });
    expect((await s.contact('del_contact_way', { config_id }, 'five')).errcode).toBe(41044);
  });

  test('scanned: members take turns, the state sticks, a temporary code dies', async () => {
    const { config_id } = await add();
    const takers = ['a', 'b'].map((name) => {
      const { external_userid } = s.control.addCustomer(s.corpid, { name });
      return s.control.scan({ corpid: s.corpid, config_id, external_userid });
    });
    expect(new Set(takers.map((r) => r.userid))).toEqual(new Set(['li', 'wang']));
    expect(takers[0]).toMatchObject({ state: 'k1', add_way: 1 });
    expect(s.control.scan({ corpid: s.corpid, config_id, external_userid: takers[0]?.external_userid ?? '' })).toBe(takers[0]);
    const temp = await add({ type: 1, is_temp: true, user: ['li'] });
    const scan = () =>
      s.control.scan({
        corpid: s.corpid,
        config_id: temp.config_id,
        external_userid: s.control.addCustomer(s.corpid, { name: 'c' }).external_userid,
      });
    scan();
    expect(scan).toThrow('dead');
  });
});

describe('groups', () => {
  test('listed and read after the lag', async () => {
    const id = s.friend();
    const group = s.control.createGroup({ corpid: s.corpid, name: '福利群', owner: 'li', members: [id] });
    expect((await s.contact('groupchat/list', { limit: 10 })).group_chat_list).toEqual([]);
    s.control.advance(2000);
    expect(await s.contact('groupchat/list', { limit: 10, owner_filter: { userid_list: ['li'] } })).toMatchObject({
      group_chat_list: [{ chat_id: group.chat_id, status: 0 }],
      next_cursor: '',
    });
    const { group_chat } = await s.contact('groupchat/get', { chat_id: group.chat_id, need_name: 1 });
    expect(group_chat).toMatchObject({ name: '福利群', owner: 'li', notice: '' });
    expect(group_chat.member_list).toMatchObject([
      { userid: 'li', type: 1, name: '李' },
      { userid: id, type: 2, join_scene: 1, invitor: { userid: 'li' }, name: '小明', unionid: expect.any(String) },
    ]);
    s.control.leaveGroup({ corpid: s.corpid, chat_id: group.chat_id, userid: id });
    const after = (await s.contact('groupchat/get', { chat_id: group.chat_id })).group_chat;
    expect(after.member_version).not.toBe(group_chat.member_version);
    expect(after.member_list[0]).not.toHaveProperty('name');
    s.control.dismissGroup(s.corpid, group.chat_id);
    expect((await s.contact('groupchat/get', { chat_id: group.chat_id })).errcode).toBe(49008);
    expect((await s.contact('groupchat/get', { chat_id: 'wrnone' })).errcode).toBe(90501);
    expect(await s.contact('groupchat/list', { limit: 1001 })).toMatchObject({ errcode: 40058, group_chat_list: [] });
  });

  test('more than a thousand members need a filter', async () => {
    for (let i = 0; i < 1000; i++) s.control.addStaff(s.corpid, { userid: `u${i}`, name: '' });
    expect((await s.contact('groupchat/list', { limit: 10 })).errcode).toBe(81017);
  });
});

describe('tags', () => {
  const add = (group_name: string, ...names: string[]) => s.contact('add_corp_tag', { group_name, tag: names.map((name) => ({ name })) });

  test('added, listed, edited, deleted', async () => {
    const { tag_group } = await add('等级', '金', '银');
    const [gold, silver] = tag_group.tag;
    expect(tag_group).toMatchObject({ group_name: '等级', tag: [{ name: '金' }, { name: '银' }] });
    expect((await add('等级', '铜')).tag_group.group_id).toBe(tag_group.group_id);
    expect((await s.contact('get_corp_tag_list', {})).tag_group[0].tag).toHaveLength(3);
    expect((await s.contact('get_corp_tag_list', { tag_id: [gold.id] })).tag_group[0].tag).toMatchObject([{ id: gold.id }]);
    expect((await s.contact('get_corp_tag_list', { tag_id: [gold.id], group_id: [tag_group.group_id] })).tag_group[0].tag).toHaveLength(3);
    expect((await s.contact('edit_corp_tag', { id: gold.id, name: '黑金' })).errcode).toBe(0);
    expect((await s.contact('edit_corp_tag', { id: gold.id, name: '银' })).errcode).toBe(40071);
    expect((await s.contact('del_corp_tag', { tag_id: [silver.id] })).errcode).toBe(0);
    expect((await s.contact('del_corp_tag', { group_id: [tag_group.group_id] })).errcode).toBe(0);
    expect((await s.contact('get_corp_tag_list', {})).tag_group).toEqual([]);
  });

  test('refusals', async () => {
    await add('等级', '金');
    expect((await add('等级', '金')).errcode).toBe(40071);
    expect((await add('等级', 'x'.repeat(31))).errcode).toBe(40058);
    expect((await s.contact('edit_corp_tag', { id: 'etnone', name: 'x' })).errcode).toBe(40068);
    expect((await s.contact('del_corp_tag', { tag_id: ['etnone'] })).errcode).toBe(40068);
    const { tag } = s.control.createTag(s.corpid, '后台', '手工');
    expect((await s.contact('edit_corp_tag', { id: tag.id, name: 'x' })).errcode).toBe(81011);
    expect((await s.contact('del_corp_tag', { tag_id: [tag.id] })).errcode).toBe(81011);
    s.control.setRules({ maxCorpTags: 2 });
    expect((await add('等级', '银')).errcode).toBe(40126);
  });

  test('marked on a friend', async () => {
    const id = s.friend();
    const { tag_group } = await add('等级', '金', '银');
    const [gold, silver] = tag_group.tag.map((t: { id: string }) => t.id);
    const body = { userid: 'li', external_userid: id };
    expect((await s.contact('mark_tag', { ...body, add_tag: [gold, silver] })).errcode).toBe(0);
    expect((await s.contact('mark_tag', { ...body, remove_tag: [gold] })).errcode).toBe(0);
    expect((await s.get(`externalcontact/get?external_userid=${id}`)).follow_user[0].tags).toMatchObject([{ tag_id: silver }]);
    expect((await s.contact('mark_tag', body)).errcode).toBe(40058);
    expect((await s.contact('mark_tag', { ...body, add_tag: ['etnone'] })).errcode).toBe(40068);
    expect((await s.contact('mark_tag', { ...body, userid: 'wang', add_tag: [gold] })).errcode).toBe(84061);
    expect((await s.contact('mark_tag', { ...body, external_userid: 'wmnone', add_tag: [gold] })).errcode).toBe(40096);
  });

  test('five at once, no more', async () => {
    s.control.setRules({ markTagMs: 150 });
    const id = s.friend();
    const { tag_group } = await add('等级', '金');
    const body = { userid: 'li', external_userid: id, add_tag: [tag_group.tag[0].id] };
    const codes = (await Promise.all(Array.from({ length: 8 }, () => s.contact('mark_tag', body)))).map((r) => r.errcode);
    expect(codes.filter((c) => c === 0)).toHaveLength(5);
    expect(codes.filter((c) => c === 45033)).toHaveLength(3);
    expect((await s.contact('mark_tag', body)).errcode).toBe(0);
  });
});

describe('messages to staff', () => {
  const text = (touser: string, content = '有新客户') => ({ touser, msgtype: 'text', agentid: 1000002, text: { content } });

  test('some receivers may be invalid under errcode 0', async () => {
    const answer = await s.post('message/send', text('li|nobody'));
    expect(answer).toMatchObject({ errcode: 0, invaliduser: 'nobody', msgid: expect.any(String) });
    expect(s.corp.staffMessages).toMatchObject([{ userid: 'li', msgtype: 'text', body: { content: '有新客户' } }]);
    await s.post('message/send', text('@all'));
    expect(s.corp.staffMessages).toHaveLength(3);
    expect((await s.post('message/recall', { msgid: answer.msgid })).errcode).toBe(0);
    expect(s.corp.staffMessages).toHaveLength(2);
  });

  test('refusals', async () => {
    expect((await s.post('message/send', text('nobody'))).errcode).toBe(81013);
    expect((await s.post('message/send', { ...text('li'), agentid: 7 })).errcode).toBe(301002);
    expect((await s.post('message/send', { ...text('li'), msgtype: 'song' })).errcode).toBe(40008);
    expect((await s.post('message/send', text('li', ''))).errcode).toBe(44004);
    s.control.setRules({ staffMessagesPerSeatPerDay: 0 });
    expect((await s.post('message/send', text('li'))).errcode).toBe(45009);
  });

  test('more than 30 a minute to one member vanish without a word', async () => {
    s.control.setRules({ staffMessagesPerMinute: 2 });
    for (let i = 0; i < 4; i++) expect((await s.post('message/send', text('li', `${i}`))).errcode).toBe(0);
    expect(s.corp.staffMessages).toHaveLength(2);
  });

  test('duplicates are dropped on request', async () => {
    for (let i = 0; i < 2; i++) await s.post('message/send', { ...text('li'), enable_duplicate_check: 1 });
    expect(s.corp.staffMessages).toHaveLength(1);
  });
});

describe('media', () => {
  async function upload(bytes: string, type = 'image', field = 'media') {
    const form = new FormData();
    form.set(field, new Blob([bytes], { type: 'image/png' }), '海报.png');
    return s.raw('POST', `media/upload?type=${type}&access_token=${await s.token()}`, form);
  }

  test('uploaded, used, and dead after three days', async () => {
    const { media_id, created_at, type } = await upload('0123456789');
    expect({ type, created_at }).toEqual({ type: 'image', created_at: String(Math.floor(s.clock.ms() / 1000)) });
    const bytes = await fetch(`${s.url}/cgi-bin/media/get?media_id=${media_id}&access_token=${await s.token()}`);
    expect([bytes.headers.get('content-type'), await bytes.text()]).toEqual(['image/png', '0123456789']);
    const send = () =>
      s.contact('add_msg_template', { external_userid: [s.friend()], attachments: [{ msgtype: 'image', image: { media_id } }] });
    expect((await send()).errcode).toBe(0);
    s.control.advance(72 * 3600_000);
    expect((await send()).errcode).toBe(40007);
  });

  test('refusals', async () => {
    expect((await upload('12345')).errcode).toBe(40006);
    expect((await upload('0123456789', 'song')).errcode).toBe(40004);
    expect((await upload('0123456789', 'image', 'file')).errcode).toBe(41005);
    expect((await upload('x'.repeat(2 * 1024 * 1024 + 1), 'voice')).errcode).toBe(40006);
  });
});
