import { z } from 'zod';

export const kinds = ['text', 'image', 'video', 'audio', 'article', 'h5', 'mini_program', 'qa', 'live'] as const;
export type ContentKind = (typeof kinds)[number];

/** What is read, watched or heard on a page of our own where the item names no other address. */
export const pagedKinds: ReadonlySet<ContentKind> = new Set(['image', 'video', 'audio', 'article', 'qa', 'live', 'h5']);

/** The id of a file that was taken in: long and random, for its address is open to whoever knows it. Pictures of before begin with `pic_`. */
export const fileId = z.string().regex(/^(pic|file)_[\w-]{22}$/, {
  error: 'is no file that was taken in; send it to POST /api/content/files first',
});

/** The id of a poster, whose picture is another for everybody. */
export const posterId = z.string().regex(/^pst_\w{1,60}$/, { error: 'is no poster; choose one of GET /api/posters' });

const words = (most: number) =>
  z
    .string()
    .trim()
    .max(most, { error: `must have at most ${most.toLocaleString('en-US')} characters` });
const said = (most: number) => words(most).min(1, { error: 'must not be empty' });
const instant = z.iso.datetime({ offset: true, error: 'must be an instant such as 2026-01-31T20:00:00+08:00' });

const none = z.object({});
/** What each kind holds beside its words, link and card. */
export const details = {
  text: none,
  h5: none,
  mini_program: none,
  image: z.object({ files: z.array(fileId).min(1, { error: 'needs at least one picture' }).max(9, { error: 'takes at most 9 pictures' }) }),
  video: z.object({ file: fileId, poster: fileId.nullish() }),
  audio: z.object({ file: fileId }),
  article: z.object({
    html: z
      .string()
      .max(200_000, { error: 'must have at most 200,000 characters' })
      .refine((html) => html.replace(/<[^>]*>/g, '').trim() !== '', { error: 'must not be empty: write the article' }),
    cover: fileId.nullish(),
    summary: words(300).nullish(),
  }),
  qa: z.object({ question: said(300), also: z.array(said(300)).max(20).default([]) }),
  live: z
    .object({ startsAt: instant, endsAt: instant.nullish() })
    .refine(({ startsAt, endsAt }) => !endsAt || Date.parse(endsAt) > Date.parse(startsAt), {
      path: ['endsAt'],
      error: 'must be after startsAt',
    }),
} satisfies Record<ContentKind, z.ZodType>;

export type ContentDetail<K extends ContentKind = ContentKind> = z.output<(typeof details)[K]>;

/** What goes along with the words: a file, or a poster in its place. */
export interface Card {
  kind: string;
  picture?: string;
  poster?: string;
}

/** Every file that an item shows, the first its face. */
export function filesOf(item: { kind: ContentKind; detail: unknown; card?: Card | null }): string[] {
  const detail = item.detail as { files?: string[]; file?: string; poster?: string | null; cover?: string | null };
  return [detail.cover, detail.poster, ...(detail.files ?? []), item.card?.picture, detail.file].filter((id): id is string => Boolean(id));
}
