import { z } from 'zod';
import { fileId } from '../kinds.ts';

/** Sizes that are asked for by name: a phone's screen, a story, the card of a mini program, a picture for moments. */
export const sizes = {
  phone: { width: 750, height: 1334 },
  story: { width: 1080, height: 1920 },
  card: { width: 500, height: 400 },
  moments: { width: 1080, height: 1440 },
} as const;

const most = 2400;
const at = z.number().min(-most, { error: 'lies far outside the picture' }).max(most, { error: 'lies far outside the picture' });
const length = z
  .number()
  .min(1, { error: 'must be at least 1' })
  .max(most, { error: `must be at most ${most}` });
export const colour = z.string().regex(/^#[0-9a-f]{6}$/i, { error: 'must be a colour such as #ff8800' });
const words = z.string().max(500, { error: 'must have at most 500 characters' });
const line = (n: number) =>
  z
    .string()
    .trim()
    .max(n, { error: `must have at most ${n} characters` });

const place = {
  id: z.string().regex(/^[\w-]{1,24}$/, { error: 'must be 1 to 24 letters, digits, - or _' }),
  x: at,
  y: at,
  width: length,
  height: length,
  opacity: z.number().min(0).max(1).default(1),
};
const type = {
  size: z.number().min(8, { error: 'must be at least 8' }).max(400, { error: 'must be at most 400' }),
  colour,
  weight: z.union([z.literal(400), z.literal(500), z.literal(700), z.literal(900)]).default(400),
  align: z.enum(['left', 'center', 'right']).default('left'),
};

export const layerSchema = z.discriminatedUnion(
  'type',
  [
    z.object({
      type: z.literal('text'),
      ...place,
      ...type,
      text: words,
      /** What stands there when the text comes out empty for somebody. */
      fallback: line(60).default(''),
      valign: z.enum(['top', 'middle', 'bottom']).default('top'),
      lineHeight: z.number().min(1).max(3).default(1.4),
      maxLines: z.number().int().min(1).max(20).default(3),
      /** Type gets smaller down to this before it is cut off; 0: it keeps its size. */
      minSize: z.number().min(0).max(400).default(0),
      strike: z.boolean().default(false),
    }),
    z.object({ type: z.literal('price'), ...place, ...type, amount: line(120), currency: line(4).default('¥') }),
    z.object({ type: z.literal('picture'), ...place, file: fileId.nullable(), radius: z.number().min(0).max(most).default(0) }),
    z.object({ type: z.literal('avatar'), ...place, round: z.boolean().default(true), border: colour.nullable().default(null) }),
    z.object({
      type: z.literal('code'),
      ...place,
      dark: colour.default('#000000'),
      light: colour.default('#ffffff'),
      logo: z.boolean().default(false),
      radius: z.number().min(0).max(200).default(0),
    }),
    z.object({
      type: z.literal('box'),
      ...place,
      fill: colour.nullable(),
      stroke: colour.nullable().default(null),
      strokeWidth: z.number().min(0).max(60).default(2),
      radius: z.number().min(0).max(most).default(0),
    }),
  ],
  { error: 'type must be text, price, picture, avatar, code or box' },
);
export type Layer = z.output<typeof layerSchema>;
export type LayerOf<T extends Layer['type']> = Extract<Layer, { type: T }>;

export const docSchema = z
  .object({
    width: z
      .number()
      .int()
      .min(200, { error: 'must be at least 200' })
      .max(most, { error: `must be at most ${most}` }),
    height: z
      .number()
      .int()
      .min(200, { error: 'must be at least 200' })
      .max(most, { error: `must be at most ${most}` }),
    background: z.object({
      colour,
      /** A second colour makes it run over, from top to bottom at 0°. */
      to: colour.nullable().default(null),
      angle: z.number().min(0).max(360).default(0),
      file: fileId.nullable().default(null),
    }),
    layers: z.array(layerSchema).max(40, { error: 'takes at most 40 layers' }),
    /** Where its code leads: the person's own way into a touchpoint, or one address for all. */
    leadsTo: z
      .union([
        z.object({ touchpointId: z.string().max(64) }),
        z.object({
          url: z
            .url({ protocol: /^https?$/, error: 'must be a full address such as https://example.com/page' })
            .max(500, { error: 'must have at most 500 characters' }),
        }),
      ])
      .nullable()
      .default(null),
    /** What a friend reads on the card of a link to it. */
    share: z.object({ title: line(60).default(''), text: line(120).default('') }).default({ title: '', text: '' }),
  })
  .superRefine((doc, ctx) => {
    const seen = new Set<string>();
    doc.layers.forEach((layer, i) => {
      if (seen.has(layer.id)) ctx.addIssue({ code: 'custom', path: ['layers', i, 'id'], message: 'stands here twice' });
      seen.add(layer.id);
    });
  });
export type PosterDoc = z.output<typeof docSchema>;

/** Names in addresses of people's own posters: `{{ person.posters.<key> }}`. */
const key = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, { error: 'must be 1 to 40 small letters, digits or _, and begin with a letter' });
const name = z.string().trim().min(1, { error: 'must not be empty' }).max(120, { error: 'must have at most 120 characters' });

export const newPoster = z.object({ name, key: key.nullish(), doc: docSchema });
export type NewPoster = z.input<typeof newPoster>;
export const posterChange = z
  .object({ name: name.optional(), key: key.nullish(), doc: docSchema.optional(), version: z.number().int().optional() })
  .refine(({ version: _, ...rest }) => Object.values(rest).some((value) => value !== undefined), {
    error: 'must change something: name, key or doc',
  });
export type PosterChange = z.output<typeof posterChange>;

/** What is amiss with a layer, or came about as it was drawn. */
export const noteWords = [
  ...([
    'code_small',
    'code_contrast',
    'code_outside',
    'code_covered',
    'code_missing',
    'code_shared',
    'code_none',
    'touchpoint_closed',
  ] as const),
  ...(['text_outside', 'text_cut', 'text_shrunk', 'text_tiny', 'text_empty', 'glyph_missing', 'emoji_dropped'] as const),
  ...(['picture_missing', 'picture_none', 'picture_coarse', 'outside'] as const),
] as const;
export const noteSchema = z.object({
  layer: z.string().nullable(),
  what: z.enum(noteWords),
  /** Nothing good comes of it, or it is merely to be known. */
  grave: z.boolean(),
  detail: z.string().optional(),
});
export type Note = z.output<typeof noteSchema>;
export type NoteWord = (typeof noteWords)[number];

export const posterSchema = z.object({
  id: z.string(),
  key: z.string().nullable(),
  name: z.string(),
  version: z.number(),
  doc: docSchema,
  notes: z.array(noteSchema),
  createdAt: z.string(),
  updatedAt: z.string(),
  changedBy: z.string().nullable(),
});
export type Poster = z.output<typeof posterSchema>;

export const previewBody = z.object({
  doc: docSchema,
  personId: z.string().max(64).nullish(),
  width: z.number().int().min(100).max(1080).default(540),
});
export const previewAnswer = z.object({ picture: z.string(), width: z.number(), height: z.number(), notes: z.array(noteSchema) });

export const batchSchema = z.object({
  id: z.string(),
  posterId: z.string(),
  posterName: z.string(),
  version: z.number(),
  audienceId: z.string(),
  audienceName: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  done: z.number(),
  failed: z.number(),
  total: z.number(),
  /** Archives of so many pictures each, as they are asked for. */
  parts: z.number(),
  jobId: z.string().nullable(),
  createdAt: z.string(),
  doneAt: z.string().nullable(),
});
export type PosterBatch = z.output<typeof batchSchema>;
