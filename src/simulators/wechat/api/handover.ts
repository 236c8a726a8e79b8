import { z } from 'zod';
import { ApiError } from '../errors.ts';
import type { Handover } from '../state.ts';
import { relationOf, seconds } from '../state.ts';
import { type Call, type Endpoint, endpoint, fields, inRange, page } from './endpoint.ts';

const DAYS_90 = 90 * 86_400_000;
const path = '/cgi-bin/externalcontact';

function mustMember(call: Call, userid: string) {
  const staff = call.corp.staff.get(userid);
  if (!staff) throw new ApiError(40003);
  if (!inRange(call, userid)) throw new ApiError(60011);
  return staff;
}

/** Verdict on one row: 0 means that it has begun. */
function begin(call: Call, from: string, to: string, id: string, resigned: boolean): number {
  const { corp, nowMs } = call;
  if (from === to) return 40130;
  const relation = relationOf(corp, from, id);
  if (!relation || relation.endedAt !== undefined) return 40131;
  const before = corp.handovers.filter((one) => one.external_userid === id);
  if (before.some((one) => one.status === 2)) return 40129;
  if (before.filter((one) => !one.resigned && one.startedAt + DAYS_90 > nowMs).length >= 2) return 40128;
  corp.handovers.push({ external_userid: id, from, to, startedAt: nowMs, resigned, status: 2 });
  return 0;
}

function transfer(resigned: boolean): Endpoint {
  return endpoint({
    method: 'POST',
    path: `${path}/${resigned ? 'resigned/' : ''}transfer_customer`,
    input: z.object({
      handover_userid: fields.userid,
      takeover_userid: fields.userid,
      external_userid: z.array(z.string()).min(1).max(100),
      transfer_success_msg: z.string().max(200).optional(),
    }),
    run(call, input) {
      const from = mustMember(call, input.handover_userid);
      const to = mustMember(call, input.takeover_userid);
      if (resigned && from.leftAt === undefined) throw new ApiError(40097);
      if (!to.verified) throw new ApiError(40098);
      return {
        customer: input.external_userid.map((id) => ({ external_userid: id, errcode: begin(call, from.userid, to.userid, id, resigned) })),
      };
    },
  });
}

function result(resigned: boolean): Endpoint {
  return endpoint({
    method: 'POST',
    path: `${path}/${resigned ? 'resigned/' : ''}transfer_result`,
    input: z.object({ handover_userid: fields.userid, takeover_userid: fields.userid, cursor: fields.cursor }),
    emptyOnError: { customer: [] },
    run(call, input) {
      const latest = new Map<string, Handover>();
      for (const one of call.corp.handovers) {
        const mine = one.resigned === resigned && one.from === input.handover_userid && one.to === input.takeover_userid;
        if (mine) latest.set(one.external_userid, one);
      }
      const { items, next_cursor } = page([...latest.values()], input.cursor, 1000);
      return {
        customer: items.map((one) => ({
          external_userid: one.external_userid,
          status: one.status,
          ...(one.doneAt === undefined ? {} : { takeover_time: seconds(one.doneAt) }),
        })),
        next_cursor,
      };
    },
  });
}

function moveGroups(resigned: boolean): Endpoint {
  return endpoint({
    method: 'POST',
    path: `${path}/groupchat/${resigned ? 'transfer' : 'onjob_transfer'}`,
    input: z.object({ chat_id_list: z.array(z.string()).min(1).max(100), new_owner: fields.userid }),
    emptyOnError: { failed_chat_list: [] },
    run(call, input) {
      const owner = mustMember(call, input.new_owner);
      const verdict = (id: string): number => {
        const group = call.corp.groups.get(id);
        if (!group) return 90501;
        if (group.dismissed) return 49008;
        if (group.owner === owner.userid) return 90504;
        const left = call.corp.staff.get(group.owner)?.leftAt !== undefined;
        if (resigned !== left) return resigned ? 90500 : 90502;
        group.owner = owner.userid;
        if (!group.members.some((one) => one.userid === owner.userid)) {
          group.members.push({ userid: owner.userid, type: 1, joinedAt: call.nowMs, join_scene: 1, group_nickname: '' });
        }
        return 0;
      };
      const failed = input.chat_id_list.map((id) => ({ chat_id: id, errcode: verdict(id), errmsg: '' })).filter((one) => one.errcode !== 0);
      return { failed_chat_list: failed };
    },
  });
}

export const handoverEndpoints: Endpoint[] = [
  transfer(false),
  transfer(true),
  result(false),
  result(true),
  moveGroups(false),
  moveGroups(true),
  endpoint({
    method: 'POST',
    path: `${path}/get_unassigned_list`,
    input: z.object({ cursor: fields.cursor, page_size: fields.limit(1000, 1000) }),
    emptyOnError: { info: [] },
    run({ corp }, input) {
      const waiting = [...corp.relations.values()].flatMap((followers) =>
        [...followers.values()].flatMap((relation) => {
          const leftAt = corp.staff.get(relation.userid)?.leftAt;
          if (leftAt === undefined || relation.endedAt !== undefined) return [];
          return [{ handover_userid: relation.userid, external_userid: relation.external_userid, dimission_time: seconds(leftAt) }];
        }),
      );
      const { items, next_cursor } = page(waiting, input.cursor, input.page_size);
      return { info: items, is_last: next_cursor === '', next_cursor };
    },
  }),
];
