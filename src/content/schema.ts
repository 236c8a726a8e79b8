import { z } from 'zod';
import { fileId, kinds, posterId } from './kinds.ts';
import { posterNotes, variantsSchema } from './variants.ts';

export const purposes = ['notify', 'benefit', 'convert', 'community', 'service'] as const;
/** The three questions that words answer on the way to an order. */
export const answers = ['why_need', 'why_us', 'what_i_get'] as const;
export const authorKinds = ['staff', 'partner', 'kol', 'koc', 'writer', 'user'] as const;
export const reviewStates = ['draft', 'in_review', 'approved', 'rejected'] as const;

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

/** What goes along with the words where a chat can show it. */
export const cardSchema = z.discriminatedUnion(
  'kind',
  [
    z.object({ kind: z.literal('picture'), picture: fileId }),
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
      picture: fileId,
    }),
    // Everybody's own: a poster is drawn for whoever is sent it.
    z.object({ kind: z.literal('poster'), poster: posterId }),
  ],
  { error: 'kind must be picture, mini_program or poster' },
);

const word = z.string().trim().min(1, { error: 'must not be empty' }).max(60, { error: 'must have at most 60 characters' });
const wordsOf = (most: number) =>
  z
    .array(word)
    .max(most, { error: `takes at most ${most}` })
    .transform((list) => [...new Set(list)]);

export const authorSchema = z.object({
  kind: z.enum(authorKinds),
  name: z.string().trim().min(1, { error: 'must not be empty' }).max(80, { error: 'must have at most 80 characters' }),
});
export const rightsSchema = z.object({
  /** After this nothing of it is sent or shown. */
  until: z.iso.datetime({ offset: true, error: 'must be an instant such as 2026-01-31T20:00:00+08:00' }),
  note: z.string().trim().max(300, { error: 'must have at most 300 characters' }).default(''),
});

const fields = {
  purpose: z.enum(purposes).nullish(),
  link: linkSchema.nullish(),
  card: cardSchema.nullish(),
  /** By kind: see `details`. */
  detail: z.record(z.string(), z.unknown()).nullish(),
  variants: variantsSchema.optional(),
  scenes: wordsOf(20).optional(),
  products: wordsOf(50).optional(),
  audiences: wordsOf(20).optional(),
  topics: wordsOf(20).optional(),
  answers: z.array(z.enum(answers)).max(3).optional(),
  author: authorSchema.nullish(),
  rights: rightsSchema.nullish(),
};

export const newContent = z.object({
  name,
  kind: z.enum(kinds).default('text'),
  /** Liquid. Where the kind shows something itself, its name stands for words that are not given. */
  body: body.optional(),
  /** The sender's own name for it: sent again it changes nothing. */
  key: z.string().trim().min(1).max(200).optional(),
  ...fields,
});

export const contentChange = z
  .object({
    name: name.optional(),
    kind: z.enum(kinds).optional(),
    body: body.optional(),
    ...fields,
    /** The version that was changed: refused when somebody else has saved another meanwhile. */
    version: z.number().int().positive().optional(),
  })
  .refine((change) => Object.keys(change).some((key) => key !== 'version'), {
    error: 'must change something: name, purpose, body, link, card or another field of it',
  });

export const contentItem = z.object({
  id: z.string(),
  kind: z.enum(kinds),
  name: z.string(),
  purpose: z.enum(purposes).nullable(),
  body: z.string(),
  link: linkSchema.nullable(),
  card: cardSchema.nullable(),
  detail: z.record(z.string(), z.unknown()),
  variants: variantsSchema,
  scenes: z.array(z.string()),
  products: z.array(z.string()),
  audiences: z.array(z.string()),
  topics: z.array(z.string()),
  answers: z.array(z.enum(answers)),
  author: authorSchema.nullable(),
  rights: z.object({ until: z.string(), note: z.string() }).nullable(),
  review: z.object({ state: z.enum(reviewStates), note: z.string().nullable(), by: z.string().nullable(), at: z.string().nullable() }),
  /** The page where people read it; null for what has none. */
  pageUrl: z.string().nullable(),
  version: z.number(),
  approvedVersion: z.number().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
  createdBy: z.string().nullable(),
  updatedBy: z.string().nullable(),
});

export const rendered = z.object({
  text: z.string(),
  title: z.string(),
  picture: z.string().nullable(),
  /** A poster in the place of the picture: everybody's own. */
  poster: z.string().nullable(),
  link: linkSchema.nullable(),
  /** How many text messages it is, on the channel that is paid by them. */
  parts: z.number().optional(),
  /** What becomes of the poster on this channel. */
  posterNote: z.enum(posterNotes).optional(),
  errors: z.array(z.object({ field: z.string(), reason: z.string() })),
});

export type NewContent = z.input<typeof newContent>;
export type ContentChange = z.output<typeof contentChange>;
export type ContentItem = z.output<typeof contentItem>;
export type Rendered = z.output<typeof rendered>;
export type ContentLink = z.output<typeof linkSchema>;
export type ContentCard = z.output<typeof cardSchema>;
export type ReviewState = (typeof reviewStates)[number];
export type Purpose = (typeof purposes)[number];
