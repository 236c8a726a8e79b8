import { z } from 'zod';
import type { App } from '../../base/index.ts';
import type { Heat } from './heat.ts';
import { heatFitBody, heatQuestion } from './schema.ts';

export function heatRoutes(app: App, heat: Heat): void {
  const tags = ['heat'];
  app.post(
    '/api/insight/heat',
    {
      config: { permission: 'insight.read' },
      schema: { tags, summary: 'Who is ready to buy now, why, and how well that was foretold', body: heatQuestion },
    },
    (req) => heat.answer(req.auth, req.body),
  );
  app.post(
    '/api/insight/heat/fit',
    {
      config: { permission: 'definitions.write' },
      schema: { tags, summary: 'Fit readiness to what happened in past weeks: a job', body: heatFitBody },
    },
    async (req, reply) => reply.code(202).send(await heat.fit(req.auth.workspaceNo, req.body as Parameters<Heat['fit']>[1])),
  );
  app.get(
    '/api/people/:id/heat',
    {
      config: { permission: 'people.read' },
      schema: { tags: ['people'], summary: 'How ready a person is to buy, why, and how that fades', params: z.object({ id: z.string() }) },
    },
    (req) => heat.person(req.auth, req.params.id),
  );
}
