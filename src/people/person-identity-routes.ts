import { z } from 'zod';
import { type App, badInput, notFound } from '../base/index.ts';
import { identityHistory } from './history.ts';
import type { IdentityRouteDeps } from './identity-route-deps.ts';
import * as schema from './identity-schema.ts';
import { storedIdentities } from './identity-written.ts';
import { personId, personNo } from './numbers.ts';
import { type Person, readPeople, survivingPerson } from './read.ts';
import { personSchema } from './routes.ts';
import type { Identity } from './rules.ts';

const tags = ['identity'];
const reading = { permission: 'people.read' };
/** The verb writes its own entry, in the transaction of the act. */
const writing = { permission: 'people.write', audit: 'own' as const };
const params = z.object({ id: z.string() });

/** Splits and merges of one person, what stands against them, and how it came to what it is. */
export function personIdentityRoutes(app: App, deps: IdentityRouteDeps): void {
  const { acts, audit } = deps;
  const { pg } = deps.read;
  const person = async (workspaceNo: number, no: number): Promise<Person> => {
    const [found] = await readPeople(deps.read, workspaceNo, [no]);
    if (!found) throw notFound('Person');
    return found;
  };
  const typesOf = (list: readonly Identity[]) => [...new Set(list.map((i) => i.type))];

  app.post(
    '/api/people/:id/split',
    {
      config: writing,
      schema: {
        tags,
        summary:
          'Identities leave a person for a new one, with the events they brought. The two are kept apart until somebody merges them by hand',
        params,
        body: schema.splitBody,
        response: { 200: z.object({ person: personSchema, newPerson: personSchema }) },
      },
    },
    async (req) => {
      const { workspaceNo, actor } = req.auth;
      const from = personNo(req.params.id);
      const { identities, reason } = req.body;
      const stored = await storedIdentities(deps, workspaceNo, from, identities);
      const to = await acts.split(workspaceNo, from, stored, { actor, reason }, (tx, made, left) =>
        audit(
          {
            workspaceNo,
            actor,
            action: 'person.split',
            target: req.params.id,
            details: { newPerson: personId(made), types: typesOf(left), reason },
          },
          tx,
        ),
      );
      const [old, made] = await Promise.all([person(workspaceNo, from), person(workspaceNo, to)]);
      return { person: old, newPerson: made };
    },
  );
  app.post(
    '/api/people/:id/merge',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Another person becomes part of this one. 409 with what stands against it, unless forced',
        params,
        body: schema.mergeBody,
        response: { 200: z.object({ person: personSchema }) },
      },
    },
    async (req) => {
      const { workspaceNo, actor } = req.auth;
      const { with: other, reason, force } = req.body;
      const to = personNo(req.params.id);
      await acts.merge(workspaceNo, to, personNo(other), { actor, reason, force }, (tx, forced) =>
        audit({ workspaceNo, actor, action: 'person.merged', target: req.params.id, details: { with: other, forced, reason } }, tx),
      );
      return { person: await person(workspaceNo, to) };
    },
  );
  app.get(
    '/api/people/:id/identity-history',
    {
      config: reading,
      schema: {
        tags,
        summary: 'How a person came to hold what they hold: who, when, why, by which event; newest first',
        params,
        response: { 200: z.object({ items: z.array(schema.historyEntry) }) },
      },
    },
    async (req) => ({ items: await identityHistory(pg, req.auth.workspaceNo, personNo(req.params.id)) }),
  );
  app.get(
    '/api/people/:id/merge-check',
    {
      config: reading,
      schema: {
        tags,
        summary: 'What stands against merging two people',
        params,
        querystring: z.object({ with: z.string().max(60) }),
        response: {
          200: z.object({
            limits: z.array(z.object({ type: z.string(), values: z.array(z.string()), most: z.number() })),
            apart: z.boolean(),
          }),
        },
      },
    },
    async (req) => {
      const { workspaceNo } = req.auth;
      const [a, b] = await Promise.all([req.params.id, req.query.with].map((id) => survivingPerson(pg, workspaceNo, personNo(id))));
      if (a === undefined) throw notFound('Person');
      if (b === undefined) throw badInput([{ field: 'with', reason: 'is not the id of a person here' }]);
      return acts.hindrances(workspaceNo, a, b);
    },
  );
}
