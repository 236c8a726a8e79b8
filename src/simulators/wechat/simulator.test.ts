import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDemoAccounts } from './demo_accounts.ts';
import { openDemoCorp } from './demo_corp.ts';
import { createWechatSimulator } from './simulator.ts';
import { type Reply, type Started, startSimulator, stillClock } from './testkit.ts';

let s: Started;
beforeEach(async () => {
  s = await startSimulator();
});
afterEach(() => s.close());

async function command(name: string, body: unknown = {}, contentType = 'application/json') {
  const answer = await fetch(`${s.url}/_control/${name}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': contentType },
  });
  return { status: answer.status, body: (await answer.json()) as Reply };
}

describe('the control API', () => {
  test('a whole day by JSON alone', async () => {
    const { body: corp } = await command('create-corp', { name: '店' });
    const { corpid } = corp;
    const { body: app } = await command('create-app', { corpid });
    expect(app).toMatchObject({ agentid: 1000002, secret: expect.any(String), customerContact: true });
    await command('add-staff', { corpid, userid: 'li', name: '李' });
    const { body: customer } = await command('add-customer', { corpid, name: '小明' });
    const who = { corpid, external_userid: customer.external_userid };
    expect((await command('add-friend', { ...who, userid: 'li', state: 's1' })).body).toMatchObject({ state: 's1', add_way: 1 });

    const token = (await s.raw('GET', `gettoken?corpid=${corpid}&corpsecret=${app.secret}`)).access_token;
    const task = { external_userid: [customer.external_userid], text: { content: `看 ${s.url}/` } };
    const { msgid } = await s.raw('POST', `externalcontact/add_msg_template?access_token=${token}`, JSON.stringify(task));
    expect((await command('pending-mass', { corpid })).body).toMatchObject([{ msgid, userid: 'li' }]);
    expect((await command('confirm-mass', { corpid, msgid, userid: 'li' })).body).toMatchObject([{ status: 1 }]);
    const { body: inbox } = await command('inbox', who);
    expect((await command('click', { ...who, message: inbox[0].id })).body).toMatchObject({ status: 200, url: `${s.url}/` });
    await command('delete-by-customer', { ...who, userid: 'li' });
    expect((await s.raw('GET', `externalcontact/get?access_token=${token}&external_userid=${customer.external_userid}`)).errcode).toBe(
      84061,
    );
  });

  test('clock, faults, rules, weather', async () => {
    expect((await command('set-clock', { now: '2026-01-01T00:00:00Z' })).body).toEqual({ now: '2026-01-01T00:00:00.000Z' });
    expect((await command('advance', { ms: 1500 })).body).toEqual({ now: '2026-01-01T00:00:01.500Z' });
    await command('fault', { endpoint: 'getcallbackip', errcode: 45009, times: 1 });
    expect((await s.get('getcallbackip')).errcode).toBe(45009);
    expect((await command('rules', { dispatchMs: 5 })).body).toMatchObject({ dispatchMs: 5, tokenLifeMs: 7200_000 });
    expect((await command('weather', { loss: 0.1 })).body).toMatchObject({ loss: 0.1, tries: 3 });
    expect((await command('calls')).body.at(-1)).toMatchObject({ path: '/cgi-bin/getcallbackip', errcode: 45009 });
    expect((await command('reset')).status).toBe(200);
    expect((await s.raw('GET', `gettoken?corpid=${s.corpid}&corpsecret=secret-one`)).errcode).toBe(40013);
  });

  test('wrong use is named', async () => {
    expect(await command('add-staff', { corpid: 'wwnone', userid: 'a', name: 'a' })).toEqual({
      status: 400,
      body: { error: 'no such corp', field: 'corpid' },
    });
    expect(await command('add-staff', { corpid: s.corpid, name: 'a' })).toMatchObject({ status: 400, body: { field: 'userid' } });
    expect((await command('nothing')).status).toBe(404);
    expect((await command('reset', {}, 'text/plain')).status).toBe(415);
    const broken = await fetch(`${s.url}/_control/reset`, { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } });
    expect(broken.status).toBe(400);
  });
});

describe('pages to play by hand', () => {
  const open = async (path: string) => {
    const answer = await fetch(s.url + path);
    return { status: answer.status, text: await answer.text() };
  };
  const play = (deed: string, form: Record<string, string>) =>
    fetch(`${s.url}/play/${deed}`, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });

  test('a customer joins, gets a message, opens it, leaves; a member confirms', async () => {
    const joined = await play('join', { corp: s.corpid, name: '<b>小明</b>', way: 'staff:li' });
    const here = joined.headers.get('location') ?? '';
    expect((await open(here)).text).toContain('&lt;b&gt;小明&lt;/b&gt;');
    const id = new URL(here, s.url).searchParams.get('id') ?? '';
    const { msgid } = await s.contact('add_msg_template', { external_userid: [id], text: { content: `上新 ${s.url}/` } });
    const staffPage = `/staff?corp=${s.corpid}&id=li`;
    expect((await open(staffPage)).text).toContain('上新');
    expect((await play('confirm', { corp: s.corpid, msgid, userid: 'li', back: staffPage })).headers.get('location')).toBe(staffPage);
    const [message] = s.control.inbox(s.corpid, id);
    await play('click', { corp: s.corpid, id, message: message?.id ?? '', url: `${s.url}/`, back: here });
    expect(message?.clicks).toMatchObject([{ status: 200 }]);
    expect((await open(here)).text).toContain('已打开');
    expect((await play('leave', { corp: s.corpid, id, userid: 'li', back: '//evil' })).headers.get('location')).toBe('/');
    expect((await play('leave', { corp: s.corpid, id, userid: 'li' })).status).toBe(400);
    expect((await open('/')).text).toContain('企业微信模拟器');
    expect((await open(`/avatar/${s.corpid}/${id}.svg`)).text).toContain('<svg');
    expect((await open('/nowhere')).status).toBe(404);
  });

  test('a follower scans, writes, taps, agrees, is paid, leaves', async () => {
    const { official: appid, mchid } = openDemoAccounts(s.simulator);
    const account = s.control.wxAccounts().find((one) => one.appid === appid)!;
    const far = { createdAt: 0, expiresAt: Number.MAX_SAFE_INTEGER, permanent: true, url: '' };
    account.scenes.set('T', { ...far, ticket: 'T', scene: '<poster>' });
    expect((await open('/accounts')).text).toContain('扫码 &lt;poster&gt;');
    const me = { appid, person: '<b>小明</b>' };
    const here = (await play('wx-come', { ...me, ticket: 'T' })).headers.get('location') ?? '';
    expect((await open(here)).text).toContain('已关注（扫码 &lt;poster&gt;）');
    await play('wx-write', { ...me, text: '在吗', back: here });
    await play('wx-menu', { ...me, key: 'sale', back: here });
    await play('wx-grant', { ...me, template: 'demo-news', accept: '1', back: here });
    const user = s.control.wxUser(appid, me.person);
    expect([user.talk?.left, user.touch?.left]).toEqual([5, 3]);
    expect((await open(here)).text).toContain('可发 1 次');
    const { transfers } = s.control.pay.merchant(mchid);
    const shared = { appid, openid: user.openid, transfer_amount: 88, transfer_remark: '红包', transfer_scene_id: '1000', asked: '' };
    const times = { package_info: '', createdAt: s.clock.ms(), updatedAt: s.clock.ms() };
    transfers.set('B1', { ...shared, ...times, out_bill_no: 'B1', transfer_bill_no: 'T1', state: 'WAIT_USER_CONFIRM' });
    expect((await open(here)).text).toContain('¥0.88');
    await play('wx-receive', { mchid, no: 'B1', back: here });
    expect(transfers.get('B1')?.state).toBe('SUCCESS');
    await play('wx-leave', { ...me, back: here });
    expect((await open(here)).text).toContain('未关注');
    expect((await play('wx-scan', { ...me, ticket: 'none' })).status).toBe(400);
    expect((await play('wx-balance', { mchid, yuan: '12.5', back: '//evil' })).headers.get('location')).toBe('/accounts');
    expect((await open('/accounts')).text).toContain('¥12.50');
  });
});

describe('kept in a file', () => {
  test('a restart finds everything, and makes no id twice', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
    const file = join(folder, 'world.json');
    const first = createWechatSimulator({ clock: stillClock(), file, seed: 'same' });
    const { corpid } = openDemoCorp(first);
    const customer = first.control.addCustomer(corpid, { name: '小明', shopUserId: 'u1' });
    first.control.addFriend({ corpid, userid: 'lixiaoyu', external_userid: customer.external_userid, state: 'x' });
    await first.close();

    const second = createWechatSimulator({ clock: stillClock(), file, seed: 'same' });
    expect(second.restored).toBe(true);
    openDemoCorp(second);
    expect(second.control.corp(corpid)?.customers.get(customer.external_userid)).toEqual(customer);
    expect(second.control.corp(corpid)?.relations.get(customer.external_userid)?.get('lixiaoyu')?.state).toBe('x');
    expect(second.control.addCustomer(corpid, { name: '小红' }).external_userid).not.toBe(customer.external_userid);
    await second.close();
    rmSync(folder, { recursive: true });
  });

  test('an unreadable file is put aside', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
    const file = join(folder, 'world.json');
    writeFileSync(file, '{"corps": ');
    const simulator = createWechatSimulator({ file });
    expect(simulator.restored).toBe(false);
    await simulator.close();
    expect(existsSync(`${file}.unreadable`)).toBe(true);
    rmSync(folder, { recursive: true });
  });
});
