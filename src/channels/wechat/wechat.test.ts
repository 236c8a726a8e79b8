import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { decodeAesKey, encrypt, signature } from '../platform/crypto.ts';
import { startWechat, type WechatHarness } from './harness.fixture.ts';
import { dataOf } from './send.ts';

let h: WechatHarness;
beforeAll(async () => {
  h = await startWechat();
});
afterAll(() => h.close());
beforeEach(() => h.forget());

const post = (id: string, query: string, body: string) =>
  h.app.inject({ method: 'POST', url: `/wechat/callback/${id}?${query}`, headers: { 'content-type': 'text/xml' }, payload: body });
const event = (fields: Record<string, string>, openid = 'oHand', at = Math.floor(h.clock.ms() / 1000)) =>
  `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[${openid}]]></FromUserName><CreateTime>${at}</CreateTime><MsgType><![CDATA[event]]></MsgType>${Object.entries(
    fields,
  )
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')}</xml>`;

function sealed(message: string, change: { appid?: string; token?: string; timestamp?: number; nonce?: string } = {}) {
  const encrypted = encrypt(decodeAesKey(h.keys.encodingAesKey), message, change.appid ?? h.official);
  const timestamp = String(change.timestamp ?? Math.floor(h.clock.ms() / 1000));
  const nonce = change.nonce ?? '777';
  const signed = signature(change.token ?? h.keys.token, timestamp, nonce, encrypted);
  return {
    query: `signature=x&timestamp=${timestamp}&nonce=${nonce}&encrypt_type=aes&msg_signature=${signed}`,
    body: `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`,
  };
}
function plain(nonce: string, token = h.keys.token, timestamp = Math.floor(h.clock.ms() / 1000)) {
  return `signature=${signature(token, String(timestamp), nonce)}&timestamp=${timestamp}&nonce=${nonce}`;
}

test('the address proves itself, in both modes', async () => {
  expect(await h.connect('ca_plain')).toEqual({ ok: true });
  expect(await h.connect('ca_oa')).toEqual({ ok: true });
  expect(await h.connect('ca_mp')).toEqual({ ok: true });
  const forged = await h.app.inject(`/wechat/callback/ca_oa?${plain('1', 'other-token')}&echostr=1`);
  expect(forged.statusCode).toBe(403);
  const script = await h.app.inject(`/wechat/callback/ca_oa?${plain('1')}&echostr=${encodeURIComponent('<script>')}`);
  expect(script.statusCode).toBe(403);
});

test('tampered, foreign, stale, replayed, unsealed and oversized messages are refused', async () => {
  const message = event({ Event: 'CLICK', EventKey: 'menu' });
  const good = sealed(message);
  const refused = async (query: string, body: string, id = 'ca_oa') => (await post(id, query, body)).statusCode;
  expect(
    await refused(
      good.query.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      good.body,
    ),
  ).toBe(403);
  expect(await refused(...(Object.values(sealed(message, { appid: 'wxother' })) as [string, string]))).toBe(403);
  expect(await refused(...(Object.values(sealed(message, { token: 'other' })) as [string, string]))).toBe(403);
  const stale = Math.floor(h.clock.ms() / 1000) - 400;
  expect(await refused(...(Object.values(sealed(message, { timestamp: stale })) as [string, string]))).toBe(403);
  // With a key set, what comes in clear is not from the platform.
  expect(await refused(plain('9'), message)).toBe(403);
  expect(await refused(good.query, `<xml>${'x'.repeat(300_000)}</xml>`)).toBe(413);
  expect(await refused(good.query, '<!DOCTYPE a [<!ENTITY b "c">]><xml><Encrypt>&b;</Encrypt></xml>')).toBe(400);
  expect(await refused(good.query, good.body)).toBe(200);
  expect(await refused(good.query, good.body)).toBe(403);
  expect(await refused(plain('p1'), message, 'ca_plain')).toBe(200);
  expect(await refused(plain('p1'), message, 'ca_plain')).toBe(403);
  expect(await refused(plain('p2', 'other'), message, 'ca_plain')).toBe(403);
  await h.work();
});

test('ids of digits, entities and CDATA tricks stay what they are', async () => {
  const key = '0012]]]]><![CDATA[>';
  const message = event({ Event: 'SCAN', EventKey: `<![CDATA[${key}]]>` }, '001391744');
  const { query, body } = sealed(message, { nonce: 'tricks' });
  expect((await post('ca_oa', query, body)).statusCode).toBe(200);
  const entities = sealed(event({ Event: 'VIEW', EventKey: 'https://x.test/?a=1&amp;b=2' }, '1e5'), { nonce: 'tricks2' });
  expect((await post('ca_oa', entities.query, entities.body)).statusCode).toBe(200);
  await h.work();
  expect(h.named('Account Scanned')[0]).toMatchObject({
    externalIds: [{ type: 'wechat_openid', id: `${h.official}:001391744` }],
    properties: { state: '0012]]>' },
  });
  expect(h.named('Menu Clicked')[0]).toMatchObject({
    properties: { key: 'https://x.test/?a=1&b=2' },
    externalIds: [{ id: `${h.official}:1e5` }],
  });
});

test('a follower by a code, a second scan, a message, and gone again: told once each, with the unionid', async () => {
  await h.connect('ca_oa');
  h.control.setWeather({ duplication: 1 });
  const { ticket } = await h.oa.call('qrcode.create', { action_name: 'QR_STR_SCENE', action_info: { scene: { scene_str: 'tp0000000c' } } });
  h.control.scanScene(h.official, 'xia', ticket);
  await h.work();
  h.control.advance(1_000);
  h.control.scanScene(h.official, 'xia', ticket);
  h.control.writeToAccount(h.official, 'xia', '你好');
  await h.work();
  h.control.advance(1_000);
  h.control.unsubscribe(h.official, 'xia');
  await h.work();
  h.control.setWeather({ duplication: 0 });
  const [followed, ...more] = h.named('Account Followed');
  expect(more).toEqual([]);
  expect(followed).toMatchObject({
    properties: { appId: h.official, state: 'tp0000000c', subscribeScene: 'ADD_SCENE_QR_CODE' },
    context: { carrier: 'official_account' },
    externalIds: [{ type: 'wechat_openid' }, { type: 'wechat_unionid' }],
  });
  expect(h.named('Account Scanned')).toHaveLength(1);
  expect(h.named('Message Received')).toMatchObject([{ properties: { kind: 'text' } }]);
  expect(JSON.stringify(h.named('Message Received'))).not.toContain('你好');
  expect(h.named('Account Unfollowed')).toHaveLength(1);
});

test('a new follower is greeted once', async () => {
  const config = h.accounts.ca_oa?.config as Record<string, unknown>;
  config.welcome = { text: '欢迎' };
  h.control.setWeather({ duplication: 1 });
  const { openid } = h.control.subscribe(h.official, 'greeted');
  await h.work();
  h.control.setWeather({ duplication: 0 });
  expect(h.sent(h.official, openid)).toMatchObject([{ kind: 'custom', body: { text: { content: '欢迎' } } }]);
  // No answer came: it may have arrived, so it is not said again.
  h.control.setFault({ endpoint: '/cgi-bin/message/custom/send', drop: true, when: 'after', times: 1 });
  const { openid: other } = h.control.subscribe(h.official, 'greeted-too');
  await h.work();
  h.control.advance(5_000);
  await h.work();
  expect(h.sent(h.official, other)).toHaveLength(1);
  config.welcome = undefined;
});

test('replies go inside their window, then the notice that is set, then nothing; nothing goes twice', async () => {
  const account = h.accounts.ca_oa!;
  const send = async (id: string, openid: string) => (await h.wechat.official.submit(account, [h.message(id, openid)]))[0];
  const { openid } = h.control.subscribe(h.official, 'buyer');
  await h.work();
  for (const n of [1, 2, 3]) expect(await send(`r${n}`, openid)).toEqual({ outboxId: `r${n}`, state: 'sent' });
  // Our own count knows that no reply is left: the platform is not asked.
  const before = h.control.calls().length;
  expect(await send('r4', openid)).toMatchObject({ state: 'failed', reason: 'no_way' });
  expect(h.control.calls().length).toBe(before);
  expect(await send('r1', openid)).toEqual({ outboxId: 'r1', state: 'sent' });
  expect(h.sent(h.official, openid)).toHaveLength(3);

  (account.config as Record<string, unknown>).template = { templateId: 'tpl', fields: { keyword1: '{{ text }}' } };
  // The platform may tell the end before our own record of the beginning is written: then it is looked at again.
  const settled = async () => {
    await h.work();
    h.control.advance(3_000);
    await h.work();
  };
  expect(await send('r5', openid)).toMatchObject({ state: 'submitted' });
  await settled();
  expect(await h.wechat.official.poll(account, [{ outboxId: 'r5', providerRef: '', address: '' }])).toMatchObject([{ state: 'sent' }]);
  h.control.refuse(h.official, 'buyer');
  expect(await send('r6', openid)).toMatchObject({ state: 'submitted' });
  await settled();
  expect(await h.wechat.official.poll(account, [{ outboxId: 'r6', providerRef: '', address: '' }])).toMatchObject([
    { state: 'failed', reason: 'refuses' },
  ]);
  // The templates of the day are used up, also by a batch on its way at the same time: it waits for the next, and says by which rule.
  h.allowed.set('official.template.perDay', { key: 'official.template.perDay', value: 3, period: { calendar: 'day' } });
  const both = await Promise.all([send('r7', openid), send('r8', openid)]);
  expect(both.map((one) => one?.state).sort()).toEqual(['retry', 'submitted']);
  const waits = both.find((one) => one?.state === 'retry');
  expect(waits).toMatchObject({ state: 'retry', reason: 'official.template.perDay', waitsAlone: true });
  expect((waits?.retryAt?.getTime() ?? 0) - h.clock.ms()).toBeLessThanOrEqual(86_400_000);
  h.allowed.clear();
  expect([...(await h.wechat.official.foresee!(account, [`${h.official}:${openid}`, `${h.official}:o_nobody`]))]).toEqual([]);
  (account.config as Record<string, unknown>).template = undefined;
  // Before a plan: nobody who has not said anything can be reached without a template.
  expect([...(await h.wechat.official.foresee!(account, [`${h.official}:${openid}`]))]).toEqual([
    [`${h.official}:${openid}`, 'official.reply.afterMessage'],
  ]);

  // Somebody else used the replies up: the platform's word counts.
  const { openid: shared } = h.control.subscribe(h.official, 'shared');
  await h.work();
  for (let i = 0; i < 3; i++) await h.oa.call('message.custom.send', { touser: shared, msgtype: 'text', text: { content: 'x' } });
  expect(await send('s1', shared)).toMatchObject({ state: 'failed', reason: 'replies_used_up' });
  expect(await send('s2', shared)).toMatchObject({ state: 'failed', reason: 'no_way' });
  h.control.writeToAccount(h.official, 'shared', '?');
  await h.work();
  h.control.setFault({ endpoint: '/cgi-bin/message/custom/send', drop: true, when: 'after', times: 1 });
  expect(await send('s3', shared)).toMatchObject({ state: 'failed', reason: 'in_doubt' });
  expect(await h.wechat.official.recover(account, [h.message('s3', shared), h.message('s4', shared)])).toMatchObject([
    { state: 'failed', reason: 'in_doubt' },
    { state: 'retry', reason: 'never_sent' },
  ]);
  h.control.unsubscribe(h.official, 'shared');
  await h.work();
  expect(await send('s5', shared)).toMatchObject({ state: 'failed' });
});

test('subscribe messages: one consent, one send; a consent told twice counts once; taken back, nothing goes', async () => {
  await h.connect('ca_mp');
  const account = h.accounts.ca_mp!;
  (account.config as Record<string, unknown>).subscribe = {
    templateId: 'msub',
    fields: { thing1: '{{ text }}', time2: '2026年3月10日 10:00' },
    page: 'pages/index/index',
  };
  const { openid } = h.control.wxUser(h.mini, 'agreeing');
  const send = async (id: string) => (await h.wechat.mini.submit(account, [h.message(id, openid, h.mini)]))[0];
  expect(await send('g0')).toMatchObject({ state: 'failed', reason: 'no_grant' });
  h.control.setWeather({ duplication: 1 });
  h.control.grant(h.mini, 'agreeing', 'msub');
  await h.work();
  h.control.setWeather({ duplication: 0 });
  h.control.grant(h.mini, 'agreeing', 'msub', false);
  await h.work();
  expect(await send('g1')).toEqual({ outboxId: 'g1', state: 'sent' });
  const before = h.control.calls().length;
  expect(await send('g2')).toMatchObject({ state: 'failed', reason: 'no_grant' });
  expect(h.control.calls().length).toBe(before);
  // A busy platform costs no consent.
  h.control.advance(1_000);
  h.control.grant(h.mini, 'agreeing', 'msub');
  await h.work();
  h.control.setFault({ endpoint: '/cgi-bin/message/subscribe/send', errcode: -1, times: 3 });
  expect(await send('g3')).toMatchObject({ state: 'retry', reason: 'wechat_-1' });
  expect(await send('g3')).toEqual({ outboxId: 'g3', state: 'sent' });
  h.control.advance(1_000);
  h.control.grant(h.mini, 'agreeing', 'msub');
  await h.work();
  h.control.advance(1_000);
  h.control.revoke(h.mini, 'agreeing', 'msub');
  await h.work();
  expect(await send('g4')).toMatchObject({ state: 'failed', reason: 'no_grant' });
  expect(h.named('Subscription Answered').length).toBeGreaterThanOrEqual(4);
});

test('values are cut to what a field of their kind holds', async () => {
  const fields = { thing1: '{{ text }}', phrase2: '已发货请查收', character_string3: 'no. {{ link }}', empty4: '' };
  const data = await dataOf({ templateId: 't', fields }, { text: '长'.repeat(30), link: { url: 'x'.repeat(40), title: '' } });
  expect(data).toEqual({
    thing1: { value: '长'.repeat(20) },
    phrase2: { value: '已发货请查' },
    character_string3: { value: `no. ${'x'.repeat(28)}` },
    empty4: { value: '-' },
  });
});

test('a poster is a reply of its own before the words; where one reply is left its page is, and half a message is not sent twice', async () => {
  const one = h.control.wxUser(h.official, 'poster').openid;
  await h.connect('ca_oa');
  h.control.subscribe(h.official, 'poster');
  await h.work();
  h.control.advance(61_000);
  const writes = async () => {
    h.control.advance(1_000);
    h.control.writeToAccount(h.official, 'poster', '海报');
    await h.work();
  };
  await writes();
  const send = async (outboxId: string, personNo = 1) =>
    (
      await h.wechat.official.submit(h.accounts.ca_oa!, [h.message(outboxId, one, h.official, { personNo, extra: { poster: 'pst_1' } })])
    )[0];
  const said = () => h.sent(h.official, one).map(({ body }) => (body as { msgtype: string }).msgtype);
  expect(await send('p1')).toMatchObject({ state: 'sent' });
  expect(said()).toEqual(['image', 'text']);
  const { image } = h.sent(h.official, one)[0]!.body as { image: { media_id: string } };
  expect(h.control.wxPicture(h.official, image.media_id).toString()).toBe('the picture of person 1');
  // The picture went, then the platform was out of replies: said as it is, and not tried again.
  for (const content of ['一', '二']) await h.oa.call('message.custom.send', { touser: one, msgtype: 'text', text: { content } });
  expect(await send('p2')).toMatchObject({ state: 'failed', reason: 'picture_only' });
  expect(await send('p2')).toMatchObject({ state: 'failed', reason: 'picture_only' });
  expect(said()).toEqual(['image', 'text', 'text', 'text', 'image']);
  await writes();
  const left = async () =>
    (await h.pg.query<{ left: number }>('SELECT talk_left AS left FROM wechat_followers WHERE openid = $1', [one]))[0]!.left;
  const before = await left();
  expect(await send('p3', 404)).toMatchObject({ state: 'retry', reason: 'poster_later' });
  expect(await left()).toBe(before);
  // One reply is left.
  await h.pg.query('UPDATE wechat_followers SET talk_left = 1 WHERE openid = $1', [one]);
  expect(await send('p4')).toMatchObject({ state: 'sent' });
  expect(JSON.stringify(h.sent(h.official, one).at(-1)!.body)).toContain('https://y.example/poster/k/1');
});
