import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ApiError } from '../errors.ts';
import type { Customer } from '../state.ts';
import { newId } from '../state.ts';
import { type Call, type Endpoint, endpoint, fields, visibleRelations } from './endpoint.ts';

const union = { unionid: z.string({ error: '610014' }).min(1, '610014'), openid: z.string().min(1) };

function byUnionid(call: Call, unionid: string): Customer | undefined {
  if (!call.corp.developerAccount) throw new ApiError(41057);
  return [...call.corp.customers.values()].find((one) => one.unionid === unionid && visibleRelations(call, one.external_userid).length > 0);
}

/** The openid under the corp's own appid. */
const openidOf = (call: Call, id: string) =>
  `o${createHash('sha256').update(`${call.corp.corpid}:${id}`).digest('base64url').slice(0, 27)}`;

export const crossIdentityEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/unionid_to_external_userid',
    input: z.object(union),
    run(call, input) {
      const found = byUnionid(call, input.unionid);
      if (!found) throw new ApiError(84061);
      return { external_userid: found.external_userid };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/idconvert/unionid_to_external_userid',
    input: z.object({ ...union, subject_type: z.number().default(0) }),
    run(call, input) {
      const found = byUnionid(call, input.unionid);
      if (found) return { external_userid: found.external_userid };
      const known = [...call.corp.pendingIds].find(([, unionid]) => unionid === input.unionid)?.[0];
      const pending_id = known ?? newId(call.ctx.world, 'pend', 28);
      call.corp.pendingIds.set(pending_id, input.unionid);
      return { pending_id };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/idconvert/batch/external_userid_to_pending_id',
    input: z.object({ external_userid: z.array(z.string()).min(1).max(100), chat_id: z.string().optional() }),
    emptyOnError: { result: [] },
    run({ corp }, input) {
      const pending = new Map([...corp.pendingIds].map(([pendingId, unionid]) => [unionid, pendingId]));
      return {
        result: input.external_userid.flatMap((id) => {
          const pending_id = pending.get(corp.customers.get(id)?.unionid ?? '');
          return pending_id ? [{ external_userid: id, pending_id }] : [];
        }),
      };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/convert_to_openid',
    input: z.object({ external_userid: fields.externalUserid }),
    run(call, input) {
      const customer = call.corp.customers.get(input.external_userid);
      if (!customer) throw new ApiError(40096);
      if (customer.type !== 1) throw new ApiError(41056);
      return { openid: openidOf(call, customer.external_userid) };
    },
  }),
];
