import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../test/kit.ts';
import { createHttp, silentLog } from '../base/index.ts';
import { bearer, type Fixture, fixture, KEYS, OWNER } from './fixture.ts';
import { permissions, permissionsOf, type Role, roles, routeTable } from './index.ts';

describe('access', () => {
  let f: Fixture;
  let owner: string;
  const cookies = {} as Record<Role, string>;
  beforeAll(async () => {
    f = await fixture(await testDatabase(), {
      more: (app) => {
        for (const permission of permissions) {
          app.post(`/probe/${permission}`, { config: { permission } }, async (req) => ({ by: req.auth.actor.kind }));
        }
        app.post('/v1/track', { config: { permission: 'ingest' } }, async ({ auth: { can, ...auth } }) => auth);
        app.get('/open', { config: { permission: 'public' } }, async () => 'open');
        app.post('/thing/:id', { config: { permission: 'content.write' } }, async (_req, reply) => reply.code(201).send({}));
        app.post('/thing/:id/fail', { config: { permission: 'content.write' } }, async (_req, reply) => reply.code(409).send({}));
      },
    });
    owner = await f.signIn(OWNER.email, OWNER.password);
    cookies.owner = owner;
    for (const role of roles.filter((one) => one !== 'owner')) {
      const email = `${role}@example.com`;
      const added = await f.as(owner, 'POST', '/api/members', { email, name: role, role, password: 'long enough' });
      expect(added.statusCode).toBe(201);
      expect(added.json()).not.toHaveProperty('password');
      cookies[role] = await f.signIn(email, 'long enough');
    }
  });
  afterAll(() => f.close());

  describe('roles', () => {
    it.each(roles)('lets a member with the role %s do exactly what the table says', async (role) => {
      for (const permission of permissions) {
        const answer = await f.as(cookies[role], 'POST', `/probe/${permission}`);
        expect([permission, answer.statusCode]).toEqual([permission, permissionsOf(role).has(permission) ? 200 : 403]);
      }
    });

    it('says what each role is for', () => {
      const may = (role: Role) => permissions.filter((one) => permissionsOf(role).has(one));
      expect(may('owner')).toEqual(permissions);
      expect(permissions.filter((one) => !may('operator').includes(one))).toEqual([
        'audit.read',
        'members.write',
        'keys.write',
        'workspaces.write',
        'approvals.limit',
      ]);
      expect(may('analyst').filter((one) => !one.endsWith('.read'))).toEqual(['self.write', 'notes.write', 'questions.write']);
      expect(may('assistant')).toEqual([
        ...['self.read', 'people.read', 'coupons.read', 'messages.read'],
        ...['self.write', 'notes.write', 'coupons.redeem'],
      ]);
    });

    it('lets an API key operate, without members and an account', async () => {
      const refused = [];
      for (const permission of permissions) {
        const answer = await f.app.inject({ method: 'POST', url: `/probe/${permission}`, headers: bearer(KEYS.apiKey) });
        if (answer.statusCode === 403) refused.push(permission);
        else expect(answer.json()).toEqual({ by: 'apiKey' });
      }
      expect(refused).toEqual([
        'members.read',
        'audit.read',
        'self.write',
        'members.write',
        'keys.write',
        'workspaces.write',
        'content.approve',
        'approvals.decide',
        'approvals.limit',
      ]);
      const me = await f.app.inject({ url: '/api/me', headers: bearer(KEYS.apiKey) });
      expect(me.json()).toMatchObject({ user: null, workspace: { id: f.workspaceId, role: 'operator' } });
    });

    it('answers 401 with the mend to nobody, and 403 to those who may not', async () => {
      const nobody = await f.app.inject({ url: '/api/keys' });
      expect(nobody.statusCode).toBe(401);
      expect(nobody.json()).toMatchObject({ type: 'urn:yutang:problem:signed_out', detail: expect.stringContaining('Bearer') });
      const analyst = await f.as(cookies.analyst, 'POST', '/api/keys', { kind: 'api', name: 'x' });
      expect(analyst.statusCode).toBe(403);
      expect(analyst.json().detail).toContain('keys.write');
      expect((await f.app.inject({ url: '/open' })).statusCode).toBe(200);
      expect((await f.app.inject({ url: '/nowhere' })).statusCode).toBe(404);
    });
  });

  describe('workspaces', () => {
    it('keep to themselves', async () => {
      const made = await f.as(owner, 'POST', '/api/workspaces', { name: 'Second', timezone: 'Europe/Berlin', currency: 'EUR' });
      expect(made.statusCode).toBe(201);
      const second = made.json();
      expect(second).toMatchObject({ name: 'Second', role: 'owner', timezone: 'Europe/Berlin', currency: 'EUR', settings: {} });
      const inSecond = { 'x-workspace': second.id as string };
      expect((await f.as(owner, 'GET', '/api/members', undefined, inSecond)).json().items).toHaveLength(1);
      expect((await f.as(owner, 'GET', '/api/keys', undefined, inSecond)).json().items).toEqual([]);

      // Nobody of the first workspace but its owner gets in, and the answer is that of a workspace that is not there.
      const stranger = await f.as(cookies.operator, 'GET', '/api/keys', undefined, inSecond);
      const nowhere = await f.as(cookies.operator, 'GET', '/api/keys', undefined, { 'x-workspace': 'ws_nowhere' });
      expect(stranger.statusCode).toBe(403);
      expect(nowhere.json()).toEqual(stranger.json());
      const key = await f.app.inject({ url: '/api/workspace', headers: { ...bearer(KEYS.apiKey), ...inSecond } });
      expect(key.statusCode).toBe(403);

      // What belongs to the first is not found from the second.
      const member = (await f.as(owner, 'GET', '/api/members')).json().items[1];
      const ofFirst = (await f.as(owner, 'GET', '/api/keys')).json().items[0];
      for (const [method, url, body] of [
        ['PATCH', `/api/members/${member.id}`, { role: 'owner' }],
        ['DELETE', `/api/members/${member.id}`, undefined],
        ['POST', `/api/members/${member.id}/password`, undefined],
        ['DELETE', `/api/keys/${ofFirst.id}`, undefined],
      ] as const) {
        expect([url, (await f.as(owner, method, url, body, inSecond)).statusCode]).toEqual([url, 404]);
      }
      const trail = (await f.as(owner, 'GET', '/api/audit', undefined, inSecond)).json().items;
      expect(trail.map((e: { action: string }) => e.action)).toEqual(['workspace.created']);
      expect((await f.as(owner, 'GET', '/api/workspaces')).json().items).toHaveLength(2);

      // Whoever owns only one of an account's workspaces cannot take the account over.
      await f.as(
        owner,
        'POST',
        '/api/members',
        { email: 'boss@example.com', name: 'Boss', role: 'owner', password: 'long enough' },
        inSecond,
      );
      const boss = await f.signIn('boss@example.com', 'long enough');
      const shared = (await f.as(boss, 'POST', '/api/members', { email: 'ANALYST@example.com', name: 'Lent', role: 'analyst' })).json();
      expect(shared).not.toHaveProperty('password');
      expect((await f.as(boss, 'POST', `/api/members/${shared.id}/password`)).statusCode).toBe(403);
      const given = await f.as(boss, 'POST', '/api/members', { email: OWNER.email, name: 'x', role: 'analyst', password: 'my own choice' });
      expect(given.json().errors[0].field).toBe('password');
      expect((await f.as(cookies.analyst, 'GET', '/api/me')).json().user.name).toBe('analyst');
    });

    it('change name, zone, currency and settings, and refuse nonsense', async () => {
      const changed = await f.as(owner, 'PATCH', '/api/workspace', { name: '锦鲤', settings: { a: 1, b: { c: [true] } } });
      expect(changed.json()).toMatchObject({ name: '锦鲤', timezone: 'Asia/Shanghai', settings: { a: 1, b: { c: [true] } } });
      expect((await f.as(owner, 'PATCH', '/api/workspace', { settings: { a: null } })).json().settings).toEqual({ b: { c: [true] } });
      for (const bad of [
        { timezone: 'Mars/Olympus' },
        { timezone: '+08:00' },
        { currency: 'cny' },
        { currency: 'XYZ' },
        { name: ' ' },
        { name: 'a\0b' },
        { settings: { a: '\0' } },
        { settings: { a: ['\ud800'] } },
      ]) {
        const answer = await f.as(owner, 'PATCH', '/api/workspace', bad);
        expect([bad, answer.statusCode, answer.json().errors?.[0].field]).toEqual([bad, 400, Object.keys(bad)[0]]);
      }
      expect((await f.as(owner, 'PATCH', '/api/workspace', { settings: { a: '\\u0000' } })).json().settings.a).toBe('\\u0000');
      await f.as(owner, 'PATCH', '/api/workspace', { timezone: 'Asia/Tokyo' });
      expect(await f.access.writeKeyWorkspace(KEYS.writeKey)).toMatchObject({ timezone: 'Asia/Tokyo' });
    });

    it('tell other rooms when there is a new one', async () => {
      const told: string[] = [];
      f.access.workspaces.onCreated(async (workspace) => {
        told.push(workspace.name);
      });
      await f.as(owner, 'POST', '/api/workspaces', { name: 'Third' });
      expect(told).toEqual(['Third']);
    });
  });

  describe('members', () => {
    const members = async () => (await f.as(owner, 'GET', '/api/members')).json().items as { id: string; email: string; role: Role }[];
    const idOf = async (email: string) => (await members()).find((m) => m.email === email)!.id;

    it('are added once, renamed, given another role and removed, with effect at once', async () => {
      const added = (await f.as(owner, 'POST', '/api/members', { email: 'New@Example.com', name: 'New', role: 'assistant' })).json();
      expect(added).toMatchObject({ email: 'new@example.com', role: 'assistant' });
      const twice = await f.as(owner, 'POST', '/api/members', { email: 'new@example.com', name: 'New', role: 'assistant' });
      expect([twice.statusCode, twice.json().errors[0].field]).toEqual([409, 'email']);
      const cookie = await f.signIn('new@example.com', added.password);
      expect((await f.as(cookie, 'GET', '/api/members')).statusCode).toBe(403);
      expect((await f.as(owner, 'PATCH', `/api/members/${added.id}`, { role: 'operator' })).json()).toMatchObject({
        name: 'New',
        role: 'operator',
      });
      expect((await f.as(cookie, 'GET', '/api/members')).statusCode).toBe(200);
      expect((await f.as(cookie, 'PATCH', '/api/me', { name: 'Newer' })).json().user).toMatchObject({
        name: 'Newer',
        email: 'new@example.com',
      });
      const reset = (await f.as(owner, 'POST', `/api/members/${added.id}/password`)).json();
      expect((await f.as(cookie, 'GET', '/api/me')).statusCode).toBe(401);
      const again = await f.signIn('new@example.com', reset.password);
      expect((await f.as(owner, 'DELETE', `/api/members/${added.id}`)).statusCode).toBe(204);
      expect((await f.as(again, 'GET', '/api/me')).statusCode).toBe(401);
      await expect(f.signIn('new@example.com', reset.password)).rejects.toThrow('401');
    });

    it('always include an owner', async () => {
      const first = await idOf(OWNER.email);
      for (const answer of [
        await f.as(owner, 'PATCH', `/api/members/${first}`, { role: 'operator' }),
        await f.as(owner, 'DELETE', `/api/members/${first}`),
      ]) {
        expect([answer.statusCode, answer.json().type]).toEqual([409, 'urn:yutang:problem:last_owner']);
      }
      const second = (
        await f.as(owner, 'POST', '/api/members', { email: 'two@example.com', name: 'Two', role: 'owner', password: 'long enough' })
      ).json();
      const other = await f.signIn('two@example.com', 'long enough');
      // Each removes the other at the same instant: one of them stays.
      const answers = await Promise.all([
        f.as(owner, 'PATCH', `/api/members/${second.id}`, { role: 'analyst' }),
        f.as(other, 'PATCH', `/api/members/${first}`, { role: 'analyst' }),
      ]);
      expect(answers.map((a) => a.statusCode).sort()).not.toEqual([200, 200]);
      const [count] = await f.pg.query<{ n: number }>("SELECT count(*) AS n FROM members WHERE workspace_no = $1 AND role = 'owner'", [
        f.workspaceNo,
      ]);
      expect(count!.n).toBe(1);
      await f.pg.query("UPDATE members SET role = 'owner' WHERE id = $1", [first]);
    });

    it('are refused with the field named when they do not fit', async () => {
      for (const [bad, field] of [
        [{ email: 'x', name: 'X', role: 'analyst' }, 'email'],
        [{ email: 'x@example.com', name: '', role: 'analyst' }, 'name'],
        [{ email: 'x@example.com', name: 'X', role: 'king' }, 'role'],
        [{ email: 'x@example.com', name: 'X', role: 'analyst', password: 'short' }, 'password'],
      ] as const) {
        const answer = await f.as(owner, 'POST', '/api/members', bad);
        expect([answer.statusCode, answer.json().errors[0].field]).toEqual([400, field]);
      }
    });
  });

  describe('audit', () => {
    it('has every change, by whom, newest first, in pages, for the owner alone', async () => {
      expect((await f.as(cookies.operator, 'POST', '/thing/t1')).statusCode).toBe(201);
      expect((await f.as(cookies.operator, 'POST', '/thing/t2/fail')).statusCode).toBe(409);
      expect((await f.app.inject({ method: 'POST', url: '/thing/t3', headers: bearer(KEYS.apiKey) })).statusCode).toBe(201);
      const page = (await f.as(owner, 'GET', '/api/audit?limit=2')).json();
      expect(page.items).toMatchObject([
        { action: 'POST /thing/:id', target: 't3', actor: { kind: 'apiKey', name: 'First API key' } },
        { action: 'POST /thing/:id', target: 't1', actor: { kind: 'member', name: 'operator' } },
      ]);
      const seen = new Set<string>();
      let cursor: string | null = null;
      do {
        const next: { items: { id: string; action: string }[]; nextCursor: string | null } = (
          await f.as(owner, 'GET', `/api/audit?limit=50${cursor ? `&cursor=${cursor}` : ''}`)
        ).json();
        for (const item of next.items) {
          expect(seen.has(item.id)).toBe(false);
          seen.add(item.id);
          expect(item.action).not.toBe('PATCH /api/workspace');
        }
        cursor = next.nextCursor;
      } while (cursor);
      const [count] = await f.pg.query<{ n: number }>('SELECT count(*) AS n FROM audit_log WHERE workspace_no = $1', [f.workspaceNo]);
      expect(seen.size).toBe(count!.n);
      expect((await f.as(owner, 'GET', '/api/audit?action=member.removed')).json().items.length).toBeGreaterThan(0);
      expect((await f.as(owner, 'GET', '/api/audit?cursor=nonsense')).statusCode).toBe(400);
      expect((await f.as(cookies.operator, 'GET', '/api/audit')).statusCode).toBe(403);
    });
  });

  it('lists every route with what it asks for', () => {
    const table = routeTable(f.app);
    expect(table).toContainEqual({ method: 'GET', url: '/api/members', permission: 'members.read' });
    expect(table).toContainEqual({ method: 'POST', url: '/v1/track', permission: 'ingest' });
    const open = table.filter((route) => route.permission === 'public' && route.url.startsWith('/api')).map((route) => route.url);
    expect(open).toEqual(['/api/auth/sign-in/email', '/api/auth/sign-out']);
  });

  it('is described in OpenAPI', () => {
    const paths = Object.keys(f.app.swagger().paths ?? {});
    expect(paths).toEqual(expect.arrayContaining(['/api/me', '/api/members/{id}', '/api/auth/sign-in/email', '/api/audit']));
  });

  it('does not start with a route that says nothing, or nothing known', async () => {
    const app = await createHttp({ log: silentLog, version: 'test' });
    f.access.protect(app);
    app.get('/forgotten', async () => '');
    await app.register(async (inner) => {
      inner.get('/misspelt', { config: { permission: 'people.raed' } }, async () => '');
    });
    await expect(app.ready()).rejects.toThrow(/GET \/forgotten: \(none\)[\s\S]*GET \/misspelt: people\.raed/);
    await app.close();
  });
});
