import { z } from 'zod';
import { get, id, list, nothing, post } from '../platform/endpoint.ts';

/** Official account (公众号): codes with a scene, followers, messages, sign-in on web pages, quotas. */

const scene = z.union([
  z.object({ scene_id: z.number().int().min(1).max(4_294_967_295) }),
  z.object({ scene_str: z.string().min(1).max(64) }),
]);

const follower = z.object({
  /** 0: does not follow, and nothing but the openid is told. */
  subscribe: z.number(),
  openid: id,
  unionid: z.string().nullish(),
  language: z.string().nullish(),
  subscribe_time: z.number().nullish(),
  remark: z.string().nullish(),
  groupid: z.number().nullish(),
  tagid_list: list(z.number()),
  subscribe_scene: z.string().nullish(),
  qr_scene: z.number().nullish(),
  qr_scene_str: z.string().nullish(),
});
export type Follower = z.output<typeof follower>;

const value = z.object({ value: z.string().min(1), color: z.string().optional() });
const miniprogram = z.object({ appid: id, pagepath: z.string().optional() });
const oauth = z.object({
  access_token: id,
  expires_in: z.number(),
  refresh_token: id,
  openid: id,
  scope: z.string(),
  unionid: z.string().nullish(),
  /** 1: a stand-in for somebody who only previews the page; never a person. */
  is_snapshotuser: z.number().nullish(),
});

export const officialEndpoints = {
  stable_token: post(
    '/cgi-bin/stable_token',
    z.object({ grant_type: z.literal('client_credential'), appid: id, secret: id, force_refresh: z.boolean().optional() }),
    z.object({ access_token: id, expires_in: z.number().positive() }),
  ),
  'qrcode.create': post(
    '/cgi-bin/qrcode/create',
    z.object({
      expire_seconds: z.number().int().min(60).max(2_592_000).optional(),
      action_name: z.enum(['QR_SCENE', 'QR_STR_SCENE', 'QR_LIMIT_SCENE', 'QR_LIMIT_STR_SCENE']),
      action_info: z.object({ scene }),
    }),
    z.object({ ticket: id, expire_seconds: z.number().nullish(), url: id }),
  ),
  'user.info': get('/cgi-bin/user/info', z.object({ openid: id, lang: z.string().optional() }), follower),
  'user.info.batchget': post(
    '/cgi-bin/user/info/batchget',
    z.object({
      user_list: z
        .array(z.object({ openid: id, lang: z.string().optional() }))
        .min(1)
        .max(100),
    }),
    z.object({ user_info_list: list(follower) }),
  ),
  'user.get': get(
    '/cgi-bin/user/get',
    z.object({ next_openid: z.string().optional() }),
    z.object({
      total: z.number(),
      count: z.number(),
      data: z.object({ openid: list(id) }).nullish(),
      next_openid: z.string().nullish(),
    }),
  ),
  // A second one with the same words is a second message.
  'message.custom.send': post('/cgi-bin/message/custom/send', z.looseObject({ touser: id, msgtype: z.string().min(1) }), nothing, {
    retry: 'once',
  }),
  // The same client_msg_id is not sent twice.
  'message.template.send': post(
    '/cgi-bin/message/template/send',
    z.object({
      touser: id,
      template_id: id,
      url: z.string().optional(),
      miniprogram: miniprogram.optional(),
      client_msg_id: z.string().max(32).optional(),
      data: z.record(z.string(), value),
    }),
    z.object({ msgid: z.coerce.number().nullish() }),
  ),
  'message.subscribe.bizsend': post(
    '/cgi-bin/message/subscribe/bizsend',
    z.object({
      touser: id,
      template_id: id,
      page: z.string().optional(),
      miniprogram: miniprogram.optional(),
      data: z.record(z.string(), z.object({ value: z.string().min(1) })),
    }),
    nothing,
    { retry: 'once' },
  ),
  /** A picture that lives three days, for messages. */
  'media.upload': post(
    '/cgi-bin/media/upload',
    z.object({ type: z.literal('image'), filename: z.string().min(1), data: z.instanceof(Uint8Array) }),
    z.object({ media_id: id }),
    { upload: true },
  ),
  'ticket.getticket': get(
    '/cgi-bin/ticket/getticket',
    z.object({ type: z.enum(['jsapi', 'wx_card']) }),
    z.object({ ticket: id, expires_in: z.number().positive() }),
  ),
  clear_quota: post('/cgi-bin/clear_quota', z.object({ appid: id }), nothing),
  'openapi.quota.get': post(
    '/cgi-bin/openapi/quota/get',
    z.object({ cgi_path: id }),
    z.object({ quota: z.object({ daily_limit: z.number(), used: z.number(), remain: z.number() }) }),
  ),
  'openapi.rid.get': post(
    '/cgi-bin/openapi/rid/get',
    z.object({ rid: id }),
    z.object({
      request: z.looseObject({
        invoke_time: z.number().nullish(),
        cost_in_ms: z.number().nullish(),
        request_url: z.string().nullish(),
        request_body: z.string().nullish(),
        response_body: z.string().nullish(),
      }),
    }),
  ),
  // A code is good for one use: without an answer the visitor signs in again.
  'sns.oauth2.access_token': get('/sns/oauth2/access_token', z.object({ code: id, grant_type: z.literal('authorization_code') }), oauth, {
    token: 'secret',
    retry: 'once',
  }),
  'sns.oauth2.refresh_token': get(
    '/sns/oauth2/refresh_token',
    z.object({ appid: id, refresh_token: id, grant_type: z.literal('refresh_token') }),
    oauth,
    { token: 'none' },
  ),
  // This token is the visitor's, not the account's.
  'sns.userinfo': get(
    '/sns/userinfo',
    z.object({ access_token: id, openid: id, lang: z.string().optional() }),
    z.object({ openid: id, nickname: z.string().nullish(), headimgurl: z.string().nullish(), unionid: z.string().nullish() }),
    { token: 'none' },
  ),
};
