import { z } from 'zod';
import { breakdown, compare, happening, happeningWith, interval, property, range, span, value, weekStart } from '../schema-base.ts';

/** A time on the calendar by its first day, or (hours) its first instant. */
const periodLabel = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

const measure = z.enum(['events', 'people', 'sum', 'average', 'min', 'max']);

const series = happeningWith({
  measure: measure.default('events'),
  /** Whose number is summed or averaged. */
  property: property.optional(),
});

export const trendQuestion = z.strictObject({
  series: z
    .array(series)
    .min(1, 'name at least one event')
    .max(8, 'at most 8 lines')
    .superRefine((all, context) => {
      for (const [i, one] of all.entries()) {
        const needs = one.measure !== 'events' && one.measure !== 'people';
        if (needs !== (one.property !== undefined))
          context.addIssue({
            code: 'custom',
            path: [i, 'property'],
            message: needs ? `${one.measure} needs a property` : `${one.measure} takes no property`,
          });
      }
    }),
  interval,
  weekStart,
  ...range,
  breakdown: breakdown.optional(),
  compare,
});
export type TrendQuestion = z.infer<typeof trendQuestion>;

/** Days (weeks, months, hours) in which a person did something. */
export const stickinessQuestion = z.strictObject({
  done: happening,
  interval,
  weekStart,
  ...range,
  breakdown: breakdown.optional(),
  compare,
});
export type StickinessQuestion = z.infer<typeof stickinessQuestion>;

export const lifecycleQuestion = z.strictObject({ done: happening, interval, weekStart, ...range, compare });
export type LifecycleQuestion = z.infer<typeof lifecycleQuestion>;

export const distributionQuestion = z.strictObject({
  done: happening,
  /** How often, on how many days, the sum of a property for each person; or how a property's values spread over events. */
  of: z.union([
    z.enum(['events', 'days']),
    z.strictObject({ sum: property }),
    z.strictObject({ average: property }),
    z.strictObject({ values: property }),
  ]),
  /** Where one bar ends and the next begins; chosen by the answer when left out. */
  edges: z
    .array(z.number())
    .min(1)
    .max(60)
    .refine((all) => all.every((e, i) => i === 0 || e > all[i - 1]!), { message: 'must rise' })
    .optional(),
  ...range,
  breakdown: breakdown.optional(),
  compare,
});
export type DistributionQuestion = z.infer<typeof distributionQuestion>;

const cleaning = z.strictObject({ prefix: z.string().min(1).max(500), as: z.string().min(1).max(500) });

export const pathsQuestion = z.strictObject({
  ...range,
  /** Only these events are steps; without it, whatever people do themselves. */
  events: z.array(happening).max(30).default([]),
  /** Events that are no steps. */
  leaveOut: z.array(z.string().min(1).max(200)).max(50).default([]),
  /** A step is called by this property (such as a page's url) where the event has it, and by the event's name where not. */
  by: property.optional(),
  /** Paths begin with this step. */
  start: z.string().min(1).max(500).optional(),
  /** Paths end with this step. */
  end: z.string().min(1).max(500).optional(),
  steps: z.number().int().min(2).max(20).default(5),
  /** The same step again and again is one. */
  collapse: z.boolean().default(true),
  /** A path ends after so long without a step. */
  gap: span.default({ minutes: 30 }),
  /** A path is over so long after its first step; without it, only the gap ends it. */
  within: span.optional(),
  /** Steps whose name begins so are shown as one: the first that fits. */
  clean: z.array(cleaning).max(30).default([]),
  /** How many links are shown at most, largest first. */
  limit: z.number().int().min(1).max(500).default(60),
  compare,
});
export type PathsQuestion = z.infer<typeof pathsQuestion>;

/** What the people who came in the same period have been worth since. */
export const worthQuestion = z.strictObject({
  /** What puts a person into a cohort: the first time ever. `*` is the first thing that they did. */
  first: happening.default({ event: '*', where: [] }),
  period: z.enum(['week', 'month']).default('week'),
  count: z.number().int().min(1).max(104).default(12),
  weekStart,
  ...range,
  breakdown: breakdown.optional(),
  compare,
});
export type WorthQuestion = z.infer<typeof worthQuestion>;

/** What people stand on: levels of the ladder, stages of life, tiers of value. */
export const standing = z.enum(['level', 'stage', 'tier']).default('level');

/** How long people stay on a level (stage, tier) that they came to in this time. */
export const dwellQuestion = z.strictObject({ ...range, of: standing });
export type DwellQuestion = z.infer<typeof dwellQuestion>;

/** What people did before they moved on the ladder. */
export const movesQuestion = z.strictObject({
  ...range,
  of: standing,
  /** To a deeper one, to a shallower one, or (as of stages, where deeper says little) to any other. */
  move: z.enum(['up', 'down', 'any']),
  /** Only moves from this level, to that one. */
  fromLevel: z.string().max(50).optional(),
  toLevel: z.string().max(50).optional(),
  /** How long before the move is looked at. */
  days: z.number().int().min(1).max(90).default(7),
  /** What is counted: events; what was said to them or seen by them, by content; journeys. */
  by: z.enum(['event', 'content', 'journey']).default('event'),
});
export type MovesQuestion = z.infer<typeof movesQuestion>;

export const cells = {
  trend: z.strictObject({ series: z.number().int().min(1).max(8), period: periodLabel.nullable(), value }),
  stickiness: z.strictObject({ periods: z.number().int().min(1), atLeast: z.boolean().default(false), value }),
  lifecycle: z.strictObject({ period: periodLabel, is: z.enum(['new', 'returning', 'resurrecting', 'dormant']) }),
  distribution: z.strictObject({
    from: z.number().nullable().optional(),
    to: z.number().nullable().optional(),
    text: z.string().optional(),
    value,
  }),
  paths: z.strictObject({
    step: z.number().int().min(1).max(20).optional(),
    name: z.string().optional(),
    next: z.string().optional(),
    path: z.array(z.string()).min(1).max(20).optional(),
  }),
  worth: z.strictObject({ cohort: z.iso.date().nullable(), period: z.number().int().min(0).max(104).nullable(), value }),
  /** `to`: who left it for that one. */
  dwell: z.strictObject({ level: z.string().max(50), is: z.enum(['came', 'left', 'still']), to: z.string().max(50).optional() }),
  moves: z.strictObject({
    who: z.enum(['moved', 'stayed']),
    event: z.string().min(1).max(500).optional(),
    thing: z.string().max(200).default(''),
  }),
};
