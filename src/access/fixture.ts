import type { LightMyRequestResponse } from 'fastify';
import { type App, connectPg, createHttp, type ManualClock, manualClock, type Pg, silentLog } from '../base/index.ts';
import { type Access, createAccess, migrations, routes } from './index.ts';

export const OWNER = { email: 'owner@example.com', password: 'correct horse' };
export const KEYS = { writeKey: 'write-key-given', apiKey: 'api-key-given' };
export const HOST = 'localhost:7100';

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
export const basic = (key: string) => ({ authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` });

/** A server with this room's routes on a real PostgreSQL, with one workspace. */
export interface Fixture {
  app: App;
  access: Access;
  pg: Pg;
  clock: ManualClock;
  workspaceId: string;
  workspaceNo: number;
  /** The cookie of a sign-in. */
  signIn(email: string, password: string): Promise<string>;
  /** A request of the console: by cookie, from our own pages. */
  as(
    cookie: string,
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    body?: object,
    headers?: Record<string, string>,
  ): Promise<LightMyRequestResponse>;
  close(): Promise<void>;
}

export async function fixture(
  database: { url: string; drop(): Promise<void> },
  options: { more?: (app: App) => void; publicUrl?: string } = {},
): Promise<Fixture> {
  const pg = connectPg(database.url, { max: 8 });
  for (const step of migrations) await pg.query(step.pg!);
  const clock = manualClock('2026-03-01T00:00:00Z');
  const access = createAccess({ pg, clock, log: silentLog, secret: 'a master key of a test', publicUrl: options.publicUrl });
  const { workspace } = await access.firstRun({ ...OWNER, ...KEYS });
  const app = await createHttp({ log: silentLog, version: 'test' });
  access.protect(app);
  routes(app, access);
  options.more?.(app);
  await app.ready();
  const as: Fixture['as'] = (cookie, method, url, body, headers) =>
    app.inject({ method, url, headers: { host: HOST, origin: `http://${HOST}`, cookie, ...headers }, ...(body && { payload: body }) });
  const signIn: Fixture['signIn'] = async (email, password) => {
    const answer = await app.inject({ method: 'POST', url: '/api/auth/sign-in/email', payload: { email, password } });
    if (answer.statusCode !== 200) throw new Error(`sign-in answered ${answer.statusCode}`);
    return answer.cookies.map((c) => `${c.name}=${encodeURIComponent(c.value)}`).join('; ');
  };
  const close = async () => {
    await app.close();
    await pg.close();
    await database.drop();
  };
  return { app, access, pg, clock, workspaceId: workspace.id, workspaceNo: workspace.no, signIn, as, close };
}
