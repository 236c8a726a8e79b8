import { z } from 'zod';
import { get, id, nothing, post } from '../platform/endpoint.ts';
import type { Bytes } from '../platform/transport.ts';

/** Mini program (小程序): sign-in, phone numbers, codes and links into it, subscribe messages. */

const version = z.enum(['release', 'trial', 'develop']).optional();
const SCENE = /^[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}$/;

export const miniEndpoints = {
  'sns.jscode2session': get(
    '/sns/jscode2session',
    z.object({ js_code: id, grant_type: z.literal('authorization_code') }),
    z.object({ openid: id, session_key: id, unionid: z.string().nullish() }),
    { token: 'secret', retry: 'once' },
  ),
  'wxa.getuserphonenumber': post(
    '/wxa/business/getuserphonenumber',
    z.object({ code: id, openid: id.optional() }),
    z.object({
      phone_info: z.object({
        phoneNumber: z.string(),
        purePhoneNumber: z.string(),
        // Told as a number or as text.
        countryCode: z.coerce.string(),
        watermark: z.object({ timestamp: z.number(), appid: z.string() }),
      }),
    }),
    { retry: 'once' },
  ),
  'wxa.generate_urllink': post(
    '/wxa/generate_urllink',
    z.object({
      path: z.string().optional(),
      query: z.string().max(1024).optional(),
      expire_type: z.union([z.literal(0), z.literal(1)]).optional(),
      expire_time: z.number().int().optional(),
      expire_interval: z.number().int().min(1).max(30).optional(),
      env_version: version,
    }),
    z.object({ url_link: id }),
  ),
  'wxa.getwxacodeunlimit': post(
    '/wxa/getwxacodeunlimit',
    z.object({
      scene: z.string().regex(SCENE, { error: "must be 1 to 32 of letters, digits and !#$&'()*+,/:;=?@-._~" }),
      page: z
        .string()
        .regex(/^[^/?][^?]*$/, { error: 'must not begin with / nor hold a query' })
        .optional(),
      check_path: z.boolean().optional(),
      env_version: version,
      width: z.number().int().min(280).max(1280).optional(),
      auto_color: z.boolean().optional(),
      line_color: z.object({ r: z.number(), g: z.number(), b: z.number() }).optional(),
      is_hyaline: z.boolean().optional(),
    }),
    z.custom<Bytes>(),
    { bytes: true, perMinute: 5_000 },
  ),
  'message.subscribe.send': post(
    '/cgi-bin/message/subscribe/send',
    z.object({
      touser: id,
      template_id: id,
      page: z.string().optional(),
      miniprogram_state: z.enum(['developer', 'trial', 'formal']).optional(),
      lang: z.string().optional(),
      data: z.record(z.string(), z.object({ value: z.string().min(1) })),
    }),
    nothing,
    { retry: 'once' },
  ),
};
