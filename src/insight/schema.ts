import { z } from 'zod';
import { effectKind } from './content/schema.ts';
import { waysKind } from './entrances/schema.ts';
import * as asked from './explore/schema.ts';
import { heatKind } from './heat/schema.ts';
import { positionQuestion } from './position/questions.ts';
import { breakdown, carrier, compare, happening, happeningWith, interval, range, span, value, weekStart } from './schema-base.ts';
import { valueKind } from './value/schema.ts';

export { type Happening, happening, stepOf } from './schema-base.ts';

/** What must not happen after step `from` was done and before step `to` is. */
const exclusion = happeningWith({ from: z.number().int().min(1), to: z.number().int().min(2) });

const mostSteps = 10;
const funnelFields = z.strictObject({
  steps: z.array(happening).min(1, 'a funnel has at least one step').max(mostSteps, `a funnel has at most ${mostSteps} steps`),
  within: span,
  ...range,
  /** `ordered`: other events may lie between; `strict`: none of the person's own may; `any`: the steps in any order. */
  order: z.enum(['ordered', 'strict', 'any']).default('ordered'),
  /** Whoever does one of these between the steps named drops out of the funnel with that attempt. */
  exclude: z.array(exclusion).max(5, 'at most 5 events can be excluded').default([]),
  breakdown: breakdown.optional(),
  /** Adds the conversion of those who entered in each of these periods. */
  trend: interval.optional(),
  weekStart,
  compare,
});

type FunnelFields = z.infer<typeof funnelFields>;
function exclusionsFit({ steps, exclude, order }: FunnelFields, context: z.RefinementCtx): void {
  for (const [i, { from, to }] of exclude.entries()) {
    const refuse = (field: 'from' | 'to', message: string) => context.addIssue({ code: 'custom', path: ['exclude', i, field], message });
    if (from >= to) refuse('from', 'must be before to: steps are numbered from 1');
    else if (to > steps.length) refuse('to', `is beyond the last step, ${steps.length}`);
    else if (order === 'any' && (from !== 1 || to !== steps.length))
      refuse('from', `in any order an exclusion covers the whole funnel: from 1 to ${steps.length}`);
  }
}
export const funnelQuestion = funnelFields.superRefine(exclusionsFit);
export type FunnelQuestion = z.infer<typeof funnelQuestion>;

const bracket = z.tuple([z.number().int().min(1).max(1000), z.number().int().min(1).max(1000)]).refine(([a, b]) => a <= b, {
  message: 'must be [first, last] with first not after last',
});

const retentionFields = z.strictObject({
  first: happening,
  return: happening,
  ...range,
  period: interval,
  /** How many periods after the first are shown. */
  count: z.number().int().min(1).max(100),
  /** Instead of single periods: groups of them, each by the first and the last, such as [[1, 1], [2, 7], [8, 30]]. */
  brackets: z.array(bracket).min(1).max(50).optional(),
  /** `first`: a person is in the cohort of the first time ever; `any`: in the cohort of every period in which it happened. */
  cohort: z.enum(['first', 'any']).default('first'),
  /** `on`: seen in that very period; `onOrAfter`: in that or any later one that is shown. */
  counting: z.enum(['on', 'onOrAfter']).default('on'),
  /** By the event that put the person into the cohort, or by the person. */
  breakdown: breakdown.optional(),
  weekStart,
  compare,
});
export const retentionQuestion = retentionFields;
export type RetentionQuestion = z.infer<typeof retentionQuestion>;

export const aarrrQuestion = z.strictObject({
  ...range,
  carrier: carrier.optional(),
  /** Events that make a new person active; the pool's own list, else the usual ones. */
  keyEvents: z.array(z.string().min(1).max(200)).min(1).max(50).optional(),
});
export type AarrrQuestion = z.infer<typeof aarrrQuestion>;

export const ladderQuestion = z.strictObject({ ...range, of: asked.standing });
export type LadderQuestion = z.input<typeof ladderQuestion>;

export const overviewQuery = z.strictObject({ days: z.coerce.number().int().min(1).max(730).default(30) });

const kinds = {
  funnel: funnelFields.extend({ kind: z.literal('funnel') }).superRefine(exclusionsFit),
  retention: retentionFields.extend({ kind: z.literal('retention') }),
  trend: asked.trendQuestion.extend({ kind: z.literal('trend') }),
  paths: asked.pathsQuestion.extend({ kind: z.literal('paths') }),
  stickiness: asked.stickinessQuestion.extend({ kind: z.literal('stickiness') }),
  lifecycle: asked.lifecycleQuestion.extend({ kind: z.literal('lifecycle') }),
  distribution: asked.distributionQuestion.extend({ kind: z.literal('distribution') }),
  worth: asked.worthQuestion.extend({ kind: z.literal('worth') }),
};
const others = {
  dwell: asked.dwellQuestion.extend({ kind: z.literal('dwell') }),
  moves: asked.movesQuestion.extend({ kind: z.literal('moves') }),
  aarrr: aarrrQuestion.extend({ kind: z.literal('aarrr') }),
  ladder: ladderQuestion.extend({ kind: z.literal('ladder') }),
  flows: ladderQuestion.extend({ kind: z.literal('flows') }),
  pool: z.strictObject({ ...range, kind: z.literal('pool') }),
};
/** What the explorer asks, and what can be saved. */
export const explored = z.discriminatedUnion('kind', [
  kinds.funnel,
  kinds.retention,
  kinds.trend,
  kinds.paths,
  kinds.stickiness,
  kinds.lifecycle,
  kinds.distribution,
  kinds.worth,
]);
export type Explored = z.infer<typeof explored>;
export const question = z.discriminatedUnion('kind', [
  explored,
  others.dwell,
  others.moves,
  others.aarrr,
  others.ladder,
  others.flows,
  others.pool,
  waysKind,
  effectKind,
  positionQuestion,
  valueKind,
  heatKind,
]);
export type Question = z.infer<typeof question>;

export const peopleQuestion = z.strictObject({
  question,
  cell: z.record(z.string(), z.unknown()),
  cursor: z.string().max(500).optional(),
  limit: z.number().int().min(1).max(200).default(50),
});

/** The first day of a period, or (hours) its first instant. */
const periodLabel = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/** Which number of an answer was asked about: each answer gives every number its cell, to be sent back as it is. */
export const cells = {
  funnel: z.strictObject({
    step: z.number().int().min(1).max(mostSteps),
    outcome: z.enum(['reached', 'dropped']).default('reached'),
    value,
    period: periodLabel.optional(),
    /** Who took so long from the first step to this one: from inclusive, to exclusive. */
    seconds: z.strictObject({ from: z.number().min(0), to: z.number().min(0).nullable() }).optional(),
  }),
  retention: z.strictObject({ cohort: periodLabel, period: z.number().int().min(0).max(100), value }),
  retentionAll: z.strictObject({ cohort: z.null(), period: z.number().int().min(0).max(100), value }),
  aarrr: z.strictObject({
    metric: z.string().min(1).max(50),
    carrier: carrier.nullable().optional(),
    period: z.enum(['now', 'previous']).default('now'),
  }),
  ladder: z.strictObject({ from: z.string().max(50).nullable().optional(), to: z.string().max(50).nullable().optional() }),
  ladderMove: z.strictObject({ move: z.enum(['up', 'down', 'stay']) }),
  pool: z.strictObject({ carrier: carrier.optional(), day: z.iso.date().optional() }),
};
