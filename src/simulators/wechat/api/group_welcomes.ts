import { z } from 'zod';
import { ApiError } from '../errors.ts';
import type { Attachment, GroupWelcome } from '../state.ts';
import { newId } from '../state.ts';
import { type Call, checkMessage, type Endpoint, endpoint } from './endpoint.ts';

const MOST = 100;
const MOST_BYTES = 3000;
const path = '/cgi-bin/externalcontact/group_welcome_template';

const body = z.record(z.string(), z.unknown()).optional();
const message = z.object({
  text: z.object({ content: z.string() }).optional(),
  ...{ image: body, link: body, miniprogram: body, file: body, video: body },
});

/** Text may go with one other thing; which one wins where several are given the platform does not say: the first here. */
function read(call: Call, input: z.infer<typeof message>): Pick<GroupWelcome, 'text' | 'attachments'> {
  const attachments = (['image', 'link', 'miniprogram', 'file', 'video'] as const)
    .filter((name) => input[name] !== undefined)
    .slice(0, 1)
    .map((name): Attachment => ({ msgtype: name, [name]: input[name] }));
  checkMessage(call, { ...(input.text ? { text: input.text } : {}), attachments });
  if (Buffer.byteLength(input.text?.content ?? '') > MOST_BYTES) throw new ApiError(45002);
  return { ...(input.text ? { text: input.text } : {}), attachments };
}

/** An app sees all, and changes only what it made itself. */
function mine({ corp, app }: Call, templateId: string): GroupWelcome {
  const found = corp.groupWelcomes.get(templateId);
  if (!found || found.agentid !== app.agentid) throw new ApiError(40058);
  return found;
}

const templateId = z.string().min(1);

export const groupWelcomeEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: `${path}/add`,
    input: message.extend({ notify: z.union([z.literal(0), z.literal(1)]).default(1) }),
    run(call, input) {
      if (call.corp.groupWelcomes.size >= MOST) throw new ApiError(40058);
      const template_id = newId(call.ctx.world, 'gw', 30);
      call.corp.groupWelcomes.set(template_id, {
        template_id,
        agentid: call.app.agentid,
        notified: input.notify === 1,
        ...read(call, input),
      });
      return { template_id };
    },
  }),
  endpoint({
    method: 'POST',
    path: `${path}/edit`,
    input: message.extend({ template_id: templateId }),
    run(call, input) {
      const one = mine(call, input.template_id);
      const { agentid, template_id, notified } = one;
      call.corp.groupWelcomes.set(template_id, { template_id, agentid, notified, ...read(call, input) });
      return {};
    },
  }),
  endpoint({
    method: 'POST',
    path: `${path}/get`,
    input: z.object({ template_id: templateId }),
    run(call, input) {
      const { text, attachments } = mine(call, input.template_id);
      return { ...(text ? { text } : {}), ...Object.fromEntries(attachments.map((one) => [one.msgtype, one[one.msgtype]])) };
    },
  }),
  endpoint({
    method: 'POST',
    path: `${path}/del`,
    input: z.object({ template_id: templateId }),
    run(call, input) {
      call.corp.groupWelcomes.delete(mine(call, input.template_id).template_id);
      return {};
    },
  }),
];
