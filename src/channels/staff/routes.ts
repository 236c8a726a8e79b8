import { z } from 'zod';
import { type App, Problem, pageQuery } from '../../base/index.ts';
import { planAsk, planView } from '../plan.ts';
import type { Channels } from '../room.ts';
import {
  momentCheck,
  momentChoices,
  momentDetail,
  momentList,
  momentMade,
  newMoment,
  newStaffMessage,
  type Reminded,
  remindAnswer,
  remindBody,
  staffMessageList,
  staffMessageSent,
  waitingList,
} from './schema.ts';

const params = z.object({ id: z.string().max(64) });

/** What staff are asked to do: mass messages to confirm, moments to publish, app messages to read. */
export function staffRoutes(app: App, { staff, plan }: Pick<Channels, 'staff' | 'plan'>): void {
  const read = { permission: 'channels.read' };
  const write = { permission: 'messages.write' };
  app.get(
    '/api/mass-messages/waiting',
    {
      config: { permission: 'messages.read' },
      schema: { tags: ['messages'], summary: 'Mass messages that staff have not confirmed', response: { 200: waitingList } },
    },
    async (req) => ({ items: await staff.waiting(req.auth.workspaceNo) }),
  );
  app.post(
    '/api/channels/wecom/plan',
    {
      config: read,
      schema: {
        ...{ tags: ['channels'], summary: 'What mass messages to an audience would reach, and what they would leave for later ones' },
        ...{ body: planAsk, response: { 200: planView } },
      },
    },
    (req) => plan(req.auth.workspaceNo, req.body),
  );
  app.post(
    '/api/mass-messages/remind',
    {
      config: write,
      schema: {
        ...{ tags: ['messages'], summary: 'Reminds staff of these, as often as WeCom allows', body: remindBody },
        response: { 200: remindAnswer },
      },
    },
    async (req): Promise<Reminded> => {
      const answer: Reminded = { reminded: 0, refused: [] };
      for (const id of new Set(req.body.ids)) {
        try {
          await staff.remind(req.auth.workspaceNo, id, req.auth.actor.name);
          answer.reminded += 1;
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          answer.refused.push({ id, code: error.code ?? String(error.status), reason: error.detail ?? error.title });
        }
      }
      return answer;
    },
  );
  const tags = ['moments'];
  app.get(
    '/api/moments',
    { config: read, schema: { tags, summary: 'Moments, newest first', querystring: pageQuery, response: { 200: momentList } } },
    (req) => staff.moments.list(req.auth.workspaceNo, req.query.cursor),
  );
  app.get(
    '/api/moments/choices',
    {
      config: read,
      schema: { tags, summary: 'Who may publish, and tags of WeCom to choose customers by', response: { 200: momentChoices } },
    },
    (req) => staff.moments.choices(req.auth.workspaceNo),
  );
  app.get(
    '/api/moments/:id',
    { config: read, schema: { tags, summary: 'A moment, and what each has done with it', params, response: { 200: momentDetail } } },
    (req) => staff.moments.get(req.auth.workspaceNo, req.params.id),
  );
  app.post(
    '/api/moments/check',
    {
      config: read,
      schema: { tags, summary: 'Who would publish it, who is left out and by which rule', body: newMoment, response: { 200: momentCheck } },
    },
    (req) => staff.moments.check(req.auth.workspaceNo, req.body),
  );
  app.post(
    '/api/moments',
    { config: write, schema: { tags, summary: 'Hands a moment to staff, who publish it', body: newMoment, response: { 201: momentMade } } },
    async (req, reply) => reply.code(201).send(await staff.moments.make(req.auth.workspaceNo, req.body, req.auth.actor.name)),
  );
  app.post(
    '/api/moments/:id/cancel',
    {
      config: write,
      schema: { tags, summary: 'Takes it back from those who have not published it', params, response: { 200: momentDetail } },
    },
    (req) => staff.moments.cancel(req.auth.workspaceNo, req.params.id),
  );
  app.get(
    '/api/staff-messages',
    { config: read, schema: { tags: ['messages'], summary: 'App messages to staff, newest first', response: { 200: staffMessageList } } },
    async (req) => ({ items: await staff.told(req.auth.workspaceNo) }),
  );
  app.post(
    '/api/staff-messages',
    {
      config: write,
      schema: {
        tags: ['messages'],
        summary: 'Tells staff something in WeCom, now',
        body: newStaffMessage,
        response: { 201: staffMessageSent },
      },
    },
    async (req, reply) => reply.code(201).send(await staff.tell(req.auth.workspaceNo, req.body, req.auth.actor.name)),
  );
}
