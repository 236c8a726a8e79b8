import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Json, type Running, running } from '../../test/running.ts';
import { silentLog, systemClock } from '../base/index.ts';
import { createWechatSimulator, openDemoCorp, type WechatSimulator } from '../simulators/wechat/index.ts';
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
