import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type Log, readConfig, silentLog } from '../src/base/index.ts';
import { demoHost } from '../src/demo/index.ts';
import { createSystem, type System } from '../src/system.ts';
import { testDatabase } from './kit.ts';

export const OWNER = { email: 'owner@example.com', password: 'correct horse battery' };
export const WRITE_KEY = 'write-key-of-the-tests';
export const API_KEY = 'api-key-of-the-tests';

// biome-ignore lint/suspicious/noExplicitAny: what a test is answered is looked at field by field
export type Json = Record<string, any>;

export interface Answer {
  status: number;
  type: string;
  headers: Headers;
  /** Parsed when it is JSON, else the text. */
  body: Json[string];
}

export interface Call {
  method?: string;
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** An API key; the first workspace's when absent. null: none. */
  key?: string | null;
  /** A session in place of a key. */
  cookie?: string;
}

/** The whole program, running as `npm start` runs it, on engines and a port of its own. */
export interface Running {
  url: string;
  system: System;
  /** Lines that the program logged as errors: what a caller saw as a 5xx stands here with its cause. */
  errors: Json[];
  warnings: Json[];
  call(call: Call): Promise<Answer>;
  get(path: string, options?: Partial<Call>): Promise<Answer>;
  post(path: string, body?: unknown, options?: Partial<Call>): Promise<Answer>;
  /** A message at one of the event doors, with the write key. */
  send(type: string, message: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** The cookie of a sign-in. */
  signIn(who?: { email: string; password: string }): Promise<string>;
  /** The person who holds an identity, written as `type:value`; waits for them. */
  person(externalId: string, key?: string): Promise<Json>;
  close(): Promise<void>;
}

export const basic = (key: string): string => `Basic ${Buffer.from(`${key}:`).toString('base64')}`;

export async function running(
  options: { env?: Record<string, string>; consoleDir?: string; sdkDir?: string; asStarted?: boolean } = {},
): Promise<Running> {
  const database = await testDatabase();
  const dir = mkdtempSync(join(tmpdir(), 'yutang-running-'));
  const port = await freePort();
  const errors: Json[] = [];
  const warnings: Json[] = [];
  const config = readConfig({
    PORT: String(port),
    HOST: '127.0.0.1',
    YUTANG_DATA: dir,
    DATABASE_URL: database.url,
    YUTANG_DEMO: '0',
    YUTANG_MASTER_KEY: 'a master key for the tests',
    YUTANG_ADMIN_EMAIL: OWNER.email,
    YUTANG_ADMIN_PASSWORD: OWNER.password,
    YUTANG_WRITE_KEY: WRITE_KEY,
    YUTANG_API_KEY: API_KEY,
    ...options.env,
  });
  const system = await createSystem(config, {
    log: complaints(errors, warnings),
    version: 'test',
    // Nothing here asks for longer.
    grace: () => new Promise((resolve) => setTimeout(resolve, 300).unref()),
    // On a data folder that `npm start` used as well, which keeps the demo's tables too.
    ...(options.asStarted ? { extra: demoHost(config, { log: silentLog }) } : {}),
    ...(options.consoleDir ? { consoleDir: options.consoleDir } : {}),
    ...(options.sdkDir ? { sdkDir: options.sdkDir } : {}),
  });
  await system.access.firstRun({
    email: config.YUTANG_ADMIN_EMAIL,
    password: config.YUTANG_ADMIN_PASSWORD,
    writeKey: config.YUTANG_WRITE_KEY,
    apiKey: config.YUTANG_API_KEY,
  });
  await system.start();
  const url = `http://127.0.0.1:${port}`;

  const call: Running['call'] = async ({ method = 'GET', path, body, headers = {}, key, cookie }) => {
    const raw = body instanceof FormData || typeof body === 'string' || body instanceof Uint8Array;
    const answer = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(cookie ? { cookie, 'sec-fetch-site': 'same-origin' } : key === null ? {} : { authorization: `Bearer ${key ?? API_KEY}` }),
        ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const type = answer.headers.get('content-type') ?? '';
    return { status: answer.status, type, headers: answer.headers, body: /json/.test(type) ? JSON.parse(text) : text };
  };
  const get: Running['get'] = (path, more) => call({ ...more, path });
  const post: Running['post'] = (path, body, more) => call({ method: 'POST', ...more, path, body });

  return {
    url,
    system,
    errors,
    warnings,
    call,
    get,
    post,
    send: (type, message, headers) =>
      call({
        method: 'POST',
        path: `/v1/${type}`,
        body: message,
        headers: { authorization: basic(WRITE_KEY), 'content-type': 'application/json', ...headers },
      }),
    signIn: async (who = OWNER) => {
      const answer = await post('/api/auth/sign-in/email', who, { key: null });
      if (answer.status !== 200) throw new Error(`sign-in answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return answer.headers
        .getSetCookie()
        .map((line) => line.split(';')[0])
        .join('; ');
    },
    person: (externalId, key) =>
      until(`the person ${externalId}`, async () => {
        const answer = await get(`/api/people?externalId=${encodeURIComponent(externalId)}`, key ? { key } : {});
        return answer.body.items?.[0] as Json | undefined;
      }),
    close: async () => {
      await system.stop();
      await database.drop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Asks again and again until there is an answer; fails, saying what was waited for, when there is none in time. */
export async function until<T>(what: string, ask: () => Promise<T | undefined | null | false>, withinMs = 20_000): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`waited ${withinMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function complaints(errors: Json[], warnings: Json[]): Log {
  const keep = (line: Json): void => void (line.level >= 50 ? errors : warnings).push(line);
  return pino({ level: 'warn' }, { write: (line: string) => keep(JSON.parse(line) as Json) });
}
