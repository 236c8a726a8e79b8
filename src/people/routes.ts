import { z } from 'zod';
import { type App, notFound, pageQuery } from '../base/index.ts';
import { listPeople } from './list.ts';
import { personNo } from './numbers.ts';
import { type ReadDeps, readSurvivor } from './read.ts';

const filter = {
  stage: z.string().optional(),
  tier: z.string().optional(),
  level: z.string().optional(),
  tag: z.string().optional(),
  audience: z.string().optional(),
};

export const personSchema = z.object({
  id: z.string(),
  identities: z.array(z.object({ type: z.string(), id: z.string(), firstSeenAt: z.string() })),
  traits: z.record(z.string(), z.unknown()),
  tags: z.array(z.object({ key: z.string(), value: z.string().optional(), since: z.string(), by: z.string() })),
  stage: z.string().nullable(),
  tier: z.string().nullable(),
  level: z.string().nullable(),
  orders: z.object({ count: z.number(), revenueFen: z.number(), refundFen: z.number(), lastAt: z.string().nullable() }),
  createdAt: z.string(),
  lastSeenAt: z.string(),
});

export function routes(app: App, deps: ReadDeps): void {
  const config = { permission: 'people.read' };
  app.get(
    '/api/people',
    {
      config,
      schema: {
        tags: ['people'],
        summary: 'People, newest first: by identity, by the beginning of a name or identity, by what is true of them',
        querystring: pageQuery.extend({ query: z.string().max(200).optional(), externalId: z.string().max(600).optional(), ...filter }),
        response: { 200: z.object({ items: z.array(personSchema), nextCursor: z.string().nullable(), total: z.number().nullable() }) },
      },
    },
    (req) => listPeople(deps, req.auth.workspaceNo, req.query),
  );
  app.get(
    '/api/people/facets',
    {
      config,
      schema: {
        tags: ['people'],
        summary: 'How many people each stage, tier, level and tag holds',
        querystring: z.object({ query: z.string().optional(), ...filter }),
      },
    },
    (req) => deps.standing.facets(req.auth.workspaceNo, req.query),
  );
  app.get(
    '/api/people/:id',
    { config, schema: { tags: ['people'], summary: 'One person', params: z.object({ id: z.string() }), response: { 200: personSchema } } },
    async (req) => {
      const person = await readSurvivor(deps, req.auth.workspaceNo, personNo(req.params.id));
      if (!person) throw notFound('Person');
      return person;
    },
  );
}
