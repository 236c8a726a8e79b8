import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Reaction } from '../platform/errors.ts';
import { type WechatEndpoint, wechatEndpoints } from './endpoints.ts';
import { reactionTo, WechatError, wechatReactions } from './errors.ts';
import { startWechat, type WechatHarness } from './harness.fixture.ts';
import { miniCode, miniLink, sceneCode } from './index.ts';

/** Every row of the endpoint table and every error reaction against the simulated platform, through the real client. */

let h: WechatHarness;
const called = new Set<WechatEndpoint>();
beforeAll(async () => {
  h = await startWechat();
});
afterAll(() => h.close());

const through = (client: WechatHarness['oa']): WechatHarness['oa']['call'] => {
  return (name, request, options) => {
    called.add(name);
    return client.call(name, request, options);
  };
};
const oa: WechatHarness['oa']['call'] = (name, request, options) => through(h.oa)(name, request, options);
const mp: WechatHarness['oa']['call'] = (name, request, options) => through(h.mp)(name, request, options);
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 0,
    (error) => (error instanceof WechatError ? error.errcode : String(error)),
  );
const data = { thing1: { value: '上新' }, time2: { value: '2026年3月10日 10:00' } };

test('token: the same for all, another one when it died early, and a wrong secret stops at once', async () => {
  const { access_token } = await oa('stable_token', { grant_type: 'client_credential', appid: h.official, secret: 'official-secret' });
  expect((await oa('ticket.getticket', { type: 'jsapi' })).ticket).toMatch(/^jsapi/);
  h.control.killWxTokens(h.official);
  // The platform believes in its token: the client must ask for another by force.
  expect((await oa('ticket.getticket', { type: 'jsapi' })).expires_in).toBe(7200);
  const after = await oa('stable_token', { grant_type: 'client_credential', appid: h.official, secret: 'official-secret' });
  expect(after.access_token).not.toBe(access_token);
  const wrong = h.wechat.client({ appId: h.official, secret: 'wrong' });
  const before = h.control.calls().filter((one) => one.path.endsWith('/stable_token')).length;
  for (let i = 0; i < 3; i++) expect(await code(wrong.call('ticket.getticket', { type: 'jsapi' }))).toBe(40125);
  expect(h.control.calls().filter((one) => one.path.endsWith('/stable_token')).length - before).toBe(1);
});

test('codes with a scene, followers', async () => {
  called.add('qrcode.create');
  const lasting = await sceneCode(h.oa, { state: 'tp0000000a', lasting: true });
  const passing = await sceneCode(h.oa, { state: 'tp0000000b', lasting: false });
  expect(lasting.expiresInS).toBeUndefined();
  expect(passing.expiresInS).toBe(2_592_000);
  expect(lasting.url).toMatch(/^http/);
  const { openid } = h.control.scanScene(h.official, 'ming', lasting.ticket);
  h.control.subscribe(h.official, 'hong');
  const info = await oa('user.info', { openid });
  expect(info).toMatchObject({ subscribe: 1, qr_scene_str: 'tp0000000a', subscribe_scene: 'ADD_SCENE_QR_CODE' });
  expect(info.unionid).toBeTruthy();
  expect(
    (await oa('user.info.batchget', { user_list: [{ openid }, { openid: 'oNobody' }] })).user_info_list.map((one) => one.subscribe),
  ).toEqual([1, 0]);
  expect(await oa('user.get', {})).toMatchObject({ total: 2, count: 2 });
  expect(await code(oa('user.info', { openid: 'oNobody' }))).toBe(40003);
});

test('replies within what the person allows, notices, subscriptions', async () => {
  const { openid } = h.control.subscribe(h.official, 'reply');
  const say = () => oa('message.custom.send', { touser: openid, msgtype: 'text', text: { content: '您好' } });
  const { media_id } = await oa('media.upload', { type: 'image', filename: 'p.jpg', data: Buffer.from('a picture') });
  const show = (id: string) => oa('message.custom.send', { touser: openid, msgtype: 'image', image: { media_id: id } });
  expect(await code(show('none'))).toBe(40007);
  for (let i = 0; i < 3; i++) await say();
  expect(await code(say())).toBe(45047);
  h.control.advance(61_000);
  expect(await code(say())).toBe(45015);
  h.control.writeToAccount(h.official, 'reply', '在吗');
  for (let i = 0; i < 5; i++) await say();
  expect(await code(say())).toBe(45047);
  h.control.payTo(h.official, 'reply');
  await say();
  await show(media_id);
  h.control.refuse(h.official, 'reply');
  expect(await code(say())).toBe(48002);
  const notice = { touser: openid, template_id: 'tpl', client_msg_id: 'm1', data: { keyword1: { value: '已发货' } } };
  const { msgid } = await oa('message.template.send', notice);
  expect((await oa('message.template.send', notice)).msgid).toBe(msgid);
  expect(await code(oa('message.template.send', { ...notice, template_id: 'none', client_msg_id: 'm2' }))).toBe(40037);
  expect(await code(oa('message.subscribe.bizsend', { touser: openid, template_id: 'sub', data }))).toBe(43101);
  h.control.grant(h.official, 'reply', 'sub');
  await oa('message.subscribe.bizsend', { touser: openid, template_id: 'sub', data });
  expect(
    await code(
      oa('message.subscribe.bizsend', { touser: openid, template_id: 'sub', data: { ...data, thing1: { value: '长'.repeat(21) } } }),
    ),
  ).toBe(47003);
});

test('pages in WeChat', async () => {
  const login = h.control.wxCode(h.official, 'web', 'oauth', { scope: 'snsapi_userinfo' });
  const grant = await oa('sns.oauth2.access_token', { code: login, grant_type: 'authorization_code' });
  expect(grant.unionid).toBeTruthy();
  expect(await code(oa('sns.oauth2.access_token', { code: login, grant_type: 'authorization_code' }))).toBe(40163);
  const again = await oa('sns.oauth2.refresh_token', {
    appid: h.official,
    refresh_token: grant.refresh_token,
    grant_type: 'refresh_token',
  });
  expect(again.openid).toBe(grant.openid);
  expect(await oa('sns.userinfo', { access_token: again.access_token, openid: grant.openid })).toMatchObject({ openid: grant.openid });
  const preview = h.control.wxCode(h.official, 'ghost', 'oauth', { snapshot: true });
  expect((await oa('sns.oauth2.access_token', { code: preview, grant_type: 'authorization_code' })).is_snapshotuser).toBe(1);
});

test('mini program: sign-in, phone, codes and links, subscribe messages', async () => {
  const login = h.control.wxCode(h.mini, 'ming', 'js');
  const session = await mp('sns.jscode2session', { js_code: login, grant_type: 'authorization_code' });
  // One owner: the same person in both accounts, under another openid.
  const follower = await oa('user.info', { openid: h.control.wxUser(h.official, 'ming').openid });
  expect(session.unionid).toBe(follower.unionid);
  expect(session.openid).not.toBe(follower.openid);
  expect(await code(mp('sns.jscode2session', { js_code: login, grant_type: 'authorization_code' }))).toBe(40163);
  const phone = await mp('wxa.getuserphonenumber', { code: h.control.wxCode(h.mini, 'ming', 'phone') });
  expect(phone.phone_info.countryCode).toBe('86');
  called.add('wxa.generate_urllink').add('wxa.getwxacodeunlimit');
  expect((await miniLink(h.mp, { path: 'pages/index/index', query: 'k=1', channel: 'ad 1' })).url).toMatch(/\?cq=ad%201$/);
  expect(await code(miniLink(h.mp, { path: 'pages/none' }))).toBe(41030);
  const picture = await miniCode(h.mp, { scene: 'k=tp0000000a', page: 'pages/index/index' });
  expect(picture.contentType).toBe('image/png');
  expect(picture.data.length).toBeGreaterThan(50);
  const touser = session.openid;
  expect(await code(mp('message.subscribe.send', { touser, template_id: 'msub', data }))).toBe(43101);
  h.control.grant(h.mini, 'ming', 'msub');
  await mp('message.subscribe.send', { touser, template_id: 'msub', page: 'pages/index/index?a=1', data });
  expect(await code(mp('message.subscribe.send', { touser, template_id: 'msub', page: 'pages/none', data }))).toBe(41030);
});

test('quotas', async () => {
  h.control.setRules({ wxCallsPerDay: 40 });
  const asked = async () => (await oa('openapi.quota.get', { cgi_path: '/cgi-bin/user/get' })).quota;
  expect((await asked()).daily_limit).toBe(40);
  let refused = 0;
  for (let i = 0; i < 45; i++) if ((await code(oa('user.get', {}))) === 45009) refused += 1;
  expect(refused).toBeGreaterThan(0);
  // The bucket is closed until midnight in Beijing: nothing more is asked of the platform.
  const before = h.control.calls().length;
  const error = await oa('user.get', {}).catch((one: WechatError) => one);
  expect((error as WechatError).retryAt?.toISOString()).toMatch(/T16:00:00.000Z$/);
  expect(h.control.calls().length).toBe(before);
  await oa('clear_quota', { appid: h.official });
  h.control.setRules({ wxCallsPerDay: 1_000_000 });
  // Not for this kind of account: the trace of the refusal can be asked about.
  const failed = (await oa('wxa.generate_urllink', {}).catch((one: WechatError) => one)) as WechatError;
  expect(failed.errcode).toBe(48001);
  expect((await oa('openapi.rid.get', { rid: failed.hint })).request.request_url).toBe('/wxa/generate_urllink');
});

test('every row was called', () => {
  expect((Object.keys(wechatEndpoints) as WechatEndpoint[]).filter((name) => !called.has(name))).toEqual([]);
});

/** How a reaction shows itself: how often the platform is asked, and what the caller gets. */
const shows = ({ class: kind, tries = 1 }: Reaction) => (kind === 'R' ? tries : kind === 'T' ? 2 : 1);

test.each([...wechatReactions.keys()])('error %i: the reaction of the table', async (errcode) => {
  const reaction = reactionTo(errcode, 'clear_quota');
  // An account of its own each time: faults of configuration stay with the credential.
  const appid = `wxerr${String(errcode).replace('-', 'm').padStart(11, '0')}`;
  h.control.createWxAccount({ appid, secret: 's', kind: 'official_account' });
  const client = h.wechat.client({ appId: appid, secret: 's' });
  h.control.setFault({ endpoint: '/cgi-bin/clear_quota', errcode });
  const asked = () => h.control.calls().filter((one) => one.path === '/cgi-bin/clear_quota' && one.errcode === errcode).length;
  const before = asked();
  const outcome = await code(client.call('clear_quota', { appid }));
  expect(outcome).toBe(reaction.class === 'S' ? 0 : errcode);
  expect(asked() - before).toBe(shows(reaction));
  const faulty = reaction.class === 'P';
  expect((await client.faults()).map((one) => one.errcode)).toEqual(faulty ? [errcode] : []);
  // A closed way asks nobody.
  if (faulty || reaction.class === 'W') {
    expect([errcode, 45009]).toContain(await code(client.call('clear_quota', { appid })));
    expect(asked() - before).toBe(shows(reaction));
  }
  h.control.clearFaults();
});
