import { z } from 'zod';
import { ApiError } from '../errors.ts';
import type { ServiceAccount, ServiceSession } from '../state.ts';
import { newId } from '../state.ts';
import { type Call, type Endpoint, endpoint, page } from './endpoint.ts';

const kf = '/cgi-bin/kf';
const H48 = 48 * 3_600_000;
const MOST_ANSWERS = 5;
const account = z.string({ error: '95000' }).min(1, '95000');
const session = z.object({ open_kfid: account, external_userid: z.string().min(1) });
const types = ['text', 'image', 'voice', 'video', 'file', 'link', 'miniprogram', 'msgmenu', 'location', 'business_card', 'ca_link'];

function mustAccount(call: Call, id: string): ServiceAccount {
  const found = call.corp.service.get(id);
  if (!found) throw new ApiError(95004);
  return found;
}

const sessionOf = (kfAccount: ServiceAccount, id: string): ServiceSession =>
  kfAccount.sessions.get(id) ?? { state: 0, spokeAt: Number.NEGATIVE_INFINITY, answered: 0 };

const allowed: Record<number, number[]> = { 0: [1, 2, 3, 4], 1: [2, 3, 4], 2: [3, 4], 3: [3, 4], 4: [] };

function say(call: Call, kfAccount: ServiceAccount, to: string, input: Record<string, unknown>): { msgid: string } {
  const { msgtype } = input as { msgtype: string };
  const body = input[msgtype];
  if (!types.includes(msgtype)) throw new ApiError(40008);
  if (!body || typeof body !== 'object') throw new ApiError(44004);
  const msgid = typeof input.msgid === 'string' ? input.msgid : newId(call.ctx.world, 'kfm', 28);
  kfAccount.said.set(msgid, { external_userid: to, msgtype, body, at: call.nowMs });
  return { msgid };
}

export const serviceEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: `${kf}/sync_msg`,
    input: z.object({
      cursor: z.string().default(''),
      token: z.string().optional(),
      limit: z.number().int().min(0).max(1000).default(1000),
      voice_format: z.number().default(0),
      open_kfid: z.string().default(''),
    }),
    emptyOnError: { msg_list: [] },
    run(call, input) {
      const all = [...call.corp.service.values()].flatMap((one) => one.items).sort((a, b) => a.send_time - b.send_time);
      const recent = all.filter(
        (one) => (input.open_kfid === '' || one.open_kfid === input.open_kfid) && one.send_time * 1000 > call.nowMs - 3 * 86_400_000,
      );
      // A page may be empty although more follows.
      const from = page(recent, input.cursor, input.limit || 1000);
      return { next_cursor: from.next_cursor || input.cursor, has_more: from.next_cursor ? 1 : 0, msg_list: from.items };
    },
  }),
  endpoint({
    method: 'POST',
    path: `${kf}/send_msg`,
    input: z.looseObject({ touser: z.string().min(1), open_kfid: account, msgid: z.string().max(32).optional(), msgtype: z.string() }),
    run(call, input) {
      const kfAccount = mustAccount(call, input.open_kfid);
      if (typeof input.msgid === 'string' && kfAccount.said.has(input.msgid)) return { msgid: input.msgid };
      const talk = sessionOf(kfAccount, input.touser);
      if (talk.state > 1) throw new ApiError(95018);
      if (talk.spokeAt + H48 <= call.nowMs) throw new ApiError(95002);
      if (talk.answered >= MOST_ANSWERS) throw new ApiError(95001);
      const sent = say(call, kfAccount, input.touser, input);
      kfAccount.sessions.set(input.touser, { ...talk, answered: talk.answered + 1 });
      return sent;
    },
  }),
  endpoint({
    method: 'POST',
    path: `${kf}/send_msg_on_event`,
    input: z.looseObject({ code: z.string().min(1), msgid: z.string().max(32).optional(), msgtype: z.string() }),
    run(call, input) {
      for (const kfAccount of call.corp.service.values()) {
        const code = kfAccount.codes.get(input.code);
        if (!code) continue;
        if (code.used || code.expiresAt <= call.nowMs) throw new ApiError(41050);
        if (input.msgtype !== 'text' && input.msgtype !== 'msgmenu') throw new ApiError(40008);
        code.used = true;
        return say(call, kfAccount, code.external_userid, input);
      }
      throw new ApiError(41050);
    },
  }),
  endpoint({
    method: 'POST',
    path: `${kf}/service_state/get`,
    input: session,
    run(call, input) {
      const talk = sessionOf(mustAccount(call, input.open_kfid), input.external_userid);
      return { service_state: talk.state, ...(talk.servicer ? { servicer_userid: talk.servicer } : {}) };
    },
  }),
  endpoint({
    method: 'POST',
    path: `${kf}/service_state/trans`,
    input: session.extend({ service_state: z.number().int().min(0).max(4), servicer_userid: z.string().optional() }),
    run(call, input) {
      const kfAccount = mustAccount(call, input.open_kfid);
      const talk = sessionOf(kfAccount, input.external_userid);
      if (!(allowed[talk.state] ?? []).includes(input.service_state)) throw new ApiError(95016);
      if (input.service_state === 3 && !call.corp.staff.has(input.servicer_userid ?? '')) throw new ApiError(40003);
      const state = input.service_state as ServiceSession['state'];
      kfAccount.sessions.set(input.external_userid, { ...talk, state, servicer: input.servicer_userid });
      if (state !== 4 && state !== 2) return {};
      const msg_code = newId(call.ctx.world, 'mc', 28);
      kfAccount.codes.set(msg_code, {
        external_userid: input.external_userid,
        expiresAt: call.nowMs + (state === 4 ? 20_000 : H48),
        used: false,
      });
      return { msg_code };
    },
  }),
  endpoint({
    method: 'POST',
    path: `${kf}/add_contact_way`,
    input: z.object({ open_kfid: account, scene: z.string().max(32).default('') }),
    run(call, input) {
      mustAccount(call, input.open_kfid);
      return { url: `${call.ctx.baseUrl()}/kf/${input.open_kfid}?scene=${encodeURIComponent(input.scene)}` };
    },
  }),
  endpoint({
    method: 'POST',
    path: `${kf}/customer/batchget`,
    input: z.object({ external_userid_list: z.array(z.string()).min(1).max(100), need_enter_session_context: z.number().default(0) }),
    emptyOnError: { customer_list: [] },
    run({ corp }, input) {
      const known = input.external_userid_list.flatMap((id) => corp.customers.get(id) ?? []);
      return {
        customer_list: known.map((one) => ({
          external_userid: one.external_userid,
          nickname: one.name,
          avatar: one.avatar,
          gender: one.gender,
          ...(corp.developerAccount && one.unionid ? { unionid: one.unionid } : {}),
        })),
        invalid_external_userid: input.external_userid_list.filter((id) => !corp.customers.has(id)),
      };
    },
  }),
];
