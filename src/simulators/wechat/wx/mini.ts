import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Bytes } from '../api/endpoint.ts';
import { newId, seconds } from '../state.ts';
import { spendCode, unionid } from './accounts.ts';
import { wx } from './endpoint.ts';
import { WxError } from './verdict.ts';

const MOST_DAYS = 30;
const SCENE = /^[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]*$/;
const mini = { kind: 'mini_program' } as const;
const code = z.string({ error: '40029' }).min(1, '40029');
/** The smallest picture there is: a sign that stands for the code. */
const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');

export const miniEndpoints = [
  wx({
    method: 'GET',
    path: '/sns/jscode2session',
    opens: 'secret',
    ...mini,
    input: z.object({ js_code: code, grant_type: z.literal('authorization_code') }),
    run(call, input) {
      const { openid } = spendCode(call, input.js_code, 'js');
      const session_key = createHash('md5').update(`${openid}:${input.js_code}`).digest('base64');
      return { openid, session_key, ...unionid(call, openid) };
    },
  }),
  wx({
    method: 'POST',
    path: '/wxa/business/getuserphonenumber',
    ...mini,
    input: z.object({ code, openid: z.string().optional() }),
    run(call, input) {
      const { openid } = spendCode(call, input.code, 'phone');
      if (input.openid && input.openid !== openid) throw new WxError(40003);
      const phone = call.account.users.get(openid)?.phone ?? '13800000000';
      const watermark = { timestamp: seconds(call.nowMs), appid: call.account.appid };
      // The country is now a number, now text.
      const countryCode = Number(phone.at(-1)) % 2 === 0 ? '86' : 86;
      return { phone_info: { phoneNumber: phone, purePhoneNumber: phone, countryCode, watermark } };
    },
  }),
  wx({
    method: 'POST',
    path: '/wxa/generate_urllink',
    ...mini,
    input: z.object({
      path: z.string().default(''),
      query: z.string().max(1024, '40035').default(''),
      expire_type: z.number().default(0),
      expire_time: z.number().optional(),
      expire_interval: z.number().int().min(1).max(MOST_DAYS, '85400').optional(),
      env_version: z.string().optional(),
    }),
    run({ ctx, account, nowMs }, input) {
      if (input.path && !account.pages.includes(input.path.replace(/^\//, ''))) throw new WxError(41030);
      const until = input.expire_type === 1 ? nowMs + (input.expire_interval ?? MOST_DAYS) * 86_400_000 : (input.expire_time ?? 0) * 1000;
      const expiresAt = until || nowMs + MOST_DAYS * 86_400_000;
      if (expiresAt <= nowMs || expiresAt > nowMs + MOST_DAYS * 86_400_000) throw new WxError(85400);
      const id = newId(ctx.world, '', 12);
      account.links.set(id, { path: input.path, query: input.query, expiresAt });
      return { url_link: `https://wxaurl.cn/${id}` };
    },
  }),
  wx({
    method: 'POST',
    path: '/wxa/getwxacodeunlimit',
    ...mini,
    input: z.object({
      scene: z.string({ error: '40169' }).min(1, '40169').max(32, '40169'),
      page: z.string().optional(),
      check_path: z.boolean().default(true),
      width: z.number().int().min(280).max(1280).default(430),
    }),
    run({ account, ctx }, input) {
      if (!SCENE.test(input.scene)) throw new WxError(40129);
      if (input.page?.startsWith('/') || input.page?.includes('?')) throw new WxError(41030);
      if (input.check_path && input.page && !account.pages.includes(input.page)) throw new WxError(41030);
      account.links.set(`code:${newId(ctx.world, '', 8)}`, {
        path: input.page ?? '',
        query: input.scene,
        expiresAt: Number.MAX_SAFE_INTEGER,
      });
      return new Bytes('image/png', PIXEL);
    },
  }),
];
