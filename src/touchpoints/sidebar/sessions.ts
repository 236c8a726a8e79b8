import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../base/index.ts';

export const COOKIE = 'yutang_sidebar';
export const STATE_COOKIE = 'yutang_sidebar_state';
/** A working day: WeCom signs the member in again without a word. */
const lifeMs = 12 * 3_600_000;

const shape = z.object({ a: z.string(), u: z.string(), e: z.number() });

export interface Session {
  accountId: string;
  staffId: string;
}

/** Sessions of the sidebar: account, member and end under a signature, so that nothing needs to be kept. */
export function createSessions(keys: readonly Buffer[], clock: Clock) {
  const sign = (body: string, key: Buffer) => createHmac('sha256', key).update(body).digest();
  return {
    lifeMs,
    make: ({ accountId, staffId }: Session): string => {
      const body = Buffer.from(JSON.stringify({ a: accountId, u: staffId, e: clock.ms() + lifeMs })).toString('base64url');
      return `${body}.${sign(body, keys[0]!).toString('base64url')}`;
    },
    read: (token: string | undefined): Session | undefined => {
      const [body = '', given = '', more] = (token ?? '').split('.');
      const signature = Buffer.from(given, 'base64url');
      if (more !== undefined || signature.length !== 32) return undefined;
      if (!keys.some((key) => timingSafeEqual(sign(body, key), signature))) return undefined;
      const parsed = shape.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
      if (!parsed.success || parsed.data.e <= clock.ms()) return undefined;
      return { accountId: parsed.data.a, staffId: parsed.data.u };
    },
  };
}

export const newState = (): string => randomBytes(18).toString('base64url');

export function cookieOf(header: string | undefined, name: string): string | undefined {
  return header
    ?.split(/; */)
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}
