import { z } from 'zod';

const word = z
  .string()
  .trim()
  .regex(/^(\*|[\w-]{1,60})$/, 'must be a word of letters, digits, _ or -, or * for all');

export const consentChange = z.object({
  purpose: word.default('*'),
  channel: word.default('*'),
  granted: z.boolean({ error: 'must be true or false' }),
  /** Where they said it: a form, a till, a call. */
  source: word.default('console'),
  at: z.iso.datetime({ offset: true, error: 'must be an instant such as 2026-01-31T08:00:00Z' }).optional(),
  note: z
    .string()
    .trim()
    .max(500)
    .refine((text) => !text.includes('\0'), { error: 'must not have a zero character' })
    .optional(),
});
export type ConsentChangeInput = z.infer<typeof consentChange>;
export const consentChanges = z.object({ consents: z.array(consentChange).min(1).max(50) });

const held = z.object({ purpose: z.string(), channel: z.string(), granted: z.boolean(), at: z.string() });
export const consentRecord = z.object({
  items: z.array(held),
  history: z.array(held.extend({ source: z.string(), by: z.string().nullable(), note: z.string().nullable() })),
});
export type ConsentRecord = z.infer<typeof consentRecord>;
