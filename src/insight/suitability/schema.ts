import { z } from 'zod';
import { edge } from '../schema-base.ts';

const names = z.array(z.string().trim().min(1).max(200)).max(500).default([]);
const share = z.number().min(0).max(1);
const fen = z.number().min(0).max(1e9);
const scenarios = <T extends z.ZodType>(of: T) => z.strictObject({ low: of, likely: of, high: of });

/** What a pool is taken to do. Every number is a guess until it has been tried, so each has a cautious, a likely and a hopeful one. */
export const model = z.strictObject({
  /** Which part of the buyers becomes members who can be reached. */
  reach: scenarios(share).default({ low: 0.2, likely: 0.35, high: 0.5 }),
  /** By which part the repeat orders of a member rise. */
  uplift: scenarios(z.number().min(0).max(10)).default({ low: 0.03, likely: 0.1, high: 0.2 }),
  /** Which part of an order's value is left after goods. */
  margin: scenarios(share).default({ low: 0.25, likely: 0.35, high: 0.45 }),
  /** What a member costs a year: staff, messages, rewards, system. Cautious is the dear one. */
  costFen: scenarios(fen).default({ low: 1200, likely: 600, high: 300 }),
  /** What the pool costs a year whether or not anybody is in it. */
  fixedFen: fen.default(0),
});
export type Model = z.infer<typeof model>;

export const suitabilityQuestion = z.strictObject({
  /** The order history; all of it when left out. */
  from: edge.optional(),
  to: edge.optional(),
  /** Intervals after everybody's first order in the category (each person once), or after every order. */
  after: z.enum(['first', 'every']).default('first'),
  horizonDays: z.number().int().min(30).max(1095).default(365),
  /** The categories with the most buyers that are shown. */
  top: z.number().int().min(1).max(30).default(12),
  /** For lines that name no category: the first of these that fits by product or by what the name contains. */
  mapping: z
    .array(z.strictObject({ category: z.string().trim().min(1).max(200), products: names, nameContains: names }))
    .max(100)
    .default([]),
  /** For lines that then still have none: each product by itself, or all of them together. */
  otherwise: z.enum(['product', 'together']).default('product'),
  model: model.prefault({}),
});
export type SuitabilityQuestion = z.infer<typeof suitabilityQuestion>;

export const suitabilityCell = z.strictObject({
  /** null: any. */
  category: z.string().max(500).nullable().default(null),
  scope: z.enum(['same', 'any']).default('any'),
  outcome: z.enum(['bought', 'again', 'waiting', 'recent']).default('bought'),
  withinDays: z.number().int().min(0).max(1095).optional(),
});
export type SuitabilityCell = z.infer<typeof suitabilityCell>;
