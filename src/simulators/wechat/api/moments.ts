import { z } from 'zod';
import { ApiError } from '../errors.ts';
import type { Moment } from '../state.ts';
import { newId, seconds } from '../state.ts';
import { type Call, checkMessage, type Endpoint, endpoint, fields, inRange, messageBody, page } from './endpoint.ts';

const path = '/cgi-bin/externalcontact';
const momentId = z.string().min(1);
const paging = { cursor: fields.cursor, limit: fields.limit(100, 100) };

/** Text of 2000 characters and 4000 bytes; nine pictures, or one video, or one link. */
function checkMoment(call: Call, input: { text?: { content: string }; attachments: { msgtype: string }[] }): void {
  checkMessage(call, input);
  if ([...(input.text?.content ?? '')].length > 2000) throw new ApiError(45002);
  const kinds = new Set(input.attachments.map((one) => one.msgtype));
  if (kinds.size > 1 || (!kinds.has('image') && input.attachments.length > 1)) throw new ApiError(40058);
  if (kinds.has('file') || kinds.has('miniprogram')) throw new ApiError(40008);
}

function customersOf(call: Call, userid: string, tags: string[]): string[] {
  return [...call.corp.relations.values()].flatMap((followers) => {
    const relation = followers.get(userid);
    const reached = relation && relation.endedAt === undefined && (tags.length === 0 || tags.some((tag) => relation.tags.includes(tag)));
    return reached ? [relation.external_userid] : [];
  });
}

function mustMoment(call: Call, id: string): Moment {
  const moment = [...call.corp.moments.values()].find((one) => one.moment_id === id && one.agentid === call.app.agentid);
  if (!moment) throw new ApiError(40058);
  return moment;
}

const task = z.object({ moment_id: momentId, ...paging });
const member = z.object({ moment_id: momentId, userid: fields.userid, ...paging });
const listed = (rows: { external_userid: string; at: number }[]) =>
  rows.map((row) => ({ external_userid: row.external_userid, create_time: seconds(row.at) }));

function taskResult(call: Call, jobid: string): object {
  const moment = call.corp.moments.get(jobid);
  if (!moment || moment.agentid !== call.app.agentid) throw new ApiError(40058);
  if (moment.createdAt + call.ctx.rules.momentJobMs > call.nowMs) return { status: 2, type: 'add_moment_task' };
  return {
    status: 3,
    type: 'add_moment_task',
    result: {
      errcode: 0,
      errmsg: 'ok',
      moment_id: moment.moment_id,
      invalid_sender_list: { user_list: moment.invalidSenders, department_list: [] },
      invalid_external_contact_list: {
        tag_list: moment.tags.filter((id) => !call.corp.tagGroups.some((g) => g.tags.some((t) => t.id === id))),
      },
    },
  };
}

export const momentEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: `${path}/add_moment_task`,
    input: z.object({
      ...messageBody,
      visible_range: z
        .object({
          sender_list: z
            .object({ user_list: z.array(z.string()).default([]), department_list: z.array(z.number()).default([]) })
            .optional(),
          external_contact_list: z.object({ tag_list: z.array(z.string()).default([]) }).optional(),
        })
        .default({}),
    }),
    run(call, input) {
      checkMoment(call, input);
      const named = input.visible_range.sender_list?.user_list ?? [];
      const able = [...call.corp.staff.values()].filter((one) => one.active && one.customerContact && inRange(call, one.userid));
      const senders = named.length === 0 ? able : able.filter((one) => named.includes(one.userid));
      const tags = input.visible_range.external_contact_list?.tag_list ?? [];
      const { world } = call.ctx;
      const moment: Moment = {
        ...{ jobid: newId(world, 'job', 29), moment_id: newId(world, 'mom', 29), agentid: call.app.agentid, createdAt: call.nowMs },
        ...{ text: input.text, attachments: input.attachments, tags, comments: [], likes: [] },
        invalidSenders: named.filter((id) => !senders.some((one) => one.userid === id)),
        members: new Map(senders.map(({ userid }) => [userid, { customers: customersOf(call, userid, tags) }])),
      };
      call.corp.moments.set(moment.jobid, moment);
      return { jobid: moment.jobid };
    },
  }),
  endpoint({
    method: 'GET',
    path: `${path}/get_moment_task_result`,
    input: z.object({ jobid: z.string().min(1) }),
    run: (call, input) => taskResult(call, input.jobid),
  }),
  endpoint({
    method: 'POST',
    path: `${path}/get_moment_task`,
    input: task,
    emptyOnError: { task_list: [] },
    run(call, input) {
      const { items, next_cursor } = page([...mustMoment(call, input.moment_id).members], input.cursor, input.limit);
      return { task_list: items.map(([userid, one]) => ({ userid, publish_status: one.publishedAt === undefined ? 0 : 1 })), next_cursor };
    },
  }),
  endpoint({
    method: 'POST',
    path: `${path}/get_moment_customer_list`,
    input: member,
    emptyOnError: { customer_list: [] },
    run(call, input) {
      const rows = mustMoment(call, input.moment_id).members.get(input.userid)?.customers ?? [];
      const { items, next_cursor } = page(rows, input.cursor, input.limit);
      return { customer_list: items.map((id) => ({ userid: input.userid, external_userid: id })), next_cursor };
    },
  }),
  endpoint({
    method: 'POST',
    path: `${path}/get_moment_send_result`,
    input: member,
    emptyOnError: { customer_list: [] },
    run(call, input) {
      const one = mustMoment(call, input.moment_id).members.get(input.userid);
      const { items, next_cursor } = page(one?.publishedAt === undefined ? [] : one.customers, input.cursor, input.limit);
      return { customer_list: items.map((id) => ({ external_userid: id })), next_cursor };
    },
  }),
  endpoint({
    method: 'POST',
    path: `${path}/get_moment_comments`,
    input: z.object({ moment_id: momentId, userid: fields.userid }),
    emptyOnError: { comment_list: [], like_list: [] },
    run(call, input) {
      const moment = mustMoment(call, input.moment_id);
      // Under the copy of this member: from those who see it there.
      const here = (row: { external_userid: string }) => moment.members.get(input.userid)?.customers.includes(row.external_userid) === true;
      return { comment_list: listed(moment.comments.filter(here)), like_list: listed(moment.likes.filter(here)) };
    },
  }),
  endpoint({
    method: 'POST',
    path: `${path}/get_moment_list`,
    input: z.object({
      start_time: z.number(),
      end_time: z.number(),
      creator: z.string().optional(),
      filter_type: z.number().default(2),
      ...paging,
    }),
    emptyOnError: { moment_list: [] },
    run(call, input) {
      const within = (one: Moment) => seconds(one.createdAt) >= input.start_time && seconds(one.createdAt) <= input.end_time;
      const { items, next_cursor } = page([...call.corp.moments.values()].filter(within), input.cursor, input.limit);
      return {
        moment_list: items.map((one) => ({
          moment_id: one.moment_id,
          create_time: String(seconds(one.createdAt)),
          create_type: 0,
          text: one.text,
        })),
        next_cursor,
      };
    },
  }),
  endpoint({
    method: 'POST',
    path: `${path}/cancel_moment_task`,
    input: z.object({ moment_id: momentId }),
    run(call, input) {
      mustMoment(call, input.moment_id).cancelledAt ??= call.nowMs;
      return {};
    },
  }),
];

/** Seen from some programs as a POST. */
export const postedTaskResult: Endpoint = endpoint({
  method: 'POST',
  path: `${path}/get_moment_task_result`,
  input: z.object({ jobid: z.string().min(1) }),
  run: (call, input) => taskResult(call, input.jobid),
});
