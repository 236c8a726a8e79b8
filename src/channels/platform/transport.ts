import type { Endpoint, ResponseOut, Table } from './endpoint.ts';
import { PlatformUnreachable } from './errors.ts';
import type { Credential, PlatformSpec } from './spec.ts';

/** One HTTP exchange with the platform: no retries, no token handling. */

export interface Transport<T extends Table> {
  exchange<N extends keyof T & string>(
    name: N,
    request: Record<string, unknown>,
    accessToken?: string,
    timeoutMs?: number,
  ): Promise<ResponseOut<T, N>>;
}

/** A picture or a file. */
export interface Bytes {
  contentType: string;
  data: Uint8Array;
}

/** Refused before anything was sent: certainly not carried out. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

const causeCode = (error: unknown): string => {
  const cause = (error as { cause?: { code?: unknown } })?.cause;
  return typeof cause?.code === 'string' ? cause.code : ((error as Error)?.name ?? 'error');
};

export function createTransport<T extends Table>(deps: {
  spec: PlatformSpec<T>;
  credential: Credential;
  baseUrl: string;
  fetch: typeof fetch;
  timeoutMs: number;
}): Transport<T> {
  const { spec, credential } = deps;
  const root = deps.baseUrl.replace(/\/+$/, '');
  return {
    async exchange(name, request, accessToken, timeoutMs = deps.timeoutMs) {
      const row = spec.endpoints[name] as Endpoint;
      const once = row.retry === 'once';
      const url = new URL(root + row.path);
      if (accessToken) url.searchParams.set('access_token', accessToken);
      if (row.token === 'secret') addQuery(url, { appid: credential.id, secret: credential.secret });
      const init: RequestInit = { method: row.method, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) };
      if (row.method === 'GET') addQuery(url, request);
      else if (row.upload) init.body = uploadForm(url, request);
      else {
        init.body = JSON.stringify(withoutQuery(url, request, row.inQuery ?? []));
        init.headers = { 'content-type': 'application/json; charset=utf-8' };
      }

      let text: string;
      try {
        const response = await deps.fetch(url, init);
        const contentType = response.headers.get('content-type') ?? '';
        if (row.bytes && response.ok && !/json|text\/plain/i.test(contentType)) {
          return { contentType, data: new Uint8Array(await response.arrayBuffer()) } as ResponseOut<T, typeof name>;
        }
        text = await response.text();
        // The verdict of these platforms is in the body; a bare HTTP error comes from something in between.
        if (!response.ok) throw spec.unreachable(name, `HTTP ${response.status}`, once && response.status !== 429);
      } catch (error) {
        if (error instanceof PlatformUnreachable) throw error;
        const code = causeCode(error);
        throw spec.unreachable(name, code, once && !NEVER_SENT.has(code));
      }
      return readAnswer(spec, name, text, once);
    },
  };
}

function readAnswer<T extends Table, N extends keyof T & string>(
  spec: PlatformSpec<T>,
  name: N,
  text: string,
  once: boolean,
): ResponseOut<T, N> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw spec.unreachable(name, 'the answer is not JSON', once);
  }
  const { errcode, errmsg } = (body ?? {}) as { errcode?: unknown; errmsg?: unknown };
  // Some answers leave errcode out; that means 0.
  if (typeof errcode === 'number' && errcode !== 0) throw spec.failure(errcode, name, { hint: spec.hintOf(String(errmsg ?? '')), body });
  const parsed = (spec.endpoints[name] as Endpoint).response.safeParse(body);
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
    throw spec.unreachable(name, `the answer does not fit: ${fields}`, once);
  }
  return parsed.data as ResponseOut<T, N>;
}

function withoutQuery(url: URL, request: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  addQuery(url, Object.fromEntries(names.map((name) => [name, request[name]])));
  return Object.fromEntries(Object.entries(request).filter(([name]) => !names.includes(name)));
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
