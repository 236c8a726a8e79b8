import type { ContentDoc } from './doc.ts';
import { type ContentKind, pagedKinds } from './kinds.ts';
import type { ContentItem, ReviewState } from './schema.ts';

/** A row of `content_items`. */
export interface ItemRow extends Omit<ContentDoc, 'kind'> {
  id: string;
  kind: ContentKind;
  review: ReviewState;
  review_note: string | null;
  reviewed_by: string | null;
  reviewed_at: Date | null;
  approved_version: number | null;
  page_key: string;
  version: number;
  created_at: Date;
  updated_at: Date;
  made_by: string | null;
  changed_by: string | null;
}

export const itemColumns = `id, kind, name, purpose, body, link, card, detail, variants, scenes, products, audiences, topics, answers, author, rights,
  review, review_note, reviewed_by, reviewed_at, approved_version, page_key, version, created_at, updated_at, made_by, changed_by`;

export const docOf = (row: ContentDoc): ContentDoc => ({
  ...{ kind: row.kind, name: row.name, purpose: row.purpose, body: row.body, link: row.link, card: row.card, detail: row.detail },
  ...{ variants: row.variants, scenes: row.scenes, products: row.products, audiences: row.audiences, topics: row.topics },
  ...{ answers: row.answers, author: row.author, rights: row.rights },
});

/** @param publicUrl this server as people reach it */
export const itemOf =
  (publicUrl: string) =>
  (row: ItemRow): ContentItem => ({
    ...docOf(row),
    id: row.id,
    review: { state: row.review, note: row.review_note, by: row.reviewed_by, at: row.reviewed_at?.toISOString() ?? null },
    pageUrl: pagedKinds.has(row.kind) ? `${publicUrl.replace(/\/$/, '')}/r/${row.page_key}` : null,
    ...{ version: row.version, approvedVersion: row.approved_version },
    ...{ createdAt: row.created_at.toISOString(), updatedAt: row.updated_at.toISOString() },
    ...{ createdBy: row.made_by, updatedBy: row.changed_by },
  });
