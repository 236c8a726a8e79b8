import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { guardedLookup, isAllowedHost, isInternalAddress, type Resolve, systemResolve } from './guard.ts';

/** Requests to addresses that others gave us: to public ones alone, or those that the operator has named; no redirect is followed. */

export interface GuardedAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** What was read of it. */
  body: Buffer;
  /** There was more than may be read. */
  cut: boolean;
}
/** `error`: `ADDRESS_REFUSED`, `TIMEOUT` or as the network says it. */
export type Guarded = GuardedAnswer | { error: string };

export interface GuardedTarget {
  method: 'GET' | 'POST';
  timeoutMs: number;
  /** An answer is read so far; what is longer is given up with its connection. */
  mostBytes: number;
}

export interface GuardedHttp {
  /** Looks at the address once and gives what asks it. */
  to(url: URL, target: GuardedTarget): (headers: Record<string, string>, body?: string) => Promise<Guarded>;
  close(): void;
}

export function createGuardedHttp(deps: {
  /** Hosts that may be reached although they are internal. */
  allow: readonly string[];
  resolve?: Resolve;
  /** So many connections to an address are kept for the next request; none: each has its own. */
  kept?: number;
}): GuardedHttp {
  const options = deps.kept ? { keepAlive: true, maxSockets: deps.kept, scheduling: 'fifo' as const } : {};
  const guarded = { ...options, lookup: guardedLookup(deps.resolve ?? systemResolve) };
  const agents = {
    allowed: { http: new http.Agent(options), https: new https.Agent(options) },
    guarded: { http: new http.Agent(guarded), https: new https.Agent(guarded) },
  };

  const once = (
    { secure, timeoutMs, mostBytes, ...target }: http.RequestOptions & { secure: boolean; timeoutMs: number; mostBytes: number },
    headers: Record<string, string>,
    text: string | undefined,
  ) =>
    new Promise<{ answer: Guarded; stale: boolean }>((resolve) => {
      const request = (secure ? https : http).request({ ...target, headers });
      const timer = setTimeout(() => request.destroy(Object.assign(new Error('timeout'), { code: 'TIMEOUT' })), timeoutMs);
      const end = (answer: Guarded, stale = false) => {
        clearTimeout(timer);
        resolve({ answer, stale });
      };
      request.on('error', (error: NodeJS.ErrnoException) => {
        const code = error.code ?? 'ERROR';
        end({ error: code }, request.reusedSocket && code === 'ECONNRESET');
      });
      request.on('response', (response) => {
        const parts: Buffer[] = [];
        let [bytes, cut, broken] = [0, false, false];
        response.on('data', (part: Buffer) => {
          bytes += part.length;
          if (bytes <= mostBytes) parts.push(part);
          else {
            cut = true;
            response.destroy();
          }
        });
        response.on('error', () => {
          broken = true;
        });
        response.on('close', () => {
          const { statusCode: status = 0, headers: told, complete } = response;
          end({ status, headers: told, body: Buffer.concat(parts), cut: cut || broken || !complete });
        });
      });
      request.end(text);
    });

  return {
    to(url, { method, timeoutMs, mostBytes }) {
      const secure = url.protocol === 'https:';
      const allowed = isAllowedHost(url.hostname, url.port || (secure ? 443 : 80), deps.allow);
      if ((!secure && url.protocol !== 'http:') || (!allowed && isInternalAddress(url.hostname)))
        return async () => ({ error: 'ADDRESS_REFUSED' });
      const pair = allowed ? agents.allowed : agents.guarded;
      const agent = secure ? pair.https : pair.http;
      const target = { ...urlToHttpOptions(url), method, agent, secure, timeoutMs, mostBytes };
      return async (headers, body) => {
        const sized = body === undefined ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) };
        const { answer, stale } = await once(target, sized, body);
        // The other side had closed a kept connection just then; a new one tells more.
        return stale ? (await once(target, sized, body)).answer : answer;
      };
    },
    close() {
      for (const pair of Object.values(agents)) for (const agent of Object.values(pair)) agent.destroy();
    },
  };
}
