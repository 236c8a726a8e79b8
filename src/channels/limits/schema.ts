import { z } from 'zod';

const words = z.object({ zh: z.string(), en: z.string() });
const unit = z.enum(['day', 'week', 'month']);
const period = z.union([z.strictObject({ calendar: unit }), z.strictObject({ minutes: z.number().int().min(1).max(527_040) })]).nullable();
/** null: as many as the period has days. */
const value = z.number().int().min(0).max(1_000_000_000).nullable();

export const limitChange = z.strictObject({
  value: value.optional(),
  period: period.optional(),
  /** Why it is otherwise here. */
  note: z.string().trim().max(500).optional(),
});
export type LimitChange = z.output<typeof limitChange>;

export const limitView = z.object({
  key: z.string(),
  channel: z.string(),
  name: words,
  value,
  period,
  unit: z.string(),
  per: z.string(),
  held: z.array(z.enum(['launch', 'send'])),
  /** Whether a workspace can set it otherwise. */
  settable: z.boolean(),
  reasons: z.array(z.string()),
  choices: z.array(unit),
  source: z.object({ title: z.string(), url: z.string().nullable() }),
  trust: z.enum(['documented', 'reported']),
  known: z.string().nullable(),
  checked: z.string(),
  /** What holds where nothing is set. */
  published: z.object({ value, period }),
  /** Who set it here, when and why. */
  own: z.object({ note: z.string(), at: z.string(), by: z.string() }).nullable(),
});
export type LimitView = z.output<typeof limitView>;
export const limitList = z.object({ items: z.array(limitView) });
