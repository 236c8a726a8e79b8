import { z } from 'zod';
import { id, ids, list, post } from '../platform/endpoint.ts';

/** WeChat customer service (微信客服). */

const kf = '/cgi-bin/kf';
const msgid = z.string().regex(/^[0-9A-Za-z_-]{1,32}$/, { error: 'must be up to 32 letters, digits, _ and -' });
const session = z.object({ open_kfid: id, external_userid: id });

export const serviceEndpoints = {
  'kf.sync_msg': post(
    `${kf}/sync_msg`,
    z.object({
      cursor: z.string().optional(),
      token: z.string().optional(),
      limit: z.number().int().min(1).max(1000).optional(),
      voice_format: z.union([z.literal(0), z.literal(1)]).optional(),
      open_kfid: id.optional(),
    }),
    z.object({
      next_cursor: z.string().nullish(),
      // A page may be short or empty: only this says whether it was the last.
      has_more: z.coerce.number(),
      msg_list: list(
        z.looseObject({
          msgid: id,
          open_kfid: z.string().nullish(),
          external_userid: z.string().nullish(),
          send_time: z.number(),
          /** 3 customer, 4 system event, 5 staff in the client. */
          origin: z.number(),
          msgtype: z.string(),
        }),
      ),
    }),
  ),
  // The platform echoes `msgid` back and takes a second one with it for the first.
  'kf.send_msg': post(
    `${kf}/send_msg`,
    z.looseObject({ touser: id, open_kfid: id, msgid: msgid.optional(), msgtype: z.string().min(1) }),
    z.object({ msgid: id }),
    { retry: 'once' },
  ),
  'kf.send_msg_on_event': post(
    `${kf}/send_msg_on_event`,
    z.looseObject({ code: id, msgid: msgid.optional(), msgtype: z.enum(['text', 'msgmenu']) }),
    z.object({ msgid: id }),
    { retry: 'once' },
  ),
  'kf.service_state.get': post(
    `${kf}/service_state/get`,
    session,
    z.object({ service_state: z.number(), servicer_userid: z.string().nullish() }),
  ),
  'kf.service_state.trans': post(
    `${kf}/service_state/trans`,
    session.extend({ service_state: z.number().int().min(0).max(4), servicer_userid: id.optional() }),
    z.object({ msg_code: z.string().nullish() }),
    { retry: 'once' },
  ),
  'kf.add_contact_way': post(
    `${kf}/add_contact_way`,
    z.object({ open_kfid: id, scene: z.string().max(32).optional() }),
    z.object({ url: id }),
  ),
  'kf.customer.batchget': post(
    `${kf}/customer/batchget`,
    z.object({ external_userid_list: ids(100), need_enter_session_context: z.union([z.literal(0), z.literal(1)]).optional() }),
    z.object({
      customer_list: list(
        z.object({ external_userid: id, nickname: z.string().nullish(), avatar: z.string().nullish(), unionid: z.string().nullish() }),
      ),
      invalid_external_userid: list(id),
    }),
  ),
};
