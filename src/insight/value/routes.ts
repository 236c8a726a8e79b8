import { z } from 'zod';
import type { App } from '../../base/index.ts';
import { fitBody, valueQuestion } from './schema.ts';
import type { Value } from './value.ts';

export function valueRoutes(app: App, value: Value): void {
  const tags = ['value'];
  app.post(
    '/api/insight/value',
    {
      config: { permission: 'insight.read' },
      schema: { tags, summary: 'What customers are worth: by level, tier, cohort, as a matrix, or by RFM', body: valueQuestion },
    },
    (req) => value.answer(req.auth, req.body),
  );
  app.post(
    '/api/insight/value/fit',
    {
      config: { permission: 'definitions.write' },
      schema: { tags, summary: 'Fit the models to the orders as they are now: a job', body: fitBody },
    },
    async (req, reply) => reply.code(202).send(await value.fit(req.auth.workspaceNo, req.body as Parameters<Value['fit']>[1])),
  );
  app.get(
    '/api/people/:id/value',
    {
      config: { permission: 'people.read' },
      schema: { tags: ['people'], summary: 'What a person is worth, with intervals', params: z.object({ id: z.string() }) },
    },
    (req) => value.person(req.auth, req.params.id),
  );
}
