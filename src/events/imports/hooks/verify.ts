import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { FieldError } from '../../../base/index.ts';
import type { HookAuth } from './schema.ts';

const sha = (value: string | Buffer) => createHash('sha256').update(value).digest();
/** In the same time whatever they hold. */
const same = (a: string, b: string) => timingSafeEqual(sha(a), sha(b));

/** Why a request is not from who holds the secret; undefined when it is. */
export function refusal(
  auth: HookAuth,
  secret: string,
  headers: Record<string, string | string[] | undefined>,
  body: Buffer,
  nowMs: number,
): FieldError | undefined {
  const of = (name: string) => (typeof headers[name] === 'string' ? headers[name].trim() : undefined);
  const given = of(auth.header);
  if (given === undefined || given === '') return { field: auth.header, reason: 'is missing' };
  if (auth.type === 'token') {
    const token = given.replace(/^Bearer\s+/i, '');
    return same(token, secret) ? undefined : { field: auth.header, reason: 'is not the token of this hook' };
  }
  const signed = createHmac('sha256', secret);
  if (auth.timestampHeader !== undefined) {
    const stamp = of(auth.timestampHeader) ?? '';
    if (!/^\d{10}(\d{3})?$/.test(stamp)) return { field: auth.timestampHeader, reason: 'must be a time in Unix seconds' };
    const ms = stamp.length === 10 ? Number(stamp) * 1000 : Number(stamp);
    if (Math.abs(nowMs - ms) > auth.toleranceSeconds * 1000)
      return { field: auth.timestampHeader, reason: `is more than ${auth.toleranceSeconds} seconds away from now` };
    signed.update(`${stamp}.`);
  }
  if (auth.prefix !== '' && !given.startsWith(auth.prefix)) return { field: auth.header, reason: `must begin with ${auth.prefix}` };
  const expected = signed.update(body).digest(auth.encoding);
  const shown = given.slice(auth.prefix.length);
  const normal = auth.encoding === 'hex' ? shown.toLowerCase() : shown;
  return same(normal, expected)
    ? undefined
    : { field: auth.header, reason: 'is not the HMAC-SHA256 of what was sent, under the secret of this hook' };
}

/** A name for a request that came in: the same signed request has the same. */
export const digestOf = (auth: HookAuth, headers: Record<string, string | string[] | undefined>, body: Buffer): string =>
  createHash('sha256')
    .update(String(auth.type === 'hmac' && auth.timestampHeader ? headers[auth.timestampHeader] : ''))
    .update('\n')
    .update(body)
    .digest('hex');
