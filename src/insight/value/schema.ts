import { z } from 'zod';

/** After so many days the models are fitted again by themselves; null: only when somebody asks for it. */
export const refitDays = z.number().int().min(1).max(365).nullable().default(7);

/** How value is worked out; what is not named stays as it was at the last fit. */
export const valueSettings = z.strictObject({
  /** What money of next year is worth less than today's, per year. */
  discountRate: z.number().min(0).max(2).default(0.1),
  /** How many weeks ahead a customer's value is counted. */
  horizonWeeks: z.number().int().min(4).max(520).default(156),
  /** Of whom one brought, this part counts for one's own spreading value; of whom they brought, its square, and so on. */
  lambda: z.number().min(0).max(1).default(0.5),
  /** How many steps down the invite graph are counted. */
  depth: z.number().int().min(1).max(10).default(3),
  /** The part of revenue that is left after the goods; null: from the products' cost where it is known, else gross. */
  marginRate: z.number().min(0).max(1).nullable().default(null),
  /** Whether what a fit says of buyers is written as their traits, for rules to ask for. */
  traits: z.boolean().default(false),
  refitDays,
});
export type ValueSettings = z.infer<typeof valueSettings>;
export const fitBody = valueSettings.partial();

export const groupings = ['all', 'level', 'tier', 'cohort', 'audience'] as const;

const rfmFields = {
  /** How many bands each of recency, frequency and money has. */
  bands: z.number().int().min(2).max(10).default(5),
  /** People of equal figures: `split` fills the bands evenly (as NTILE does), `together` never parts equals. */
  ties: z.enum(['split', 'together']).default('split'),
  /** Refunds are taken off, or what was bought is counted as it was. */
  refunds: z.enum(['subtract', 'ignore']).default('subtract'),
  /** As of the beginning of this date in the workspace's zone; by default as of now. */
  asOf: z.iso.date().optional(),
};

export const valueQuestion = z.strictObject({
  by: z.enum([...groupings, 'matrix', 'rfm']).default('level'),
  /** The fit that is asked about; by default the last. */
  fit: z.number().int().min(1).optional(),
  /** By audience: which. Someone may be in several. */
  audiences: z.array(z.string().min(1).max(100)).max(20, 'at most 20 audiences').optional(),
  ...rfmFields,
});
export type ValueQuestion = z.infer<typeof valueQuestion>;
export const valueKind = valueQuestion.extend({ kind: z.literal('value'), from: z.string().optional(), to: z.string().optional() });

const band = z.number().int().min(0).max(3);
export const valueCells = {
  group: z.strictObject({ key: z.string().max(100).nullable().default(null), buyers: z.boolean().default(false) }),
  matrix: z.strictObject({ level: z.string().max(100), own: band.optional(), spread: band.optional() }),
  rfm: z.strictObject({
    r: z.number().int().min(1).max(10).optional(),
    f: z.number().int().min(1).max(10).optional(),
    m: z.number().int().min(1).max(10).optional(),
  }),
};
