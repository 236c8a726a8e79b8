/** The one door to the server: same-origin, cookie session, RFC 9457 problems as typed errors in the language chosen here. */

import { languageNow } from '../i18n/index.ts';

export interface FieldError {
  field: string;
  reason: string;
}

export interface ApprovalAsk {
  kind: string;
  subject: string;
  ask: Record<string, unknown>;
}

export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  readonly errors: FieldError[];
  /** What is to be asked for where another member must approve it first. */
  readonly approval: ApprovalAsk | undefined;

  constructor(status: number, title: string, detail?: string, errors: FieldError[] = [], approval?: ApprovalAsk) {
    super(title);
    this.name = 'Problem';
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.errors = errors;
    this.approval = approval;
  }
}

export type Query = Record<string, string | number | boolean | string[] | undefined | null>;

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

const WORKSPACE_KEY = 'yutang.workspace';
export const chosenWorkspace = (): string | null => localStorage.getItem(WORKSPACE_KEY);
export const chooseWorkspace = (id: string): void => localStorage.setItem(WORKSPACE_KEY, id);
export const forgetWorkspace = (): void => localStorage.removeItem(WORKSPACE_KEY);

export function queryString(query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === '') continue;
    if (Array.isArray(value)) for (const one of value) params.append(key, one);
    else params.set(key, String(value));
  }
  const text = params.toString();
  return text ? `?${text}` : '';
}

function headers(extra: Record<string, string> = {}): Record<string, string> {
  const workspace = chosenWorkspace();
  return { accept: 'application/json', 'accept-language': languageNow(), ...(workspace ? { 'x-workspace': workspace } : {}), ...extra };
}

async function problemOf(response: Response): Promise<Problem> {
  const body: Record<string, unknown> = await response.json().catch(() => ({}));
  // Our own routes answer with RFC 9457; the sign-in library answers {message, code}.
  const title = String(body.title ?? body.message ?? `HTTP ${response.status}`);
  const detail = typeof body.detail === 'string' ? body.detail : undefined;
  return new Problem(
    response.status,
    title,
    detail,
    Array.isArray(body.errors) ? (body.errors as FieldError[]) : [],
    body.approval as ApprovalAsk | undefined,
  );
}

export interface CallOptions {
  query?: Query;
  body?: unknown;
  form?: FormData;
  signal?: AbortSignal;
}

export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  const json = options.body !== undefined;
  let response: Response;
  try {
    response = await fetch(`/api${path}${queryString(options.query)}`, {
      method,
      credentials: 'same-origin',
      headers: headers(json ? { 'content-type': 'application/json' } : {}),
      body: json ? JSON.stringify(options.body) : options.form,
      signal: options.signal,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem(0, 'network');
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal) => call<T>('GET', path, { query, signal });
export const post = <T>(path: string, body: unknown = {}, signal?: AbortSignal) => call<T>('POST', path, { body, signal });
export const put = <T>(path: string, body: unknown) => call<T>('PUT', path, { body });
export const patch = <T>(path: string, body: unknown) => call<T>('PATCH', path, { body });
export const remove = <T>(path: string, body?: unknown) => call<T>('DELETE', path, { body });

/** A file, such as a picture: an address alone would not say which workspace is meant. */
export async function file(path: string, query?: Query): Promise<Blob> {
  const response = await fetch(`/api${path}${queryString(query)}`, { credentials: 'same-origin', headers: headers({ accept: '*/*' }) });
  if (!response.ok) throw await problemOf(response);
  return response.blob();
}

/** Uploads report their progress, which fetch cannot do. */
export function upload<T>(path: string, form: FormData, onProgress?: (part: number) => void, method = 'POST'): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, `/api${path}`);
    for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => event.lengthComputable && onProgress?.(event.loaded / event.total);
    request.onerror = () => reject(new Problem(0, 'network'));
    request.onload = async () => {
      const response = new Response(request.responseText || null, { status: request.status });
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText || 'null') as T);
      else reject(await problemOf(response));
    };
    request.send(form);
  });
}
