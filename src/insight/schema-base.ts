import { z } from 'zod';
import { parseRule, type Step } from '../audience/index.ts';
import { carriers } from '../events/index.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const where = z.strictObject({
  property: z.string(),
  op: z.string(),
  value: z.union([scalar, z.array(z.string()), z.array(z.number()), z.array(z.boolean())]).optional(),
});

const happeningFields = { event: z.string().min(1, 'name the event, or * for any'), where: z.array(where).default([]) };

function asInRules({ event, where: conditions }: { event: string; where: z.infer<typeof where>[] }, context: z.RefinementCtx): void {
  const { errors } = parseRule({ event, ...(conditions.length > 0 && { where: conditions }) }, '');
  for (const { field, reason } of errors)
    context.addIssue({ code: 'custom', path: field.split(/[.[\]]+/).filter(Boolean), message: reason });
}

/** An event by name, or `*` for any that a person did, with conditions on its properties: both read as in rules, and refused as in rules. */
export const happening = z.strictObject(happeningFields).superRefine(asInRules);
export type Happening = z.infer<typeof happening>;

/** A happening that says more about itself. */
export function happeningWith<S extends z.ZodRawShape>(more: S) {
  return z.strictObject({ ...happeningFields, ...more }).superRefine((value, context) => asInRules(value as Happening, context));
}

/** A happening as a step of a rule, which it has been checked to be. */
export function stepOf({ event, where: conditions }: Happening): Step {
  return { event, where: conditions } as Step;
}

const day = /^\d{4}-\d{2}-\d{2}$/;
/** An ISO instant with its offset, or a date, which is its midnight in the workspace's zone. */
export const edge = z.union([z.iso.datetime({ offset: true }), z.string().regex(day).pipe(z.iso.date())], {
  error: 'must be an instant such as 2026-01-31T00:00:00+08:00, or a date such as 2026-01-31',
});
/** '' where it is not known. */
export const carrier = z.enum(['', ...carriers]);
export const range = { from: edge, to: edge };

export const span = z.union(
  [
    z.strictObject({ days: z.number().positive().max(366) }),
    z.strictObject({ hours: z.number().positive().max(8784) }),
    z.strictObject({ minutes: z.number().positive().max(527_040) }),
    z.strictObject({ seconds: z.number().positive().max(31_622_400) }),
  ],
  { error: 'must be one of {days}, {hours}, {minutes} or {seconds}, above 0 and at most 366 days' },
);
export type WithinSpan = z.infer<typeof span>;

export function withinMs(within: WithinSpan): number {
  if ('days' in within) return Math.round(within.days * 86_400_000);
  if ('hours' in within) return Math.round(within.hours * 3_600_000);
  if ('minutes' in within) return Math.round(within.minutes * 60_000);
  return Math.round(within.seconds * 1000);
}

/** The path of a property; parts joined by single dots. */
export const property = z
  .string()
  .max(500)
  .regex(/^[^.\0]+(\.[^.\0]+)*$/, 'must be the name of a property, or names joined by single dots');

/** By something of the event, or by something of the person: the level, or which of some tags. */
export const breakdown = z.union(
  [
    z.strictObject({ property }),
    z.strictObject({ by: z.enum(['carrier', 'level']) }),
    z.strictObject({ tags: z.array(z.string().min(1).max(200)).min(1).max(20) }),
  ],
  { error: 'must be {property: name}, {by: "carrier"}, {by: "level"} or {tags: [keys]}' },
);
export type Breakdown = z.infer<typeof breakdown>;

export const weekStart = z.enum(['monday', 'sunday']).default('monday');
/** `hour` is for ranges of days, not of years. */
export const interval = z.enum(['hour', 'day', 'week', 'month']);

/** A period to set beside the one asked about: the one of equal length before it, or any other. */
export const compare = z.union([z.literal('previous'), z.strictObject(range)]).optional();
/** Which value of a breakdown a cell is about; null where it is missing. */
export const value = z.string().max(1000).nullable().optional();
