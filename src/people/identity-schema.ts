import { z } from 'zod';
import { defaultTypes } from './identity-types.ts';

const identity = z.object({ type: z.string(), id: z.string() });
const actor = z.object({ kind: z.string(), id: z.string(), name: z.string() }).nullable();
const brief = z.object({ id: z.string(), name: z.string().nullable() });
const reason = z.string().trim().max(500).optional();

export const splitBody = z.strictObject({
  identities: z
    .array(z.strictObject({ type: z.string().min(1).max(100), id: z.string().min(1).max(600) }))
    .min(1, 'name at least one identity that leaves')
    .max(1000),
  reason,
});

export const mergeBody = z.strictObject({
  with: z.string().max(60),
  reason,
  /** Also where a limit, or a split made before, stands against it. */
  force: z.boolean().default(false),
});

export const historyEntry = z.object({
  kind: z.enum(['attached', 'repointed', 'merged', 'split', 'conflict', 'quarantined']),
  at: z.string(),
  identities: z.array(identity),
  person: z.string().nullable(),
  messageId: z.string().nullable(),
  actor,
  reason: z.string().nullable(),
  forced: z.boolean(),
});

export const conflict = z.object({
  id: z.number(),
  identity,
  reason: z.enum(['limit', 'apart']),
  heldBy: brief.nullable(),
  person: brief,
  firstAt: z.string(),
  lastAt: z.string(),
  times: z.number(),
  messageId: z.string(),
});

export const quarantined = z.object({
  id: z.number(),
  identity,
  reason: z.enum(['repointed', 'conflicts']),
  people: z.number(),
  at: z.string(),
  messageId: z.string(),
  own: z.string().nullable(),
  glued: z.array(brief.extend({ since: z.string() })),
  released: z.object({ at: z.string(), actor }).nullable(),
});

const typeName = z.string().regex(/^[a-z][a-z0-9_]{1,39}$/, 'must be lower-case letters, digits and _, such as store_card');

const typeRule = z.strictObject({
  type: typeName,
  strong: z.boolean(),
  limit: z.int().min(1).max(100_000),
  scoped: z.boolean().optional(),
});

export const policyBody = z
  .strictObject({
    types: z.array(typeRule).min(1).max(100),
    blocked: z.record(z.string(), z.array(z.string().min(1).max(200)).max(1000)).default({}),
    quarantine: z.strictObject({ people: z.int().min(2).max(10_000), days: z.int().min(1).max(3650) }),
  })
  .superRefine(({ types, blocked }, ctx) => {
    const names = types.map((t) => t.type);
    names.forEach((name, i) => {
      if (names.indexOf(name) !== i) ctx.addIssue({ code: 'custom', path: ['types', i, 'type'], message: 'is named twice' });
    });
    const missing = defaultTypes.filter((t) => !names.includes(t.type)).map((t) => t.type);
    if (missing.length > 0)
      ctx.addIssue({ code: 'custom', path: ['types'], message: `must keep ${missing.join(', ')}; move to the end what is not used` });
    for (const type of Object.keys(blocked))
      if (type !== '*' && !names.includes(type))
        ctx.addIssue({ code: 'custom', path: ['blocked', type], message: 'is not one of the types' });
  });

export const policyView = z.object({
  types: z.array(z.object({ type: z.string(), strong: z.boolean(), limit: z.number(), scoped: z.boolean(), own: z.boolean() })),
  blocked: z.record(z.string(), z.array(z.string())),
  /** Blocked in every workspace, in any case and quoting; all-zero forms too. */
  blockedEverywhere: z.array(z.string()),
  quarantine: z.object({ people: z.number(), days: z.number() }),
});
