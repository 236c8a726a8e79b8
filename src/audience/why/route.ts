import { z } from 'zod';
import { type App, notFound, type Pg } from '../../base/index.ts';
import { personNo, survivingPerson } from '../../people/index.ts';
import type { Audience } from '../audience.ts';
import { whyKinds } from './why.ts';

const names = z.object({ zh: z.string(), en: z.string() });
const evidence = z.object({
  count: z.number(),
  newest: z.array(z.object({ messageId: z.string(), event: z.string(), timestamp: z.string() })),
});

const given = z.object({
  change: z.enum(['added', 'removed']),
  at: z.string(),
  by: z.string(),
  actor: z.string().optional(),
  value: z.string().optional(),
  topic: z.string().optional(),
  score: z.number().optional(),
  instead: z.string().optional(),
});
const model = z.object({
  topic: z.string(),
  threshold: z.number(),
  halfLifeDays: z.number(),
  score: z.number(),
  from: z.array(z.object({ event: z.string(), count: z.number(), points: z.number(), lastAt: z.string() })),
});

export function whyRoute(app: App, { audience, pg }: { audience: Pick<Audience, 'why'>; pg: Pg }): void {
  app.get(
    '/api/people/:id/why',
    {
      config: { permission: 'people.read' },
      schema: {
        tags: ['people'],
        summary: 'Why a person has a tag, stage, tier or level or is in an audience, or why not, with the events that decide',
        params: z.object({ id: z.string() }),
        querystring: z.object({ kind: z.enum(whyKinds), key: z.string().min(1).max(100) }),
        response: {
          200: z.object({
            kind: z.enum(whyKinds),
            key: z.string(),
            name: names,
            holds: z.boolean(),
            rule: z.unknown(),
            evidence: evidence.optional(),
            given: z.array(given).optional(),
            model: model.optional(),
            expiresAt: z.string().optional(),
            outranked: z.object({ key: z.string(), name: names }).optional(),
          }),
        },
      },
    },
    async (req) => {
      const { workspaceNo } = req.auth;
      const no = await survivingPerson(pg, workspaceNo, personNo(req.params.id));
      if (no === undefined) throw notFound('Person');
      return audience.why(workspaceNo, no, req.query.kind, req.query.key);
    },
  );
}
