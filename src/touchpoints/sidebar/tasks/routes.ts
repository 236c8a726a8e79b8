import { z } from 'zod';
import { type App, notFound, reasonsFor } from '../../../base/index.ts';
import { personNo } from '../../../people/index.ts';
import { AT, type Callers, customerId } from '../callers.ts';
import type { SidebarDeps } from '../ports.ts';
import { handedOut, handOutBody } from './schema.ts';
import { aboutTask } from './tasks.ts';

const tags = ['sidebar'];
const day = z.iso.date({ error: 'is not a day, such as 2026-01-31' });
const staff = z.string().min(1).max(64).optional();

/** What a staff member is to see to. */
export function taskRoutes(app: App, deps: SidebarDeps, callers: Callers): void {
  const { tasks } = deps;
  const read = { permission: 'people.read' };
  const write = { permission: 'notes.write' };

  app.get(
    `${AT}tasks`,
    { config: read, schema: { tags, summary: 'What a staff member is to see to today', querystring: z.object({ staff }) } },
    async (req) => {
      const { workspaceNo, timezone } = req.auth;
      return tasks.today(workspaceNo, timezone, await callers.tasksOf(req, req.query.staff));
    },
  );
  app.post(
    `${AT}tasks/:id`,
    {
      config: write,
      schema: {
        tags,
        summary: 'Done, or to be seen to on a later day',
        params: z.object({ id: z.string().max(100) }),
        querystring: z.object({ staff }),
        body: z.discriminatedUnion('act', [z.object({ act: z.literal('done') }), z.object({ act: z.literal('snooze'), until: day })], {
          error: 'act must be done or snooze',
        }),
      },
    },
    async (req, reply) => {
      const { workspaceNo, timezone, actor } = req.auth;
      const staffId = await callers.tasksOf(req, req.query.staff);
      const about = aboutTask(req.params.id);
      if (about) {
        const card = (await deps.people.cards(workspaceNo, [about.personNo])).get(about.personNo);
        if (!card) throw notFound('Customer');
        await callers.mayPerson(req, about.personNo, card.customer ?? undefined);
      }
      await tasks.answer(workspaceNo, timezone, { taskId: req.params.id, staffId, by: actor.name }, req.body);
      return reply.code(204).send();
    },
  );
  app.post(
    '/api/staff-tasks',
    {
      config: { permission: 'messages.write' },
      schema: {
        ...{ tags, summary: 'Customers to be seen to now, each handed to whom they are bound to, who is told in WeCom', body: handOutBody },
        response: { 200: handedOut },
      },
    },
    async (req) => {
      const { workspaceNo, timezone, actor } = req.auth;
      const { people, message } = req.body;
      const account = message && (await deps.wecom.ofWorkspace(workspaceNo));
      const url = account && `${deps.publicUrl}/sidebar.html?account=${account.id}`;
      const answer = await tasks.handOut(workspaceNo, timezone, {
        people: people.map((one) => ({ personNo: personNo(one.id), text: one.text })),
        by: actor.name,
        ...(message ? { message: { ...message, ...(url ? { url } : {}) } } : {}),
      });
      return { ...answer, untold: reasonsFor(req, answer.untold) };
    },
  );
  app.post(
    `${AT}customers/:id/tasks`,
    {
      config: write,
      schema: {
        tags,
        summary: 'Something to see to about a customer, on a day',
        params: z.object({ id: customerId }),
        querystring: z.object({ staff }),
        body: z.object({
          text: z.string().trim().min(1, 'write what is to be done').max(300, 'must have at most 300 characters'),
          due: day,
        }),
      },
    },
    async (req, reply) => {
      const { workspaceNo, timezone, actor } = req.auth;
      const { no } = await callers.customer(req, req.params.id);
      const staffId = await callers.tasksOf(req, req.query.staff);
      reply.code(201);
      return tasks.set(workspaceNo, timezone, { staffId, personNo: no, by: actor.name, ...req.body });
    },
  );
}
