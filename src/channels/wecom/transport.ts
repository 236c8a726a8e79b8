import { type EndpointName, endpoints, type ResponseOf } from './endpoints.ts';
import { hintOf, WecomError, WecomUnreachable } from './errors.ts';

/** One HTTP exchange with the platform: no retries, no token handling. */

export interface Transport {
  exchange<N extends EndpointName>(
    name: N,
    request: Record<string, unknown>,
    accessToken?: string,
    timeoutMs?: number,
  ): Promise<ResponseOf<N>>;
}

/** Refused before anything was sent: certainly not carried out. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

const causeCode = (error: unknown): string => {
  const cause = (error as { cause?: { code?: unknown } })?.cause;
  return typeof cause?.code === 'string' ? cause.code : ((error as Error)?.name ?? 'error');
};

export function createTransport(deps: { baseUrl: string; fetch: typeof fetch; timeoutMs: number }): Transport {
  const root = deps.baseUrl.replace(/\/+$/, '');
  return {
    async exchange(name, request, accessToken, timeoutMs = deps.timeoutMs) {
      const row = endpoints[name];
      const once = row.retry === 'once';
      const url = new URL(root + row.path);
      if (accessToken) url.searchParams.set('access_token', accessToken);
      const init: RequestInit = { method: row.method, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) };
      if (row.method === 'GET') addQuery(url, request);
      else if (row.upload) init.body = uploadForm(url, request);
      else {
        init.body = JSON.stringify(request);
        init.headers = { 'content-type': 'application/json; charset=utf-8' };
      }

      let text: string;
      try {
        const response = await deps.fetch(url, init);
        text = await response.text();
        // The verdict of this platform is in the body; a bare HTTP error comes from something in between.
        if (!response.ok) throw new WecomUnreachable(name, `HTTP ${response.status}`, once && response.status !== 429);
      } catch (error) {
        if (error instanceof WecomUnreachable) throw error;
        const code = causeCode(error);
        throw new WecomUnreachable(name, code, once && !NEVER_SENT.has(code));
      }
      return readAnswer(name, text, once);
    },
  };
}

function readAnswer<N extends EndpointName>(name: N, text: string, once: boolean): ResponseOf<N> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new WecomUnreachable(name, 'the answer is not JSON', once);
  }
  const { errcode, errmsg } = (body ?? {}) as { errcode?: unknown; errmsg?: unknown };
  // Some answers leave errcode out; that means 0.
  if (typeof errcode === 'number' && errcode !== 0) throw new WecomError(errcode, name, { hint: hintOf(String(errmsg ?? '')), body });
  const parsed = endpoints[name].response.safeParse(body);
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
    throw new WecomUnreachable(name, `the answer does not fit: ${fields}`, once);
  }
  return parsed.data as ResponseOf<N>;
}

function addQuery(url: URL, request: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(request)) if (value !== undefined) url.searchParams.set(key, String(value));
}

function uploadForm(url: URL, request: Record<string, unknown>): FormData {
  const { data, filename, ...query } = request as { data: Uint8Array<ArrayBuffer>; filename: string };
  addQuery(url, query);
  const form = new FormData();
  form.set('media', new Blob([data]), filename);
  return form;
}
