import { z } from 'zod';
import { cursor, get, id, list, nothing, post } from '../platform/endpoint.ts';

/** Ways in: codes of staff (contact ways), codes of groups (join ways), paid acquisition links. */

const externalcontact = '/cgi-bin/externalcontact';
const acquisition = `${externalcontact}/customer_acquisition`;

const contactWay = {
  style: z.number().int().optional(),
  remark: z.string().max(30).optional(),
  skip_verify: z.boolean().optional(),
  state: z.string().max(30).optional(),
  user: z.array(id).max(100).optional(),
  party: z.array(z.number().int()).optional(),
  expires_in: z.number().int().positive().optional(),
  chat_expires_in: z.number().int().positive().optional(),
  unionid: z.string().optional(),
  conclusions: z.record(z.string(), z.unknown()).optional(),
  mark_source: z.boolean().optional(),
};

const joinWay = {
  scene: z.union([z.literal(1), z.literal(2)]),
  remark: z.string().max(30).optional(),
  /** 1: another group is made when all are full. */
  auto_create_room: z.union([z.literal(0), z.literal(1)]).optional(),
  room_base_name: z.string().max(40).optional(),
  room_base_id: z.number().int().optional(),
  chat_id_list: z.array(id).min(1).max(5),
  state: z.string().max(30).optional(),
  mark_source: z.boolean().optional(),
};

const linkRange = z.object({ user_list: z.array(id).optional(), department_list: z.array(z.number().int()).optional() });
const link = z.object({
  link_id: id,
  link_name: z.string().nullish(),
  url: z.string().nullish(),
  create_time: z.number().nullish(),
  skip_verify: z.boolean().nullish(),
  mark_source: z.boolean().nullish(),
});

export const doorEndpoints = {
  'externalcontact.add_contact_way': post(
    `${externalcontact}/add_contact_way`,
    z.object({
      ...contactWay,
      type: z.union([z.literal(1), z.literal(2)]),
      scene: z.union([z.literal(1), z.literal(2)]),
      is_temp: z.boolean().optional(),
      is_exclusive: z.boolean().optional(),
    }),
    z.object({ config_id: id, qr_code: z.string().nullish() }),
    { retry: 'once' },
  ),
  'externalcontact.get_contact_way': post(
    `${externalcontact}/get_contact_way`,
    z.object({ config_id: id }),
    z.object({ contact_way: z.looseObject({ config_id: id, qr_code: z.string().nullish(), state: z.string().nullish(), user: list(id) }) }),
  ),
  'externalcontact.list_contact_way': post(
    `${externalcontact}/list_contact_way`,
    z.object({
      start_time: z.number().int().optional(),
      end_time: z.number().int().optional(),
      cursor: z.string().optional(),
      limit: z.number().int().min(1).max(1000).optional(),
    }),
    z.object({ contact_way: list(z.object({ config_id: id })), next_cursor: cursor }),
  ),
  'externalcontact.update_contact_way': post(`${externalcontact}/update_contact_way`, z.object({ ...contactWay, config_id: id }), nothing),
  'externalcontact.del_contact_way': post(`${externalcontact}/del_contact_way`, z.object({ config_id: id }), nothing),
  'externalcontact.close_temp_chat': post(`${externalcontact}/close_temp_chat`, z.object({ userid: id, external_userid: id }), nothing),

  // The picture of a new join way is not in the answer: it is asked for with get_join_way.
  'groupchat.add_join_way': post(`${externalcontact}/groupchat/add_join_way`, z.object(joinWay), z.object({ config_id: id }), {
    retry: 'once',
  }),
  'groupchat.get_join_way': post(
    `${externalcontact}/groupchat/get_join_way`,
    z.object({ config_id: id }),
    z.object({
      join_way: z.object({
        config_id: id,
        scene: z.number().nullish(),
        remark: z.string().nullish(),
        auto_create_room: z.number().nullish(),
        room_base_name: z.string().nullish(),
        room_base_id: z.number().nullish(),
        chat_id_list: list(id),
        qr_code: z.string().nullish(),
        state: z.string().nullish(),
      }),
    }),
  ),
  // All that is not given is emptied.
  'groupchat.update_join_way': post(`${externalcontact}/groupchat/update_join_way`, z.object({ ...joinWay, config_id: id }), nothing),
  'groupchat.del_join_way': post(`${externalcontact}/groupchat/del_join_way`, z.object({ config_id: id }), nothing),
  'externalcontact.opengid_to_chatid': post(`${externalcontact}/opengid_to_chatid`, z.object({ opengid: id }), z.object({ chat_id: id })),

  'acquisition.create_link': post(
    `${acquisition}/create_link`,
    z.object({
      link_name: z.string().min(1).max(30),
      range: linkRange,
      skip_verify: z.boolean().optional(),
      mark_source: z.boolean().optional(),
    }),
    z.object({ link }),
    { retry: 'once' },
  ),
  'acquisition.get': post(
    `${acquisition}/get`,
    z.object({ link_id: id }),
    z.object({ link, range: z.looseObject({ user_list: list(id) }).nullish() }),
  ),
  'acquisition.update_link': post(
    `${acquisition}/update_link`,
    z.object({
      link_id: id,
      link_name: z.string().min(1).max(30).optional(),
      range: linkRange.optional(),
      skip_verify: z.boolean().optional(),
    }),
    nothing,
  ),
  'acquisition.delete_link': post(`${acquisition}/delete_link`, z.object({ link_id: id }), nothing),
  'acquisition.list_link': post(
    `${acquisition}/list_link`,
    z.object({ limit: z.number().int().min(1).max(100).optional(), cursor: z.string().optional() }),
    z.object({ link_id_list: list(id), next_cursor: cursor }),
  ),
  'acquisition.customer': post(
    `${acquisition}/customer`,
    z.object({ link_id: id, limit: z.number().int().min(1).max(1000).optional(), cursor: z.string().optional() }),
    z.object({
      customer_list: list(z.object({ external_userid: id, userid: id, chat_status: z.number().nullish(), state: z.string().nullish() })),
      next_cursor: cursor,
    }),
  ),
  'acquisition.quota': get(
    `${externalcontact}/customer_acquisition_quota`,
    nothing,
    z.object({ total: z.number(), balance: z.number(), quota_list: list(z.object({ expire_date: z.number(), balance: z.number() })) }),
  ),
};
