import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Started, startSimulator } from '../testkit.ts';

let s: Started;
beforeEach(async () => {
  s = await startSimulator();
});
afterEach(() => s.close());

describe('the token', () => {
  test('lives 7200 s, and is the same while it lives', async () => {
    const first = await s.raw('GET', `gettoken?corpid=${s.corpid}&corpsecret=secret-one`);
    expect(first).toMatchObject({ errcode: 0, errmsg: 'ok', expires_in: 7200 });
    s.control.advance(7199_000);
    expect(await s.raw('GET', `gettoken?corpid=${s.corpid}&corpsecret=secret-one`)).toMatchObject({
      access_token: first.access_token,
      expires_in: 1,
    });
    expect((await s.raw('GET', `getcallbackip?access_token=${first.access_token}`)).errcode).toBe(0);
    s.control.advance(1000);
    expect((await s.raw('GET', `getcallbackip?access_token=${first.access_token}`)).errcode).toBe(42001);
    expect(await s.token()).not.toBe(first.access_token);
  });

  test.each([
    ['missing', '', 41001],
    ['bad', '?access_token=nonsense', 40014],
  ])('%s', async (_name, query, code) => {
    const answer = await s.raw('GET', `externalcontact/list${query}`);
    expect(answer.errcode).toBe(code);
    expect(answer.external_userid).toEqual([]);
    expect(answer.errmsg).toMatch(/, hint: \[\d+_1_[0-9a-f]{32}\], from ip: .+, more info at https:.+\?e=\d+$/);
  });

  test.each([
    ['corpid missing', 'corpsecret=x', 41002],
    ['corpid unknown', 'corpid=wwnobody&corpsecret=x', 40013],
    ['secret missing', 'corpid=wwtest0000000001', 41004],
    ['secret wrong', 'corpid=wwtest0000000001&corpsecret=x', 40001],
  ])('%s', async (_name, query, code) => expect((await s.raw('GET', `gettoken?${query}`)).errcode).toBe(code));

  test('dies early on demand', async () => {
    const token = await s.token();
    s.control.killTokens(s.corpid, s.app.agentid);
    expect((await s.raw('GET', `getcallbackip?access_token=${token}`)).errcode).toBe(40014);
    expect(await s.token()).not.toBe(token);
  });

  test('too many wrong secrets lock the door for an hour', async () => {
    s.control.setRules({ tokenFailuresPerHour: 3 });
    for (let i = 0; i < 3; i++) await s.raw('GET', `gettoken?corpid=${s.corpid}&corpsecret=x`);
    expect((await s.raw('GET', `gettoken?corpid=${s.corpid}&corpsecret=secret-one`)).errcode).toBe(45009);
    s.control.advance(3600_000);
    expect((await s.raw('GET', `gettoken?corpid=${s.corpid}&corpsecret=secret-one`)).errcode).toBe(0);
  });

  test('belongs to one app: what another app may do, it may not', async () => {
    s.control.createApp({ corpid: s.corpid, agentid: 2, secret: 'two', customerContact: false });
    s.control.createApp({ corpid: s.corpid, agentid: 3, secret: 'three', visible: ['wang'] });
    s.control.createApp({ corpid: s.corpid, agentid: 4, secret: 'four', trustedIps: ['10.0.0.1'] });
    const id = s.friend('li');
    const ask = async (secret: string, path: string) => s.raw('GET', `${path}&access_token=${await s.token(secret)}`);
    expect((await ask('two', 'externalcontact/list?userid=li')).errcode).toBe(48002);
    expect((await ask('three', 'externalcontact/list?userid=li')).errcode).toBe(60011);
    expect((await ask('three', `externalcontact/get?external_userid=${id}`)).errcode).toBe(84061);
    expect((await ask('four', 'externalcontact/list?userid=li')).errcode).toBe(60020);
  });
});

describe('manners', () => {
  test('unreadable JSON is not refused: fields look missing and the text warns', async () => {
    const token = await s.token();
    const answer = await s.raw('POST', `externalcontact/remark?access_token=${token}`, '{"userid": ');
    expect(answer.errcode).toBe(41009);
    expect(answer.errmsg).toMatch(/^Warning: wrong json format\. /);
    const fine = await s.raw('POST', `externalcontact/get_corp_tag_list?access_token=${token}`, 'tags please');
    expect(fine).toMatchObject({ errcode: 0, errmsg: 'ok, Warning: wrong json format. ', tag_group: [] });
  });

  test('wrong method and unknown path', async () => {
    expect((await s.post('externalcontact/list', {})).errcode).toBe(43001);
    expect((await s.get('externalcontact/mark_tag')).errcode).toBe(43002);
    expect((await s.get('externalcontact/nothing')).errcode).toBe(40066);
  });

  test('over 10 000 calls a minute the API shuts for that minute', async () => {
    s.control.setRules({ callsPerMinute: 2 });
    const codes = [];
    for (let i = 0; i < 3; i++) codes.push((await s.get('externalcontact/get_follow_user_list')).errcode);
    expect(codes).toEqual([0, 0, 45009]);
    expect((await s.get('getcallbackip')).errcode).toBe(0);
    s.control.advance(59_000);
    expect((await s.get('externalcontact/get_follow_user_list')).errcode).toBe(45009);
    s.control.advance(1000);
    expect((await s.get('externalcontact/get_follow_user_list')).errcode).toBe(0);
  });

  test('debug=1 allows five a minute', async () => {
    const codes = [];
    for (let i = 0; i < 6; i++) codes.push((await s.get('externalcontact/get_follow_user_list?debug=1')).errcode);
    expect(codes).toEqual([0, 0, 0, 0, 0, 45009]);
  });
});

describe('injected faults', () => {
  test('an errcode so many times, then all is well', async () => {
    s.control.setFault({ endpoint: 'externalcontact/get_follow_user_list', errcode: -1, times: 2 });
    const codes = [];
    for (let i = 0; i < 3; i++) codes.push((await s.get('externalcontact/get_follow_user_list')).errcode);
    expect(codes).toEqual([-1, -1, 0]);
  });

  test('work done and answer lost', async () => {
    const id = s.friend();
    s.control.setFault({ endpoint: 'externalcontact/add_msg_template', drop: true, when: 'after', times: 1 });
    const body = { external_userid: [id], text: { content: '你好' } };
    await expect(s.contact('add_msg_template', body)).rejects.toThrow();
    expect(s.corp.massTasks.size).toBe(1);
  });

  test('HTTP status and a cut line before any work', async () => {
    s.control.setFault({ endpoint: '*', httpStatus: 502, times: 1 });
    await expect(s.raw('GET', 'getcallbackip')).rejects.toThrow('502');
    s.control.setFault({ endpoint: '*', drop: true, times: 1 });
    await expect(s.raw('GET', 'getcallbackip')).rejects.toThrow();
    s.control.setFault({ endpoint: '*', errcode: 40014, rate: 0 });
    expect(await s.token()).toBeTruthy();
    s.control.clearFaults();
    expect(s.control.faults()).toEqual([]);
  });
});

describe('identity', () => {
  test('tickets and OAuth codes', async () => {
    expect(await s.get('get_jsapi_ticket')).toMatchObject({ errcode: 0, expires_in: 7200 });
    expect((await s.get('ticket/get?type=agent_config')).ticket).not.toBe((await s.get('get_jsapi_ticket')).ticket);
    const code = s.control.oauthCode(s.corpid, { userid: 'li' });
    const who = await s.get(`auth/getuserinfo?code=${code}`);
    expect(who.userid).toBe('li');
    expect((await s.post('auth/getuserdetail', { user_ticket: who.user_ticket })).userid).toBe('li');
    expect((await s.get(`auth/getuserinfo?code=${code}`)).errcode).toBe(40029);
    const late = s.control.oauthCode(s.corpid, { external_userid: 'wmx' });
    s.control.advance(300_000);
    expect((await s.get(`auth/getuserinfo?code=${late}`)).errcode).toBe(40029);
  });
});
