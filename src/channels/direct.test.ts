import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { personId } from '../people/index.ts';
import { createDirectHarness } from './direct.fixture.ts';
import { outboxId } from './ids.ts';

type Harness = Awaited<ReturnType<typeof createDirectHarness>>;
let h: Harness;

beforeAll(async () => {
  h = await createDirectHarness();
}, 120_000);
afterAll(() => h.close());

const minutes = 60_000;

describe('e-mail', () => {
  let offer: string;
  beforeAll(async () => {
    const item = await h.content.create(1, {
      ...{
        name: 'Offer',
        purpose: 'benefit',
        body: '{{ person.name }}，你好\n\n本周八折。',
        link: { url: 'https://shop.example/x', title: '去看看' },
      },
      variants: { email: { title: '{{ person.name }} 的八折券', preheader: '只到周日' } },
    });
    offer = item.id;
    for (const [no, email] of [
      [1, 'li@example.com'],
      [2, 'gone@example.com'],
      [3, 'busy@example.com'],
      [4, 'doubt@example.com'],
    ] as const) {
      h.traits.set(no, { name: `客${no}` });
      await h.person(no, { email });
    }
    await h.person(5);
  });

  it('is checked when it is saved, and tells what mends it when the server refuses', async () => {
    await expect(h.channels.save(1, 'email', { host: 'no host', fromAddress: 'x' })).rejects.toMatchObject({
      errors: expect.arrayContaining([expect.objectContaining({ field: 'host' }), expect.objectContaining({ field: 'fromAddress' })]),
    });
    await h.channels.save(1, 'email', { ...h.settings.email, password: 'wrong' });
    expect(await h.channels.direct.tryOut(1, 'email', 'me@example.com')).toMatchObject({
      ok: false,
      error: expect.stringContaining('smtp_auth'),
    });
    const [email] = await h.channels.list(1);
    expect(email).toMatchObject({ key: 'email', healthy: false, health: { en: expect.stringContaining('password') } });
    await h.channels.save(1, 'email', h.settings.email);
    expect(await h.channels.direct.tryOut(1, 'email', 'me@example.com')).toMatchObject({ ok: true });
    expect((await h.channels.list(1))[0]).toMatchObject({ healthy: true, secretsSet: ['password'] });
  });

  it('carries words, one-click unsubscribe and cost; buries dead addresses; waits where asked; never doubles what is in doubt', async () => {
    h.mail.taken.length = 0;
    h.mail.answer('gone@example.com', { code: 550, text: '5.1.1 no such user' });
    h.mail.answer('busy@example.com', { code: 451, text: '4.7.1 greylisted' });
    h.mail.answer('doubt@example.com', 'hang');
    await h.queue('email', offer, [1, 2, 3, 4, 5]);
    await h.channels.dispatch();
    expect(await h.messages('email')).toEqual([
      { person_no: 1, state: 'sent', reason: null, cost: 2 },
      { person_no: 2, state: 'failed', reason: 'address_dead', cost: null },
      { person_no: 3, state: 'queued', reason: 'smtp_451_4.7.1', cost: null },
      { person_no: 4, state: 'failed', reason: 'in_doubt', cost: null },
      { person_no: 5, state: 'skipped', reason: 'no_address', cost: null },
    ]);
    const mail = h.mail.taken.find((one) => one.to === 'li@example.com')!;
    const unsubscribe = /^List-Unsubscribe: <(https:\/\/yutang\.example\/u\/[^>]+)>/m.exec(mail.raw.replace(/\r\n[ \t]/g, ' '))?.[1];
    expect(unsubscribe).toBeDefined();
    expect(mail.raw).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
    const decoded = mail.raw
      .replace(/=\r\n/g, '')
      .replace(/(=[0-9A-F]{2})+/g, (hex) => Buffer.from(hex.replaceAll('=', ''), 'hex').toString());
    expect(decoded).toContain('客1，你好');
    expect(decoded).toMatch(/https:\/\/yutang\.example\/t\/[\w-]+/);
    expect(decoded).toContain('只到周日');
    const pixel = /https:\/\/yutang\.example\/o\/([\w-]+)\.gif/.exec(decoded)![1]!;
    await h.channels.direct.opened(pixel, 'GoogleImageProxy');
    await h.channels.direct.opened(pixel, 'GoogleImageProxy');
    expect(h.events.of('Message Opened')).toMatchObject([
      { personNo: 1, properties: { channel: 'email', knownBy: 'picture', proxied: true } },
    ]);
    // The dead one is not even tried again; the one that waited goes when its time has come.
    h.mail.answer('busy@example.com', undefined);
    h.clock.advance(11 * minutes);
    await h.queue('email', offer, [2]);
    const before = h.mail.taken.length;
    await h.channels.dispatch();
    expect(h.mail.taken.slice(before).map((one) => one.to)).toEqual(['busy@example.com']);
    expect((await h.messages('email')).at(-1)).toMatchObject({ person_no: 2, state: 'failed', reason: 'address_dead' });
    expect(await h.channels.direct.revive(1, 'email', 'gone@example.com')).toBe(true);
  });

  it('takes bounces as mail servers write them, at an address that nobody guesses', async () => {
    await h.channels.announce();
    const [account] = await h.channels.list(1);
    const door = new URL(account!.doors!.bounces!).pathname.split('/');
    const [id, secret] = [door.at(-2)!, door.at(-1)!];
    const mail = h.mail.taken.find((one) => one.to === 'li@example.com')!;
    const messageId = /^Message-ID: (<.+>)/im.exec(mail.raw)![1];
    const report = [
      ...['From: MAILER-DAEMON@mx.example', 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"', ''],
      ...['--b', 'Content-Type: text/plain', '', 'Sorry.', '--b', 'Content-Type: message/delivery-status', ''],
      ...['Reporting-MTA: dns; mx.example', '', 'Final-Recipient: rfc822; li@example.com', 'Action: failed', 'Status: 5.1.1', ''],
      ...['--b', 'Content-Type: text/rfc822-headers', '', `Message-ID: ${messageId}`, 'Subject: x', '', '--b--', ''],
    ].join('\r\n');
    await expect(h.channels.direct.bounces.receive(id, 'AAAAAAAAAAAA', report)).rejects.toMatchObject({ status: 404 });
    expect(await h.channels.direct.bounces.receive(id, secret, report)).toBe(1);
    expect((await h.messages('email'))[0]).toMatchObject({ state: 'failed', reason: 'address_dead' });
    await h.channels.announce();
    expect(h.events.of('Message Failed').filter((one) => one.personNo === 1)).toHaveLength(1);
    // Told again it changes nothing.
    await h.channels.direct.bounces.receive(id, secret, report);
    await h.channels.announce();
    expect(h.events.repeats()).toBe(1);
  });

  it('after a stop sends what had not begun, and nothing of which it cannot be known', async () => {
    await h.person(6, { email: 'six@example.com' });
    await h.person(7, { email: 'seven@example.com' });
    await h.queue('email', offer, [6, 7]);
    const ids = await h.pg.query<{ no: number }>("SELECT no FROM outbox WHERE channel = 'email' AND state = 'queued' ORDER BY no");
    // As a process leaves it that was stopped in the middle of the second.
    await h.pg.query(
      "UPDATE outbox SET state = 'submitting', decided_at = now(), address = CASE person_no WHEN 6 THEN 'six@example.com' ELSE 'seven@example.com' END, text = 'x', attempts = 1 WHERE no = ANY ($1)",
      [ids.map((r) => r.no)],
    );
    await h.pg.query("DELETE FROM outbox_waiting WHERE channel = 'email'");
    await h.pg.query(
      "INSERT INTO outbox_hands (workspace_no, claim, channel, due_at, nos) VALUES (1, 'dead:first:1', 'email', now(), $1)",
      [ids.map((r) => r.no)],
    );
    await h.pg.query(
      "INSERT INTO channel_sends (workspace_no, channel, outbox_id, account_id, state, at) SELECT 1, 'email', 'msg_' || lpad($1, 9, '0'), 'x', 'calling', now()",
      [Number(ids[1]!.no).toString(36)],
    );
    const before = h.mail.taken.length;
    await h.start().dispatch();
    expect(h.mail.taken.slice(before).map((one) => one.to)).toEqual(['six@example.com']);
    expect((await h.messages('email')).slice(-2)).toMatchObject([{ state: 'sent' }, { state: 'failed', reason: 'in_doubt' }]);
  });
});

describe('text messages', () => {
  const phones = ['+8613800000011', '+8613800000012', '+8613800000013', '+8613800000014'];
  let notice: string;
  let advert: string;
  beforeAll(async () => {
    await h.channels.save(1, 'sms', h.settings.aliyun);
    notice = (await h.content.create(1, { name: 'Notice', purpose: 'notify', body: '您的订单已发货。' })).id;
    const long = '新品上市，会员专享八折，全场满二百减五十，还有好礼相送，数量有限先到先得，快来选购吧！'.repeat(2);
    advert = (
      await h.content.create(1, {
        ...{ name: 'Advert', purpose: 'benefit', body: long },
        variants: { sms: { template: { templateId: 'SMS_9', fields: { name: '{{ person.name }}' } } } },
      })
    ).id;
    for (const [i, phone] of phones.entries()) {
      h.traits.set(11 + i, { name: `客${11 + i}` });
      await h.person(11 + i, { phone });
    }
  });
  const door = async () => {
    const path = new URL((await h.channels.list(1)).find((one) => one.key === 'sms')!.doors!.reports!).pathname.split('/');
    return { id: path.at(-2)!, secret: path.at(-1)! };
  };

  it('goes by template, is paid by parts, ends by report; a dead number is not tried again', async () => {
    h.sms.answer('13800000012', { code: 'isv.MOBILE_NUMBER_ILLEGAL' });
    h.sms.answer('13800000013', { code: 'isv.BUSINESS_LIMIT_CONTROL', message: '触发小时级流控Permits:5' });
    await h.queue('sms', advert, [11]);
    await h.queue('sms', notice, [12, 13]);
    await h.channels.dispatch();
    expect(h.sms.taken).toMatchObject([{ phone: '13800000011', sign: '鱼塘', template: 'SMS_9', fields: { name: '客11' } }]);
    // 84 characters, the signature and how to be rid of it: two parts of 4.5 fen.
    expect(await h.messages('sms')).toMatchObject([
      { state: 'submitted', cost: 90 },
      { state: 'failed', reason: 'address_dead', cost: null },
      { state: 'queued', reason: 'sms_isv.BUSINESS_LIMIT_CONTROL' },
    ]);
    const { id, secret } = await door();
    const report = [
      { phone_number: '13800000011', biz_id: h.sms.taken[0]!.ref, success: true, err_code: 'DELIVERED', out_id: h.sms.taken[0]!.mark },
    ];
    await expect(h.channels.direct.reports.receive(id, 'AAAAAAAAAAAA', report)).rejects.toMatchObject({ status: 404 });
    expect(await h.channels.direct.reports.receive(id, secret, report)).toEqual({ code: 0, msg: '成功' });
    h.clock.advance(5_000);
    await h.channels.poll();
    expect((await h.messages('sms'))[0]).toMatchObject({ state: 'sent', cost: 90 });
    await h.channels.announce();
    expect(h.events.of('Message Delivered')).toMatchObject([{ personNo: 11, properties: { channel: 'sms', contentId: advert } }]);
    const spent = await h.channels.summary(1, 'Asia/Shanghai', 7);
    expect(spent.costFen).toEqual({ email: expect.any(Number), sms: 9 });
    const { items } = await h.channels.messages(1, { limit: 50, channel: 'email', state: 'sent' });
    expect(items.find((one) => one.person.name === '客3')).toMatchObject({ costFen: 0.2, title: '客3 的八折券' });
    h.sms.answer('13800000013', undefined);
    h.clock.advance(61 * minutes);
    await h.channels.dispatch();
    expect(h.sms.taken.at(-1)).toMatchObject({ phone: '13800000013', template: 'SMS_1', fields: { content: '您的订单已发货。' } });
  });

  it('advertises by day alone, and stops for whoever answers R', async () => {
    h.clock.set('2026-03-02T14:30:00Z');
    await h.queue('sms', advert, [14]);
    await h.queue('sms', notice, [14]);
    const before = h.sms.taken.length;
    await h.channels.dispatch();
    expect(h.sms.taken.slice(before).map((one) => one.template)).toEqual(['SMS_1']);
    expect((await h.messages('sms')).at(-2)).toMatchObject({ state: 'queued', reason: 'sms.marketing.hours' });
    h.clock.set('2026-03-03T00:00:01Z');
    const { id, secret } = await door();
    await h.channels.direct.reports.receive(id, secret, [{ phone_number: '13800000014', content: 'R' }]);
    await h.channels.dispatch();
    expect(h.sms.taken.slice(before)).toHaveLength(1);
    expect((await h.messages('sms')).at(-2)).toMatchObject({ state: 'skipped', reason: 'no_consent' });
  });

  it.each(['aliyun', 'tencent'] as const)('%s: one in doubt is looked for, and neither lost nor doubled', async (provider) => {
    const tencent = provider === 'tencent';
    await h.channels.save(1, 'sms', { ...h.settings.aliyun, provider, ...(tencent ? { sdkAppId: '1400006666' } : {}) });
    const shown = (phone: string) => (tencent ? phone : phone.replace('+86', ''));
    h.sms.answer(shown(phones[0]!), 'lost');
    h.sms.answer(shown(phones[2]!), 'gone');
    await h.queue('sms', notice, [11, 13]);
    const before = h.sms.taken.length;
    await h.channels.dispatch();
    expect((await h.messages('sms')).slice(-2)).toMatchObject([{ state: 'submitting' }, { state: 'submitting' }]);
    h.sms.answer(shown(phones[0]!), undefined);
    h.sms.answer(shown(phones[2]!), undefined);
    for (let turn = 0; turn < 3; turn++) {
      h.clock.advance(11 * minutes);
      await h.channels.dispatch();
    }
    expect(h.sms.taken.slice(before).map((one) => one.phone)).toEqual([shown(phones[0]!), shown(phones[2]!)]);
    for (const one of h.sms.taken.slice(before)) one.state = 3;
    h.clock.advance(10 * minutes);
    await h.channels.poll();
    expect((await h.messages('sms')).slice(-2)).toMatchObject([
      { state: 'sent', cost: 45 },
      { state: 'sent', cost: 45 },
    ]);
  });

  it('counts a text as it would arrive; what nobody reports on has left, and is not said to have arrived', async () => {
    expect(await h.channels.direct.count(1, '您的订单已发货。', 'notify')).toEqual({
      text: '【鱼塘】您的订单已发货。',
      parts: 1,
      costFen: 4.5,
    });
    const advertised = await h.channels.direct.count(1, '新'.repeat(60), 'benefit');
    expect(advertised).toMatchObject({ text: expect.stringContaining('拒收请回复R'), parts: 2, costFen: 9 });
    await h.queue('sms', notice, [11]);
    await h.channels.dispatch();
    h.clock.advance(73 * 60 * minutes);
    await h.channels.poll();
    await h.channels.announce();
    expect((await h.messages('sms')).at(-1)).toMatchObject({ state: 'sent', reason: 'unreported' });
    const [last] = await h.pg.query<{ no: number }>("SELECT max(no) AS no FROM outbox WHERE channel = 'sms'");
    const told = (event: string) => h.events.of(event).map((one) => one.properties.outboxId);
    expect(told('Message Sent')).toContain(outboxId(last!.no));
    expect(told('Message Delivered')).not.toContain(outboxId(last!.no));
  });
});

describe('app push', () => {
  let note: string;
  beforeAll(async () => {
    await h.channels.save(1, 'push', h.settings.push);
    note = (
      await h.content.create(1, {
        ...{
          name: 'Note',
          purpose: 'service',
          body: '{{ person.name }}，你的券快到期了',
          link: { url: 'https://shop.example/c', title: '看券' },
        },
        variants: { push: { title: '给{{ person.name }}' } },
      })
    ).id;
    for (const no of [21, 22, 23, 24]) {
      h.traits.set(no, { name: `客${no}` });
      await h.person(no);
    }
  });
  const register = (no: number, provider: 'apns' | 'fcm' | 'jpush', token: string) =>
    h.channels.direct.register(1, personId(no), { provider, token });

  it('reaches all devices of a person, forgets dead ones, and says who has none', async () => {
    await register(21, 'apns', 'a'.repeat(64));
    await register(21, 'fcm', 'fcm-token-21');
    await register(22, 'jpush', 'jpush-token-22');
    await register(23, 'fcm', 'fcm-token-23');
    h.push.answer('a'.repeat(64), 'dead');
    h.push.answer('fcm-token-23', 'dead');
    await h.queue('push', note, [21, 22, 23, 24]);
    await h.channels.dispatch();
    expect(await h.messages('push')).toMatchObject([
      { person_no: 21, state: 'sent' },
      { person_no: 22, state: 'sent' },
      { person_no: 23, state: 'failed', reason: 'no_device' },
      { person_no: 24, state: 'skipped', reason: 'no_address' },
    ]);
    expect(h.push.taken.map(({ service, title, text }) => ({ service, title, text }))).toEqual(
      expect.arrayContaining([
        { service: 'fcm', title: '给客21', text: '客21，你的券快到期了' },
        { service: 'jpush', title: '给客22', text: '客22，你的券快到期了' },
      ]),
    );
    expect(h.push.taken[0]!.link).toMatch(/^https:\/\/yutang\.example\/t\//);
    expect(await h.channels.direct.devices(1, personId(21))).toMatchObject([{ provider: 'fcm', tokenEnd: 'n-21' }]);
    const kept = await h.pg.query<{ sealed: string }>('SELECT sealed FROM push_devices');
    expect(JSON.stringify(kept)).not.toContain('token-2');
  });

  it('goes over Apple’s HTTP/2, waits out a busy service, says what is wrong with the key, and shows once what is sent twice', async () => {
    const token = 'b'.repeat(64);
    await register(24, 'apns', token);
    h.push.answer(token, 'later');
    await h.queue('push', note, [24]);
    await h.channels.dispatch();
    expect((await h.messages('push')).at(-1)).toMatchObject({ state: 'queued', reason: 'apns_ServiceUnavailable' });
    h.push.answer(token, 'credentials');
    h.clock.advance(6 * minutes);
    await h.channels.dispatch();
    expect((await h.channels.list(1)).find((one) => one.key === 'push')).toMatchObject({
      healthy: false,
      health: { en: expect.stringContaining('.p8') },
    });
    h.push.answer(token, undefined);
    h.clock.advance(6 * minutes);
    await h.channels.dispatch();
    expect(h.push.taken.filter((one) => one.service === 'apns')).toMatchObject([{ token, title: '给客24' }]);
    // As a process leaves it that was stopped after the call and before the record.
    await h.pg.query(
      "UPDATE outbox SET state = 'submitting', ended_at = NULL WHERE channel = 'push' AND person_no IN (22, 24) AND state = 'sent'",
    );
    await h.pg.query("UPDATE channel_sends SET state = 'calling' WHERE channel = 'push'");
    await h.pg.query(
      "INSERT INTO outbox_hands (workspace_no, claim, channel, due_at, nos) SELECT 1, 'dead:first:2', 'push', now(), array_agg(no) FROM outbox WHERE channel = 'push' AND state = 'submitting'",
    );
    const before = h.push.taken.length;
    await h.start().dispatch();
    expect(h.push.taken).toHaveLength(before);
    expect(h.push.doubled).toHaveLength(2);
    expect((await h.messages('push')).filter((one) => one.state === 'submitting')).toEqual([]);
  });

  it('learns devices from what apps send, and forgets them when the app is gone', async () => {
    await h.person(25);
    await h.tell(25, 'Application Opened', { token: 'sealed:fresh-token-25', type: 'android', id: 'dev-25' });
    expect(await h.channels.direct.devices(1, personId(25))).toMatchObject([{ provider: 'fcm', platform: 'android' }]);
    await h.tell(24, 'Application Opened', { token: 'sealed:fresh-token-25', type: 'android', id: 'dev-25' });
    expect(await h.channels.direct.devices(1, personId(25))).toEqual([]);
    expect(await h.channels.direct.devices(1, personId(24))).toHaveLength(2);
    // Whose token was erased meanwhile gets no device by it.
    await h.tell(24, 'Application Opened', { token: 'erased', type: 'android' });
    expect(await h.channels.direct.devices(1, personId(24))).toHaveLength(2);
    await h.tell(24, 'Application Uninstalled', { token: 'sealed:fresh-token-25', type: 'android' });
    expect(await h.channels.direct.devices(1, personId(24))).toHaveLength(1);
  });

  it('follows people who merge and split', async () => {
    await h.channels.onMerge(1, [{ from: 22, to: 21 }]);
    expect(await h.channels.direct.devices(1, personId(21))).toHaveLength(2);
    await h.channels.onSplit(1, { from: 21, to: 22, former: [22], identities: [] });
    expect(await h.channels.direct.devices(1, personId(22))).toMatchObject([{ provider: 'jpush' }]);
  });
});
