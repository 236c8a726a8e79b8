import { type ApiAnswer, type ApiRequest, readJson } from '../api/answer.ts';
import { Bytes } from '../api/endpoint.ts';
import type { Context } from '../context.ts';
import type { Fault } from '../faults.ts';
import { accountEndpoints } from './accounts.ts';
import { parse, type WxEndpoint } from './endpoint.ts';
import { mediaEndpoints, uploadPath } from './media.ts';
import { messageEndpoints } from './messages.ts';
import { miniEndpoints } from './mini.ts';
import type { WxAccount } from './state.ts';
import { openBySecret, openByToken, tokenEndpoints } from './token.ts';
import { WxError, wxErrorBody } from './verdict.ts';

const all: WxEndpoint[] = [...tokenEndpoints, ...accountEndpoints, ...messageEndpoints, ...mediaEndpoints, ...miniEndpoints];
const table = new Map(all.map((one) => [one.path, one]));

/** Whether this call is one of official accounts and mini programs; all else is WeCom's. */
export const isWx = (ctx: Context, path: string, token: string | null): boolean => {
  // Both platforms have this one; whose token it is tells them apart.
  if (path === uploadPath) return ctx.world.wx.tokens.has(token ?? '');
  return table.has(path) || path.startsWith('/sns/') || path.startsWith('/wxa/');
};

const KEPT_RIDS = 1000;
/** These have a minute's limit beside the day's. */
const PER_MINUTE: Record<string, (ctx: Context) => number> = { '/wxa/getwxacodeunlimit': (ctx) => ctx.rules.wxCodesPerMinute };
const nap = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

export async function answerWx(ctx: Context, request: ApiRequest): Promise<ApiAnswer> {
  const { path, query, ip } = request;
  const nowMs = ctx.clock.ms();
  const found = table.get(path);
  const fault = ctx.faults.take(path);
  let account: WxAccount | undefined;

  const note = (errcode: number, unanswered = false) => {
    const who = account ? { corpid: account.appid } : {};
    ctx.calls.push({ at: nowMs, method: request.method, path, ...who, errcode, ...(unanswered ? { unanswered } : {}) });
    if (ctx.calls.length > 2000) ctx.calls.splice(0, 1000);
  };
  const fail = (code: number, message?: string): ApiAnswer => {
    const { rid, body } = wxErrorBody(code, message);
    note(code);
    account?.rids.set(rid, { at: nowMs, path, errcode: code });
    if (account && account.rids.size > KEPT_RIDS) account.rids.delete(account.rids.keys().next().value ?? '');
    return { kind: 'json', status: 200, body: { ...body, ...found?.emptyOnError } };
  };
  const spoil = (f: Fault): ApiAnswer | undefined => {
    if (f.drop || f.httpStatus !== undefined) note(0, true);
    if (f.drop) return { kind: 'cut' };
    if (f.httpStatus !== undefined) return { kind: 'json', status: f.httpStatus, body: {} };
    return f.errcode === undefined ? undefined : fail(f.errcode, f.errmsg);
  };
  const work = async (): Promise<object> => {
    if (!found) throw new WxError(40066);
    if (found.method !== request.method) throw new WxError(found.method === 'GET' ? 43001 : 43002);
    const json = request.method === 'POST' && path !== uploadPath ? readJson(request.raw) : { value: query, wrong: false };
    if (json.wrong) throw new WxError(47001);
    const said = json.value as Record<string, string>;
    if (found.opens === 'token') account = openByToken(ctx.world.wx, query.access_token, nowMs);
    if (found.opens === 'secret') account = openBySecret(ctx.world.wx, query.appid ?? said.appid, query.secret ?? said.secret);
    if (account?.trustedIps && !account.trustedIps.includes(ip)) throw new WxError(40164);
    if (account && found.kind && account.kind !== found.kind) throw new WxError(48001);
    if (account && !ctx.wxQuota.take(account.appid, path, ctx.rules.wxCallsPerDay, nowMs)) throw new WxError(45009);
    const most = PER_MINUTE[path]?.(ctx);
    if (account && most !== undefined && !ctx.wxQuota.perMinute(account.appid, path, most, nowMs)) throw new WxError(45009);
    const { raw, contentType } = request;
    return found.run({ ctx, account: account as WxAccount, nowMs, raw, contentType }, parse(found.input, json.value));
  };

  if (fault?.latencyMs) await nap(fault.latencyMs);
  if (fault && fault.when !== 'after') {
    const spoiled = spoil(fault);
    if (spoiled) return spoiled;
  }
  try {
    const result = await work();
    const spoiled = fault?.when === 'after' ? spoil(fault) : undefined;
    if (spoiled) return spoiled;
    note(0);
    if (result instanceof Bytes) return { kind: 'bytes', reply: result };
    // Many of these leave errcode out when all is well.
    const bare = /token|user\/info|user\/get|jscode2session|sns/.test(path);
    return { kind: 'json', status: 200, body: bare ? result : { errcode: 0, errmsg: 'ok', ...result } };
  } catch (error) {
    if (error instanceof WxError) return fail(error.code);
    ctx.log.warn({ path, error: String(error) }, 'simulator fault');
    return fail(-1);
  }
}
