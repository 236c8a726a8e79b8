import { z } from 'zod';
import { type App, languageOf, reasonsFor } from '../../base/index.ts';
import {
  calendarQuery,
  momentPlanChange,
  momentPlanView,
  newMomentPlan,
  newSop,
  sopAnswer,
  sopCalendar,
  sopChange,
  sopList,
  sopTemplates,
  sopView,
  templateBody,
  templateMade,
} from './schema.ts';
import type { Sops } from './sops.ts';

const params = z.object({ id: z.string().max(64) });
const tags = ['sop'];
const read = { permission: 'journeys.read' };
const write = { permission: 'journeys.write' };
/** What goes to staff goes out. */
const hand = { permission: 'messages.write' };

export function sopRoutes(app: App, sops: Sops): void {
  app.get(
    '/api/sop',
    { config: read, schema: { tags, summary: 'Calendars of persons, groups and moments', response: { 200: sopList } } },
    (req) => sops.list(req.auth.workspaceNo),
  );
  app.get(
    '/api/sop/calendar',
    {
      config: read,
      schema: {
        ...{ tags, summary: 'What goes out on which day, how it went, to how many it will go, and what meets the same people' },
        ...{ querystring: calendarQuery, response: { 200: sopCalendar } },
      },
    },
    (req) => sops.calendar(req.auth.workspaceNo, req.query),
  );
  app.get(
    '/api/sop/templates',
    { config: read, schema: { tags, summary: 'Calendars ready to be looked through and launched', response: { 200: sopTemplates } } },
    () => ({ items: sops.templates().map(({ key, kind, name, about, rows }) => ({ key, kind, name, about, messages: rows.length })) }),
  );
  app.post(
    '/api/sop/templates/:key',
    {
      config: hand,
      schema: {
        ...{ tags, summary: 'A draft of one of them with its content; moments are planned from a day on' },
        ...{ params: z.object({ key: z.string().max(64) }), body: templateBody, response: { 201: templateMade } },
      },
    },
    async (req, reply) => {
      const { language = languageOf(req.headers['accept-language']), channel, from } = req.body ?? {};
      const ask = { language, ...(channel ? { channel } : {}), ...(from ? { from } : {}), by: req.auth.actor.name };
      return reply.code(201).send(await sops.fromTemplate(req.auth.workspaceNo, req.params.key, ask));
    },
  );
  app.get(
    '/api/journeys/:id/sop',
    {
      config: read,
      schema: { tags, summary: 'The table of days that a journey is; null where it is more', params, response: { 200: sopAnswer } },
    },
    async (req) => {
      const sop = await sops.persons.get(req.auth.workspaceNo, req.params.id);
      return { sop: sop ? { ...sop, problems: reasonsFor(req, sop.problems) } : null };
    },
  );
  app.put(
    '/api/journeys/:id/sop',
    {
      config: write,
      schema: {
        tags,
        summary: 'Change a journey by its table; of a launched one this is a new version',
        params,
        body: sopChange,
        response: { 200: sopView },
      },
    },
    async (req) => {
      const sop = await sops.persons.change(req.auth.workspaceNo, req.params.id, req.body);
      return { ...sop, problems: reasonsFor(req, sop.problems) };
    },
  );
  app.post(
    '/api/sop/persons',
    { config: write, schema: { tags, summary: 'A new table of days: a draft of a journey', body: newSop, response: { 201: sopView } } },
    async (req, reply) => {
      const sop = await sops.persons.add(req.auth.workspaceNo, req.body);
      return reply.code(201).send({ ...sop, problems: reasonsFor(req, sop.problems) });
    },
  );
  app.post(
    '/api/sop/moments',
    {
      config: hand,
      schema: { tags, summary: 'Plans a moment, which staff are given on its day', body: newMomentPlan, response: { 201: momentPlanView } },
    },
    async (req, reply) => reply.code(201).send(await sops.moments.add(req.auth.workspaceNo, req.body, req.auth.actor.name)),
  );
  app.get(
    '/api/sop/moments/:id',
    { config: read, schema: { tags, summary: 'A planned moment', params, response: { 200: momentPlanView } } },
    (req) => sops.moments.get(req.auth.workspaceNo, req.params.id),
  );
  app.patch(
    '/api/sop/moments/:id',
    {
      config: hand,
      schema: { tags, summary: 'Change what is not with the staff yet', params, body: momentPlanChange, response: { 200: momentPlanView } },
    },
    (req) => sops.moments.change(req.auth.workspaceNo, req.params.id, req.body),
  );
  app.delete(
    '/api/sop/moments/:id',
    { config: hand, schema: { tags, summary: 'Take a planned moment out', params } },
    async (req, reply) => {
      await sops.moments.remove(req.auth.workspaceNo, req.params.id);
      return reply.code(204).send();
    },
  );
}
