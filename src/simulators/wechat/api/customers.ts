import { z } from 'zod';
import { ApiError } from '../errors.ts';
import type { Corp, Customer, Relation } from '../state.ts';
import { findTag, isVisible, seconds } from '../state.ts';
import {
  type Call,
  type Endpoint,
  endpoint,
  fields,
  inRange,
  mustCustomer,
  mustRelation,
  mustStaff,
  page,
  visibleRelations,
} from './endpoint.ts';

const FOLLOWERS_PER_PAGE = 500;

const contactOf = ({ corp, ctx }: Call, customer: Customer) => ({
  external_userid: customer.external_userid,
  name: customer.name,
  avatar: customer.avatar || `${ctx.baseUrl()}/avatar/${corp.corpid}/${customer.external_userid}.svg`,
  type: customer.type,
  gender: customer.gender,
  ...(customer.type === 1 && corp.developerAccount && customer.unionid ? { unionid: customer.unionid } : {}),
  ...(customer.type === 2 && customer.corp_name ? { corp_name: customer.corp_name, corp_full_name: customer.corp_name } : {}),
});

const followBasics = (relation: Relation) => ({
  userid: relation.userid,
  remark: relation.remark,
  description: relation.description,
  createtime: seconds(relation.createdAt),
  remark_corp_name: relation.remark_company ?? '',
  remark_mobiles: relation.remark_mobiles,
  oper_userid: relation.add_way === 1 ? relation.external_userid : relation.userid,
  add_way: relation.add_way,
  ...(relation.state ? { state: relation.state } : {}),
});

const tagsOf = (corp: Corp, relation: Relation) =>
  relation.tags.flatMap((id) => {
    const found = findTag(corp, id);
    return found ? [{ group_name: found.group.name, tag_name: found.tag.name, tag_id: id, type: 1 }] : [];
  });

/** All pairs of some members, oldest first, kept until a friendship begins: a long list is read page by page. */
const lists = new WeakMap<Corp, { turn: number; key: string; rows: Relation[] }>();

function pairsOf(corp: Corp, userids: string[]): Relation[] {
  const key = [...userids].sort().join(' ');
  const held = lists.get(corp);
  if (held && held.turn === corp.friendTurn && held.key === key) return held.rows;
  const wanted = new Set(userids);
  const rows: Relation[] = [];
  for (const followers of corp.relations.values())
    for (const relation of followers.values()) if (wanted.has(relation.userid)) rows.push(relation);
  rows.sort((a, b) => a.createdAt - b.createdAt);
  lists.set(corp, { turn: corp.friendTurn, key, rows });
  return rows;
}

const visible = (call: Call, rows: Relation[]): Relation[] =>
  rows.filter((one) => isVisible(one, call.nowMs, call.ctx.rules.deletionLagMs));

export const customerEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/cgi-bin/externalcontact/get_follow_user_list',
    input: z.unknown(),
    emptyOnError: { follow_user: [] },
    run: (call) => ({
      follow_user: [...call.corp.staff.values()].filter((s) => s.customerContact && inRange(call, s.userid)).map((s) => s.userid),
    }),
  }),
  endpoint({
    method: 'GET',
    path: '/cgi-bin/externalcontact/list',
    input: z.object({ userid: fields.userid }),
    emptyOnError: { external_userid: [] },
    run(call, { userid }) {
      mustStaff(call, userid);
      const ids = visible(call, pairsOf(call.corp, [userid])).map((r) => r.external_userid);
      if (ids.length === 0) throw new ApiError(84061);
      return { external_userid: ids };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/cgi-bin/externalcontact/get',
    input: z.object({ external_userid: fields.externalUserid, cursor: fields.cursor }),
    emptyOnError: { follow_user: [] },
    run(call, input) {
      const customer = mustCustomer(call, input.external_userid);
      const relations = visibleRelations(call, input.external_userid);
      if (relations.length === 0) throw new ApiError(84061);
      const { items, next_cursor } = page(relations, input.cursor, FOLLOWERS_PER_PAGE);
      return {
        external_contact: contactOf(call, customer),
        follow_user: items.map((r) => ({ ...followBasics(r), tags: tagsOf(call.corp, r) })),
        ...(next_cursor ? { next_cursor } : {}),
      };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/batch/get_by_user',
    input: z.object({ userid_list: z.array(fields.userid).min(1).max(100), cursor: fields.cursor, limit: fields.limit(100, 50) }),
    emptyOnError: { external_contact_list: [] },
    run(call, input) {
      for (const userid of input.userid_list) mustStaff(call, userid);
      // What is not visible any more makes a page shorter, not another one.
      const { items, next_cursor } = page(pairsOf(call.corp, input.userid_list), input.cursor, input.limit);
      return {
        external_contact_list: visible(call, items).map((r) => ({
          external_contact: contactOf(call, mustCustomer(call, r.external_userid)),
          follow_info: { ...followBasics(r), tag_id: r.tags },
        })),
        next_cursor,
      };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/remark',
    input: z.object({
      userid: fields.userid,
      external_userid: fields.externalUserid,
      remark: z.string().max(20).optional(),
      description: z.string().max(150).optional(),
      remark_company: z.string().max(20).optional(),
      remark_mobiles: z.array(z.string()).optional(),
      remark_pic_mediaid: z.string().optional(),
    }),
    run(call, { userid, external_userid, remark_mobiles, ...rest }) {
      const { remark, description, remark_company } = rest;
      if (Object.keys({ ...rest, ...(remark_mobiles ? { remark_mobiles } : {}) }).length === 0) throw new ApiError(40058);
      const relation = mustRelation(call, userid, external_userid);
      if (remark !== undefined) relation.remark = remark;
      if (description !== undefined) relation.description = description;
      if (remark_company !== undefined) relation.remark_company = remark_company;
      // A single empty string clears the list.
      if (remark_mobiles) relation.remark_mobiles = remark_mobiles.filter((m) => m !== '');
      return {};
    },
  }),
];
