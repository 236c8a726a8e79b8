import { z } from 'zod';
import { parseRule, type Step } from '../audience/index.ts';
import { carriers } from '../events/index.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const where = z.strictObject({
  property: z.string(),
  op: z.string(),
  value: z.union([scalar, z.array(z.string()), z.array(z.number()), z.array(z.boolean())]).optional(),
});

/** An event by name, or `*` for any that a person did, with conditions on its properties: both read as in rules, and refused as in rules. */
export const happening = z
  .strictObject({ event: z.string().min(1, 'name the event, or * for any'), where: z.array(where).default([]) })
  .superRefine(({ event, where: conditions }, context) => {
    const { errors } = parseRule({ event, ...(conditions.length > 0 && { where: conditions }) }, '');
    for (const { field, reason } of errors)
      context.addIssue({ code: 'custom', path: field.split(/[.[\]]+/).filter(Boolean), message: reason });
  });
export type Happening = z.infer<typeof happening>;

/** A happening as a step of a rule, which it has been checked to be. */
export function stepOf(one: Happening): Step {
  return one as Step;
}

const day = /^\d{4}-\d{2}-\d{2}$/;
/** An ISO instant with its offset, or a date, which is its midnight in the workspace's zone. */
const edge = z.union([z.iso.datetime({ offset: true }), z.string().regex(day).pipe(z.iso.date())], {
  error: 'must be an instant such as 2026-01-31T00:00:00+08:00, or a date such as 2026-01-31',
});
/** '' where it is not known. */
const carrier = z.enum(['', ...carriers]);
const range = { from: edge, to: edge };

const within = z.union(
  [
    z.strictObject({ days: z.number().positive().max(366) }),
    z.strictObject({ hours: z.number().positive().max(8784) }),
    z.strictObject({ minutes: z.number().positive().max(527_040) }),
    z.strictObject({ seconds: z.number().positive().max(31_622_400) }),
  ],
  { error: 'must be one of {days}, {hours}, {minutes} or {seconds}, above 0 and at most 366 days' },
);

/** The path of a property; parts joined by single dots. */
const property = z
  .string()
  .max(500)
  .regex(/^[^.\0]+(\.[^.\0]+)*$/, 'must be the name of a property, or names joined by single dots');

const breakdown = z.union([z.strictObject({ property }), z.strictObject({ by: z.enum(['carrier', 'level']) })], {
  error: 'must be {property: name}, {by: "carrier"} or {by: "level"}',
});

export const funnelQuestion = z.strictObject({
  steps: z.array(happening).min(1, 'a funnel has at least one step').max(10, 'a funnel has at most 10 steps'),
  within,
  ...range,
  breakdown: breakdown.optional(),
});
export type FunnelQuestion = z.infer<typeof funnelQuestion>;

export const retentionQuestion = z.strictObject({
  first: happening,
  return: happening,
  ...range,
  period: z.enum(['day', 'week', 'month']),
  /** How many periods after the first are shown. */
  count: z.number().int().min(1).max(100),
  /** `first`: a person is in the cohort of the first time ever; `any`: in the cohort of every period in which it happened. */
  cohort: z.enum(['first', 'any']).default('first'),
  /** `on`: seen in that very period; `onOrAfter`: in that or any later one that is shown. */
  counting: z.enum(['on', 'onOrAfter']).default('on'),
});
export type RetentionQuestion = z.infer<typeof retentionQuestion>;

export const aarrrQuestion = z.strictObject({
  ...range,
  carrier: carrier.optional(),
  /** Events that make a new person active; the pool's own list, else the usual ones. */
  keyEvents: z.array(z.string().min(1).max(200)).min(1).max(50).optional(),
});
export type AarrrQuestion = z.infer<typeof aarrrQuestion>;

export const ladderQuestion = z.strictObject(range);
export type LadderQuestion = z.infer<typeof ladderQuestion>;

export const overviewQuery = z.strictObject({ days: z.coerce.number().int().min(1).max(730).default(30) });

const kinds = {
  funnel: funnelQuestion.extend({ kind: z.literal('funnel') }),
  retention: retentionQuestion.extend({ kind: z.literal('retention') }),
  aarrr: aarrrQuestion.extend({ kind: z.literal('aarrr') }),
  ladder: ladderQuestion.extend({ kind: z.literal('ladder') }),
  flows: ladderQuestion.extend({ kind: z.literal('flows') }),
  pool: z.strictObject({ ...range, kind: z.literal('pool') }),
};
export const question = z.discriminatedUnion('kind', [kinds.funnel, kinds.retention, kinds.aarrr, kinds.ladder, kinds.flows, kinds.pool]);
export type Question = z.infer<typeof question>;

export const peopleQuestion = z.strictObject({
  question,
  cell: z.record(z.string(), z.unknown()),
  cursor: z.string().max(500).optional(),
  limit: z.number().int().min(1).max(200).default(50),
});

/** Which number of an answer was asked about: each answer gives every number its cell, to be sent back as it is. */
export const cells = {
  funnel: z.strictObject({
    step: z.number().int().min(1).max(10),
    outcome: z.enum(['reached', 'dropped']).default('reached'),
    value: z.string().nullable().optional(),
  }),
  retention: z.strictObject({ cohort: z.iso.date(), period: z.number().int().min(0).max(100) }),
  retentionAll: z.strictObject({ cohort: z.null(), period: z.number().int().min(0).max(100) }),
  aarrr: z.strictObject({
    metric: z.string().min(1).max(50),
    carrier: carrier.nullable().optional(),
    period: z.enum(['now', 'previous']).default('now'),
  }),
  ladder: z.strictObject({ from: z.string().max(50).nullable().optional(), to: z.string().max(50).nullable().optional() }),
  ladderMove: z.strictObject({ move: z.enum(['up', 'down', 'stay']) }),
  pool: z.strictObject({ carrier: carrier.optional(), day: z.iso.date().optional() }),
};
