import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Started, startReceiver, startSimulator, xmlField } from './testkit.ts';

let s: Started;
beforeEach(async () => {
  s = await startSimulator();
});
afterEach(() => s.close());

const kinds = (events: string[]) => events.map((xml) => xmlField(xml, 'ChangeType'));

describe('the address is checked before it is saved', () => {
  test('saved when it answers with the bare text', async () => {
    const receiver = await startReceiver(s);
    expect(receiver.saved).toMatchObject({ ok: true });
    await receiver.close();
  });

  test('not saved when the keys differ, or nobody is there', async () => {
    const receiver = await startReceiver(s);
    s.control.removeCallback(s.corpid, s.app.agentid);
    const wrong = await s.control.setCallback({
      corpid: s.corpid,
      agentid: s.app.agentid,
      url: receiver.url,
      token: 'other',
      encodingAesKey: 'a'.repeat(43),
    });
    expect(wrong.ok).toBe(false);
    await receiver.close();
    expect((await s.control.setCallback({ corpid: s.corpid, agentid: s.app.agentid, url: receiver.url })).ok).toBe(false);
    expect(s.app.callback).toBeUndefined();
    await expect(
      s.control.setCallback({ corpid: s.corpid, agentid: s.app.agentid, url: receiver.url, encodingAesKey: 'short' }),
    ).rejects.toThrow('43');
  }, 10_000);
});

describe('events', () => {
  test('what people do in the client is told, with all its fields', async () => {
    const receiver = await startReceiver(s);
    const id = s.friend('li', '小明', { state: 'a]]>b<&"' });
    s.control.editByStaff(s.corpid, 'li', id, { remark: '明' });
    s.control.editByStaff(s.corpid, 'li', id, { remark_mobiles: ['138'] });
    s.control.deleteByCustomer(s.corpid, 'li', id);
    s.control.addFriend({ corpid: s.corpid, userid: 'li', external_userid: id, half: 'first' });
    s.control.deleteByStaff(s.corpid, 'li', id, 'DELETE_BY_TRANSFER');
    await s.control.settle();
    expect(kinds(receiver.events)).toEqual([
      'add_external_contact',
      'edit_external_contact',
      'del_follow_user',
      'add_half_external_contact',
      'add_external_contact',
      'del_external_contact',
    ]);
    const [added = '', , , half = '', full = '', removed = ''] = receiver.events;
    const head = ['ToUserName', 'FromUserName', 'CreateTime', 'MsgType', 'Event', 'UserID', 'ExternalUserID'].map((n) =>
      xmlField(added, n),
    );
    expect(head).toEqual([s.corpid, 'sys', String(Math.floor(s.clock.ms() / 1000)), 'event', 'change_external_contact', 'li', id]);
    expect(added).toContain('<State><![CDATA[a]]]]><![CDATA[>b<&"]]></State>');
    expect(xmlField(added, 'WelcomeCode')).toHaveLength(43);
    expect(xmlField(half, 'WelcomeCode')).not.toBe(xmlField(full, 'WelcomeCode'));
    expect(half).not.toContain('<State>');
    expect(xmlField(removed, 'Source')).toBe('DELETE_BY_TRANSFER');
    await receiver.close();
  });

  test('groups and tags', async () => {
    const receiver = await startReceiver(s);
    const id = s.friend();
    const { chat_id } = s.control.createGroup({ corpid: s.corpid, name: '群', owner: 'li' });
    s.control.joinGroup({ corpid: s.corpid, chat_id, userid: id, byCode: true });
    s.control.leaveGroup({ corpid: s.corpid, chat_id, userid: id, removed: true });
    s.control.renameGroup(s.corpid, chat_id, '新群');
    s.control.dismissGroup(s.corpid, chat_id);
    await s.control.settle();
    const chat = receiver.events.filter((xml) => xmlField(xml, 'Event') === 'change_external_chat');
    expect(kinds(chat)).toEqual(['create', 'update', 'update', 'update', 'dismiss']);
    expect(chat.map((xml) => xmlField(xml, 'UpdateDetail'))).toEqual([undefined, 'add_member', 'del_member', 'change_name', undefined]);
    expect(chat[1]).toContain(
      `<JoinScene>3</JoinScene><MemChangeCnt>1</MemChangeCnt><MemChangeList><Item><![CDATA[${id}]]></Item></MemChangeList>`,
    );
    expect(xmlField(chat[2] ?? '', 'QuitScene')).toBe('1');
    expect(xmlField(chat[2] ?? '', 'LastMemVer')).toBe(xmlField(chat[1] ?? '', 'CurMemVer'));

    const { group, tag } = s.control.createTag(s.corpid, '等级', '金');
    s.control.renameTag(s.corpid, tag.id, '黑金');
    s.control.deleteTag(s.corpid, tag.id);
    await s.control.settle();
    const tags = receiver.events.filter((xml) => xmlField(xml, 'Event') === 'change_external_tag');
    expect(tags.map((xml) => `${xmlField(xml, 'ChangeType')} ${xmlField(xml, 'TagType')}`).sort()).toEqual([
      'create tag',
      'create tag_group',
      'delete tag',
      'update tag',
    ]);
    expect(tags.some((xml) => xmlField(xml, 'Id') === group.id)).toBe(true);
    await receiver.close();
  });

  test('what is done through the API is silent', async () => {
    const receiver = await startReceiver(s);
    const id = s.friend();
    await s.control.settle();
    const before = receiver.events.length;
    const { tag_group } = await s.contact('add_corp_tag', { group_name: '等级', tag: [{ name: '金' }] });
    await s.contact('mark_tag', { userid: 'li', external_userid: id, add_tag: [tag_group.tag[0].id] });
    await s.contact('remark', { userid: 'li', external_userid: id, remark: 'x' });
    await s.contact('del_corp_tag', { group_id: [tag_group.group_id] });
    const { msgid } = await s.contact('add_msg_template', { external_userid: [id], text: { content: 'x' } });
    await s.contact('cancel_groupmsg_send', { msgid });
    await s.control.settle();
    expect(receiver.events).toHaveLength(before);
    await receiver.close();
  });

  test('only apps with a callback that may see customers are told', async () => {
    const receiver = await startReceiver(s);
    s.control.createApp({ corpid: s.corpid, agentid: 7, customerContact: false, callback: { ...receiver.secrets, url: receiver.url } });
    s.control.createApp({ corpid: s.corpid, agentid: 8, visible: ['wang'], callback: { ...receiver.secrets, url: receiver.url } });
    s.friend('li');
    await s.control.settle();
    expect(receiver.events).toHaveLength(1);
    s.friend('wang');
    await s.control.settle();
    expect(receiver.events).toHaveLength(3);
    await receiver.close();
  });
});

describe('a rough way', () => {
  test('tried again until taken, sealed anew each time', async () => {
    const receiver = await startReceiver(s, (attempt) => (attempt < 3 ? 500 : undefined));
    s.friend();
    await s.control.settle();
    expect([receiver.attempts(), receiver.events.length]).toEqual([3, 1]);
    expect(s.control.deliveries()).toMatchObject([{ outcome: 'delivered', attempts: [{ status: 500 }, { status: 500 }, { status: 200 }] }]);
    await receiver.close();
  });

  test('given up after three tries; may be sent again by hand', async () => {
    let down = true;
    const receiver = await startReceiver(s, () => (down ? 503 : undefined));
    s.friend();
    await s.control.settle();
    expect([receiver.attempts(), receiver.events.length, s.control.deliveries()[0]?.outcome]).toEqual([3, 0, 'failed']);
    down = false;
    s.control.redeliver(s.corpid, s.app.agentid, s.control.deliveries()[0]?.id ?? 0);
    await s.control.settle();
    expect([receiver.events.length, s.control.deliveries()[0]?.outcome]).toEqual([1, 'delivered']);
    await receiver.close();
  });

  test('silence counts as failure after the time-out', async () => {
    s.control.setWeather({ timeoutMs: 40 });
    const receiver = await startReceiver(s, (attempt) => (attempt === 1 ? 0 : undefined));
    s.friend();
    await s.control.settle();
    expect(s.control.deliveries()[0]).toMatchObject({ outcome: 'delivered', attempts: [{ error: 'TimeoutError' }, { status: 200 }] });
    await receiver.close();
  });

  test('retries and delays wait for the clock', async () => {
    s.control.setWeather({ retryDelayMs: 10_000, delayMs: 5000 });
    const receiver = await startReceiver(s, (attempt) => (attempt === 1 ? 500 : undefined));
    s.friend();
    await s.control.settle();
    expect(receiver.attempts()).toBe(0);
    s.control.advance(5000);
    await s.control.settle();
    expect([receiver.attempts(), receiver.events.length]).toEqual([1, 0]);
    s.control.advance(10_000);
    await s.control.settle();
    expect(receiver.events).toHaveLength(1);
    await receiver.close();
  });

  test('lost, doubled, out of order', async () => {
    const receiver = await startReceiver(s);
    s.control.setWeather({ loss: 1 });
    s.friend();
    await s.control.settle();
    expect([receiver.events.length, s.control.deliveries()[0]?.outcome]).toEqual([0, 'lost']);

    s.control.setWeather({ loss: 0, duplication: 1 });
    s.friend();
    await s.control.settle();
    expect(receiver.events).toHaveLength(2);
    expect(receiver.events[0]).toBe(receiver.events[1]);

    s.control.setWeather({ duplication: 0, disorder: 1 });
    const id = s.friend();
    s.control.setWeather({ disorder: 0 });
    s.control.deleteByCustomer(s.corpid, 'li', id);
    await s.control.settle();
    expect(kinds(receiver.events.slice(2))).toEqual(['del_follow_user', 'add_external_contact']);
    await receiver.close();
  });
});
