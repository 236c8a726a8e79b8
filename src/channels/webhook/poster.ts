import http from 'node:http';
import https from 'node:https';
import { guardedLookup, isAllowed, type Resolve, refusal } from './guard.ts';

/** Posts one body to one address over kept-alive connections. Follows no redirect. */

export type Posted = { status: number; retryAfter?: string } | { error: string; refused: boolean };

export interface Poster {
  post(url: URL, headers: Record<string, string>, body: string, timeoutMs: number): Promise<Posted>;
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

  const once = (url: URL, headers: Record<string, string>, body: string, timeoutMs: number) =>
    new Promise<Posted & { stale?: boolean }>((resolve) => {
      const secure = url.protocol === 'https:';
      const pair = isAllowed(url, deps.allow) ? agents.allowed : agents.guarded;
      const request = (secure ? https : http).request(url, { method: 'POST', headers, agent: secure ? pair.https : pair.http });
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
    async post(url, headers, body, timeoutMs) {
      if (refusal(url, deps.allow) !== null) return { error: 'ADDRESS_REFUSED', refused: true };
      const sized = { ...headers, 'content-length': String(Buffer.byteLength(body)) };
      const posted = await once(url, sized, body, timeoutMs);
      // The other side had closed a kept connection just then; a new one tells more.
      return 'stale' in posted && posted.stale ? once(url, sized, body, timeoutMs) : posted;
    },
    close() {
      for (const pair of Object.values(agents)) for (const agent of Object.values(pair)) agent.destroy();
    },
  };
}
