import { z } from 'zod';
import { ApiError } from '../errors.ts';
import type { JoinWay } from '../state.ts';
import { newId } from '../state.ts';
import { type Call, type Endpoint, endpoint, fields, inRange, mustRelation } from './endpoint.ts';

const changeable = {
  scene: z.union([z.literal(1), z.literal(2)]),
  remark: z.string().default(''),
  auto_create_room: z.union([z.literal(0), z.literal(1)]).default(1),
  room_base_name: z.string().max(40).default(''),
  room_base_id: z.number().int().default(1),
  chat_id_list: z.array(z.string()).min(1).max(5),
  state: z.string().max(30).default(''),
  mark_source: z.boolean().optional(),
};
type Input = z.output<z.ZodObject<typeof changeable>>;

function mustWay(call: Call, configId: string): JoinWay {
  const way = call.corp.joinWays.get(configId);
  if (!way || way.agentid !== call.app.agentid) throw new ApiError(41044);
  return way;
}

function checkGroups(call: Call, ids: string[]): void {
  for (const id of ids) {
    const group = call.corp.groups.get(id);
    if (!group) throw new ApiError(90501);
    if (group.dismissed) throw new ApiError(49008);
    if (!inRange(call, group.owner)) throw new ApiError(60011);
  }
}

const fieldsOf = (input: Input) => {
  const { mark_source, ...rest } = input;
  // A remark that is too long is cut, not refused.
  return { ...rest, remark: [...rest.remark].slice(0, 30).join('') };
};

const path = '/cgi-bin/externalcontact/groupchat';
const config = z.object({ config_id: fields.configId });

export const joinWayEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: `${path}/add_join_way`,
    input: z.object(changeable),
    run(call, input) {
      checkGroups(call, input.chat_id_list);
      const lasting = [...call.corp.contactWays.values()].filter((way) => !way.is_temp).length;
      if (lasting + call.corp.joinWays.size >= call.ctx.rules.maxContactWays) throw new ApiError(41045);
      const way = { ...fieldsOf(input), config_id: newId(call.ctx.world, '', 32), agentid: call.app.agentid };
      call.corp.joinWays.set(way.config_id, way);
      return { config_id: way.config_id };
    },
  }),
  endpoint({
    method: 'POST',
    path: `${path}/get_join_way`,
    input: config,
    run(call, input) {
      const { agentid, ...way } = mustWay(call, input.config_id);
      const picture = way.scene === 2 ? { qr_code: `${call.ctx.baseUrl()}/group-qr/${call.corp.corpid}/${way.config_id}.svg` } : {};
      return { join_way: { ...way, ...picture } };
    },
  }),
  endpoint({
    method: 'POST',
    path: `${path}/update_join_way`,
    input: z.object({ ...changeable, config_id: fields.configId }),
    run(call, { config_id, ...input }) {
      const way = mustWay(call, config_id);
      checkGroups(call, input.chat_id_list);
      Object.assign(way, fieldsOf(input));
      return {};
    },
  }),
  endpoint({
    method: 'POST',
    path: `${path}/del_join_way`,
    input: config,
    run(call, input) {
      mustWay(call, input.config_id);
      call.corp.joinWays.delete(input.config_id);
      return {};
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/opengid_to_chatid',
    input: z.object({ opengid: z.string().min(1) }),
    run({ corp }, input) {
      const chat_id = corp.opengids.get(input.opengid);
      if (!chat_id) throw new ApiError(90501);
      return { chat_id };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/close_temp_chat',
    input: z.object({ userid: fields.userid, external_userid: fields.externalUserid }),
    run(call, input) {
      mustRelation(call, input.userid, input.external_userid);
      return {};
    },
  }),
];
