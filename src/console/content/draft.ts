import type { ContentDraft, ContentItem, ContentKind, Purpose, VariantChannel } from '../api/content.ts';
import { type CardDraft, cardDraft, cardIsWhole, cardOf, noCard } from './card-fields.tsx';

export type DraftVariant = NonNullable<ContentItem['variants'][VariantChannel]>;

/** An item as it is typed: not whole yet. */
export interface Draft {
  kind: ContentKind;
  name: string;
  purpose?: Purpose | undefined;
  body: string;
  url: string;
  title: string;
  card: CardDraft;
  detail: Record<string, unknown>;
  variants: Partial<Record<VariantChannel, DraftVariant>>;
  scenes: string[];
  topics: string[];
  products: string[];
  audiences: string[];
  answers: NonNullable<ContentItem['answers']>;
  author: { kind: NonNullable<ContentItem['author']>['kind']; name: string };
  rightsUntil: string | null;
  rightsNote: string;
}

export const blankDraft = (kind: ContentKind, name = '', body = ''): Draft => ({
  ...{ kind, name, body, url: '', title: '', card: kind === 'mini_program' ? { ...noCard, kind: 'mini_program' } : noCard },
  ...{
    detail: kind === 'qa' ? { question: '', also: [] } : {},
    variants: {},
    scenes: [],
    topics: [],
    products: [],
    audiences: [],
    answers: [],
  },
  ...{ author: { kind: 'staff', name: '' }, rightsUntil: null, rightsNote: '' },
});

export const draftOf = (item: ContentItem): Draft => ({
  ...{ kind: item.kind, name: item.name, body: item.body, url: item.link?.url ?? '', title: item.link?.title ?? '' },
  ...{ card: cardDraft(item.card), detail: item.detail, variants: item.variants, scenes: item.scenes, topics: item.topics },
  ...{ products: item.products, audiences: item.audiences, answers: item.answers, author: item.author ?? { kind: 'staff', name: '' } },
  ...{ rightsUntil: item.rights?.until ?? null, rightsNote: item.rights?.note ?? '' },
  ...(item.purpose ? { purpose: item.purpose } : {}),
});

/** As the server takes it. */
export const itemOf = (draft: Draft): ContentDraft => ({
  ...{ kind: draft.kind, name: draft.name.trim(), purpose: draft.purpose ?? null },
  ...(draft.body.trim() ? { body: draft.body } : {}),
  link: draft.url ? { url: draft.url, title: draft.title } : null,
  card: cardOf(draft.card),
  ...(['text', 'h5', 'mini_program'].includes(draft.kind) ? {} : { detail: draft.detail }),
  variants: Object.fromEntries(
    Object.entries(draft.variants).flatMap(([channel, { template, ...said } = {}]) => {
      // A template without its id is none yet.
      const own = { ...said, ...(template?.templateId.trim() ? { template } : {}) };
      return Object.values(own).some(Boolean) ? [[channel, own]] : [];
    }),
  ),
  ...{ scenes: draft.scenes, topics: draft.topics, products: draft.products, audiences: draft.audiences, answers: draft.answers },
  author: draft.author.name.trim() ? { kind: draft.author.kind, name: draft.author.name.trim() } : null,
  rights: draft.rightsUntil ? { until: draft.rightsUntil, note: draft.rightsNote } : null,
});

export const fullAddress = (url: string): boolean => /^https?:\/\/[^\s.]+\S*$/.test(url) && URL.canParse(url);

/** What is still missing, by field. */
export function missingIn(draft: Draft): Partial<Record<'name' | 'body' | 'url' | 'detail' | 'card', true>> {
  const detail = draft.detail as { files?: string[]; file?: string; html?: string; question?: string; startsAt?: string };
  const needs: Partial<Record<ContentKind, boolean>> = {
    image: Boolean(detail.files?.length),
    video: Boolean(detail.file),
    audio: Boolean(detail.file),
    article: Boolean(detail.html?.replace(/<[^>]*>/g, '').trim()),
    qa: Boolean(detail.question?.trim()),
    live: Boolean(detail.startsAt),
  };
  return {
    ...(draft.name.trim() ? {} : { name: true as const }),
    ...((draft.kind === 'text' || draft.kind === 'qa') && !draft.body.trim() ? { body: true as const } : {}),
    ...((draft.url && !fullAddress(draft.url)) || (draft.kind === 'h5' && !draft.url) ? { url: true as const } : {}),
    ...(needs[draft.kind] === false ? { detail: true as const } : {}),
    ...(cardIsWhole(draft.card) && (draft.kind !== 'mini_program' || draft.card.kind === 'mini_program') ? {} : { card: true as const }),
  };
}
