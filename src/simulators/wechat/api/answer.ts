import type { Context } from '../context.ts';
import { ApiError, errorBody } from '../errors.ts';
import type { Fault } from '../faults.ts';
import { acquisitionEndpoints } from './acquisition.ts';
import { contactWayEndpoints } from './contact_ways.ts';
import { customerEndpoints } from './customers.ts';
import { directoryEndpoints } from './directory.ts';
import { Bytes, type Endpoint, parse } from './endpoint.ts';
import { groupWelcomeEndpoints } from './group_welcomes.ts';
import { groupEndpoints } from './groups.ts';
import { handoverEndpoints } from './handover.ts';
import { crossIdentityEndpoints } from './identity.ts';
import { joinWayEndpoints } from './join_ways.ts';
import { massEndpoints } from './mass.ts';
import { mediaEndpoints } from './media.ts';
import { momentEndpoints, postedTaskResult } from './moments.ts';
import { serviceEndpoints } from './service.ts';
import { staffMessageEndpoints } from './staff_messages.ts';
import { tagEndpoints } from './tags.ts';
import { identityEndpoints, issueToken, openToken } from './token.ts';
import { welcomeEndpoints } from './welcome.ts';

const all: Endpoint[] = [
  ...identityEndpoints,
  ...directoryEndpoints,
  ...customerEndpoints,
  ...contactWayEndpoints,
  ...groupEndpoints,
  ...tagEndpoints,
  ...welcomeEndpoints,
  ...massEndpoints,
  ...staffMessageEndpoints,
  ...mediaEndpoints,
  ...joinWayEndpoints,
  ...acquisitionEndpoints,
  ...groupWelcomeEndpoints,
  ...handoverEndpoints,
  ...momentEndpoints,
  ...crossIdentityEndpoints,
  ...serviceEndpoints,
];

const table = new Map(all.map((e) => [e.path, e]));

export interface ApiRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  raw: Buffer;
  contentType: string;
  ip: string;
}

export type ApiAnswer = { kind: 'json'; status: number; body: object } | { kind: 'bytes'; reply: Bytes } | { kind: 'cut' };

const KEPT_CALLS = 2000;

const nap = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** Unreadable JSON is not refused: the fields look missing, and the errmsg carries a warning. */
export function readJson(raw: Buffer): { value: unknown; wrong: boolean } {
  if (raw.length === 0) return { value: {}, wrong: false };
  try {
    const value: unknown = JSON.parse(raw.toString('utf8'));
    if (value && typeof value === 'object' && !Array.isArray(value)) return { value, wrong: false };
  } catch {
    // falls through: treated as an empty object
  }
  return { value: {}, wrong: true };
}

/** One API call from bytes to verdict. Always HTTP 200, save for injected faults. */
export async function answerApi(ctx: Context, request: ApiRequest): Promise<ApiAnswer> {
  const { clock } = ctx;
  const { path, query, ip } = request;
  const found = request.method === 'POST' && path === postedTaskResult.path ? postedTaskResult : table.get(path);
  const isUpload = /^\/cgi-bin\/media\/(upload|upload_attachment|uploadimg)$/.test(path);
  const json = request.method === 'POST' && !isUpload ? readJson(request.raw) : { value: query, wrong: false };
  const place = { nowMs: clock.ms(), ip, wrongJson: json.wrong };
  const seen: { corpid?: string; agentid?: number } = {};
  const fault = ctx.faults.take(path);

  function note(errcode: number, unanswered = false): void {
    ctx.calls.push({ at: place.nowMs, method: request.method, path, ...seen, errcode, ...(unanswered ? { unanswered } : {}) });
    if (ctx.calls.length > KEPT_CALLS) ctx.calls.splice(0, KEPT_CALLS / 2);
  }

  function fail(code: number, message?: string, extra: object = {}): ApiAnswer {
    note(code);
    return { kind: 'json', status: 200, body: { ...errorBody(code, message, place), ...found?.emptyOnError, ...extra } };
  }

  function inject(f: Fault): ApiAnswer | undefined {
    if (f.drop || f.httpStatus !== undefined) note(0, true);
    if (f.drop) return { kind: 'cut' };
    if (f.httpStatus !== undefined) return { kind: 'json', status: f.httpStatus, body: {} };
    return f.errcode === undefined ? undefined : fail(f.errcode, f.errmsg);
  }

  async function work(): Promise<object> {
    if (path === '/cgi-bin/gettoken') {
      seen.corpid = query.corpid;
      return issueToken(ctx, query);
    }
    if (!found) throw new ApiError(40066);
    if (found.method !== request.method) throw new ApiError(found.method === 'GET' ? 43001 : 43002);
    const { corp, app } = openToken(ctx, query.access_token);
    Object.assign(seen, { corpid: corp.corpid, agentid: app.agentid });
    if (app.trustedIps && !app.trustedIps.includes(ip)) throw new ApiError(60020);
    if (found.contact && !app.customerContact) throw new ApiError(48002);
    const nowMs = clock.ms();
    ctx.limits.check({ corpid: corp.corpid, ip, path, debug: query.debug === '1' }, nowMs);
    const call = { ctx, corp, app, nowMs, raw: request.raw, contentType: request.contentType, query };
    return found.run(call, parse(found.input, json.value));
  }

  if (fault?.latencyMs) await nap(fault.latencyMs);
  if (fault && fault.when !== 'after') {
    const spoiled = inject(fault);
    if (spoiled) return spoiled;
  }
  try {
    const result = await work();
    if (fault?.when === 'after') {
      const spoiled = inject(fault);
      if (spoiled) return spoiled;
    }
    note(0);
    if (result instanceof Bytes) return { kind: 'bytes', reply: result };
    const errmsg = json.wrong ? 'ok, Warning: wrong json format. ' : 'ok';
    return { kind: 'json', status: 200, body: { errcode: 0, errmsg, ...result } };
  } catch (error) {
    if (error instanceof ApiError) return fail(error.code, undefined, error.extra);
    ctx.log.warn({ path, error: String(error) }, 'simulator fault');
    return fail(-1);
  }
}
