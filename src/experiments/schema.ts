import { z } from 'zod';
import { pageQuery } from '../base/index.ts';

const name = z.string().trim().min(1, { error: 'must not be empty' }).max(120, { error: 'must have at most 120 characters' });
const key = z.string().regex(/^[A-Za-z0-9_-]{1,40}$/, { error: 'must be 1 to 40 letters, digits, "_" or "-"' });
const number = z.number();

/** What one person's outcome is: whether something happened in the window after they were assigned, how often, or what it was worth (`revenue_fen`). */
const metricShape = {
  key,
  name,
  kind: z.enum(['conversion', 'count', 'value'], { error: 'must be "conversion", "count" or "value"' }),
  event: z.string().trim().min(1, { error: 'must not be empty' }).max(200),
  /** Conditions on the event, as in rules. */
  where: z.array(z.unknown()).max(20).optional(),
  better: z.enum(['up', 'down'], { error: 'must be "up" or "down"' }).default('up'),
};
export const metric = z.object(metricShape);
export type Metric = z.output<typeof metric>;
/** `limit`: how much worse than the control it may be, relative to it. An arm that is worse beyond doubt stops the experiment. */
export const guard = z.object({
  ...metricShape,
  limit: z
    .number({ error: 'must be a number' })
    .min(0, { error: 'must be 0 or more' })
    .max(1, { error: 'must be at most 1, which is all of it' }),
});
export type Guard = z.output<typeof guard>;

export const arm = z.object({
  key,
  name,
  weight: z.number({ error: 'must be a number' }).positive({ error: 'must be above 0' }).max(1_000_000),
  /** What people of this arm get, for who reads it; journeys take them by the event `Experiment Assigned`. */
  gives: z.object({ kind: z.enum(['content', 'coupon', 'journey', 'nothing']), id: z.string().max(64).optional() }).optional(),
});
export type Arm = z.output<typeof arm>;

/** Where people come from: an audience (all who are in it, and who enters), a split of a journey, or a program that asks for arms. */
const on = z.discriminatedUnion(
  'kind',
  [
    z.object({ kind: z.literal('audience'), audienceId: z.string().max(64), entering: z.boolean().default(true) }),
    /** `since`: who was split from then on counts too; the lot was drawn before anybody looked. */
    z.object({
      kind: z.literal('journey'),
      journeyId: z.string().max(64),
      nodeId: z.string().max(200),
      since: z.iso.datetime().optional(),
    }),
    z.object({ kind: z.literal('api') }),
  ],
  { error: 'must be an audience, a split of a journey, or "api"' },
);

export const definitionSchema = z.object({
  hypothesis: z.string().trim().max(2_000).default(''),
  subject: z.enum(['content', 'offer', 'journey', 'audience']).default('audience'),
  on,
  arms: z.array(arm).min(2, { error: 'must be two or more' }).max(10, { error: 'must be ten or fewer' }),
  /** The arm that the others are compared with. */
  control: key,
  primary: metric,
  secondary: z.array(metric).max(10).default([]),
  guards: z.array(guard).max(10).default([]),
  /** How long after being assigned an outcome counts. Only people whose window is over are compared. */
  windowDays: z.number().int().min(1, { error: 'must be 1 or more' }).max(90, { error: 'must be at most 90' }).default(7),
  /** The least difference worth seeing, relative to the control. */
  effect: z.number().min(0.001, { error: 'must be 0.001 or more' }).max(10).default(0.1),
  alpha: z.number().min(0.001).max(0.2).default(0.05),
  power: z.number().min(0.5).max(0.99).default(0.8),
  /** Shared out evenly within each stage or level of those who are there at the launch. */
  stratify: z.enum(['none', 'stage', 'level']).default('none'),
  /** Decide for an arm as soon as its primary metric is better beyond doubt, no guard is broken and the arms are as large as they were to be. */
  autoWinner: z.boolean().default(false),
  /** People needed in all, as planned. */
  people: z.number().int().min(1).max(1_000_000_000).optional(),
});
export type Definition = z.output<typeof definitionSchema>;

export const newExperiment = z.object({ name, definition: definitionSchema });
export const experimentChange = z
  .object({ name: name.optional(), definition: definitionSchema.optional() })
  .refine((c) => c.name !== undefined || c.definition !== undefined, { error: 'must change something: name or definition' });
export const decideBody = z.object({ arm: key.nullable(), note: z.string().trim().max(2_000).default('') });

export const stopReasons = ['hand', 'guard'] as const;
const fieldErrors = z.array(z.object({ field: z.string(), reason: z.string() }));
export const experimentSchema = z.object({
  id: z.string(),
  name: z.string(),
  state: z.enum(['draft', 'running', 'stopped', 'decided']),
  definition: definitionSchema,
  /** What keeps a draft from being launched. */
  problems: fieldErrors,
  createdAt: z.string(),
  updatedAt: z.string(),
  launchedAt: z.string().nullable(),
  stoppedAt: z.string().nullable(),
  stopped: z.object({ by: z.enum(stopReasons), metric: z.string().optional(), arm: z.string().optional() }).nullable(),
  decidedAt: z.string().nullable(),
  decision: z.object({ arm: z.string().nullable(), by: z.enum(['hand', 'rule']), note: z.string() }).nullable(),
});
export type Experiment = z.output<typeof experimentSchema>;
export const experimentList = z.object({ items: z.array(experimentSchema), nextCursor: z.string().nullable() });

const interval = { value: number, low: number, high: number };
export const comparisonSchema = z.object({
  arm: z.string(),
  people: number,
  /** Arm less control; the interval may be looked at as often as one likes. */
  difference: z.object(interval),
  /** The same relative to the control; null where that has nothing. */
  relative: z.object(interval).nullable(),
  p: number,
  /** With all that was asked beside it. */
  adjustedP: number,
  says: z.enum(['better', 'worse', 'unclear']),
  /** The share of the variance that what people did before took off. */
  cuped: number,
  bayes: z.object({ chance: number, low: number, high: number, risk: number }),
  /** What the arm brought in all that would not have come without it. */
  incremental: z.object({ value: number, low: number, high: number }),
});
export type ComparisonView = z.output<typeof comparisonSchema>;
const armOutcome = z.object({
  arm: z.string(),
  people: number,
  /** People who did it. */
  did: number,
  /** Times, or fen; of a conversion the same as `did`. */
  total: number,
  mean: number.nullable(),
  low: number.nullable(),
  high: number.nullable(),
  /** How likely this arm is the best of all, and what is to be expected to be lost by taking it. */
  chanceBest: number.nullable(),
  expectedLoss: number.nullable(),
});
export const metricResult = z.object({
  key: z.string(),
  name: z.string(),
  role: z.enum(['primary', 'secondary', 'guard']),
  kind: metric.shape.kind,
  better: z.enum(['up', 'down']),
  arms: z.array(armOutcome),
  comparisons: z.array(comparisonSchema),
  /** Of a guard: how much worse it may be, and by which arms that is broken beyond doubt. */
  guard: z.object({ limit: number, broken: z.array(z.string()) }).nullable(),
});
export type MetricResult = z.output<typeof metricResult>;
export const segmentSchema = z.object({
  key: z.string(),
  people: number,
  comparisons: z.array(
    z.object({ ...comparisonSchema.pick({ arm: true, people: true, difference: true, p: true, adjustedP: true, says: true }).shape }),
  ),
});
export const answerSchema = z.object({
  kind: z.enum(['draft', 'not_enough', 'better', 'worse', 'unclear', 'no_difference', 'untrustworthy', 'guard']),
  /** Of the primary metric: the arm that is spoken of. */
  arm: z.string().nullable(),
  metric: z.string(),
  difference: z.object(interval).nullable(),
  relative: z.object(interval).nullable(),
  /** People whose window is over, and how many the plan wants. */
  have: number,
  need: number.nullable(),
});
export const resultsSchema = z.object({
  answer: answerSchema,
  assigned: number,
  /** Of them those whose window is over. */
  counted: number,
  planned: number.nullable(),
  /** When the window of the first is over: before that nothing can be compared. */
  countsFrom: z.string().nullable(),
  arms: z.array(z.object({ key: z.string(), name: z.string(), weight: number, control: z.boolean(), assigned: number, counted: number })),
  sampleRatio: z.object({ p: number, alwaysValidP: number, alarm: z.boolean() }),
  metrics: z.array(metricResult),
  /** The primary metric as it stood at each look. */
  looks: z.array(z.object({ at: z.string(), people: number, comparisons: z.array(z.object({ arm: z.string(), ...interval })) })),
  /** By where people stood when they were assigned. Many are looked at, so some differ by chance: `adjustedP` counts all of them. */
  segments: z.object({ stage: z.array(segmentSchema), level: z.array(segmentSchema) }),
  asOf: z.string(),
});
export type Results = z.output<typeof resultsSchema>;
export type Answer = z.output<typeof answerSchema>;

export const peopleBody = pageQuery.extend({
  arm: key.optional(),
  /** Only whose window is over, as in every comparison. */
  counted: z.boolean().default(false),
  /** With `did`: whose outcome of this metric is something (true) or nothing. */
  metric: key.optional(),
  did: z.boolean().optional(),
  stage: z.string().max(60).optional(),
  level: z.string().max(60).optional(),
});
export type PeopleAsk = z.output<typeof peopleBody>;
export const peoplePage = z.object({ items: z.array(z.unknown()), nextCursor: z.string().nullable(), total: number.optional() });

export const assignBody = z.object({ people: z.array(z.string().min(1).max(64)).min(1, { error: 'must name somebody' }).max(10_000) });
export const assignAnswer = z.object({ arms: z.record(z.string(), z.string()), unknown: z.array(z.string()) });

export const planBody = definitionSchema
  .pick({ on: true, primary: true, windowDays: true, effect: true, alpha: true, power: true })
  .extend({ weights: z.array(z.number().positive().max(1_000_000)).min(2).max(10), control: z.number().int().min(0).max(9).default(0) });
export type PlanAsk = z.output<typeof planBody>;
export const planSchema = z.object({
  /** What the metric is now, of how many people that was learned, and whether they are enough to plan by. */
  base: z.object({ mean: number, sd: number, people: number, enough: z.boolean() }),
  /** The difference to be seen, in the metric's unit. */
  difference: number,
  /** Needed in the smallest arm, and in all; null where it cannot be said. */
  perArm: number.nullable(),
  people: number.nullable(),
  /** The same if one looks only once, at the end. */
  peopleAtOneLook: number.nullable(),
  /** Who is there at once, and how many come a day. */
  atOnce: number,
  perDay: number,
  /** Until the last of them has had the window; null where they never come. */
  days: number.nullable(),
});
export type Plan = z.output<typeof planSchema>;
