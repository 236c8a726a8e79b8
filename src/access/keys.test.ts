import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../test/kit.ts';
import { connectPg, silentLog } from '../base/index.ts';
import { basic, bearer, type Fixture, fixture, KEYS, OWNER } from './fixture.ts';
import { createAccess, migrations } from './index.ts';

describe('keys and the first start', () => {
  let f: Fixture;
  let owner: string;
  beforeAll(async () => {
    f = await fixture(await testDatabase(), {
      more: (app) => {
        app.post('/v1/track', { config: { permission: 'ingest' } }, async ({ auth: { can, ...auth } }) => auth);
      },
    });
    owner = await f.signIn(OWNER.email, OWNER.password);
  });
  afterAll(() => f.close());

  describe('keys', () => {
    it('are shown once, open their door alone, and close when revoked', async () => {
      const made = (await f.as(owner, 'POST', '/api/keys', { kind: 'api', name: 'Warehouse' })).json();
      expect(made).toMatchObject({ kind: 'api', name: 'Warehouse', lastUsedAt: null, secret: expect.stringMatching(/^yt_api_/) });
      expect(made.secret.startsWith(made.prefix)).toBe(true);
      const listed = (await f.as(owner, 'GET', '/api/keys')).json().items;
      expect(listed.map((k: { name: string }) => k.name).sort()).toEqual(['First API key', 'First write key', 'Warehouse']);
      expect(JSON.stringify(listed)).not.toContain(made.secret);

      const read = () => f.app.inject({ url: '/api/workspace', headers: bearer(made.secret) });
      expect((await read()).statusCode).toBe(200);
      expect((await f.app.inject({ method: 'POST', url: '/v1/track', headers: basic(made.secret) })).statusCode).toBe(401);
      expect((await f.as(owner, 'DELETE', `/api/keys/${made.id}`)).statusCode).toBe(204);
      expect((await read()).statusCode).toBe(401);
      expect((await f.as(owner, 'DELETE', `/api/keys/${made.id}`)).statusCode).toBe(404);
    });

    it('let events in by Basic, with any password', async () => {
      const track = (headers: Record<string, string>) => f.app.inject({ method: 'POST', url: '/v1/track', headers });
      const let1 = await track(basic(KEYS.writeKey));
      expect(let1.json()).toMatchObject({ workspaceId: f.workspaceId, workspaceNo: f.workspaceNo, role: 'ingest', userId: null });
      const withPassword = Buffer.from(`${KEYS.writeKey}:anything:at all`).toString('base64');
      expect((await track({ authorization: `basic ${withPassword}` })).statusCode).toBe(200);
      for (const headers of [
        {},
        basic('unknown'),
        basic(KEYS.apiKey),
        bearer(KEYS.writeKey),
        { authorization: 'Basic ' },
        { cookie: owner },
      ]) {
        const answer = await track(headers as never);
        expect(answer.statusCode).toBe(401);
        expect(answer.json().detail).toContain('user name');
      }
      const onApi = await f.app.inject({ url: '/api/workspace', headers: bearer(KEYS.writeKey) });
      expect(onApi.statusCode).toBe(401);
      expect(onApi.json().detail).toContain('write key');
    });

    it('respect a revocation elsewhere within five seconds', async () => {
      const { secret, id } = await f.access.keys.create(
        f.workspaceNo,
        { kind: 'system', id: 't', name: 't' },
        { kind: 'write', name: 'Site' },
      );
      expect(await f.access.writeKeyWorkspace(secret)).toMatchObject({ workspaceNo: f.workspaceNo });
      await f.pg.query('UPDATE api_keys SET revoked_at = now() WHERE id = $1', [id]);
      f.clock.advance(5_000);
      expect(await f.access.writeKeyWorkspace(secret)).toBeNull();
    });

    it('note their last use at most once a minute', async () => {
      const { secret, id } = await f.access.keys.create(
        f.workspaceNo,
        { kind: 'system', id: 't', name: 't' },
        { kind: 'write', name: 'Site' },
      );
      const used = async () => {
        await Promise.all(Array.from({ length: 20 }, () => f.access.writeKeyWorkspace(secret)));
        const [row] = await f.pg.query<{ at: Date; version: string }>(
          'SELECT last_used_at AS at, xmin::text AS version FROM api_keys WHERE id = $1',
          [id],
        );
        return { at: row!.at.toISOString(), version: row!.version };
      };
      const first = await used();
      expect(first.at).toBe(f.clock.now().toISOString());
      f.clock.advance(59_000);
      expect(await used()).toEqual(first);
      f.clock.advance(1_000);
      expect((await used()).at).toBe(f.clock.now().toISOString());
    });

    it('ask the database once for many requests', async () => {
      f.clock.advance(10_000);
      const before = f.pg.pool.query;
      let asked = 0;
      f.pg.pool.query = ((...args: Parameters<typeof before>) => {
        asked += 1;
        return (before as (...a: unknown[]) => unknown).apply(f.pg.pool, args);
      }) as typeof before;
      try {
        await f.access.writeKeyWorkspace(KEYS.writeKey);
        asked = 0;
        for (let i = 0; i < 5000; i++) await f.access.writeKeyWorkspace(KEYS.writeKey);
        expect(asked).toBe(0);
      } finally {
        f.pg.pool.query = before;
      }
    });

    it('are nowhere in clear', async () => {
      const made = (await f.as(owner, 'POST', '/api/keys', { kind: 'write', name: 'Once' })).json().secret as string;
      const password = (await f.as(owner, 'POST', '/api/members', { email: 'made@example.com', name: 'Made', role: 'analyst' })).json()
        .password as string;
      expect(password).toMatch(/^\w{4}-\w{4}-\w{4}-\w{4}$/);
      const tables = await f.pg.query<{ name: string }>("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'");
      expect(tables.length).toBeGreaterThan(7);
      for (const { name } of tables) {
        for (const secret of [made, password, KEYS.apiKey, KEYS.writeKey, OWNER.password]) {
          const found = await f.pg.query(`SELECT 1 FROM "${name}" t WHERE position($1 in t::text) > 0`, [secret]);
          expect([name, found.length]).toEqual([name, 0]);
        }
      }
    });
  });

  it('makes the first workspace once, also when two start together', async () => {
    const database = await testDatabase();
    const pg = connectPg(database.url, { max: 4 });
    try {
      for (const step of migrations) await pg.query(step.pg!);
      const access = createAccess({ pg, clock: f.clock, log: silentLog, secret: 'another master key' });
      await expect(access.firstRun({ writeKey: 'with:colon' })).rejects.toThrow('YUTANG_WRITE_KEY');
      const [a, b] = await Promise.all([access.firstRun({}), access.firstRun({})]);
      expect([a.first, b.first].sort()).toEqual([false, true]);
      expect(a.workspace.id).toBe(b.workspace.id);
      const { generated } = a.first ? a : b;
      expect(generated).toEqual({
        email: 'owner@yutang.local',
        password: expect.any(String),
        writeKey: expect.stringMatching(/^yt_write_/),
        apiKey: expect.stringMatching(/^yt_api_/),
      });
      expect(await access.writeKeyWorkspace(generated.writeKey!)).toMatchObject({ workspaceNo: a.workspace.no });
      const { email, password } = generated as { email: string; password: string };
      expect((await access.sessions.signIn({ email, password }, { ip: '10.0.0.9', agent: '' })).user.email).toBe(email);
      const later = await access.firstRun({ email: 'other@example.com', password: 'something else', apiKey: 'other-key' });
      expect(later).toMatchObject({ first: false, generated: {} });
      expect(await pg.query('SELECT 1 FROM auth_users')).toHaveLength(1);
    } finally {
      await pg.close();
      await database.drop();
    }
  });
});
