import { z } from 'zod';
import { ApiError } from '../errors.ts';
import type { ContactWay } from '../state.ts';
import { newId, seconds } from '../state.ts';
import { type Call, type Endpoint, endpoint, fields, inRange, page } from './endpoint.ts';

const FOURTEEN_DAYS = 14 * 86400;

const changeable = {
  style: z.number().int().optional(),
  remark: z.string().max(30).optional(),
  skip_verify: z.boolean().optional(),
  state: z.string().max(30).optional(),
  user: z.array(z.string()).optional(),
  party: z.array(z.number().int()).optional(),
  expires_in: z.number().int().min(1).max(FOURTEEN_DAYS).optional(),
  chat_expires_in: z.number().int().min(1).max(FOURTEEN_DAYS).optional(),
  unionid: z.string().optional(),
  conclusions: z.unknown().optional(),
  mark_source: z.boolean().optional(),
};

function mustWay(call: Call, configId: string): ContactWay {
  const way = call.corp.contactWays.get(configId);
  if (!way || way.agentid !== call.app.agentid) throw new ApiError(41044);
  return way;
}

function checkUsers(call: Call, way: Pick<ContactWay, 'type' | 'user' | 'is_temp'>): void {
  if (way.user.length > 100) throw new ApiError(41041);
  if (way.user.length === 0) throw new ApiError(40058);
  if ((way.type === 1 || way.is_temp) && way.user.length !== 1) throw new ApiError(40058);
  for (const userid of way.user) {
    const staff = call.corp.staff.get(userid);
    if (!staff) throw new ApiError(40003);
    if (!inRange(call, userid)) throw new ApiError(60011);
    if (!staff.active) throw new ApiError(41054);
    if (!staff.verified) throw new ApiError(40098);
  }
}

export const qrUrl = (call: Pick<Call, 'ctx' | 'corp'>, way: ContactWay) =>
  `${call.ctx.baseUrl()}/qr/${call.corp.corpid}/${way.config_id}.svg`;

export const contactWayEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/add_contact_way',
    input: z.object({
      ...changeable,
      type: z.union([z.literal(1), z.literal(2)]),
      scene: z.union([z.literal(1), z.literal(2)]),
      is_temp: z.boolean().default(false),
      is_exclusive: z.boolean().default(false),
    }),
    run(call, input) {
      const way: ContactWay = {
        ...input,
        config_id: newId(call.ctx.world, '', 32),
        agentid: call.app.agentid,
        createdAt: call.nowMs,
        remark: input.remark ?? '',
        skip_verify: input.skip_verify ?? true,
        state: input.state ?? '',
        user: [...new Set(input.user ?? [])],
        party: input.party ?? [],
        added: 0,
      };
      checkUsers(call, way);
      const lasting = [...call.corp.contactWays.values()].filter((w) => !w.is_temp).length;
      if (!way.is_temp && lasting >= call.ctx.rules.maxContactWays) throw new ApiError(41045);
      call.corp.contactWays.set(way.config_id, way);
      return { config_id: way.config_id, ...(way.scene === 2 ? { qr_code: qrUrl(call, way) } : {}) };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/get_contact_way',
    input: z.object({ config_id: fields.configId }),
    run(call, input) {
      const { agentid, createdAt, added, ...way } = mustWay(call, input.config_id);
      const picture = way.scene === 2 ? { qr_code: qrUrl(call, mustWay(call, input.config_id)) } : {};
      return { contact_way: { ...way, ...picture } };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/list_contact_way',
    input: z.object({
      start_time: z.number().int().optional(),
      end_time: z.number().int().optional(),
      cursor: fields.cursor,
      limit: fields.limit(1000, 100),
    }),
    emptyOnError: { contact_way: [] },
    run(call, input) {
      const from = input.start_time ?? seconds(call.nowMs) - 90 * 86400;
      const to = input.end_time ?? seconds(call.nowMs);
      if (from > to) throw new ApiError(40058);
      const mine = [...call.corp.contactWays.values()].filter((way) => {
        const at = seconds(way.createdAt);
        return way.agentid === call.app.agentid && !way.is_temp && at >= from && at <= to;
      });
      const { items, next_cursor } = page(mine, input.cursor, input.limit);
      return { contact_way: items.map((way) => ({ config_id: way.config_id })), next_cursor };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/update_contact_way',
    input: z.object({ config_id: fields.configId, ...changeable }),
    run(call, { config_id, ...change }) {
      const way = mustWay(call, config_id);
      const next = { ...way, ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) };
      checkUsers(call, next);
      Object.assign(way, next);
      return {};
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/del_contact_way',
    input: z.object({ config_id: fields.configId }),
    run(call, input) {
      mustWay(call, input.config_id);
      call.corp.contactWays.delete(input.config_id);
      return {};
    },
  }),
];
