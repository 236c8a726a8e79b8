import { z } from 'zod';
import { cursor, get, id, ids, list, nothing, post } from '../platform/endpoint.ts';

/** Customers, groups and tags. */

const externalcontact = '/cgi-bin/externalcontact';

const externalContact = z.object({
  external_userid: id,
  name: z.string().nullish(),
  avatar: z.string().nullish(),
  type: z.number().nullish(),
  gender: z.number().nullish(),
  unionid: z.string().nullish(),
  position: z.string().nullish(),
  corp_name: z.string().nullish(),
  corp_full_name: z.string().nullish(),
});
export type ExternalContact = z.output<typeof externalContact>;

const follow = {
  userid: id,
  remark: z.string().nullish(),
  description: z.string().nullish(),
  createtime: z.number().nullish(),
  remark_corp_name: z.string().nullish(),
  remark_mobiles: list(z.string()),
  oper_userid: z.string().nullish(),
  add_way: z.number().nullish(),
  state: z.string().nullish(),
  wechat_channels: z.object({ nickname: z.string().nullish(), source: z.number().nullish() }).nullish(),
};
const followUser = z.object({
  ...follow,
  tags: list(
    z.object({
      group_name: z.string().nullish(),
      tag_name: z.string().nullish(),
      tag_id: z.string().nullish(),
      type: z.number().nullish(),
    }),
  ),
});
export type FollowUser = z.output<typeof followUser>;
const followInfo = z.object({ ...follow, tag_id: list(z.string()) });

const tag = z.object({
  id,
  name: z.string(),
  create_time: z.number().nullish(),
  order: z.number().nullish(),
  deleted: z.boolean().nullish(),
});
const tagGroup = z.object({
  group_id: id,
  group_name: z.string(),
  create_time: z.number().nullish(),
  order: z.number().nullish(),
  deleted: z.boolean().nullish(),
  tag: list(tag),
});

const groupMember = z.object({
  userid: id,
  /** 1 staff, 2 customer. */
  type: z.number(),
  unionid: z.string().nullish(),
  join_time: z.number().nullish(),
  join_scene: z.number().nullish(),
  invitor: z.object({ userid: z.string().nullish() }).nullish(),
  group_nickname: z.string().nullish(),
  name: z.string().nullish(),
  state: z.string().nullish(),
});
export type GroupMember = z.output<typeof groupMember>;

export const customerEndpoints = {
  'externalcontact.get_follow_user_list': get(`${externalcontact}/get_follow_user_list`, nothing, z.object({ follow_user: list(id) })),
  'externalcontact.list': get(`${externalcontact}/list`, z.object({ userid: id }), z.object({ external_userid: list(id) })),
  'externalcontact.get': get(
    `${externalcontact}/get`,
    z.object({ external_userid: id, cursor: z.string().optional() }),
    z.object({ external_contact: externalContact, follow_user: list(followUser), next_cursor: cursor }),
  ),
  'externalcontact.batch.get_by_user': post(
    `${externalcontact}/batch/get_by_user`,
    z.object({ userid_list: ids(100), cursor: z.string().optional(), limit: z.number().int().min(1).max(100).optional() }),
    z.object({
      external_contact_list: list(z.object({ external_contact: externalContact, follow_info: followInfo })),
      next_cursor: cursor,
    }),
  ),
  'externalcontact.remark': post(
    `${externalcontact}/remark`,
    z.object({
      userid: id,
      external_userid: id,
      remark: z.string().optional(),
      description: z.string().optional(),
      remark_company: z.string().optional(),
      remark_mobiles: z.array(z.string()).optional(),
      remark_pic_mediaid: z.string().optional(),
    }),
    nothing,
  ),

  'groupchat.list': post(
    `${externalcontact}/groupchat/list`,
    z.object({
      status_filter: z.number().int().min(0).max(3).optional(),
      owner_filter: z.object({ userid_list: ids(100) }).optional(),
      cursor: z.string().optional(),
      limit: z.number().int().min(1).max(1000),
    }),
    z.object({ group_chat_list: list(z.object({ chat_id: id, status: z.number().nullish() })), next_cursor: cursor }),
  ),
  'groupchat.get': post(
    `${externalcontact}/groupchat/get`,
    z.object({ chat_id: id, need_name: z.union([z.literal(0), z.literal(1)]).optional() }),
    z.object({
      group_chat: z.object({
        chat_id: id,
        name: z.string().nullish(),
        owner: z.string().nullish(),
        create_time: z.number().nullish(),
        notice: z.string().nullish(),
        member_list: list(groupMember),
        admin_list: list(z.object({ userid: id })),
        member_version: z.string().nullish(),
      }),
    }),
  ),

  'corptag.list': post(
    `${externalcontact}/get_corp_tag_list`,
    z.object({ tag_id: z.array(id).optional(), group_id: z.array(id).optional() }),
    z.object({ tag_group: list(tagGroup) }),
  ),
  'corptag.add': post(
    `${externalcontact}/add_corp_tag`,
    z.object({
      group_id: id.optional(),
      group_name: z.string().min(1).max(30).optional(),
      order: z.number().int().optional(),
      tag: z.array(z.object({ name: z.string().min(1).max(30), order: z.number().int().optional() })).min(1),
      agentid: z.number().int().optional(),
    }),
    z.object({ tag_group: tagGroup }),
    { retry: 'once' },
  ),
  'corptag.edit': post(
    `${externalcontact}/edit_corp_tag`,
    z.object({ id, name: z.string().min(1).max(30).optional(), order: z.number().int().optional(), agentid: z.number().int().optional() }),
    nothing,
  ),
  'corptag.del': post(
    `${externalcontact}/del_corp_tag`,
    z.object({ tag_id: z.array(id).optional(), group_id: z.array(id).optional(), agentid: z.number().int().optional() }),
    nothing,
  ),
  'externalcontact.mark_tag': post(
    `${externalcontact}/mark_tag`,
    z
      .object({ userid: id, external_userid: id, add_tag: z.array(id).optional(), remove_tag: z.array(id).optional() })
      .refine((mark) => (mark.add_tag?.length ?? 0) + (mark.remove_tag?.length ?? 0) > 0, {
        error: 'name at least one tag to add or remove',
      }),
    nothing,
    { parallel: 5 },
  ),
};
