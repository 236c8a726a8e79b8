import { z } from 'zod';
import type { App } from '../../base/index.ts';
import type { NamedEvents } from './named.ts';
import { ruleShape } from './rule.ts';

const name = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(100, 'must have at most 100 characters')
  .refine((text) => !text.startsWith('$'), 'must not begin with $, which is for the SDKs');
const one = ruleShape.extend({ id: z.string(), name: z.string(), createdAt: z.string() });

export function namedRoutes(app: App, named: NamedEvents): void {
  const tags = ['named events'];
  app.get(
    '/api/named-events',
    {
      config: { permission: 'catalog.read' },
      schema: {
        tags,
        summary: 'Captured elements that have a name',
        response: {
          200: z.object({ items: z.array(one.extend({ count: z.number(), people: z.number(), lastSeenAt: z.string().nullable() })) }),
        },
      },
    },
    async (req) => ({ items: await named.list(req.auth.workspaceNo) }),
  );
  app.post(
    '/api/named-events',
    {
      config: { permission: 'events.write' },
      schema: {
        tags,
        summary: 'Name an element, after the fact: past captures are named by the job, later ones as they come',
        body: ruleShape.extend({ name }),
        response: { 200: one.extend({ jobId: z.string() }) },
      },
    },
    (req) => {
      const { name: word, ...rule } = req.body;
      return named.create(req.auth.workspaceNo, word, rule);
    },
  );
  app.post(
    '/api/named-events/preview',
    {
      config: { permission: 'catalog.read' },
      schema: { tags, summary: 'What a rule would have named in the last 30 days', body: ruleShape },
    },
    (req) => named.preview(req.auth.workspaceNo, req.body),
  );
  app.delete(
    '/api/named-events/:id',
    {
      config: { permission: 'events.write' },
      schema: { tags, summary: 'Stop naming an element; what was named stays', params: z.object({ id: z.string() }) },
    },
    async (req, reply) => {
      await named.archive(req.auth.workspaceNo, req.params.id);
      return reply.code(204).send();
    },
  );
}
