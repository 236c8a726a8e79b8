import http from 'node:http';
import https from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { guardedLookup, type Resolve } from '../../base/index.ts';
import { isAllowed, refusal } from './guard.ts';

/** Posts one body to one address over kept-alive connections. Follows no redirect. */

export type Posted = { status: number; retryAfter?: string } | { error: string; refused: boolean };

export interface Poster {
  /** Looks at the address once and gives what posts to it. */
  to(url: URL, timeoutMs: number): (headers: Record<string, string>, body: string) => Promise<Posted>;
  close(): void;
}

const SOCKETS = 64;
/** An answer is read only to free the connection; more than this and the connection is given up instead. */
const MOST_ANSWER = 64 * 1024;

export function createPoster(deps: { allow: readonly string[]; resolve: Resolve }): Poster {
  const options = { keepAlive: true, maxSockets: SOCKETS, scheduling: 'fifo' as const };
  const guarded = { ...options, lookup: guardedLookup(deps.resolve) };
  const agents = {
    allowed: { http: new http.Agent(options), https: new https.Agent(options) },
    guarded: { http: new http.Agent(guarded), https: new https.Agent(guarded) },
  };

  type Target = http.RequestOptions & { secure: boolean; timeoutMs: number };

  const once = ({ secure, timeoutMs, ...target }: Target, headers: Record<string, string>, body: string) =>
    new Promise<Posted & { stale?: boolean }>((resolve) => {
      const request = (secure ? https : http).request({ ...target, headers });
      const timer = setTimeout(() => request.destroy(Object.assign(new Error('timeout'), { code: 'TIMEOUT' })), timeoutMs);
      const end = (posted: Posted & { stale?: boolean }) => {
        clearTimeout(timer);
        resolve(posted);
      };
      request.on('error', (error: NodeJS.ErrnoException) => {
        const code = error.code ?? 'ERROR';
        end({ error: code, refused: code === 'ADDRESS_REFUSED', stale: request.reusedSocket && code === 'ECONNRESET' });
      });
      request.on('response', (response) => {
        let read = 0;
        response.on('data', (chunk: Buffer) => {
          read += chunk.length;
          if (read > MOST_ANSWER) response.destroy();
        });
        response.on('error', () => {});
        response.on('close', () => {
          const retryAfter = response.headers['retry-after'];
          end({ status: response.statusCode ?? 0, ...(retryAfter === undefined ? {} : { retryAfter }) });
        });
      });
      request.end(body);
    });

  return {
    to(url, timeoutMs) {
      if (refusal(url, deps.allow) !== null) return async () => ({ error: 'ADDRESS_REFUSED', refused: true });
      const secure = url.protocol === 'https:';
      const pair = isAllowed(url, deps.allow) ? agents.allowed : agents.guarded;
      const target: Target = { ...urlToHttpOptions(url), method: 'POST', agent: secure ? pair.https : pair.http, secure, timeoutMs };
      return async (headers, body) => {
        const sized = { ...headers, 'content-length': String(Buffer.byteLength(body)) };
        const posted = await once(target, sized, body);
        // The other side had closed a kept connection just then; a new one tells more.
        return 'stale' in posted && posted.stale ? once(target, sized, body) : posted;
      };
    },
    close() {
      for (const pair of Object.values(agents)) for (const agent of Object.values(pair)) agent.destroy();
    },
  };
}
