import { setTimeout as sleep } from 'node:timers/promises';

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the API says
  body: any;
}

/** Asks again and again, as every careful client does, until an answer comes that is no 5xx: the server may be down or dying. */
export async function insist(
  url: string,
  init: { method?: string; headers?: Record<string, string>; body?: string | FormData },
  going: () => boolean = () => true,
): Promise<Answer | undefined> {
  while (going()) {
    try {
      const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(60_000) });
      const text = await answer.text();
      if (answer.status < 500) return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
    } catch {
      // No connection, or it broke half-way: nothing is known, so it is asked again.
    }
    await sleep(40);
  }
  return undefined;
}

export interface Api {
  get(path: string): Promise<Answer['body']>;
  /** `going`: whether it is still worth while to ask again. */
  send(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, going?: () => boolean): Promise<Answer>;
  form(path: string, form: () => FormData): Promise<Answer>;
}

export function createApi(url: string, key: string): Api {
  const authorization = `Bearer ${key}`;
  const must = (answer: Answer | undefined): Answer => answer ?? { status: 0, body: null };
  return {
    get: async (path) => {
      const { status, body } = must(await insist(url + path, { headers: { authorization } }));
      if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
      return body;
    },
    send: async (method, path, body, going) =>
      must(
        await insist(
          url + path,
          {
            method,
            headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          },
          going,
        ),
      ),
    form: async (path, form) => must(await insist(url + path, { method: 'POST', headers: { authorization }, body: form() })),
  };
}
