import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Started, startReceiver, startSimulator, xmlField } from '../testkit.ts';

let s: Started;
beforeEach(async () => {
  s = await startSimulator();
});
afterEach(() => s.close());

describe('welcome', () => {
  /** adds a friend and catches the code that the app is told */
  async function welcomeCode(userid = 'li', more: { half?: 'first' | 'only' } = {}): Promise<{ id: string; code: string | undefined }> {
    const receiver = await startReceiver(s);
    const id = s.friend(userid, '小明', more);
    await s.control.settle();
    await receiver.close();
    return { id, code: xmlField(receiver.events.at(-1) ?? '', 'WelcomeCode') };
  }
  const send = (welcome_code: string | undefined, text = '欢迎') =>
    s.contact('send_welcome_msg', { welcome_code, text: { content: text } });

  test('within 20 s, and once', async () => {
    const { id, code } = await welcomeCode();
    s.control.advance(19_999);
    expect((await send(code)).errcode).toBe(0);
    expect(s.control.inbox(s.corpid, id)).toMatchObject([{ kind: 'welcome', text: '欢迎', from: 'li' }]);
    expect((await send(code)).errcode).toBe(41051);
    s.control.advance(60_000);
    expect((await send(code)).errcode).toBe(41051);
    expect(s.control.inbox(s.corpid, id)).toHaveLength(1);
  });

  test('at 20 s it is too late', async () => {
    const { code } = await welcomeCode();
    s.control.advance(20_000);
    expect((await send(code)).errcode).toBe(41050);
    expect((await send('nonsense')).errcode).toBe(41050);
    expect((await send(undefined)).errcode).toBe(41050);
  });

  test('while another app is sending: again inside the window', async () => {
    const { code } = await welcomeCode();
    s.control.claimWelcome(s.corpid, code ?? '', 999, 3000);
    expect((await send(code)).errcode).toBe(41096);
    s.control.advance(3000);
    expect((await send(code)).errcode).toBe(0);
  });

  test('an empty one is refused and may be mended', async () => {
    const { code } = await welcomeCode();
    expect((await s.contact('send_welcome_msg', { welcome_code: code })).errcode).toBe(44004);
    expect(
      (await s.contact('send_welcome_msg', { welcome_code: code, attachments: [{ msgtype: 'link', link: { title: 'x' } }] })).errcode,
    ).toBe(40058);
    expect((await send(code)).errcode).toBe(0);
  });

  test('no code when the console has its own welcome', async () => {
    s.control.addStaff(s.corpid, { userid: 'li', name: '李', consoleWelcome: true });
    expect((await welcomeCode()).code).toBeUndefined();
  });

  /** half a friendship, something happens, then the member accepts: the full event's code */
  async function acceptAfter(between: (id: string, code: string | undefined) => unknown): Promise<string | undefined> {
    const { id, code } = await welcomeCode('li', { half: 'only' });
    await between(id, code);
    const receiver = await startReceiver(s);
    s.control.acceptFriend(s.corpid, 'li', id);
    await s.control.settle();
    await receiver.close();
    return xmlField(receiver.events.at(-1) ?? '', 'WelcomeCode');
  }

  test("no code when they already talk, or the half event's code was used", async () => {
    expect(await acceptAfter((id) => s.control.talk(s.corpid, 'li', id))).toBeUndefined();
    expect(await acceptAfter((_id, code) => send(code))).toBeUndefined();
    const fresh = await acceptAfter(() => s.control.advance(60_000));
    expect((await send(fresh)).errcode).toBe(0);
  });

  test('the codes of the half and the full event are for one welcome', async () => {
    const receiver = await startReceiver(s);
    s.friend('li', '小明', { half: 'first' });
    await s.control.settle();
    await receiver.close();
    const [half, full] = receiver.events.map((xml) => xmlField(xml, 'WelcomeCode'));
    expect((await send(half)).errcode).toBe(0);
    expect((await send(full)).errcode).toBe(41051);
  });

  test("another app's code is of no use, and its delivery counts for all", async () => {
    s.control.createApp({ corpid: s.corpid, agentid: 9, secret: 'nine' });
    const { code } = await welcomeCode();
    expect((await s.contact('send_welcome_msg', { welcome_code: code, text: { content: 'x' } }, 'nine')).errcode).toBe(41050);
  });
});

describe('mass messages', () => {
  const create = (body: object) => s.contact('add_msg_template', { text: { content: '上新 http://127.0.0.1:1/t/abc' }, ...body });
  const result = (msgid: string, userid = 'li') => s.contact('get_groupmsg_send_result', { msgid, userid });
  const statuses = async (msgid: string, userid = 'li') => (await result(msgid, userid)).send_list.map((r: { status: number }) => r.status);
  const confirm = (msgid: string, userid = 'li', only?: string[]) => s.control.confirmMass({ corpid: s.corpid, msgid, userid, only });

  test('nothing leaves until the member confirms', async () => {
    const ids = [s.friend('li'), s.friend('li'), s.friend('wang')];
    const { msgid, fail_list, errcode } = await create({ external_userid: [...ids, 'wmnobody'] });
    expect({ errcode, fail_list }).toEqual({ errcode: 0, fail_list: ['wmnobody'] });
    expect(await s.contact('get_groupmsg_task', { msgid })).toMatchObject({ errcode: 41063, task_list: [] });
    s.control.advance(1000);
    expect((await s.contact('get_groupmsg_task', { msgid })).task_list).toEqual([
      { userid: 'li', status: 0 },
      { userid: 'wang', status: 0 },
    ]);
    expect(await statuses(msgid)).toEqual([0, 0]);
    for (const id of ids) expect(s.control.inbox(s.corpid, id)).toEqual([]);

    confirm(msgid);
    const now = Math.floor(s.clock.ms() / 1000);
    expect((await s.contact('get_groupmsg_task', { msgid })).task_list).toEqual([
      { userid: 'li', status: 2, send_time: now },
      { userid: 'wang', status: 0 },
    ]);
    expect((await result(msgid)).send_list[0]).toEqual({ external_userid: ids[0], userid: 'li', status: 1, send_time: now });
    expect(await statuses(msgid, 'wang')).toEqual([0]);
    expect(s.control.inbox(s.corpid, ids[0] ?? '')).toMatchObject([{ kind: 'mass', msgid, from: 'li' }]);
    expect(() => confirm(msgid)).toThrow('already confirmed');
  });

  test('whoever talked last sends; a named sender is kept to', async () => {
    const id = s.friend('li');
    s.control.advance(1000);
    s.control.addFriend({ corpid: s.corpid, userid: 'wang', external_userid: id });
    s.control.advance(1000);
    s.control.talk(s.corpid, 'li', id);
    const through = async (body: object) => {
      const { msgid } = await create({ external_userid: [id], ...body });
      s.control.advance(1000);
      return (await s.contact('get_groupmsg_task', { msgid })).task_list.map((t: { userid: string }) => t.userid);
    };
    expect(await through({})).toEqual(['li']);
    expect(await through({ sender: 'wang' })).toEqual(['wang']);
  });

  test('a sender alone means all of his customers, narrowed by tags', async () => {
    const [gold] = [s.friend('li'), s.friend('li')];
    const { tag } = s.control.createTag(s.corpid, '等级', '金');
    s.control.editByStaff(s.corpid, 'li', gold ?? '', { tags: [tag.id] });
    const { msgid } = await create({ sender: 'li', tag_filter: { group_list: [{ tag_list: [tag.id, 'etother'] }] } });
    expect(confirm(msgid)).toMatchObject([{ external_userid: gold, status: 1 }]);
    expect((await create({ sender: 'li', tag_filter: { group_list: [{ tag_list: [tag.id] }, { tag_list: ['etother'] }] } })).errcode).toBe(
      41048,
    );
  });

  test('status 2: no longer a friend', async () => {
    const [stays, leaves] = [s.friend('li'), s.friend('li')];
    const { msgid } = await create({ external_userid: [stays, leaves] });
    s.control.deleteByCustomer(s.corpid, 'li', leaves ?? '');
    confirm(msgid);
    expect(await statuses(msgid)).toEqual([1, 2]);
  });

  test('status 3: as many a month as the month has days, then a new month', async () => {
    const id = s.friend('li');
    const sendOne = async () => {
      const { msgid } = await create({ external_userid: [id] });
      return confirm(msgid)[0]?.status;
    };
    const march = [];
    for (let i = 0; i < 32; i++) march.push(await sendOne());
    expect(march.filter((status) => status === 1)).toHaveLength(31);
    expect(march.at(-1)).toBe(3);
    s.control.setClock('2026-03-31T15:59:59Z');
    expect(await sendOne()).toBe(3);
    s.control.setClock('2026-03-31T16:00:00Z'); // 1 April in Beijing
    expect(await sendOne()).toBe(1);
  });

  test('the admin may choose 1 a day', async () => {
    s.control.setRules({ massCap: { period: 'day' } });
    const id = s.friend('li');
    const sendOne = async () => confirm((await create({ external_userid: [id] })).msgid)[0]?.status;
    expect([await sendOne(), await sendOne()]).toEqual([1, 3]);
    s.control.advance(24 * 3600_000);
    expect(await sendOne()).toBe(1);
  });

  test('nobody to send to', async () => {
    expect(await create({ external_userid: ['wmx', 'wmy'] })).toMatchObject({ errcode: 41048, fail_list: ['wmx', 'wmy'] });
    expect((await create({ sender: 'li' })).errcode).toBe(41048);
  });

  test('refusals', async () => {
    const id = s.friend();
    expect((await create({})).errcode).toBe(40058);
    expect((await create({ external_userid: [id], text: undefined })).errcode).toBe(44004);
    expect((await create({ external_userid: [id], text: { content: '长'.repeat(1400) } })).errcode).toBe(45002);
    expect(
      (await create({ external_userid: [id], attachments: Array(10).fill({ msgtype: 'image', image: { pic_url: 'x' } }) })).errcode,
    ).toBe(40058);
    expect((await create({ external_userid: [id], attachments: [{ msgtype: 'image', image: { media_id: 'none' } }] })).errcode).toBe(40007);
    expect((await create({ external_userid: [id], sender: 'nobody' })).errcode).toBe(60111);
    expect((await create({ chat_type: 'group' })).errcode).toBe(40058);
    for (const path of ['get_groupmsg_task', 'remind_groupmsg_send', 'cancel_groupmsg_send']) {
      expect((await s.contact(path, { msgid: 'msgnone' })).errcode).toBe(40058);
    }
  });

  test('no idempotency: twice the call, two tasks, both in the list', async () => {
    const id = s.friend();
    const made = [await create({ external_userid: [id] }), await create({ external_userid: [id] })].map((r) => r.msgid);
    const now = Math.floor(s.clock.ms() / 1000);
    const list = (more: object = {}) =>
      s.contact('get_groupmsg_list_v2', { chat_type: 'single', start_time: now - 60, end_time: now, ...more });
    expect((await list()).group_msg_list.map((t: { msgid: string }) => t.msgid)).toEqual(made);
    const first = await list({ limit: 1 });
    expect((await list({ limit: 1, cursor: first.next_cursor })).group_msg_list).toMatchObject([
      { msgid: made[1], create_time: String(now) },
    ]);
    expect((await list({ chat_type: 'group' })).group_msg_list).toEqual([]);
    expect(await list({ start_time: now - 32 * 86400 })).toMatchObject({ errcode: 40058, group_msg_list: [] });
  });

  test('reminded three times a day; cancelled for good', async () => {
    const id = s.friend();
    const { msgid } = await create({ external_userid: [id] });
    const codes = [];
    for (let i = 0; i < 4; i++) codes.push((await s.contact('remind_groupmsg_send', { msgid })).errcode);
    expect(codes).toEqual([0, 0, 0, 45009]);
    s.control.advance(24 * 3600_000);
    expect((await s.contact('remind_groupmsg_send', { msgid })).errcode).toBe(0);
    expect(s.control.pendingMass(s.corpid, 'li')).toHaveLength(1);
    expect((await s.contact('cancel_groupmsg_send', { msgid })).errcode).toBe(0);
    expect(() => confirm(msgid)).toThrow('cancelled');
    expect(s.control.pendingMass(s.corpid)).toEqual([]);
    expect(await statuses(msgid)).toEqual([0]);
  });

  test('the member may choose only where the task allows it', async () => {
    const [a, b] = [s.friend('li'), s.friend('li')];
    const free = await create({ external_userid: [a, b], allow_select: true });
    expect(confirm(free.msgid, 'li', [b ?? '']).map((r) => r.status)).toEqual([0, 1]);
    const fixed = await create({ external_userid: [a, b] });
    expect(() => confirm(fixed.msgid, 'li', [b ?? ''])).toThrow('choice');
  });

  test('to groups', async () => {
    const id = s.friend();
    const group = s.control.createGroup({ corpid: s.corpid, name: '群', owner: 'li', members: [id] });
    const { msgid, fail_list } = await create({ chat_type: 'group', sender: 'li', chat_id_list: [group.chat_id, 'wrnone'] });
    expect(fail_list).toEqual(['wrnone']);
    confirm(msgid);
    expect((await result(msgid)).send_list).toMatchObject([{ chat_id: group.chat_id, userid: 'li', status: 1 }]);
    expect(s.control.inbox(s.corpid, id)).toMatchObject([{ chat_id: group.chat_id }]);
  });
});

describe('links', () => {
  test('a tap opens the address, follows it on known hosts, and stops at strangers', async () => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(request.url ?? '');
      response.writeHead(302, { location: request.url === '/t/abc' ? '/landing' : 'https://shop.example.com/p/1' }).end();
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const link = `http://127.0.0.1:${(server.address() as AddressInfo).port}/t/abc`;
    const id = s.friend();
    const attachments = [{ msgtype: 'link', link: { title: '新品', url: 'https://evil.example.com/x' } }];
    const { msgid } = await s.contact('add_msg_template', { external_userid: [id], text: { content: `看这里：${link}。` }, attachments });
    s.control.confirmMass({ corpid: s.corpid, msgid, userid: 'li' });
    const [message] = s.control.inbox(s.corpid, id);
    const tap = (url?: string) => s.control.click({ corpid: s.corpid, external_userid: id, message: message?.id ?? '', url });
    expect(await tap()).toMatchObject({ url: link, status: 302, stoppedAt: 'https://shop.example.com/p/1' });
    expect(seen).toEqual(['/t/abc', '/landing']);
    expect(await tap('https://evil.example.com/x')).toEqual({
      url: 'https://evil.example.com/x',
      status: 0,
      hops: [],
      stoppedAt: 'https://evil.example.com/x',
    });
    await expect(tap('http://127.0.0.1/other')).rejects.toThrow('no such link');
    expect(message?.clicks).toHaveLength(2);
    server.close();
  });
});
