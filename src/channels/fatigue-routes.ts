import { z } from 'zod';
import type { App } from '../base/index.ts';
import { type Fatigue, fatiguePeople, fatigueQuery, fatigueView, personFatigue } from './fatigue-shown.ts';

export function fatigueRoutes(app: App, fatigue: Fatigue): void {
  const tags = ['messages'];
  app.get(
    '/api/people/:id/fatigue',
    {
      config: { permission: 'people.read' },
      schema: {
        ...{ tags, summary: 'How tired of us somebody is, 0 to 100, and what that comes from' },
        ...{ params: z.object({ id: z.string() }), response: { 200: personFatigue } },
      },
    },
    (req) => fatigue.ofPerson(req.auth.workspaceNo, req.params.id),
  );
  app.get(
    '/api/fatigue',
    {
      config: { permission: 'messages.read' },
      schema: { tags, summary: 'How tired of us people are who had marketing in the last 28 days', response: { 200: fatigueView } },
    },
    (req) => fatigue.all(req.auth.workspaceNo),
  );
  app.get(
    '/api/fatigue/people',
    {
      config: { permission: 'people.read' },
      schema: { tags, summary: 'The people behind a bar of it', querystring: fatigueQuery, response: { 200: fatiguePeople } },
    },
    (req) => fatigue.people(req.auth.workspaceNo, req.query),
  );
}
