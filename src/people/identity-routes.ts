import { z } from 'zod';
import { type App, pageQuery } from '../base/index.ts';
import { dismissConflict, largestPeople, listConflicts, listQuarantine } from './identity-lists.ts';
import type { IdentityRouteDeps } from './identity-route-deps.ts';
import * as schema from './identity-schema.ts';
import { defaultRules } from './identity-types.ts';
import { normalisePhone } from './normalise.ts';
import { personIdentityRoutes } from './person-identity-routes.ts';
import { blockedEverywhere, type IdentityRules } from './rules.ts';

export type { IdentityRouteDeps };

const tags = ['identity'];
const reading = { permission: 'people.read' };
/** The verb writes its own entry, in the transaction of the act. */
const writing = { permission: 'people.write', audit: 'own' as const };
const numbered = z.object({ id: z.coerce.number().int().positive() });

/** What staff see and decide about identities: of one person, of all, and the policy. */
export function identityRoutes(app: App, deps: IdentityRouteDeps): void {
  personIdentityRoutes(app, deps);
  const { acts, audit, clock } = deps;
  const { pg } = deps.read;

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
