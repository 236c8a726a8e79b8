import { z } from 'zod';
import type { FieldError } from '../base/index.ts';
import { type Card, fileId } from './kinds.ts';
import { parseTemplate, personScope } from './template.ts';

export const variantChannels = ['wecom', 'official_account', 'mini_program', 'sms', 'email', 'push'] as const;
export type VariantChannel = (typeof variantChannels)[number];

/** What a channel says instead of the item; what is left out stays the item's own. */
export const variantSchema = z.object({
  title: z.string().trim().max(300, { error: 'must have at most 300 characters' }).nullish(),
  body: z.string().max(10_000, { error: 'must have at most 10,000 characters' }).nullish(),
  picture: fileId.nullish(),
  /** E-mail: what a list of mails shows after the subject. Liquid. */
  preheader: z.string().trim().max(200, { error: 'must have at most 200 characters' }).nullish(),
  /** Text messages: the template that the provider has approved, and what stands in its variables. Liquid. */
  template: z
    .object({
      templateId: z.string().trim().min(1, { error: 'must be the id of an approved template, such as SMS_123456789' }).max(40),
      fields: z
        .record(z.string().regex(/^\w{1,30}$/, { error: 'must be the name of a variable, or its number' }), z.string().max(500))
        .default({}),
    })
    .nullish(),
});
export const variantsSchema = z.partialRecord(z.enum(variantChannels), variantSchema);
export type Variants = z.output<typeof variantsSchema>;
export type Variant = z.output<typeof variantSchema>;

interface Limit {
  /** Counted as characters, or as bytes where the platform does. */
  by: 'characters' | 'bytes';
  body: number;
  title?: number;
}
/** The most that each channel carries. */
const limits: Record<VariantChannel, Limit> = {
  wecom: { by: 'bytes', body: 4000, title: 128 },
  official_account: { by: 'bytes', body: 2048 },
  mini_program: { by: 'characters', body: 20, title: 20 },
  sms: { by: 'characters', body: 500 },
  email: { by: 'characters', body: 10_000, title: 150 },
  push: { by: 'characters', body: 200, title: 40 },
};

export interface Worded {
  title: string;
  body: string;
  picture: string | null;
  /** A poster in the place of the picture. */
  poster: string | null;
  preheader: string;
  template: { templateId: string; fields: Record<string, string> } | null;
}

/** On these the title is written for the reader, as the text is; elsewhere it is the name of a link. */
export const titledChannels: ReadonlySet<string> = new Set(['email', 'push']);
interface Base {
  name: string;
  body: string;
  link: { title: string } | null;
  card: Card | null;
  variants: Variants;
}

/** What a channel says: its own words where there are any, else the item's. */
export function wordsFor(item: Base, channel: string): Worded {
  const own = item.variants[channel as VariantChannel] ?? {};
  return {
    title: own.title || item.link?.title || item.name,
    body: own.body || item.body,
    picture: own.picture ?? item.card?.picture ?? null,
    poster: own.picture ? null : (item.card?.poster ?? null),
    preheader: own.preheader ?? '',
    template: own.template ?? null,
  };
}

export const posterNotes = ['one_each', 'reply_or_page', 'by_address', 'left_out'] as const;
export type PosterNote = (typeof posterNotes)[number];
/**
 * How a poster goes through a channel: `one_each` as a picture, each in a task of its own that staff confirm; `reply_or_page` as a picture where a reply
 * is allowed, else its page is where the notice leads; `by_address` the telephone fetches it; `left_out` there is no room for a picture, so the words
 * have to hold the page's address. Absent: as a picture in the message.
 */
const posterOn: Partial<Record<string, PosterNote>> = {
  wecom: 'one_each',
  official_account: 'reply_or_page',
  push: 'by_address',
  sms: 'left_out',
  mini_program: 'left_out',
};
export const posterNote = (channel: string, words: Worded): PosterNote | undefined => (words.poster ? posterOn[channel] : undefined);

const sizeOf = (text: string, by: Limit['by']): number => (by === 'bytes' ? Buffer.byteLength(text) : [...text].length);

/** What would not fit through a channel, said of words as they leave. */
export function tooLong(channel: VariantChannel, words: { title: string; text: string }): FieldError[] {
  const { by, body, title } = limits[channel];
  const check = (field: string, text: string, most: number | undefined): FieldError[] => {
    const size = sizeOf(text, by);
    return most !== undefined && size > most
      ? [{ field: `variants.${channel}.${field}`, reason: `has ${size} ${by} where this channel carries ${most}; shorten it` }]
      : [];
  };
  return [...check('body', words.text, body), ...check('title', words.title, title)];
}

/** The alphabet of GSM 03.38; those of the second row count twice. */
const gsm = new Set([
  ...'@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
]);
const gsmTwice = new Set([...'^{}\\[~]|€']);

/**
 * A text message is paid by parts. In the telephone's own alphabet one part holds 160 characters, of several 153 each; with any other character, such as
 * Chinese, 70 and 67, counted in UTF-16 units.
 */
export function smsParts(text: string): number {
  let septets = 0;
  for (const char of text) {
    if (!gsm.has(char) && !gsmTwice.has(char)) return text.length <= 70 ? 1 : Math.ceil(text.length / 67);
    septets += gsmTwice.has(char) ? 2 : 1;
  }
  return septets <= 160 ? 1 : Math.ceil(septets / 153);
}

/** What a channel says beside its text, as templates, by the field where it stands. */
export const alsoSaid = (channel: string, words: Worded): Record<string, string> => ({
  ...(titledChannels.has(channel) ? { title: words.title } : {}),
  ...(channel === 'email' && words.preheader ? { preheader: words.preheader } : {}),
  ...Object.fromEntries(
    channel === 'sms' ? Object.entries(words.template?.fields ?? {}).map(([name, said]) => [`template.fields.${name}`, said]) : [],
  ),
});

/** Variants that cannot be read as templates, or are too long even for somebody of whom nothing is known. */
export function variantProblems(item: Base): FieldError[] {
  return variantChannels.flatMap((channel) => {
    const own = item.variants[channel];
    if (!own) return [];
    const words = wordsFor(item, channel);
    const field = `variants.${channel}.body`;
    const read = parseTemplate(words.body);
    if ('errors' in read) return read.errors.map((e) => ({ ...e, field }));
    const others = Object.entries(alsoSaid(channel, words)).flatMap(([name, said]) => {
      const parsed = parseTemplate(said);
      return 'errors' in parsed ? parsed.errors.map((e) => ({ ...e, field: `variants.${channel}.${name}` })) : [];
    });
    if (others.length > 0) return others;
    let text = '';
    try {
      text = read.template.render({ person: personScope({}), link: '' });
    } catch {
      // Words that need a person are checked when there is one.
    }
    const errors = tooLong(channel, { title: words.title, text });
    // What the channel did not set itself is the item's, and no mistake of this channel alone: the preview says it.
    return errors.filter((e) => (e.field.endsWith('.body') ? own.body : own.title));
  });
}
