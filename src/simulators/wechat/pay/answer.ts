import { randomBytes } from 'node:crypto';
import type { VirtualClock } from '../clock.ts';
import { checkRows, makeKeys, signRows } from './crypto.ts';
import { PayError } from './errors.ts';
import type { Money } from './money.ts';
import { type PayRoute, payRoutes } from './routes.ts';
import type { PayFault, PayRules } from './rules.ts';
import type { Merchant, PayWorld } from './state.ts';

export interface PayRequest {
  method: string;
  /** as it was sent, with its query */
  url: string;
  headers: Record<string, string | string[] | undefined>;
  raw: Buffer;
  ip: string;
}

export interface PayAnswer {
  /** absent: the line is cut */
  status?: number;
  headers: Record<string, string>;
  body: string;
}

export interface PayApiCall {
  at: number;
  method: string;
  /** as in the documents */
  path: string;
  url: string;
  mchid: string;
  status: number;
  code: string;
}

const WINDOW_MS = 5 * 60_000;
const SCHEME = /^WECHATPAY2-SHA256-RSA2048 (.+)$/;

export const isPay = (path: string): boolean => path.startsWith('/v3/');

/** Reads the signature of a merchant; whoever fails here is told 401. */
function authorise(world: PayWorld, request: PayRequest, nowMs: number): Merchant {
  const header = String(request.headers.authorization ?? '');
  const parts = Object.fromEntries(
    [...(SCHEME.exec(header)?.[1] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  );
  const { mchid = '', serial_no = '', timestamp = '', nonce_str = '', signature = '' } = parts as Record<string, string>;
  const merchant = world.merchants.get(mchid);
  if (!merchant) throw new PayError('SIGN_ERROR', 'Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》');
  if (serial_no !== merchant.serial) throw new PayError('SIGN_ERROR', '商户证书序列号有误。请使用签名私钥匹配的证书序列号');
  if (!/^\d+$/.test(timestamp) || Math.abs(nowMs - Number(timestamp) * 1000) > WINDOW_MS) throw new PayError('SIGN_ERROR', '时间戳已过期');
  if (
    !nonce_str ||
    !checkRows(merchant.publicKey, signature, request.method, request.url, timestamp, nonce_str, request.raw.toString('utf8'))
  )
    throw new PayError('SIGN_ERROR', '签名错误，请检查后再试');
  if (merchant.trustedIps && !merchant.trustedIps.includes(request.ip)) throw new PayError('INVALID_REQUEST', '此IP地址不允许调用该接口');
  return merchant;
}

function find(method: string, path: string): { route: PayRoute; params: Record<string, string> } | undefined {
  const given = path.split('/');
  for (const route of payRoutes) {
    const wanted = route.path.split('/');
    if (route.method !== method || wanted.length !== given.length) continue;
    if (!wanted.every((part, i) => part.startsWith('{') || part === given[i])) continue;
    const params = wanted.flatMap((part, i) => (part.startsWith('{') ? [[part.slice(1, -1), decodeURIComponent(given[i] ?? '')]] : []));
    return { route, params: Object.fromEntries(params) };
  }
  return undefined;
}

export function createPayAnswers(deps: { world: () => PayWorld; clock: VirtualClock; rules: PayRules; money: Money }) {
  const { clock, rules, money } = deps;
  const calls: PayApiCall[] = [];
  let faults: PayFault[] = [];
  let second = { at: 0, count: 0 };
  let stranger: ReturnType<typeof makeKeys> | undefined;

  const takeFault = (path: string): PayFault | undefined => {
    const fault = faults.find((one) => one.endpoint === '*' || path === one.endpoint || path.endsWith(`/${one.endpoint}`));
    if (fault?.times !== undefined && --fault.times <= 0) faults = faults.filter((one) => one !== fault);
    return fault;
  };

  /** Signs what goes out, errors as well. A forged answer is what a careful merchant must refuse. */
  function signed(merchant: Merchant | undefined, status: number, body: string, forge?: PayFault['forge']): PayAnswer {
    const headers: Record<string, string> = {
      'content-type': 'application/json; charset=utf-8',
      'request-id': randomBytes(8).toString('hex').toUpperCase(),
    };
    if (!merchant || forge === 'none') return { status, headers, body };
    if (forge === 'key') stranger ??= makeKeys();
    const key = merchant.keys[merchant.mode];
    const timestamp = String(Math.floor((clock.ms() - (forge === 'time' ? 2 * WINDOW_MS : 0)) / 1000));
    const nonce = randomBytes(16).toString('hex');
    headers['wechatpay-serial'] = forge === 'serial' ? 'F'.repeat(40) : key.id;
    headers['wechatpay-timestamp'] = timestamp;
    headers['wechatpay-nonce'] = nonce;
    headers['wechatpay-signature'] = signRows(forge === 'key' ? stranger!.privateKey : key.privateKey, timestamp, nonce, body);
    return { status, headers, body: forge === 'body' ? `${body} ` : body };
  }

  function work(request: PayRequest, found: ReturnType<typeof find>, merchant: Merchant): { status: number; body: string } {
    if (!found) throw new PayError('RESOURCE_NOT_EXISTS', '无效的路径');
    const now = clock.ms();
    if (now - second.at >= 1000) second = { at: now, count: 0 };
    second.count += 1;
    if (second.count > rules.callsPerSecond) throw new PayError('FREQUENCY_LIMITED', '频率超限');
    let body: unknown;
    try {
      body = request.raw.length > 0 ? JSON.parse(request.raw.toString('utf8')) : undefined;
    } catch {
      throw new PayError('PARAM_ERROR', '请求体不是JSON');
    }
    money.tide(merchant);
    const query = Object.fromEntries(new URL(request.url, 'http://x').searchParams);
    const serial = String(request.headers['wechatpay-serial'] ?? '');
    const result = found.route.run({ world: deps.world(), merchant, rules, money, nowMs: now, path: found.params, query, body, serial });
    return result === undefined ? { status: 204, body: '' } : { status: 200, body: JSON.stringify(result) };
  }

  return {
    calls: (): PayApiCall[] => calls,
    setFault: (fault: PayFault): void => void faults.push({ ...fault }),
    clearFaults(): void {
      faults = [];
    },
    answer(request: PayRequest): PayAnswer {
      const path = request.url.split('?')[0] ?? '';
      const found = find(request.method, path);
      const pattern = found?.route.path ?? path;
      const fault = takeFault(pattern);
      let merchant: Merchant | undefined;
      const note = (status: number, code = '') => {
        calls.push({ at: clock.ms(), method: request.method, path: pattern, url: request.url, mchid: merchant?.mchid ?? '', status, code });
        if (calls.length > 5000) calls.splice(0, 2500);
      };
      const fail = (code: string, message: string | undefined, status: number): PayAnswer => {
        note(status, code);
        return signed(merchant, status, JSON.stringify({ code, message: message ?? '见文档' }), fault?.forge);
      };
      const spoil = (): PayAnswer | undefined => {
        if (fault?.drop) note(0, 'cut');
        if (fault?.drop) return { headers: {}, body: '' };
        if (fault?.code !== undefined) return fail(fault.code, fault.message, new PayError(fault.code, '', fault.httpStatus).status);
        if (fault?.httpStatus === undefined) return undefined;
        note(fault.httpStatus, 'http');
        return { status: fault.httpStatus, headers: { 'content-type': 'text/html' }, body: '<html></html>' };
      };
      try {
        merchant = authorise(deps.world(), request, clock.ms());
        const before = fault?.when === 'after' ? undefined : spoil();
        if (before) return before;
        const { status, body } = work(request, found, merchant);
        const after = fault?.when === 'after' ? spoil() : undefined;
        if (after) return after;
        note(status);
        return signed(merchant, status, body, fault?.forge);
      } catch (error) {
        if (error instanceof PayError) return fail(error.code, error.message, error.status);
        throw error;
      }
    },
  };
}
