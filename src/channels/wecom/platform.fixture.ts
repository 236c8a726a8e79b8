import { manualClock, silentLog } from '../../base/index.ts';
import { createPacer } from '../platform/pacing.ts';
import type { TokenState, TokenStore } from '../platform/token.ts';
import { createWecomClient, type WecomClient } from './client.ts';

/** A small hand-made platform for tests of single reactions: answers are given in order, the last one for ever. */

export interface Seen {
  path: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
}

export type Answer = Record<string, unknown> | ((seen: Seen) => Record<string, unknown> | Promise<Record<string, unknown>>) | Error;

export function fakePlatform(answers: Record<string, Answer | Answer[]>) {
  const seen: Seen[] = [];
  let tokens = 0;
  const counts = new Map<string, number>();
  const platform = {
    seen,
    answers,
    callsTo: (part: string) => seen.filter((call) => call.path.endsWith(part)),
    fetch: (async (input: URL, init: RequestInit) => {
      const url = new URL(String(input));
      const body = typeof init.body === 'string' ? (JSON.parse(init.body) as Record<string, unknown>) : {};
      const call = { path: url.pathname, query: url.searchParams, body };
      seen.push(call);
      const name = url.pathname.split('/').at(-1) ?? '';
      const planned =
        platform.answers[name] ??
        (name === 'gettoken' ? () => ({ errcode: 0, access_token: `t${++tokens}`, expires_in: 7200 }) : { errcode: 0 });
      const n = counts.get(name) ?? 0;
      counts.set(name, n + 1);
      const answer = Array.isArray(planned) ? planned[Math.min(n, planned.length - 1)] : planned;
      if (answer instanceof Error) throw answer;
      return Response.json(typeof answer === 'function' ? await answer(call) : answer);
    }) as unknown as typeof fetch,
  };
  return platform;
}

export function memoryTokenStore(): TokenStore & { states: Map<string, TokenState> } {
  const states = new Map<string, TokenState>();
  const locks = new Map<string, Promise<unknown>>();
  return {
    states,
    read: async (key) => states.get(key) ?? {},
    exclusive: (key, work) => {
      const run = (locks.get(key) ?? Promise.resolve()).then(async () => {
        const next = await work(states.get(key) ?? {});
        states.set(key, next);
        return next;
      });
      locks.set(
        key,
        run.catch(() => {}),
      );
      return run;
    },
    setFault: async (key, fault) => {
      const { fault: _, ...rest } = states.get(key) ?? {};
      states.set(key, fault ? { ...rest, fault } : rest);
    },
  };
}

export function testClient(
  answers: Record<string, Answer | Answer[]>,
  options: { tokens?: TokenStore; clock?: ReturnType<typeof manualClock> } = {},
) {
  const clock = options.clock ?? manualClock('2026-03-02T03:00:00Z');
  const platform = fakePlatform(answers);
  const slept: number[] = [];
  const sleep = async (ms: number) => {
    slept.push(ms);
    clock.advance(ms);
  };
  const tokens = options.tokens ?? memoryTokenStore();
  const client: WecomClient = createWecomClient({
    baseUrl: 'http://platform.test/',
    credential: { corpId: 'ww1', secret: 's3cret' },
    tokens,
    clock,
    log: silentLog,
    fetch: platform.fetch,
    sleep,
    random: () => 0.5,
    pacer: createPacer(clock, sleep),
  });
  return { client, clock, platform, slept, tokens };
}
