import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Json, type Running, running } from '../../test/running.ts';
import { silentLog, systemClock } from '../base/index.ts';
import { doorGraph } from '../console/journeys/starters.ts';
import { createWechatSimulator, openDemoCorp, type WechatSimulator } from '../simulators/wechat/index.ts';
import { createSignIn } from './door/sign-in.ts';
import { watch } from './watch.ts';

/** Codes at the platform, from the first to the last: made, used, changed, renewed and taken away, by the public doors alone. */
let y: Running;
let simulator: WechatSimulator;
let corpid: string;
let customer: string;
const oa = 'wxofficial000001';
const mini = 'wxmini0000000001';

beforeAll(async () => {
  simulator = createWechatSimulator({ clock: systemClock, log: silentLog, seed: 'codes' });
  const base = await simulator.listen();
  y = await running({ env: { WECOM_BASE_URL: base, WECHAT_BASE_URL: base } });
  const { control } = simulator;
  control.setRules({ groupLagMs: 0, relationLagMs: 0 });
  const demo = openDemoCorp(simulator);
  corpid = demo.corpid;
  const keys = { token: 'a token of the tests', encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' };
  const save = async (kind: string, settings: Json): Promise<string> =>
    (await y.call({ method: 'PUT', path: `/api/channels/${kind}`, body: { ...settings, ...keys } })).body.id;
  const wecom = await save('wecom', { corpId: corpid, agentId: demo.agentid, secret: demo.secret });
  await control.setCallback({ corpid, agentid: demo.agentid, url: `${y.url}/wecom/callback/${wecom}`, ...keys });
  control.createWxAccount({ appid: oa, secret: 'official-secret', kind: 'official_account' });
  control.createWxAccount({ appid: mini, secret: 'mini-secret', kind: 'mini_program' });
  const official = await save('official_account', { appId: oa, secret: 'official-secret' });
  await control.setWxCallback(oa, { url: `${y.url}/wechat/callback/${official}`, ...keys });
  await save('mini_program', { appId: mini, secret: 'mini-secret' });
  ({ external_userid: customer } = control.addCustomer(corpid, { name: '小明' }));
});
afterAll(async () => {
  expect(y.errors).toEqual([]);
  await y?.close();
  await simulator?.close();
});

const make = async (body: Json): Promise<Json> => {
  const { status, body: made } = await y.post('/api/touchpoints', body);
  expect([status, made.errors, made.fault]).toEqual([201, undefined, null]);
  return made;
};
const patch = (id: string, body: Json) => y.call({ method: 'PATCH', path: `/api/touchpoints/${id}`, body });
const close = async (id: string) => expect((await y.call({ method: 'DELETE', path: `/api/touchpoints/${id}` })).status).toBe(204);
const openDoor = (path: string, cookie: string) =>
  y.get(path, { key: null, headers: { 'user-agent': 'Mozilla/5.0 (iPhone) MicroMessenger/8.0.50', cookie } });
const corp = () => simulator.control.corp(corpid)!;
const wayOf = (state: string) => [...corp().contactWays.values()].find((way) => way.state === state);
const joinOf = (state: string) => [...corp().joinWays.values()].find((way) => way.state === state);
const accountOf = (appid: string) => simulator.control.wxAccounts().find((one) => one.appid === appid)!;
const figures = async (id: string) => {
  await simulator.control.settle();
  await y.system.settle();
  return (await y.get(`/api/touchpoints/figures?ids=${id}`)).body.items[0] as Json;
};

it('staff: who becomes a friend by the code is known, a change keeps what is printed, and a closed door is closed at the platform too', async () => {
  const point = await make({ kind: 'channel_code', name: '店长码', provide: { userIds: ['lixiaoyu'] } });
  const way = wayOf(point.key)!;
  expect([way.user, point.content]).toEqual([['lixiaoyu'], `https://work.weixin.qq.com/ca/${way.config_id}`]);
  simulator.control.scan({ corpid, config_id: way.config_id, external_userid: customer });
  expect(await figures(point.id)).toMatchObject({ friends: 1 });
  const staff = [...corp().staff.keys()].slice(0, 2);
  expect((await patch(point.id, { provide: { userIds: staff } })).body.fault).toBeNull();
  expect(wayOf(point.key)).toMatchObject({ config_id: way.config_id, user: staff });
  // What the platform will not have is said, and the code stays as it was.
  expect((await patch(point.id, { provide: { userIds: ['nobody'] } })).body.fault).toContain('update_contact_way');
  expect(wayOf(point.key)!.user).toEqual(staff);
  // A platform that fails at the moment is asked again.
  simulator.control.setFault({ endpoint: 'externalcontact/del_contact_way', errcode: 40058, times: 1 });
  await close(point.id);
  expect(wayOf(point.key)).toBeDefined();
  await y.system.touchpoints.tend([{ no: 1 }]);
  expect(wayOf(point.key)).toBeUndefined();
});

it('staff: a code that the platform made and nobody wrote down is found by its state, and used or taken away', async () => {
  const waysOf = (state: string) => [...corp().contactWays.values()].filter((way) => way.state === state);
  const unheard = () => simulator.control.setFault({ endpoint: 'externalcontact/add_contact_way', drop: true, when: 'after', times: 1 });
  const body = (name: string) => ({ kind: 'channel_code', name, provide: { userIds: ['lixiaoyu'] } });
  unheard();
  const used = (await y.post('/api/touchpoints', body('没听到的码'))).body;
  expect([used.fault !== null, waysOf(used.key).length]).toEqual([true, 1]);
  await y.system.touchpoints.tend([{ no: 1 }]);
  const [way] = waysOf(used.key);
  expect((await y.get(`/api/touchpoints/${used.id}`)).body).toMatchObject({
    fault: null,
    content: `https://work.weixin.qq.com/ca/${way!.config_id}`,
  });
  expect(waysOf(used.key)).toHaveLength(1);

  unheard();
  const closed = (await y.post('/api/touchpoints', body('没人要的码'))).body;
  await close(closed.id);
  expect(waysOf(closed.key)).toHaveLength(1);
  await y.system.touchpoints.tend([{ no: 1 }]);
  expect([waysOf(closed.key), waysOf(used.key).length]).toEqual([[], 1]);
  expect(await y.system.pg.query('SELECT 1 FROM touchpoint_makings')).toEqual([]);
  await close(used.id);
});

it('groups: the same, and a live code keeps the codes of its targets in step with what it states', async () => {
  const [a, b] = ['一群', '二群'].map((name) => simulator.control.createGroup({ corpid, name, owner: 'lixiaoyu' }).chat_id);
  const point = await make({ kind: 'group_code', name: '福利群', provide: { chatIds: [a] } });
  const join = joinOf(point.key)!;
  simulator.control.scanGroup({ corpid, config_id: join.config_id, external_userid: customer });
  expect(await figures(point.id)).toMatchObject({ joins: 1 });
  await patch(point.id, { provide: { chatIds: [b] } });
  expect(joinOf(point.key)).toMatchObject({ config_id: join.config_id, chat_id_list: [b] });
  await close(point.id);
  expect(joinOf(point.key)).toBeUndefined();

  const target = (no: number, chat: string | undefined) => ({ no, kind: 'group', name: `群${no}`, chatIds: [chat] });
  const staff = { no: 3, kind: 'staff', name: '顾问', userIds: ['lixiaoyu'] };
  const live = await make({
    kind: 'live_code',
    name: '门店活码',
    code: { strategy: 'turn', targets: [target(1, a), target(2, b), staff] },
  });
  const [first, third] = [joinOf(`${live.key}.1`)!, wayOf(`${live.key}.3`)!];
  expect([first.chat_id_list, joinOf(`${live.key}.2`)!.chat_id_list, third.user]).toEqual([[a], [b], ['lixiaoyu']]);
  // One target leads elsewhere, one is gone, one is another kind now.
  const targets = [target(1, b), { no: 3, kind: 'url', name: '留言', url: 'https://example.com/note' }];
  await patch(live.id, { code: { strategy: 'turn', targets } });
  expect(joinOf(`${live.key}.1`)).toMatchObject({ config_id: first.config_id, chat_id_list: [b] });
  expect([joinOf(`${live.key}.2`), wayOf(`${live.key}.3`)]).toEqual([undefined, undefined]);
  expect((await y.get(`/api/touchpoints/${live.id}/code`)).body.targets.map((t: Json) => [t.no, t.state])).toEqual([
    [1, 'ready'],
    [3, 'ready'],
  ]);
  await close(live.id);
  expect(joinOf(`${live.key}.1`)).toBeUndefined();
});

it('official account: followers by scene; those that die are told and made anew, and the quota of the others is watched', async () => {
  const account = accountOf(oa);
  const point = await make({ kind: 'oa_code', name: '包装盒', provide: {} });
  const [scene] = [...account.scenes.values()].filter((s) => s.scene === point.key);
  expect([scene!.permanent, point.content]).toEqual([true, scene!.url]);
  simulator.control.scanScene(oa, '小红', scene!.ticket);
  expect(await figures(point.id)).toMatchObject({ people: 1 });

  const short = await make({ kind: 'oa_code', name: '快闪', provide: { temporary: true } });
  const days = (Date.parse(short.expiresAt) - systemClock.ms()) / 86_400_000;
  expect(Math.round(days)).toBe(30);
  const { pg } = y.system;
  await pg.query("UPDATE touchpoints SET expires_at = now() + interval '5 hours' WHERE id = $1", [short.id]);
  const warned = async () =>
    ((await y.get('/api/touchpoints/warnings')).body.items as Json[]).map((w) => [w.touchpointId, w.what, w.number]);
  expect(await warned()).toContainEqual([short.id, 'expires_soon', null]);
  const again = (await y.post(`/api/touchpoints/${short.id}/provision`)).body;
  expect([again.content === short.content, Date.parse(again.expiresAt) > systemClock.ms() + 29 * 86_400_000]).toEqual([false, true]);
  // A scene that lasts stays on the quota for good, also when its door is closed.
  await close(point.id);
  const limits = [{ ways: ['scene' as const], most: 1, source: '', asOf: '' }];
  expect(await watch(y.system, 1, limits)).toContainEqual(expect.objectContaining({ touchpointId: point.id, what: 'quota', number: 0 }));
  expect((await warned()).map(([, what]) => what)).not.toContain('quota');
});

it('mini program: a link outside WeChat is renewed before it dies, behind an address that stays', async () => {
  const point = await make({ kind: 'mini_link', name: '短信', provide: { page: 'pages/index/index' } });
  expect(point.content).toBe(`${y.system.publicUrl}/s/${point.key}`);
  const follow = async () =>
    (await y.get(`/s/${point.key}`, { key: null, headers: { 'user-agent': 'Mozilla/5.0' } })).headers.get('location')!;
  const before = await follow();
  const linkOf = (url: string) => accountOf(mini).links.get(url.split('/').at(-1)!);
  expect(linkOf(before)).toMatchObject({ path: 'pages/index/index', query: `scene=${point.key}` });
  await y.system.touchpoints.tend([{ no: 1 }]);
  expect(await follow()).toBe(before);
  await y.system.pg.query("UPDATE touchpoint_codes SET expires_at = now() + interval '2 days' WHERE touchpoint_id = $1", [point.id]);
  await y.system.touchpoints.tend([{ no: 1 }]);
  const after = await follow();
  expect([after === before, linkOf(after)!.query]).toEqual([false, `scene=${point.key}`]);
  await y.send('track', { event: 'Mini Program Opened', anonymousId: 'm1', properties: { state: point.key } });
  expect(await figures(point.id)).toMatchObject({ scans: 4, people: 4 });
  const code = await make({ kind: 'mini_code', name: '桌贴', provide: { page: 'pages/index/index' } });
  expect((await y.get(`/api/touchpoints/${code.id}/picture`)).type).toBe('image/png');
});

it('inside WeChat who scans is known without a word, once for each phone, and nobody by a code that is not theirs', async () => {
  const set = (body: Json) => y.call({ method: 'PUT', path: '/api/touchpoint-settings', body });
  expect((await set({ knowInWechat: true, domainFile: 'x.txt' })).body.errors[0].field).toBe('domainFile');
  expect((await set({ knowInWechat: true, domainFile: 'MP_verify_aB3.txt' })).status).toBe(200);
  expect((await y.get('/MP_verify_aB3.txt', { key: null })).body).toBe('aB3');
  expect((await y.get('/MP_verify_aB4.txt', { key: null })).status).toBe(404);
  const targets = [{ no: 1, kind: 'group', name: '群', content: 'https://work.weixin.qq.com/gm/known' }];
  const live = await make({ kind: 'live_code', name: '认得出', code: { targets } });
  const jar = new Map<string, string>();
  const open = async (path: string) => {
    const answer = await openDoor(path, [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    for (const line of answer.headers.getSetCookie()) jar.set(line.split('=')[0]!, /=([^;]*)/.exec(line)![1]!);
    return answer;
  };
  const sent = new URL((await open(`/c/${live.key}`)).headers.get('location')!);
  expect([sent.pathname, sent.searchParams.get('scope'), sent.hash]).toEqual([
    '/connect/oauth2/authorize',
    'snsapi_base',
    '#wechat_redirect',
  ]);
  const back = new URL(sent.searchParams.get('redirect_uri')!);
  expect(back.href).toBe(`${y.system.publicUrl}/c/${live.key}`);
  // A code that somebody else slips in is not looked at; the page is there all the same.
  const theirs = simulator.control.wxCode(oa, '骗子', 'oauth', { scope: 'snsapi_base' });
  const stranger = await openDoor(`/c/${live.key}?code=${theirs}&state=guess`, 'yt_n=other');
  expect([stranger.status, stranger.headers.getSetCookie().some((line) => line.startsWith('yt_w1=0'))]).toEqual([200, true]);
  const code = simulator.control.wxCode(oa, '小红', 'oauth', { scope: 'snsapi_base' });
  expect((await open(`/c/${live.key}?code=${code}&state=${sent.searchParams.get('state')}`)).body).toContain('长按识别二维码');
  expect(jar.get('yt_w1')).toBe('1');
  // Another workspace at the same address has an account of its own, and asks as well.
  const door = createSignIn({ ...y.system, platform: { signInAt: async () => 'https://open.weixin.qq.com/' }, log: silentLog } as never);
  const headers = { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '), 'user-agent': 'MicroMessenger' };
  const asks = async (ws: number) =>
    (await door(ws, { path: '/c/x', headers }, { visitor: 'v', fresh: false, counted: true })) !== undefined;
  expect([await asks(1), await asks(2)]).toEqual([false, true]);
  expect((await open(`/c/${live.key}`)).status).toBe(200);
  expect(await figures(live.id)).toMatchObject({ scans: 3, people: 2 });
  const { openid, person } = simulator.control.wxUser(oa, '小红');
  const known = await y.person(`wechat_openid:${oa}:${openid}`);
  expect([person, known.identities.map((i: Json) => i.type).sort()]).toEqual(['小红', ['anonymous_id', 'wechat_openid', 'wechat_unionid']]);
  // Elsewhere, and in WeCom, nobody is sent round.
  expect((await y.get(`/c/${live.key}`, { key: null, headers: { 'user-agent': 'Mozilla/5.0 wxwork MicroMessenger' } })).status).toBe(200);
});

it.each([
  ['group_coupon_order', ['Order Completed'], ['Order Completed']],
  ['group_content_app', ['Application Installed'], ['Invite Accepted']],
] as const)('the ready way after a door runs: %s', async (key, within, goal) => {
  const point = await make({ kind: 'channel_code', name: key, provide: { userIds: ['lixiaoyu'] } });
  const { id: contentId } = (
    await y.post('/api/content', { name: key, body: '给你的：{{ link }}', link: { url: 'https://example.com/gift' } })
  ).body;
  const graph = doorGraph(key, point.id);
  const nodes = graph.nodes.map((node) => (node.type === 'send' ? { ...node, contentId } : node));
  const journey = (await y.post('/api/journeys', { name: key, purpose: 'convert', graph: { ...graph, nodes } })).body;
  expect([journey.errors, (await y.post(`/api/journeys/${journey.id}/launch`)).status]).toEqual([undefined, 200]);
  const who = simulator.control.addCustomer(corpid, { name: key }).external_userid;
  simulator.control.scan({ corpid, config_id: wayOf(point.key)!.config_id, external_userid: who });
  expect(await figures(point.id)).toMatchObject({ friends: 1 });
  const did = async (events: readonly string[]) => {
    const context = { externalIds: [{ type: 'wecom_external_userid', id: `${corpid}:${who}`, collection: 'users', encoding: 'none' }] };
    for (const event of events) await y.send('track', { event, messageId: `${key}-${event}`, context, properties: {} });
    await y.system.settle();
  };
  const pass = async () =>
    (
      await y.system.pg.query<Json>(
        'SELECT p.node, p.left_at, p.converted_at FROM journey_people p JOIN journeys j ON j.no = p.journey_no WHERE j.id = $1',
        [journey.id],
      )
    )[0];
  expect(await pass()).toMatchObject({ node: 'wait-1', left_at: null });
  await did(within);
  await y.system.pg.query("UPDATE journey_people SET due_at = now() - interval '1 second' WHERE due_at IS NOT NULL");
  await y.system.settle();
  await did(goal);
  const [after, results] = [await pass(), (await y.get(`/api/journeys/${journey.id}/results`)).body];
  expect([after!.left_at !== null, after!.converted_at !== null]).toEqual([true, true]);
  expect(results.nodes.find((n: Json) => n.id === 'send-2')).toMatchObject({ entered: 0 });
});
