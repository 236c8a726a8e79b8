import { z } from 'zod';
import { range } from '../schema-base.ts';

/** What a person may do on the way in, in the order of a way that has all of it. */
export const steps = ['touch', 'friend', 'group', 'order'] as const;
export type WayStep = (typeof steps)[number];

/** How people come in: whose first touch was in this time, and what they did within so many days of it. */
export const waysQuestion = z.strictObject({
  ...range,
  withinDays: z.number().int().min(1).max(180).default(30),
  touchpointId: z.string().max(64).optional(),
});
export type WaysQuestion = z.output<typeof waysQuestion>;
export const waysKind = waysQuestion.extend({ kind: z.literal('ways') });

export const waysCell = z.strictObject({
  touchpointId: z.string().max(64).optional(),
  /** The whole way, before an order. */
  way: z.array(z.enum(steps)).max(4).optional(),
  /** Who did this step. */
  did: z.enum(steps).optional(),
  /** Whose last step was this, and who did not order. */
  lostAfter: z.enum(steps).optional(),
});
