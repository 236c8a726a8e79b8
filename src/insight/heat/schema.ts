import { z } from 'zod';
import { refitDays } from '../value/schema.ts';

/** What people do before they buy, as shops usually name it. */
export const usualIntents = [
  'Product Viewed',
  'Products Searched',
  'Product Added',
  'Cart Viewed',
  'Checkout Started',
  'Message Clicked',
  'Coupon Issued',
  'Content Viewed',
  'Page Viewed',
] as const;

export const heatSettings = z.strictObject({
  /** Events that show an intent to buy. */
  intents: z
    .array(z.string().min(1).max(200))
    .min(1, 'name at least one event')
    .max(15, 'at most 15 events')
    .refine((list) => !list.includes('Order Completed'), 'an order is what is foretold; it is looked at in any case')
    .default([...usualIntents]),
  /** How strongly coefficients are drawn to 0. */
  penalty: z.number().min(0.01).max(1000).default(3),
  refitDays,
});
export type HeatSettings = z.infer<typeof heatSettings>;
export const heatFitBody = heatSettings.partial();

export const heatBands = ['hot', 'warm', 'cool'] as const;
export type HeatBand = (typeof heatBands)[number];

export const heatQuestion = z.strictObject({
  /** The look at everyone that is asked about; by default one of the last minutes. */
  look: z.number().int().min(1).optional(),
  /** How many of the hottest are listed. */
  limit: z.number().int().min(1).max(200).default(50),
});
export type HeatQuestion = z.infer<typeof heatQuestion>;
export const heatKind = heatQuestion.extend({ kind: z.literal('heat'), from: z.string().optional(), to: z.string().optional() });

export const heatCell = z.strictObject({ band: z.enum(heatBands) });
