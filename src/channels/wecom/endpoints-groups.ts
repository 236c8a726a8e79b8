import { z } from 'zod';
import { id, nothing, post } from '../platform/endpoint.ts';

/** What WeCom greets newcomers of a group with: a library of the corp's, from which owners choose for each group. */

const library = '/cgi-bin/externalcontact/group_welcome_template';

const message = {
  text: z.object({ content: z.string() }).optional(),
  image: z.object({ media_id: z.string().optional(), pic_url: z.string().optional() }).optional(),
  link: z.object({ title: z.string(), picurl: z.string().optional(), desc: z.string().optional(), url: z.string() }).optional(),
  miniprogram: z.object({ title: z.string(), pic_media_id: z.string(), appid: z.string(), page: z.string() }).optional(),
  agentid: z.number().int().optional(),
};

export const groupEndpoints = {
  'group_welcome.add': post(
    `${library}/add`,
    // notify: whether members are told to choose it for their groups.
    z.object({ ...message, notify: z.union([z.literal(0), z.literal(1)]).optional() }),
    z.object({ template_id: id }),
    { retry: 'once' },
  ),
  'group_welcome.edit': post(`${library}/edit`, z.object({ ...message, template_id: id }), nothing),
  'group_welcome.get': post(
    `${library}/get`,
    z.object({ template_id: id }),
    z.object({ text: z.object({ content: z.string() }).nullish(), link: z.object({ title: z.string(), url: z.string() }).nullish() }),
  ),
  'group_welcome.del': post(`${library}/del`, z.object({ template_id: id, agentid: z.number().int().optional() }), nothing),
};
