import { z } from 'zod';
import { parseRule } from '../../audience/index.ts';
import { edge } from '../schema-base.ts';

/** What speaks for a KOC, each counted over the window. */
export const features = ['orders', 'praise', 'shares', 'invites', 'sharedIn'] as const;
export type Feature = (typeof features)[number];

const weight = z.number().min(0).max(100);
const weights = z.strictObject({
  orders: weight.default(2),
  praise: weight.default(1),
  shares: weight.default(2),
  invites: weight.default(2),
  sharedIn: weight.default(3),
});

const rule = z.unknown().superRefine((value, context) => {
  for (const { field, reason } of parseRule(value, '').errors)
    context.addIssue({ code: 'custom', path: field.split(/[.[\]]+/).filter(Boolean), message: reason });
});
const named = z.strictObject({ zh: z.string().trim().min(1).max(100), en: z.string().trim().min(1).max(100) });

const rank = z.strictObject({
  key: z.string().regex(/^[a-z0-9_]{1,40}$/, 'must be small letters, digits and _'),
  name: named,
  /** All of them done, and those of the ranks before: the rank is reached. */
  tasks: z
    .array(z.strictObject({ name: named, rule }))
    .min(1)
    .max(10),
  benefits: z.array(z.string().trim().min(1).max(300)).max(20).default([]),
});
export type Rank = z.infer<typeof rank>;

export const kocSettings = z.strictObject({
  windowDays: z.number().int().min(30).max(1095).default(365),
  weights: weights.prefault({}),
  /** The level of the ladder that is a KOC. */
  level: z.string().min(1).max(50).default('koc'),
  /** Events that are praise, when rated at least so (of 5). */
  praise: z
    .strictObject({ events: z.array(z.string().min(1).max(200)).max(20), atLeast: z.number() })
    .default({ events: ['Product Reviewed', 'Order Reviewed', 'Review Submitted', 'Rating Submitted'], atLeast: 4 }),
  /** `auto`: fitted on those who became KOCs where there are enough of them, else weighed. */
  model: z.enum(['auto', 'weights']).default('auto'),
  /** From the first rank to the last. */
  ranks: z
    .array(rank)
    .max(12)
    .default([])
    .refine((all) => new Set(all.map((r) => r.key)).size === all.length, { error: 'keys must differ' }),
});
export type KocSettings = z.infer<typeof kocSettings>;

/** A model as it scores: the logistic of a sum. `kind` says whether the result is a probability. */
export const kocModel = z.strictObject({
  kind: z.enum(['weights', 'logistic']),
  intercept: z.number(),
  terms: z
    .array(z.strictObject({ feature: z.enum(features), mean: z.number(), sd: z.number(), coefficient: z.number() }))
    .length(features.length),
});
export type KocModel = z.infer<typeof kocModel>;

export const kocQuestion = z.strictObject({
  /** The window ends here; its length is `windowDays`. */
  to: edge,
  from: edge.optional(),
  windowDays: z.number().int().min(30).max(1095),
  level: z.string().min(1).max(50),
  praise: kocSettings.shape.praise.unwrap(),
  model: kocModel,
});
export type KocQuestion = z.infer<typeof kocQuestion>;

export const kocCell = z.union([
  z.strictObject({ known: z.boolean() }),
  /** Not yet KOCs with a score of at least `from` and below `to`. */
  z.strictObject({ from: z.number(), to: z.number() }),
  z.strictObject({ did: z.enum(features) }),
  z.strictObject({ rank: z.string().max(40) }),
]);
