import { z } from 'zod';
import { type App, reasonsFor } from '../../base/index.ts';
import { planForesight } from './approval.ts';
import type { GroupPlans } from './group-plans.ts';
import {
  calendarQuery,
  calendarView,
  handoverAnswer,
  handoverBody,
  handoverList,
  planBody,
  planChange,
  planList,
  planView,
  remindAnswer,
  remindBody,
  sendList,
  sendQuery,
  welcomeBody,
  welcomeList,
  welcomeView,
} from './schema.ts';

const params = z.object({ id: z.string().max(60) });
const read = { permission: 'channels.read' };
const write = { permission: 'channels.write' };
const tags = ['groups'];

export function groupPlanRoutes(app: App, work: GroupPlans): void {
  const { plans, welcomes } = work;
  const answer = { response: { 200: planView } };
  app.get(
    '/api/groups/plans',
    { config: read, schema: { tags, summary: 'What groups are told when', response: { 200: planList } } },
    (req) => plans.list(req.auth.workspaceNo),
  );
  app.get('/api/groups/plans/:id', { config: read, schema: { tags, summary: 'A plan of messages', params, ...answer } }, (req) =>
    plans.get(req.auth.workspaceNo, req.params.id),
  );
  app.get(
    '/api/groups/plans/:id/foresight',
    {
      config: read,
      schema: { tags, summary: 'Whom a plan would reach, and who is in how many of its groups', params, response: { 200: planForesight } },
    },
    (req) => plans.foresee(req.auth.workspaceNo, req.params.id, req.auth.actor),
  );
  app.post('/api/groups/plans', { config: write, schema: { tags, summary: 'Make a plan', body: planBody, ...answer } }, (req) =>
    plans.add(req.auth.workspaceNo, req.body, req.auth.actor.name),
  );
  app.patch(
    '/api/groups/plans/:id',
    { config: write, schema: { tags, summary: 'Change a plan', params, body: planChange, ...answer } },
    (req) => plans.change(req.auth.workspaceNo, req.params.id, req.body),
  );
  app.delete('/api/groups/plans/:id', { config: write, schema: { tags, summary: 'Remove a plan', params } }, async (req, reply) => {
    await plans.remove(req.auth.workspaceNo, req.params.id);
    return reply.code(204).send();
  });
  for (const [act, summary] of [
    ['launch', 'Begin a plan'],
    ['pause', 'Pass over what falls due until it goes on'],
    ['resume', 'Go on with a plan'],
  ] as const)
    app.post(`/api/groups/plans/:id/${act}`, { config: write, schema: { tags, summary, params, ...answer } }, (req) =>
      plans[act](req.auth.workspaceNo, req.params.id),
    );

  app.get(
    '/api/groups/calendar',
    {
      config: read,
      schema: {
        ...{ tags, summary: 'Which groups get what on which day, and who has not sent' },
        ...{ querystring: calendarQuery, response: { 200: calendarView } },
      },
    },
    (req) => work.calendar(req.auth.workspaceNo, req.auth.timezone, req.query),
  );
  app.get(
    '/api/groups/calendar/sends',
    {
      config: read,
      schema: { tags, summary: 'The groups of one message, and how each went', querystring: sendQuery, response: { 200: sendList } },
    },
    (req) => work.sends(req.auth.workspaceNo, req.query),
  );
  app.post(
    '/api/groups/calendar/remind',
    {
      config: write,
      schema: { tags, summary: 'Remind owners who have not sent', body: remindBody, response: { 200: remindAnswer } },
    },
    (req) => work.remind(req.auth.workspaceNo, req.body),
  );
  app.post(
    '/api/groups/handover',
    {
      config: write,
      schema: { tags, summary: 'Share out the groups of one member among others', body: handoverBody, response: { 200: handoverAnswer } },
    },
    async (req) => {
      const answer = await work.handOver(req.auth.workspaceNo, req.body, req.auth.actor.name);
      return { ...answer, failed: reasonsFor(req, answer.failed) };
    },
  );

  app.get(
    '/api/groups/handovers',
    { config: read, schema: { tags, summary: 'How hand-overs stand, by who gives', response: { 200: handoverList } } },
    async (req) => {
      const { most, items } = await work.handovers(req.auth.workspaceNo);
      return { most, items: items.map((one) => ({ ...one, failed: reasonsFor(req, one.failed) })) };
    },
  );
  app.delete(
    '/api/groups/handovers/:from',
    {
      config: write,
      schema: {
        ...{ tags, summary: 'What has not been handed over stays where it is' },
        params: z.object({ from: z.string().min(1).max(64) }),
        response: { 200: z.object({ dropped: z.number() }) },
      },
    },
    (req) => work.dropHandovers(req.auth.workspaceNo, req.params.from),
  );

  const greeting = { response: { 200: welcomeView } };
  app.get(
    '/api/groups/welcomes',
    { config: read, schema: { tags, summary: 'What newcomers of groups are greeted with', response: { 200: welcomeList } } },
    (req) => welcomes.list(req.auth.workspaceNo),
  );
  app.post('/api/groups/welcomes', { config: write, schema: { tags, summary: 'Make a welcome', body: welcomeBody, ...greeting } }, (req) =>
    welcomes.add(req.auth.workspaceNo, req.body),
  );
  app.put(
    '/api/groups/welcomes/:id',
    { config: write, schema: { tags, summary: 'Change a welcome, or offer it once more', params, body: welcomeBody, ...greeting } },
    (req) => welcomes.change(req.auth.workspaceNo, req.params.id, req.body),
  );
  app.delete('/api/groups/welcomes/:id', { config: write, schema: { tags, summary: 'Remove a welcome', params } }, async (req, reply) => {
    await welcomes.remove(req.auth.workspaceNo, req.params.id);
    return reply.code(204).send();
  });
}
