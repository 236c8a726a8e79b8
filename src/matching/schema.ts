import { z } from 'zod';

export const settingsSchema = z.object({
  products: z.object({
    /** So many goods of one category at most; null: no matter. */
    perCategory: z.int().min(1).max(20).nullable(),
    /** Only goods that cost at most so many times what the person usually pays, and no less than that part of it; null: no matter. */
    priceTimes: z.number().min(1.1).max(100).nullable(),
    /** What was bought within so many days is not shown. */
    restDays: z.int().min(0).max(365),
    without: z.array(z.string().trim().min(1).max(200)).max(1000),
    withoutCategories: z.array(z.string().trim().min(1).max(200)).max(200),
  }),
  content: z.object({
    /** Every content that may be sent gets at least this share of choices. */
    floor: z.number().min(0.005).max(0.5),
    /** The share of people for whom nothing is chosen, always the same people. */
    holdout: z.number().min(0).max(0.5),
    /** What a person was sent within so many days is not chosen for them again. */
    seenDays: z.int().min(0).max(730),
    /** At most so many choices for one person in so many days. */
    frequency: z.object({ choices: z.int().min(1).max(100), days: z.int().min(1).max(90) }),
    /** A click counts within so many days of the message. */
    clickDays: z.int().min(1).max(30),
    /** What happened so many days ago counts half. */
    halfLifeDays: z.int().min(3).max(720),
  }),
});
export type MatchingSettings = z.output<typeof settingsSchema>;

export const usualSettings: MatchingSettings = {
  products: { perCategory: 4, priceTimes: null, restDays: 0, without: [], withoutCategories: [] },
  content: { floor: 0.05, holdout: 0.05, seenDays: 90, frequency: { choices: 3, days: 7 }, clickDays: 3, halfLifeDays: 60 },
};

export const settingsChange = z.object({
  products: settingsSchema.shape.products.partial().optional(),
  content: settingsSchema.shape.content.partial().optional(),
});

export const pickBody = z.object({
  people: z.array(z.string().max(100)).min(1).max(500),
  among: z.array(z.string().max(100)).min(1).max(200).optional(),
  channel: z.string().trim().min(1).max(60).default('wecom'),
  key: z.string().trim().min(1).max(200).default('preview'),
});

export const policyQuery = z.object({
  /** `even`: all alike; `best`: whatever looks best now; otherwise always the content with this id. */
  policy: z.string().max(100).default('best'),
  days: z.coerce.number().int().min(1).max(365).default(90),
});
