import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../test/kit.ts';
import { type Fixture, fixture, HOST, OWNER } from './fixture.ts';

describe('signing in', () => {
  let f: Fixture;
  beforeAll(async () => {
    f = await fixture(await testDatabase());
  });
  afterAll(() => f.close());

  const attempt = (email: string, password: string, headers: Record<string, string> = {}, remoteAddress = '10.0.0.1') =>
    f.app.inject({ method: 'POST', url: '/api/auth/sign-in/email', payload: { email, password }, headers, remoteAddress });

  it('opens a session by an httpOnly cookie and closes it', async () => {
    const answer = await attempt(' OWNER@example.com', OWNER.password);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ user: { id: expect.stringMatching(/^usr_/), email: OWNER.email, name: 'owner' } });
    expect(answer.cookies).toHaveLength(1);
    expect(answer.cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
    expect(answer.cookies[0]!.secure).toBeUndefined();

    const cookie = await f.signIn(OWNER.email, OWNER.password);
    const me = await f.as(cookie, 'GET', '/api/me');
    expect(me.json()).toMatchObject({
      user: { email: OWNER.email },
      workspaces: [{ id: f.workspaceId, role: 'owner', timezone: 'Asia/Shanghai', currency: 'CNY' }],
      workspace: { id: f.workspaceId, role: 'owner' },
      permissions: expect.arrayContaining(['people.read', 'members.write']),
    });
    expect(JSON.stringify(me.json())).not.toContain('"no"');
    expect((await f.as(cookie, 'POST', '/api/auth/sign-out')).statusCode).toBe(200);
    expect((await f.as(cookie, 'GET', '/api/me')).statusCode).toBe(401);
  });

  it('answers a wrong password and an unknown address alike', async () => {
    const wrong = await attempt(OWNER.email, 'wrong password');
    const unknown = await attempt('nobody@example.com', 'wrong password');
    expect(wrong.statusCode).toBe(401);
    expect(wrong.headers['content-type']).toContain('application/problem+json');
    expect(unknown.json()).toEqual(wrong.json());
    expect(wrong.cookies).toEqual([]);
  });

  it('names the field of a bad request', async () => {
    const answer = await attempt('not an address', '');
    expect(answer.statusCode).toBe(400);
    expect(
      answer
        .json()
        .errors.map((e: { field: string }) => e.field)
        .sort(),
    ).toEqual(['email', 'password']);
    const nothing = await f.app.inject({ method: 'POST', url: '/api/auth/sign-in/email' });
    expect(nothing.statusCode).toBe(400);
  });

  it('stops guessing after five failures for five minutes, at one account from one address', async () => {
    const ip = '10.0.0.2';
    const first = await Promise.all(Array.from({ length: 9 }, () => attempt(OWNER.email, 'guess', {}, ip)));
    expect(first.filter((a) => a.statusCode === 401)).toHaveLength(5);
    const refused = first.find((a) => a.statusCode === 429)!;
    expect(refused.headers['retry-after']).toBe('300');
    expect((await attempt(OWNER.email, OWNER.password, {}, ip)).statusCode).toBe(429);
    expect((await attempt(OWNER.email, OWNER.password, {}, '10.0.0.3')).statusCode).toBe(200);
    f.clock.advance(5 * 60_000);
    expect((await attempt(OWNER.email, OWNER.password, {}, ip)).statusCode).toBe(200);
  });

  it('stops an address that tries many accounts, and never counts what was right', async () => {
    const guess = (account: string, ip: string, right: boolean) =>
      f.access.attempts.guard({ account, ip }, () => (right ? Promise.resolve('in') : Promise.reject(new Error('wrong'))));
    for (let i = 0; i < 40; i++) expect(await guess('office', '10.0.0.5', true)).toEqual({ done: 'in' });
    for (let i = 0; i < 30; i++) await expect(guess(`who${i}`, '10.0.0.4', false)).rejects.toThrow('wrong');
    expect(await guess('who31', '10.0.0.4', true)).toEqual({ waitSeconds: 300 });
    f.clock.advance(299_001);
    expect(await guess('who31', '10.0.0.4', true)).toEqual({ waitSeconds: 1 });
    f.clock.advance(1_000);
    expect(await guess('who31', '10.0.0.4', true)).toEqual({ done: 'in' });
  });

  it('offers no sign-up and nothing else of the library', async () => {
    for (const url of ['/api/auth/sign-up/email', '/api/auth/update-user', '/api/auth/delete-user', '/api/auth/request-password-reset']) {
      const payload = { email: 'new@example.com', password: 'a new password', name: 'New' };
      expect((await f.app.inject({ method: 'POST', url, payload })).statusCode).toBe(404);
    }
  });

  it('changes the own password and ends the other sessions', async () => {
    const old = await f.signIn(OWNER.email, OWNER.password);
    const here = await f.signIn(OWNER.email, OWNER.password);
    const change = (currentPassword: string, newPassword: string) =>
      f.as(here, 'POST', '/api/auth/change-password', { currentPassword, newPassword });
    const wrong = await change('not it', 'battery staple');
    expect(wrong.statusCode).toBe(400);
    expect(wrong.json().errors[0].field).toBe('currentPassword');
    expect((await change(OWNER.password, 'short')).json().errors[0].field).toBe('newPassword');
    const changed = await change(OWNER.password, 'battery staple');
    expect(changed.statusCode).toBe(200);
    const renewed = changed.cookies.map((c) => `${c.name}=${encodeURIComponent(c.value)}`).join('; ');
    expect((await f.as(renewed, 'GET', '/api/me')).statusCode).toBe(200);
    expect((await f.as(old, 'GET', '/api/me')).statusCode).toBe(401);
    expect((await attempt(OWNER.email, OWNER.password)).statusCode).toBe(401);
    expect((await attempt(OWNER.email, 'battery staple')).statusCode).toBe(200);
  });

  it('refuses changes that another site makes the browser send', async () => {
    const cookie = await f.signIn(OWNER.email, 'battery staple');
    const change = (headers: Record<string, string>) =>
      f.app.inject({ method: 'PATCH', url: '/api/workspace', payload: { name: 'Ours' }, headers: { host: HOST, cookie, ...headers } });
    const refused = await change({});
    expect(refused.statusCode).toBe(403);
    expect(refused.json().type).toBe('urn:yutang:problem:foreign_origin');
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://${HOST}.evil.example` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: `http://${HOST}` },
      { 'sec-fetch-site': 'none' },
    ]) {
      expect((await change(headers as never)).statusCode).toBe(403);
    }
    expect((await change({ origin: `http://${HOST}` })).statusCode).toBe(200);
    expect((await change({ 'sec-fetch-site': 'same-origin' })).statusCode).toBe(200);
    // Signing somebody in to another's account from a foreign page is refused too; a program without a browser's headers is not.
    expect((await attempt(OWNER.email, 'battery staple', { origin: 'https://evil.example' })).statusCode).toBe(403);
    expect((await attempt(OWNER.email, 'battery staple')).statusCode).toBe(200);
  });

  it('does not take a cookie that was tampered with', async () => {
    const cookie = await f.signIn(OWNER.email, 'battery staple');
    for (const bad of [`${cookie}x`, cookie.replace('=', '=A'), 'yutang.session_token=', 'yutang.session_token=%E0%A4%A', '\u00e9=1']) {
      expect((await f.as(bad, 'GET', '/api/me')).statusCode).toBe(401);
    }
  });

  it('keeps passwords as hashes and no address in the counters of guesses', async () => {
    const rows = await f.pg.query<{ password: string }>('SELECT password FROM auth_accounts');
    expect(rows.every((row) => /^[0-9a-f]{32}:[0-9a-f]{128}$/.test(row.password))).toBe(true);
    const keys = await f.pg.query<{ key: string }>('SELECT key FROM auth_attempts');
    expect(keys.every((row) => /^[0-9a-f]{64}$/.test(row.key))).toBe(true);
  });
});

describe('behind https', () => {
  it('makes cookies secure and takes the public origin', async () => {
    const f = await fixture(await testDatabase(), { publicUrl: 'https://pond.example.com/' });
    try {
      const answer = await f.app.inject({ method: 'POST', url: '/api/auth/sign-in/email', payload: OWNER });
      expect(answer.cookies[0]).toMatchObject({ secure: true, httpOnly: true, name: expect.stringMatching(/^__Secure-/) });
      const cookie = await f.signIn(OWNER.email, OWNER.password);
      const headers = { origin: 'https://pond.example.com', host: 'inside:7100' };
      expect((await f.as(cookie, 'PATCH', '/api/workspace', { name: 'Ours' }, headers)).statusCode).toBe(200);
    } finally {
      await f.close();
    }
  });
});
