import { z } from 'zod';
import { type App, badInput, type Clock, notFound, type Pg, pageQuery } from '../base/index.ts';
import type { IdentityActs } from './acts.ts';
import { identityHistory } from './history.ts';
import { dismissConflict, largestPeople, listConflicts, listQuarantine } from './identity-lists.ts';
import * as schema from './identity-schema.ts';
import { defaultRules } from './identity-types.ts';
import { normaliseIdentity, normalisePhone } from './normalise.ts';
import { personId, personNo } from './numbers.ts';
import { isMasked, maskOf, type Privacy } from './privacy/index.ts';
import { type Person, type ReadDeps, readPeople, survivingPerson } from './read.ts';
import { personSchema } from './routes.ts';
import { blockedEverywhere, type Identity, type IdentityRules } from './rules.ts';
import type { By } from './split.ts';

export interface IdentityRouteDeps {
  read: ReadDeps;
  clock: Clock;
  acts: IdentityActs;
  privacy: Pick<Privacy, 'blind' | 'openAll'>;
  audit(
    entry: { workspaceNo: number; actor: By['actor']; action: string; target?: string; details?: Record<string, unknown> },
    tx: Pg,
  ): Promise<void>;
}

const tags = ['identity'];
const reading = { permission: 'people.read' };
/** The verb writes its own entry, in the transaction of the act. */
const writing = { permission: 'people.write', audit: 'own' as const };
const params = z.object({ id: z.string() });
const numbered = z.object({ id: z.coerce.number().int().positive() });

export function identityRoutes(app: App, deps: IdentityRouteDeps): void {
  const { acts, audit, clock } = deps;
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
  app.get(
    '/api/identity/conflicts',
    {
      config: reading,
      schema: {
        tags,
        summary: 'Identities that were set aside because a limit, or a split, stood against joining two people',
        querystring: pageQuery.extend({ type: z.string().optional() }),
        response: { 200: z.object({ items: z.array(schema.conflict), nextCursor: z.string().nullable() }) },
      },
    },
    (req) => listConflicts(pg, req.auth.workspaceNo, req.query),
  );
  app.post(
    '/api/identity/conflicts/:id/dismiss',
    { config: writing, schema: { tags, summary: 'A conflict is as it should be and is not shown again', params: numbered } },
    async (req, reply) => {
      const { workspaceNo, actor } = req.auth;
      await pg.tx(async (tx) => {
        const { type } = await dismissConflict(tx, workspaceNo, req.params.id, clock.now());
        await audit({ workspaceNo, actor, action: 'identity.conflict_dismissed', target: String(req.params.id), details: { type } }, tx);
      });
      return reply.code(204).send();
    },
  );
  app.get(
    '/api/identity/quarantine',
    {
      config: reading,
      schema: {
        tags,
        summary: 'Identities that met too many people: they attach and re-point nothing any more; with whom they had glued',
        querystring: pageQuery.extend({ released: z.stringbool().default(false) }),
        response: { 200: z.object({ items: z.array(schema.quarantined), nextCursor: z.string().nullable() }) },
      },
    },
    (req) => listQuarantine(pg, req.auth.workspaceNo, req.query),
  );
  app.post(
    '/api/identity/quarantine/:id/release',
    { config: writing, schema: { tags, summary: 'An identity may say again who somebody is', params: numbered } },
    async (req, reply) => {
      const { workspaceNo, actor } = req.auth;
      await acts.release(workspaceNo, req.params.id, actor, (tx, { type }) =>
        audit({ workspaceNo, actor, action: 'identity.released', target: String(req.params.id), details: { type } }, tx),
      );
      return reply.code(204).send();
    },
  );
  app.get(
    '/api/identity/largest',
    {
      config: reading,
      schema: {
        tags,
        summary: 'The people who hold the most identities',
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(200).default(20) }),
      },
    },
    async (req) => ({ items: await largestPeople(pg, req.auth.workspaceNo, req.query.limit) }),
  );
  app.get(
    '/api/identity/policy',
    {
      config: { permission: 'settings.read' },
      schema: {
        tags,
        summary: 'Identity types by priority, with limits; blocked values; quarantine',
        response: { 200: schema.policyView },
      },
    },
    async (req) => policyView(await acts.rules(req.auth.workspaceNo)),
  );
  app.put(
    '/api/identity/policy',
    {
      config: { permission: 'settings.write', audit: 'own' },
      schema: {
        tags,
        summary: 'Sets the identity policy, whole; it holds for what comes from now on',
        body: schema.policyBody,
        response: { 200: schema.policyView },
      },
    },
    async (req) => {
      const { workspaceNo, actor } = req.auth;
      const { phone, ...blocked } = req.body.blocked;
      // A phone is looked at in its normal form, however it was written.
      const policy = { ...req.body, blocked: phone ? { ...blocked, phone: phone.map((one) => normalisePhone(one) ?? one) } : blocked };
      await acts.setPolicy(workspaceNo, policy, actor, (tx) =>
        audit(
          { workspaceNo, actor, action: 'identity.policy_changed', details: { types: policy.types, quarantine: policy.quarantine } },
          tx,
        ),
      );
      return policyView(await acts.rules(workspaceNo));
    },
  );
}

function policyView(rules: IdentityRules) {
  return {
    types: [...rules.types.values()].map((t) => ({ ...t, scoped: t.scoped ?? false, own: !defaultRules.types.has(t.type) })),
    blocked: Object.fromEntries(Object.entries(rules.settings.blocked).map(([type, values]) => [type, [...values]])),
    blockedEverywhere: [...blockedEverywhere].filter(Boolean),
    quarantine: rules.settings.quarantine,
  };
}

/** Identities as they are stored, from how they were written, or from the mask that somebody was shown of one that the person holds. */
async function storedIdentities(
  deps: IdentityRouteDeps,
  workspaceNo: number,
  person: number,
  given: readonly { type: string; id: string }[],
): Promise<Identity[]> {
  const rules = await deps.acts.rules(workspaceNo);
  const unknown = given.flatMap(({ type }, i) =>
    rules.types.has(type) ? [] : [{ field: `identities.${i}.type`, reason: `is not an identity type of this workspace` }],
  );
  if (unknown.length > 0) throw badInput(unknown);
  return Promise.all(
    given.map(async ({ type, id }, i) => {
      if (isMasked(id)) {
        const held = await deps.read.pg.query<{ value: string }>(
          'SELECT value FROM identities WHERE workspace_no = $1 AND person_no = $2 AND type = $3',
          [workspaceNo, person, type],
        );
        const values = held.map((h) => h.value);
        const clear = await deps.privacy.openAll(workspaceNo, values);
        const meant = values.filter((_, k) => maskOf(String(clear[k])) === id);
        if (meant.length > 1)
          throw badInput([{ field: `identities.${i}.id`, reason: 'is hidden, and the person holds several that look like it' }]);
        if (meant[0] !== undefined) return { type, value: meant[0] };
      }
      const normal = normaliseIdentity(type, id, rules);
      return deps.privacy.blind(workspaceNo, 'identity' in normal ? normal.identity : { type, value: id });
    }),
  );
}
