import { z } from 'zod';
import { ApiError } from '../errors.ts';
import type { AcquisitionLink } from '../state.ts';
import { newId, seconds } from '../state.ts';
import { type Call, type Endpoint, endpoint, fields, mustStaff, page } from './endpoint.ts';

const path = '/cgi-bin/externalcontact/customer_acquisition';
const range = z.object({ user_list: z.array(z.string()).default([]), department_list: z.array(z.number()).default([]) });
const link = z.object({ link_id: z.string().min(1) });

function mustLink(call: Call, id: string): AcquisitionLink {
  const found = call.corp.links.get(id);
  if (!found || found.agentid !== call.app.agentid) throw new ApiError(40058);
  return found;
}

const told = ({ link_id, link_name, url, createdAt, skip_verify }: AcquisitionLink) => ({
  ...{ link_id, link_name, url, create_time: seconds(createdAt), skip_verify, mark_source: true },
});

export const acquisitionEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: `${path}/create_link`,
    input: z.object({
      link_name: z.string().min(1).max(30),
      range,
      skip_verify: z.boolean().default(true),
      mark_source: z.boolean().optional(),
    }),
    run(call, input) {
      for (const userid of input.range.user_list) mustStaff(call, userid);
      if (input.range.user_list.length === 0 && input.range.department_list.length === 0) throw new ApiError(40058);
      const link_id = newId(call.ctx.world, 'cawc', 26);
      const made: AcquisitionLink = {
        ...{ link_id, agentid: call.app.agentid, link_name: input.link_name, createdAt: call.nowMs },
        ...{ user_list: input.range.user_list, skip_verify: input.skip_verify, customers: [] },
        url: `${call.ctx.baseUrl()}/ca/${link_id}`,
      };
      call.corp.links.set(link_id, made);
      return { link: told(made) };
    },
  }),
  endpoint({
    method: 'POST',
    path: `${path}/get`,
    input: link,
    run(call, input) {
      const found = mustLink(call, input.link_id);
      return { link: told(found), range: { user_list: found.user_list, department_list: [] } };
    },
  }),
  endpoint({
    method: 'POST',
    path: `${path}/update_link`,
    input: link.extend({ link_name: z.string().min(1).max(30).optional(), range: range.optional(), skip_verify: z.boolean().optional() }),
    run(call, { link_id, range: people, ...change }) {
      const found = mustLink(call, link_id);
      for (const userid of people?.user_list ?? []) mustStaff(call, userid);
      Object.assign(found, Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)));
      if (people) found.user_list = people.user_list;
      return {};
    },
  }),
  endpoint({
    method: 'POST',
    path: `${path}/delete_link`,
    input: link,
    run(call, input) {
      mustLink(call, input.link_id);
      call.corp.links.delete(input.link_id);
      return {};
    },
  }),
  endpoint({
    method: 'POST',
    path: `${path}/list_link`,
    input: z.object({ limit: fields.limit(100, 100), cursor: fields.cursor }),
    emptyOnError: { link_id_list: [] },
    run(call, input) {
      const mine = [...call.corp.links.values()].filter((one) => one.agentid === call.app.agentid);
      const { items, next_cursor } = page(mine, input.cursor, input.limit);
      return { link_id_list: items.map((one) => one.link_id), next_cursor };
    },
  }),
  endpoint({
    method: 'POST',
    path: `${path}/customer`,
    input: link.extend({ limit: fields.limit(1000, 1000), cursor: fields.cursor }),
    emptyOnError: { customer_list: [] },
    run(call, input) {
      const { items, next_cursor } = page(mustLink(call, input.link_id).customers, input.cursor, input.limit);
      return { customer_list: items, next_cursor };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/cgi-bin/externalcontact/customer_acquisition_quota',
    input: z.unknown(),
    run: ({ corp, nowMs }) => ({
      total: 1000,
      balance: corp.linkBalance,
      quota_list: [{ expire_date: seconds(nowMs) + 30 * 86_400, balance: corp.linkBalance }],
    }),
  }),
];
