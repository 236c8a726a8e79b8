import { afterEach, describe, expect, test } from 'vitest';
import { type Harness, startHarness } from './harness.fixture.ts';

let h: Harness;
afterEach(() => h.close());

describe('welcome', () => {
  const welcome = { text: '你好 {{ name }}！', link: { url: 'https://shop.test/new', title: '新人礼' } };

  test('is said once, with the name and the link', async () => {
    h = await startHarness({ welcome });
    await h.saveCallback();
    const id = h.friend('li', { name: '小海' });
    await h.work();
    expect(h.welcomesOf(id)).toMatchObject([
      { text: '你好 小海！', from: 'li', attachments: [{ msgtype: 'link', link: { url: 'https://shop.test/new' } }] },
    ]);
    expect(await h.rows()).toMatchObject([{ state: 'done', welcome: 'sent' }]);
    expect(h.named('Message Sent')).toMatchObject([{ properties: { channel: 'wecom', welcome: true, userId: 'li' } }]);
  });

  test('a half-added friend hears it once, though two events come', async () => {
    h = await startHarness({ welcome });
    await h.saveCallback();
    const customer = h.control.addCustomer(h.corpid, { name: '半' }).external_userid;
    h.control.addFriend({ corpid: h.corpid, userid: 'li', external_userid: customer, half: 'first' });
    await h.work();
    expect(await h.rows()).toHaveLength(2);
    expect(h.welcomesOf(customer)).toHaveLength(1);
    expect(h.named('Message Sent')).toHaveLength(1);
    expect((await h.rows()).map((row) => row.welcome).sort()).toEqual(['already', 'sent']);
    expect(h.named('Friend Added')).toHaveLength(1);
  });

  test('a friendship that ends and begins anew counts twice, its halves once each, in any order', async () => {
    h = await startHarness();
    const id = h.friend();
    const at = Math.floor(h.clock.ms() / 1000);
    const tell = (ChangeType: string, offset: number, State = '') =>
      h.sealed(h.event({ Event: 'change_external_contact', ChangeType, UserID: 'li', ExternalUserID: id, State }, at + offset), {
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
      await h.pg.query('TRUNCATE platform_callbacks, wecom_friends');
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
    expect(h.welcomesOf(id)).toEqual([]);
    h.control.advance(2_000);
    await h.work();
    expect(h.welcomesOf(id)).toMatchObject([{ text: '你好 ！' }]);
    expect(h.events().map((one) => one.event)).toEqual(['Message Sent']);
    h.control.advance(70_000);
    await h.work();
    expect(h.named('Friend Added')).toHaveLength(1);
    expect(h.welcomesOf(id)).toHaveLength(1);
  });

  test('waits for nothing when no name is in it', async () => {
    h = await startHarness({ welcome: { text: '欢迎' }, rules: { relationLagMs: 15_000 } });
    await h.saveCallback();
    const id = h.friend();
    await h.work();
    expect(h.welcomesOf(id)).toMatchObject([{ text: '欢迎' }]);
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
    expect(h.welcomesOf(id)).toHaveLength(1);
    expect(h.named('Friend Added')).toHaveLength(1);
    expect(await h.rows()).toMatchObject([{ state: 'done', welcome: 'sent' }]);
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
    expect(await h.rows()).toMatchObject([{ state: 'done', welcome: 'failed:41096' }]);
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
    expect(await h.rows()).toMatchObject([{ state: 'done', welcome: how }]);
    expect(h.calls('/send_welcome_msg')).toHaveLength(1);
  });

  test('after twenty seconds nothing is called', async () => {
    h = await startHarness({ welcome });
    const late = h.sealed(h.added('li', 'wm1', { WelcomeCode: 'code' }));
    h.control.advance(21_000);
    await h.post(late.query, late.body);
    await h.work();
    expect(h.calls('/send_welcome_msg')).toEqual([]);
    expect(await h.rows()).toMatchObject([{ welcome: 'late' }]);
  });

  test('the answer is lost: said again, heard once', async () => {
    h = await startHarness({ welcome });
    await h.saveCallback();
    h.control.setFault({ endpoint: 'externalcontact/send_welcome_msg', drop: true, when: 'after', times: 1 });
    const id = h.friend();
    await h.work();
    h.control.advance(1_000);
    await h.work();
    expect(h.welcomesOf(id)).toHaveLength(1);
    expect(await h.rows()).toMatchObject([{ state: 'done', welcome: 'sent' }]);
  });

  test('those with a welcome go before a backlog', async () => {
    h = await startHarness({ welcome });
    for (let i = 0; i < 60; i++) {
      const { query, body } = h.sealed(
        h.event({ Event: 'change_external_contact', ChangeType: 'del_follow_user', UserID: 'li', ExternalUserID: `wm${i}` }),
        { nonce: `n${i}` },
      );
      await h.wecom.receive('ca_1', Object.fromEntries(new URLSearchParams(query)) as never, body);
    }
    await h.saveCallback();
    const { query, body } = h.sealed(h.added('li', 'wmNew', { WelcomeCode: 'c' }), { nonce: 'last' });
    await h.wecom.receive('ca_1', Object.fromEntries(new URLSearchParams(query)) as never, body);
    await h.wecom.processCallbacks();
    const [first] = await h.pg.query<{ change_type: string }>(
      'SELECT change_type FROM platform_callbacks WHERE state = $1 OR attempts > 0 ORDER BY coalesce(done_at, due_at), has_welcome DESC LIMIT 1',
      ['done'],
    );
    expect(first?.change_type).toBe('add_external_contact');
  });

  test('a text that cannot be rendered is a recorded failure', async () => {
    h = await startHarness({ welcome: { text: '{{ name | nofilter: }} {% if %}' } });
    await h.saveCallback();
    h.friend();
    await h.work();
    expect(await h.rows()).toMatchObject([{ state: 'done', welcome: 'failed:template' }]);
  });
});
