import { z } from 'zod';
import type { App } from '../base/index.ts';
import type { Matching } from './matching.ts';
import { pickBody, policyQuery, settingsChange } from './schema.ts';

const tags = ['matching'];
const id = z.object({ id: z.string() });
const limit = z.coerce.number().int().min(1).max(50).default(10);

export function routes(app: App, matching: Matching): void {
  app.get(
    '/api/people/:id/recommendations',
    {
      config: { permission: 'people.read' },
      schema: {
        tags: ['people'],
        summary: 'What is next for a person, at which hour and over which channel, with reasons',
        params: id,
        querystring: z.object({ kind: z.enum(['product', 'content']).default('product'), limit: limit.pipe(z.number().max(12)) }),
      },
    },
    (req) => matching.recommendations(req.auth.workspaceNo, req.params.id, req.query.kind, req.query.limit),
  );
  app.post(
    '/api/matching/pick',
    {
      config: { permission: 'insight.read' },
      schema: { tags, summary: 'What smart push would choose for these people now; nothing is kept or sent', body: pickBody },
    },
    (req) => matching.dryRun(req.auth.workspaceNo, req.body),
  );
  app.get(
    '/api/matching/model',
    { config: { permission: 'insight.read' }, schema: { tags, summary: 'What was learned, when, of what, and how well it foretells' } },
    (req) => matching.model(req.auth.workspaceNo),
  );
  app.get(
    '/api/matching/policy',
    {
      config: { permission: 'insight.read' },
      schema: {
        tags,
        summary: 'What another way of choosing would have brought; refused where too little is known',
        querystring: policyQuery,
      },
    },
    (req) => matching.offPolicy(req.auth.workspaceNo, req.query.policy, req.query.days),
  );
  app.post(
    '/api/matching/recompute',
    { config: { permission: 'definitions.write' }, schema: { tags, summary: 'Learn anew and work out what is next for everyone: a job' } },
    async (req, reply) => reply.code(202).send(await matching.recompute(req.auth.workspaceNo)),
  );
  app.get(
    '/api/matching/settings',
    { config: { permission: 'insight.read' }, schema: { tags, summary: 'Rules of recommendations and smart push' } },
    (req) => matching.settings.get(req.auth.workspaceNo),
  );
  app.patch(
    '/api/matching/settings',
    {
      config: { permission: 'definitions.write' },
      schema: { tags, summary: 'Change rules of recommendations and smart push', body: settingsChange },
    },
    (req) => matching.settings.set(req.auth.workspaceNo, req.body),
  );
  app.get(
    '/api/matching/products',
    {
      config: { permission: 'insight.read' },
      schema: {
        tags,
        summary: 'Goods by a part of their name, the best sold first',
        querystring: z.object({ query: z.string().max(200).default(''), limit }),
      },
    },
    (req) => matching.products(req.auth.workspaceNo, req.query.query, req.query.limit),
  );
  for (const when of ['together', 'next'] as const)
    app.get(
      `/api/matching/products/:id/${when}`,
      {
        config: { permission: 'insight.read' },
        schema: {
          tags,
          summary: when === 'together' ? 'What is bought on the same day as a good' : 'What is bought after a good, and when',
          params: id,
          querystring: z.object({ limit }),
        },
      },
      (req) => matching.goesWith(req.auth.workspaceNo, req.params.id, when, req.query.limit),
    );
}
