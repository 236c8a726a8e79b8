import { randomBytes } from 'node:crypto';

/** The verdict numbers of api.weixin.qq.com that the simulator can give. */
const texts: Record<number, string> = {
  [-1]: 'system error',
  40001: 'invalid credential, access_token is invalid or not latest',
  40003: 'invalid openid',
  40004: 'invalid media type',
  40006: 'invalid media size',
  40007: 'invalid media_id',
  40013: 'invalid appid',
  40014: 'invalid access_token',
  40029: 'invalid code',
  40037: 'invalid template_id',
  40125: 'invalid appsecret',
  40129: 'invalid scene',
  40163: 'code been used',
  40164: 'invalid ip, not in whitelist',
  40169: 'invalid length for scene, or the data is not json string',
  40035: 'invalid parameter',
  40066: 'invalid url',
  41001: 'access_token missing',
  41005: 'media data missing',
  41030: 'invalid page',
  42001: 'access_token expired',
  43001: 'require GET method',
  43002: 'require POST method',
  43004: 'require subscribe',
  43101: 'user refuse to accept the msg',
  44004: 'empty content',
  45002: 'content size out of limit',
  45009: 'reach max api daily quota limit',
  45011: 'api minute-quota reach limit, must slower, retry next minute',
  45015: 'response out of time limit or subscription is canceled',
  45047: 'out of response count limit',
  47001: 'data format error',
  47003: 'argument invalid!',
  48001: 'api unauthorized',
  48002: 'user block this message',
  48006: 'forbid to clear quota because of reaching the limit',
  85400: 'reach lasting link limit',
};

export class WxError extends Error {
  readonly code: number;
  constructor(code: number) {
    super(texts[code] ?? 'unknown error');
    this.code = code;
  }
}

const hex = (bytes: number) => randomBytes(bytes).toString('hex');

/** English text and a rid by which the vendor finds the call again, always under HTTP 200. */
export function wxErrorBody(code: number, message?: string): { rid: string; body: { errcode: number; errmsg: string } } {
  const rid = `${hex(4)}-${hex(4)}-${hex(4)}`;
  return { rid, body: { errcode: code, errmsg: `${message ?? texts[code] ?? 'unknown error'} rid: ${rid}` } };
}
