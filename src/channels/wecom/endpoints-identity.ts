import { z } from 'zod';
import { get, id, ids, list, nothing, post } from '../platform/endpoint.ts';

/** Who is in front of us: tickets for pages inside the client, sign-in by OAuth, and one person's ids on several platforms. */

const externalcontact = '/cgi-bin/externalcontact';
const ticket = z.object({ ticket: id, expires_in: z.number().positive() });

export const identityEndpoints = {
  get_jsapi_ticket: get('/cgi-bin/get_jsapi_ticket', nothing, ticket, { perHour: 100 }),
  'ticket.get': get('/cgi-bin/ticket/get', z.object({ type: z.literal('agent_config') }), ticket, { perHour: 100 }),
  // A code is good for one use: without an answer the visitor signs in again.
  'auth.getuserinfo': get(
    '/cgi-bin/auth/getuserinfo',
    z.object({ code: id }),
    z.object({
      userid: z.string().nullish(),
      user_ticket: z.string().nullish(),
      openid: z.string().nullish(),
      external_userid: z.string().nullish(),
    }),
    { retry: 'once' },
  ),
  'auth.getuserdetail': post(
    '/cgi-bin/auth/getuserdetail',
    z.object({ user_ticket: id }),
    z.object({
      userid: id,
      gender: z.string().nullish(),
      avatar: z.string().nullish(),
      qr_code: z.string().nullish(),
      mobile: z.string().nullish(),
      email: z.string().nullish(),
      biz_mail: z.string().nullish(),
      address: z.string().nullish(),
    }),
  ),
  'externalcontact.unionid_to_external_userid': post(
    `${externalcontact}/unionid_to_external_userid`,
    z.object({ unionid: id, openid: id }),
    z.object({ external_userid: id }),
  ),
  'idconvert.unionid_to_external_userid': post(
    '/cgi-bin/idconvert/unionid_to_external_userid',
    z.object({ unionid: id, openid: id, subject_type: z.union([z.literal(0), z.literal(1)]).optional() }),
    // Not a customer yet: an id that becomes one within ninety days.
    z.object({ external_userid: z.string().nullish(), pending_id: z.string().nullish() }),
    { perHour: 100_000 },
  ),
  'idconvert.batch.external_userid_to_pending_id': post(
    '/cgi-bin/idconvert/batch/external_userid_to_pending_id',
    z.object({ external_userid: ids(100), chat_id: id.optional() }),
    z.object({ result: list(z.object({ external_userid: id, pending_id: id })) }),
  ),
  'externalcontact.convert_to_openid': post(
    `${externalcontact}/convert_to_openid`,
    z.object({ external_userid: id }),
    z.object({ openid: id }),
  ),
};
