import { z } from 'zod';

export const purposes = ['notify', 'benefit', 'convert', 'community', 'service'] as const;

const name = z.string().trim().min(1, { error: 'must not be empty' }).max(120, { error: 'must have at most 120 characters' });
const body = z
  .string()
  .refine((text) => text.trim() !== '', { error: 'must not be empty: write what the person will read' })
  .refine((text) => text.length <= 10_000, { error: 'must have at most 10,000 characters' });

export const linkSchema = z.object({
  url: z
    .url({ protocol: /^https?$/, error: 'must be a full address such as https://example.com/page' })
    .max(2000, { error: 'must have at most 2,000 characters' }),
  title: z.string().trim().max(120, { error: 'must have at most 120 characters' }).default(''),
});

/** The id of a picture that was taken in: long and random, for its address is open to whoever knows it. */
const picture = z
  .string()
  .regex(/^pic_[\w-]{22}$/, { error: 'is no picture that was taken in; send it to POST /api/content/pictures first' });

/** What goes along with the words where a chat can show it. */
export const cardSchema = z.discriminatedUnion(
  'kind',
  [
    z.object({ kind: z.literal('picture'), picture }),
    z.object({
      kind: z.literal('mini_program'),
      appId: z.string().regex(/^wx[0-9a-f]{16}$/, { error: 'must be the id of a mini program, such as wx0123456789abcdef' }),
      page: z
        .string()
        .trim()
        .min(1, { error: 'must be a page of the mini program, such as pages/index/index' })
        .max(1024, { error: 'must have at most 1,024 characters' }),
      title: z
        .string()
        .trim()
        .min(1, { error: 'must not be empty: it is what people read on the card' })
        .max(64, { error: 'must have at most 64 characters' }),
      picture,
    }),
  ],
  { error: 'kind must be picture or mini_program' },
);

export const newContent = z.object({
  name,
  purpose: z.enum(purposes).nullish(),
  /** Liquid. */
  body,
  link: linkSchema.nullish(),
  card: cardSchema.nullish(),
});

export const contentChange = z
  .object({
    name: name.optional(),
    purpose: z.enum(purposes).nullish(),
    body: body.optional(),
    link: linkSchema.nullish(),
    card: cardSchema.nullish(),
  })
  .refine((change) => Object.keys(change).length > 0, { error: 'must change something: name, purpose, body, link or card' });

export const contentItem = z.object({
  id: z.string(),
  name: z.string(),
  purpose: z.enum(purposes).nullable(),
  body: z.string(),
  link: linkSchema.nullable(),
  card: cardSchema.nullable(),
  version: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
});

export const rendered = z.object({
  text: z.string(),
  link: linkSchema.nullable(),
  errors: z.array(z.object({ field: z.string(), reason: z.string() })),
});

export type NewContent = z.output<typeof newContent>;
export type ContentChange = z.output<typeof contentChange>;
export type ContentItem = z.output<typeof contentItem>;
export type Rendered = z.output<typeof rendered>;
export type ContentLink = z.output<typeof linkSchema>;
export type ContentCard = z.output<typeof cardSchema>;
export type Purpose = (typeof purposes)[number];
