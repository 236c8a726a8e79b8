import { z } from 'zod';
import { ApiError } from '../errors.ts';
import type { MassTask, Relation, SendRow } from '../state.ts';
import { newId, seconds } from '../state.ts';
import {
  type Call,
  checkMessage,
  type Endpoint,
  endpoint,
  fields,
  inRange,
  messageBody,
  mustStaff,
  page,
  visibleRelations,
} from './endpoint.ts';

const DAY_MS = 86400_000;
const LONGEST_SPAN_S = 31 * 86400;
const REMINDERS_A_DAY = 3;

const tagFilter = z.object({ group_list: z.array(z.object({ tag_list: z.array(z.string()).min(1).max(100) })) });

/** OR inside a group of tags, AND across groups. */
const passes = (relation: Relation, filter: z.infer<typeof tagFilter> | undefined): boolean =>
  !filter || filter.group_list.every((group) => group.tag_list.some((id) => relation.tags.includes(id)));

/** Through the member who talked to the customer last, or the newest friendship when nobody has. */
function senderFor(call: Call, externalUserid: string, sender: string | undefined): Relation | undefined {
  const relations = visibleRelations(call, externalUserid).filter((r) => r.endedAt === undefined);
  if (sender) return relations.find((r) => r.userid === sender);
  return relations.sort((a, b) => (b.talkedAt ?? b.createdAt) - (a.talkedAt ?? a.createdAt))[0];
}

function mustTask(call: Call, msgid: string): MassTask {
  const task = call.corp.massTasks.get(msgid);
  if (!task || task.agentid !== call.app.agentid) throw new ApiError(40058);
  return task;
}

/** Results cannot be read while the platform is still handing the task out. */
function mustDispatched(call: Call, msgid: string): MassTask {
  const task = mustTask(call, msgid);
  if (!task.dispatched && task.createdAt + call.ctx.rules.dispatchMs > call.nowMs) throw new ApiError(41063);
  return task;
}

const msgid = z.string().min(1);
const paging = (max: number, standard: number) => ({ limit: fields.limit(max, standard), cursor: fields.cursor });

const createInput = z.object({
  chat_type: z.enum(['single', 'group']).default('single'),
  external_userid: z.array(z.string()).max(10_000).default([]),
  chat_id_list: z.array(z.string()).max(2000).default([]),
  tag_filter: tagFilter.optional(),
  sender: z.string().optional(),
  allow_select: z.boolean().default(false),
  ...messageBody,
});

type CreateInput = z.infer<typeof createInput>;
type Members = MassTask['members'];

function addRow(members: Members, userid: string, row: SendRow): void {
  const part = members.get(userid) ?? { rows: [] };
  part.rows.push(row);
  members.set(userid, part);
}

function toCustomers(call: Call, input: CreateInput): { members: Members; fail_list: string[] } {
  const members: Members = new Map();
  const fail_list: string[] = [];
  if (input.external_userid.length === 0 && !input.sender) throw new ApiError(40058);
  const ids = input.external_userid.length > 0 ? new Set(input.external_userid) : call.corp.relations.keys();
  for (const id of ids) {
    const relation = senderFor(call, id, input.sender);
    if (relation && passes(relation, input.tag_filter)) addRow(members, relation.userid, { external_userid: id, status: 0 });
    else if (!relation && input.external_userid.length > 0) fail_list.push(id);
  }
  return { members, fail_list };
}

function toGroups(call: Call, input: CreateInput): { members: Members; fail_list: string[] } {
  const members: Members = new Map();
  const { sender } = input;
  if (!sender) throw new ApiError(40058);
  const fail_list: string[] = [];
  const mine = [...call.corp.groups.values()].filter((g) => g.owner === sender && !g.dismissed);
  const wanted = input.chat_id_list.length > 0 ? new Set(input.chat_id_list) : mine.map((g) => g.chat_id);
  for (const id of wanted) {
    if (mine.some((g) => g.chat_id === id)) addRow(members, sender, { chat_id: id, status: 0 });
    else fail_list.push(id);
  }
  return { members, fail_list };
}

/** Lists reach back a month at a time; what is long past and settled goes, so that a demo may run for weeks. */
function forgetOldTasks({ corp, nowMs }: Call): void {
  for (const task of corp.massTasks.values()) {
    if (task.createdAt + 62 * DAY_MS > nowMs) break;
    corp.massTasks.delete(task.msgid);
  }
}

export const massEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/add_msg_template',
    input: createInput,
    emptyOnError: { fail_list: [] },
    run(call, input) {
      checkMessage(call, input);
      if (input.sender) mustStaff(call, input.sender);
      const { members, fail_list } = input.chat_type === 'group' ? toGroups(call, input) : toCustomers(call, input);
      if (members.size === 0) throw new ApiError(41048, { fail_list });
      forgetOldTasks(call);
      // The platform takes no idempotency key: the same call twice makes two tasks.
      const id = newId(call.ctx.world, 'msg', 30);
      call.corp.massTasks.set(id, {
        msgid: id,
        agentid: call.app.agentid,
        chat_type: input.chat_type,
        createdAt: call.nowMs,
        text: input.text,
        attachments: input.attachments,
        allow_select: input.allow_select,
        remindedAt: [],
        dispatched: false,
        members,
      });
      return { fail_list, msgid: id };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/remind_groupmsg_send',
    input: z.object({ msgid }),
    run(call, input) {
      const task = mustTask(call, input.msgid);
      task.remindedAt = task.remindedAt.filter((at) => at + DAY_MS > call.nowMs);
      if (task.remindedAt.length >= REMINDERS_A_DAY) throw new ApiError(45009);
      task.remindedAt.push(call.nowMs);
      return {};
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/cancel_groupmsg_send',
    input: z.object({ msgid }),
    run(call, input) {
      mustTask(call, input.msgid).cancelledAt ??= call.nowMs;
      return {};
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/get_groupmsg_list_v2',
    input: z.object({
      chat_type: z.enum(['single', 'group']),
      start_time: z.number().int(),
      end_time: z.number().int(),
      creator: z.string().optional(),
      filter_type: z.number().int().min(0).max(2).default(2),
      ...paging(100, 50),
    }),
    emptyOnError: { group_msg_list: [] },
    run(call, input) {
      if (input.end_time < input.start_time || input.end_time - input.start_time > LONGEST_SPAN_S) throw new ApiError(40058);
      const list = [...call.corp.massTasks.values()].filter((task) => {
        const at = seconds(task.createdAt);
        const byCorp = input.filter_type !== 1 && !input.creator;
        return byCorp && task.chat_type === input.chat_type && at >= input.start_time && at <= input.end_time;
      });
      const { items, next_cursor } = page(list, input.cursor, input.limit);
      return {
        next_cursor,
        group_msg_list: items.map((task) => ({
          msgid: task.msgid,
          create_time: String(seconds(task.createdAt)),
          create_type: 0,
          ...(task.text ? { text: task.text } : {}),
          attachments: task.attachments,
        })),
      };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/get_groupmsg_task',
    input: z.object({ msgid, ...paging(1000, 500) }),
    emptyOnError: { task_list: [] },
    run(call, input) {
      const task = mustDispatched(call, input.msgid);
      const parts = [...task.members].filter(([userid]) => inRange(call, userid));
      const { items, next_cursor } = page(parts, input.cursor, input.limit);
      return {
        next_cursor,
        task_list: items.map(([userid, part]) => ({
          userid,
          status: part.confirmedAt === undefined ? 0 : 2,
          ...(part.confirmedAt === undefined ? {} : { send_time: seconds(part.confirmedAt) }),
        })),
      };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/get_groupmsg_send_result',
    input: z.object({ msgid, userid: fields.userid, ...paging(1000, 500) }),
    emptyOnError: { send_list: [] },
    run(call, input) {
      const task = mustDispatched(call, input.msgid);
      mustStaff(call, input.userid);
      const { items, next_cursor } = page(task.members.get(input.userid)?.rows ?? [], input.cursor, input.limit);
      return {
        next_cursor,
        send_list: items.map((row) => ({
          ...(row.external_userid ? { external_userid: row.external_userid } : {}),
          ...(row.chat_id ? { chat_id: row.chat_id } : {}),
          userid: input.userid,
          status: row.status,
          ...(row.sentAt === undefined ? {} : { send_time: seconds(row.sentAt) }),
        })),
      };
    },
  }),
];
