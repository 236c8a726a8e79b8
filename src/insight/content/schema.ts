import { z } from 'zod';
import { range } from '../schema-base.ts';

/** What the effect of content is set apart by. `item`: nothing further. */
export const apart = ['item', 'channel', 'journey', 'scene', 'path', 'level', 'stage'] as const;
export type Apart = (typeof apart)[number];

/** What came of content that reached people in this time, within so many days of it. */
export const effectQuestion = z.strictObject({
  ...range,
  withinDays: z.number().int().min(1).max(90).default(7),
  by: z.enum(apart).default('item'),
  contentId: z.string().max(64).optional(),
});
export type EffectQuestion = z.output<typeof effectQuestion>;
export const effectKind = effectQuestion.extend({ kind: z.literal('content') });

export const effectSteps = ['exposed', 'open', 'click', 'order'] as const;
export type EffectStep = (typeof effectSteps)[number];
export const effectCell = z.strictObject({
  contentId: z.string().max(64).optional(),
  key: z.string().max(200).optional(),
  step: z.enum(effectSteps),
});
