import { z } from 'zod';
import { cursor, get, id, ids, list, nothing, post } from '../platform/endpoint.ts';
import type { Bytes } from '../platform/transport.ts';

/** Token, messages and media. */

const externalcontact = '/cgi-bin/externalcontact';

export const attachment = z.discriminatedUnion('msgtype', [
  z.object({ msgtype: z.literal('image'), image: z.object({ media_id: z.string().optional(), pic_url: z.string().optional() }) }),
  z.object({
    msgtype: z.literal('link'),
    link: z.object({ title: z.string(), picurl: z.string().optional(), desc: z.string().optional(), url: z.string() }),
  }),
  z.object({
    msgtype: z.literal('miniprogram'),
    miniprogram: z.object({ title: z.string(), pic_media_id: z.string(), appid: z.string(), page: z.string() }),
  }),
  z.object({ msgtype: z.literal('video'), video: z.object({ media_id: z.string() }) }),
  z.object({ msgtype: z.literal('file'), file: z.object({ media_id: z.string() }) }),
]);
export type Attachment = z.output<typeof attachment>;

const text = z.object({ content: z.string() });
const page = { limit: z.number().int().positive().optional(), cursor: z.string().optional() };

export const messageEndpoints = {
  gettoken: get(
    '/cgi-bin/gettoken',
    z.object({ corpid: id, corpsecret: id }),
    z.object({ access_token: id, expires_in: z.number().positive() }),
  ),
  getcallbackip: get('/cgi-bin/getcallbackip', nothing, z.object({ ip_list: list(z.string()) })),

  'externalcontact.send_welcome_msg': post(
    `${externalcontact}/send_welcome_msg`,
    z.object({ welcome_code: id, text: text.optional(), attachments: z.array(attachment).max(9).optional() }),
    nothing,
    // Said twice it is told apart by the platform itself: 41051, already delivered.
    { retry: 'repeat' },
  ),
  'externalcontact.add_msg_template': post(
    `${externalcontact}/add_msg_template`,
    z.object({
      chat_type: z.enum(['single', 'group']).optional(),
      external_userid: z.array(id).max(10_000).optional(),
      chat_id_list: z.array(id).max(2_000).optional(),
      tag_filter: z.object({ group_list: z.array(z.object({ tag_list: ids(100) })) }).optional(),
      sender: id.optional(),
      allow_select: z.boolean().optional(),
      text: text.optional(),
      attachments: z.array(attachment).max(9).optional(),
    }),
    z.object({ msgid: id, fail_list: list(z.string()) }),
    { retry: 'once' },
  ),
  'externalcontact.remind_groupmsg_send': post(`${externalcontact}/remind_groupmsg_send`, z.object({ msgid: id }), nothing, {
    retry: 'once',
  }),
  'externalcontact.cancel_groupmsg_send': post(`${externalcontact}/cancel_groupmsg_send`, z.object({ msgid: id }), nothing),
  'externalcontact.get_groupmsg_list_v2': post(
    `${externalcontact}/get_groupmsg_list_v2`,
    z.object({
      chat_type: z.enum(['single', 'group']),
      start_time: z.number().int(),
      end_time: z.number().int(),
      creator: id.optional(),
      filter_type: z.number().int().min(0).max(2).optional(),
      ...page,
    }),
    z.object({
      group_msg_list: list(
        z.object({
          msgid: id,
          creator: z.string().nullish(),
          create_time: z.coerce.number(),
          create_type: z.number().nullish(),
          text: text.nullish(),
          attachments: list(z.looseObject({ msgtype: z.string() })),
        }),
      ),
      next_cursor: cursor,
    }),
  ),
  'externalcontact.get_groupmsg_task': post(
    `${externalcontact}/get_groupmsg_task`,
    z.object({ msgid: id, ...page }),
    z.object({ task_list: list(z.object({ userid: id, status: z.number(), send_time: z.number().nullish() })), next_cursor: cursor }),
  ),
  'externalcontact.get_groupmsg_send_result': post(
    `${externalcontact}/get_groupmsg_send_result`,
    z.object({ msgid: id, userid: id, ...page }),
    z.object({
      send_list: list(
        z.object({
          external_userid: z.string().nullish(),
          chat_id: z.string().nullish(),
          userid: z.string().nullish(),
          /** 0 not sent, 1 sent, 2 not a friend, 3 already received another mass message. */
          status: z.number(),
          send_time: z.number().nullish(),
        }),
      ),
      next_cursor: cursor,
    }),
  ),

  'message.send': post(
    '/cgi-bin/message/send',
    z.looseObject({
      touser: z.string().optional(),
      toparty: z.string().optional(),
      totag: z.string().optional(),
      msgtype: z.string().min(1),
      agentid: z.number().int(),
      enable_duplicate_check: z.number().int().optional(),
      duplicate_check_interval: z.number().int().optional(),
    }),
    z.object({
      invaliduser: z.string().nullish(),
      invalidparty: z.string().nullish(),
      invalidtag: z.string().nullish(),
      unlicenseduser: z.string().nullish(),
      msgid: z.string().nullish(),
      response_code: z.string().nullish(),
    }),
    { retry: 'once' },
  ),
  'message.recall': post('/cgi-bin/message/recall', z.object({ msgid: id }), nothing),
  'media.get': get('/cgi-bin/media/get', z.object({ media_id: id }), z.custom<Bytes>(), { bytes: true }),
  'media.upload_attachment': post(
    '/cgi-bin/media/upload_attachment',
    z.object({
      media_type: z.enum(['image', 'video', 'file']),
      attachment_type: z.union([z.literal(1), z.literal(2)]),
      filename: z.string().min(1),
      data: z.instanceof(Uint8Array),
    }),
    z.object({ media_id: id, created_at: z.coerce.number() }),
    { upload: true },
  ),
  /** A picture at an address that lasts. */
  'media.uploadimg': post(
    '/cgi-bin/media/uploadimg',
    z.object({ filename: z.string().min(1), data: z.instanceof(Uint8Array) }),
    z.object({ url: id }),
    { upload: true },
  ),
  'media.upload_by_url': post(
    '/cgi-bin/media/upload_by_url',
    z.object({
      scene: z.literal(1),
      type: z.enum(['video', 'file']),
      filename: z.string().min(1),
      url: z.url(),
      md5: z.string().length(32),
    }),
    z.object({ jobid: id }),
    { retry: 'once' },
  ),
  'media.get_upload_by_url_result': post(
    '/cgi-bin/media/get_upload_by_url_result',
    z.object({ jobid: id }),
    /** status: 1 running, 2 done, 3 failed. */
    z.object({
      status: z.number(),
      detail: z
        .object({ errcode: z.number().nullish(), media_id: z.string().nullish(), created_at: z.coerce.number().nullish() })
        .nullish(),
    }),
  ),
  'media.upload': post(
    '/cgi-bin/media/upload',
    z.object({ type: z.enum(['image', 'voice', 'video', 'file']), filename: z.string().min(1), data: z.instanceof(Uint8Array) }),
    z.object({ type: z.string().nullish(), media_id: id, created_at: z.coerce.number() }),
    { upload: true },
  ),
};
