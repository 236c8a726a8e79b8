import { z } from 'zod';
import type { Bytes } from '../api/endpoint.ts';
import type { Context } from '../context.ts';
import type { WxAccount, WxUser } from './state.ts';
import { WxError } from './verdict.ts';

export interface WxCall {
  ctx: Context;
  account: WxAccount;
  nowMs: number;
  /** The bytes and type of an upload. */
  raw: Buffer;
  contentType: string;
}

export interface WxEndpoint<I = unknown> {
  method: 'GET' | 'POST';
  path: string;
  input: z.ZodType<I>;
  /** 'token': an access token; 'secret': appid and secret in the address; 'none' */
  opens: 'token' | 'secret' | 'none';
  /** only for accounts of this kind: 48001 for the others */
  kind?: WxAccount['kind'];
  emptyOnError: Record<string, unknown>;
  run(call: WxCall, input: I): object | Bytes | Promise<object>;
}

type Options<I> = Omit<WxEndpoint<I>, 'opens' | 'emptyOnError'> & Partial<Pick<WxEndpoint<I>, 'opens' | 'emptyOnError'>>;

export function wx<I>(options: Options<I>): WxEndpoint {
  return { opens: 'token', emptyOnError: {}, ...options } as WxEndpoint;
}

export function parse<I>(schema: z.ZodType<I>, value: unknown): I {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const number = Number(result.error.issues[0]?.message);
  throw new WxError(Number.isInteger(number) && number !== 0 ? number : 47001);
}

export function mustUser(account: WxAccount, openid: string): WxUser {
  const user = account.users.get(openid);
  if (!user) throw new WxError(40003);
  return user;
}

export const openid = z.string({ error: '40003' }).min(1, '40003');
