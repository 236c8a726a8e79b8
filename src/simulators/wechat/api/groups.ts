import { z } from 'zod';
import { ApiError } from '../errors.ts';
import type { GroupChat } from '../state.ts';
import { memberVersion, seconds } from '../state.ts';
import { type Call, type Endpoint, endpoint, fields, inRange, page } from './endpoint.ts';

const MOST_MEMBERS_WITHOUT_FILTER = 1000;

const seen = (call: Call, group: GroupChat) => !group.dismissed && group.visibleAt <= call.nowMs && inRange(call, group.owner);

export const groupEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/groupchat/list',
    input: z.object({
      status_filter: z.number().int().min(0).max(3).default(0),
      owner_filter: z.object({ userid_list: z.array(z.string()).max(100).default([]) }).optional(),
      cursor: fields.cursor,
      limit: z.number().int().min(1).max(1000),
    }),
    emptyOnError: { group_chat_list: [] },
    run(call, input) {
      const owners = input.owner_filter?.userid_list ?? [];
      const reach = call.app.visible?.length ?? call.corp.staff.size;
      if (owners.length === 0 && reach > MOST_MEMBERS_WITHOUT_FILTER) throw new ApiError(81017);
      const all = [...call.corp.groups.values()].filter(
        (group) => seen(call, group) && input.status_filter === 0 && (owners.length === 0 || owners.includes(group.owner)),
      );
      const { items, next_cursor } = page(all, input.cursor, input.limit);
      return { group_chat_list: items.map((g) => ({ chat_id: g.chat_id, status: 0 })), next_cursor };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/groupchat/get',
    input: z.object({ chat_id: z.string().min(1), need_name: z.number().int().min(0).max(1).default(0) }),
    run(call, input) {
      const group = call.corp.groups.get(input.chat_id);
      if (group?.dismissed) throw new ApiError(49008);
      if (!group || group.visibleAt > call.nowMs) throw new ApiError(90501);
      if (!seen(call, group)) throw new ApiError(60011);
      return {
        group_chat: {
          chat_id: group.chat_id,
          name: group.name,
          owner: group.owner,
          create_time: seconds(group.createdAt),
          notice: group.notice,
          member_list: group.members.map((m) => {
            const customer = call.corp.customers.get(m.userid);
            return {
              userid: m.userid,
              type: m.type,
              ...(customer?.type === 1 && call.corp.developerAccount && customer.unionid ? { unionid: customer.unionid } : {}),
              join_time: seconds(m.joinedAt),
              join_scene: m.join_scene,
              ...(m.invitor ? { invitor: { userid: m.invitor } } : {}),
              group_nickname: m.group_nickname,
              ...(input.need_name === 1 ? { name: customer?.name ?? call.corp.staff.get(m.userid)?.name ?? '' } : {}),
              ...(m.state ? { state: m.state } : {}),
            };
          }),
          admin_list: [],
          member_version: memberVersion(group),
        },
      };
    },
  }),
];
