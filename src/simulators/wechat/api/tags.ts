import { z } from 'zod';
import { removeTags } from '../actions/tags.ts';
import { ApiError } from '../errors.ts';
import type { Tag, TagGroup } from '../state.ts';
import { findTag, newId, seconds } from '../state.ts';
import { type Call, type Endpoint, endpoint, fields, mustRelation } from './endpoint.ts';

const MARK_TAG_AT_ONCE = 5;

const name = z.string().min(1).max(30);

const groupView = (group: TagGroup, tags: Tag[] = group.tags) => ({
  group_id: group.id,
  group_name: group.name,
  create_time: seconds(group.createdAt),
  order: group.order,
  tag: tags.map((t) => ({ id: t.id, name: t.name, create_time: seconds(t.createdAt), order: t.order })),
});

const countTags = (call: Call) => call.corp.tagGroups.reduce((sum, g) => sum + g.tags.length, 0);

function owned<T extends { agentid?: number }>(call: Call, item: T): T {
  if (item.agentid !== call.app.agentid) throw new ApiError(81011);
  return item;
}

export const tagEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/get_corp_tag_list',
    input: z.object({ tag_id: fields.ids, group_id: fields.ids }),
    emptyOnError: { tag_group: [] },
    run({ corp }, input) {
      if (input.group_id.length > 0) {
        return { tag_group: corp.tagGroups.filter((g) => input.group_id.includes(g.id)).map((g) => groupView(g)) };
      }
      if (input.tag_id.length === 0) return { tag_group: corp.tagGroups.map((g) => groupView(g)) };
      const some = corp.tagGroups.map((g) => ({ g, tags: g.tags.filter((t) => input.tag_id.includes(t.id)) }));
      return { tag_group: some.filter(({ tags }) => tags.length > 0).map(({ g, tags }) => groupView(g, tags)) };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/add_corp_tag',
    input: z.object({
      group_id: z.string().optional(),
      group_name: name.optional(),
      order: z.number().int().default(0),
      tag: z.array(z.object({ name, order: z.number().int().default(0) })).min(1),
      agentid: z.number().int().optional(),
    }),
    run(call, input) {
      const { corp, ctx, app, nowMs } = call;
      let group = corp.tagGroups.find((g) => (input.group_id ? g.id === input.group_id : g.name === input.group_name));
      if (input.group_id && !group) throw new ApiError(40068);
      if (!group && !input.group_name) throw new ApiError(40058);
      const wanted = [...new Map(input.tag.map((t) => [t.name, t])).values()];
      if (wanted.some((t) => group?.tags.some((old) => old.name === t.name))) throw new ApiError(40071);
      if (countTags(call) + wanted.length > ctx.rules.maxCorpTags) throw new ApiError(40126);
      if (!group) {
        const base = { id: newId(ctx.world, 'et'), name: input.group_name ?? '', order: input.order };
        group = { ...base, createdAt: nowMs, agentid: app.agentid, tags: [] };
        corp.tagGroups.push(group);
      }
      const made = wanted.map((t) => ({
        id: newId(ctx.world, 'et'),
        name: t.name,
        order: t.order,
        createdAt: nowMs,
        agentid: app.agentid,
      }));
      group.tags.push(...made);
      return { tag_group: groupView(group, made) };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/edit_corp_tag',
    input: z.object({
      id: z.string().min(1),
      name: name.optional(),
      order: z.number().int().optional(),
      agentid: z.number().int().optional(),
    }),
    run(call, input) {
      const { corp } = call;
      const found = findTag(corp, input.id);
      const group = corp.tagGroups.find((g) => g.id === input.id);
      const item = found?.tag ?? group;
      if (!item) throw new ApiError(40068);
      owned(call, item);
      const others: { id: string; name: string }[] = found ? found.group.tags : corp.tagGroups;
      if (input.name && others.some((o) => o.id !== input.id && o.name === input.name)) throw new ApiError(40071);
      if (input.name) item.name = input.name;
      if (input.order !== undefined) item.order = input.order;
      return {};
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/del_corp_tag',
    input: z.object({ tag_id: fields.ids, group_id: fields.ids, agentid: z.number().int().optional() }),
    run(call, input) {
      const { corp } = call;
      if (input.tag_id.length + input.group_id.length === 0) throw new ApiError(40058);
      const gone = new Set<string>();
      for (const id of input.group_id) {
        const group = corp.tagGroups.find((g) => g.id === id);
        if (!group) throw new ApiError(40068);
        for (const tag of owned(call, group).tags) gone.add(tag.id);
      }
      for (const id of input.tag_id) {
        const found = findTag(corp, id);
        if (!found) throw new ApiError(40068);
        gone.add(owned(call, found.tag).id);
      }
      removeTags(corp, gone);
      return {};
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/externalcontact/mark_tag',
    input: z.object({ userid: fields.userid, external_userid: fields.externalUserid, add_tag: fields.ids, remove_tag: fields.ids }),
    async run(call, input) {
      const leave = call.ctx.limits.enter(`mark_tag|${call.corp.corpid}`, MARK_TAG_AT_ONCE);
      try {
        if (input.add_tag.length + input.remove_tag.length === 0) throw new ApiError(40058);
        const relation = mustRelation(call, input.userid, input.external_userid);
        for (const id of input.add_tag) if (!findTag(call.corp, id)) throw new ApiError(40068);
        await new Promise((done) => setTimeout(done, call.ctx.rules.markTagMs));
        const kept = relation.tags.filter((id) => !input.remove_tag.includes(id));
        relation.tags = [...new Set([...kept, ...input.add_tag])];
        return {};
      } finally {
        leave();
      }
    },
  }),
];
