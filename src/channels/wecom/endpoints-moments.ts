import { z } from 'zod';
import { cursor, get, id, list, nothing, post } from '../platform/endpoint.ts';

/** Moments (朋友圈): a task that staff confirm, made asynchronously. */

/** Nine pictures, or one video, or one link with a picture as its cover. */
const attachment = z.discriminatedUnion('msgtype', [
  z.object({ msgtype: z.literal('image'), image: z.object({ media_id: id }) }),
  z.object({ msgtype: z.literal('video'), video: z.object({ media_id: id }) }),
  z.object({ msgtype: z.literal('link'), link: z.object({ title: z.string(), url: z.string(), media_id: id }) }),
]);

const externalcontact = '/cgi-bin/externalcontact';
const page = { cursor: z.string().optional(), limit: z.number().int().positive().max(100).optional() };
const who = z.object({ userid: z.string().nullish(), external_userid: z.string().nullish(), create_time: z.number().nullish() });

export const momentEndpoints = {
  'moment.add_moment_task': post(
    `${externalcontact}/add_moment_task`,
    z
      .object({
        text: z.object({ content: z.string().max(2000) }).optional(),
        attachments: z.array(attachment).max(9).optional(),
        visible_range: z
          .object({
            sender_list: z.object({ user_list: z.array(id).optional(), department_list: z.array(z.number().int()).optional() }).optional(),
            external_contact_list: z.object({ tag_list: z.array(id) }).optional(),
          })
          .optional(),
      })
      .refine((task) => Boolean(task.text?.content) || (task.attachments?.length ?? 0) > 0, { error: 'says nothing' }),
    z.object({ jobid: id }),
    { retry: 'once' },
  ),
  'moment.get_moment_task_result': get(
    `${externalcontact}/get_moment_task_result`,
    z.object({ jobid: id }),
    z.object({
      /** 1 started, 2 running, 3 done. */
      status: z.number(),
      result: z
        .object({
          errcode: z.number().nullish(),
          errmsg: z.string().nullish(),
          moment_id: z.string().nullish(),
          invalid_sender_list: z.object({ user_list: list(id) }).nullish(),
          invalid_external_contact_list: z.object({ tag_list: list(id) }).nullish(),
        })
        .nullish(),
    }),
  ),
  'moment.get_moment_task': post(
    `${externalcontact}/get_moment_task`,
    z.object({ moment_id: id, ...page }),
    /** publish_status: 0 not published, 1 published. */
    z.object({ task_list: list(z.object({ userid: id, publish_status: z.number() })), next_cursor: cursor }),
  ),
  'moment.get_moment_customer_list': post(
    `${externalcontact}/get_moment_customer_list`,
    z.object({ moment_id: id, userid: id, ...page }),
    z.object({ customer_list: list(z.object({ userid: z.string().nullish(), external_userid: id })), next_cursor: cursor }),
  ),
  'moment.get_moment_send_result': post(
    `${externalcontact}/get_moment_send_result`,
    z.object({ moment_id: id, userid: id, ...page }),
    z.object({ customer_list: list(z.object({ external_userid: id })), next_cursor: cursor }),
  ),
  'moment.get_moment_comments': post(
    `${externalcontact}/get_moment_comments`,
    z.object({ moment_id: id, userid: id }),
    z.object({ comment_list: list(who), like_list: list(who) }),
  ),
  'moment.get_moment_list': post(
    `${externalcontact}/get_moment_list`,
    z.object({
      start_time: z.number().int(),
      end_time: z.number().int(),
      creator: id.optional(),
      filter_type: z.number().int().min(0).max(2).optional(),
      ...page,
    }),
    z.object({
      moment_list: list(
        z.object({
          moment_id: id,
          creator: z.string().nullish(),
          create_time: z.coerce.number(),
          text: z.object({ content: z.string() }).nullish(),
        }),
      ),
      next_cursor: cursor,
    }),
  ),
  'moment.cancel_moment_task': post(`${externalcontact}/cancel_moment_task`, z.object({ moment_id: id }), nothing),
};
