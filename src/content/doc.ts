import { badInput, type FieldError } from '../base/index.ts';
import { cleanHtml, textOfHtml } from './clean-html.ts';
import { type ContentDetail, type ContentKind, details, filesOf } from './kinds.ts';
import type { ContentItem, newContent } from './schema.ts';
import { bandsOf, comparable } from './search/likeness.ts';
import { vectorOf } from './search/vector.ts';
import { parseTemplate } from './template.ts';
import { variantProblems } from './variants.ts';

export const docKeys = [
  ...(['kind', 'name', 'purpose', 'body', 'link', 'card', 'detail', 'variants', 'scenes', 'products', 'audiences', 'topics'] as const),
  ...(['answers', 'author', 'rights'] as const),
] as const;
/** An item as a version keeps it: what was written, without what became of it. */
export type ContentDoc = Pick<ContentItem, (typeof docKeys)[number]>;
/** Where one of these changes, people read something else: it has to be approved again. */
export const readKeys: ReadonlySet<string> = new Set(['kind', 'name', 'body', 'link', 'card', 'detail', 'variants']);

type Given = Partial<Omit<(typeof newContent)['_output'], 'key'>>;

/** What was there, with what was given in its place; checked as a whole. */
export function toDoc(before: ContentDoc | undefined, given: Given): ContentDoc {
  const kind: ContentKind = given.kind ?? before?.kind ?? 'text';
  const kept = before && before.kind === kind ? before.detail : {};
  const name = given.name ?? before?.name ?? '';
  // Words that only repeated the name follow it.
  const said = given.body ?? (before && before.body !== before.name ? before.body : undefined);
  const take = <K extends keyof ContentDoc>(key: K, none: ContentDoc[K]): ContentDoc[K] => {
    const value = (given as Partial<ContentDoc>)[key];
    return value === undefined ? (before?.[key] ?? none) : (value ?? none);
  };
  const errors: FieldError[] = [];
  if (said === undefined && kind === 'text') errors.push({ field: 'body', reason: 'must not be empty: write what the person will read' });
  const doc: ContentDoc = {
    ...{ kind, name, body: said ?? name, detail: detailOf(kind, given.detail ?? kept, errors) },
    ...{ purpose: take('purpose', null), link: take('link', null), card: take('card', null), variants: take('variants', {}) },
    ...{ scenes: take('scenes', []), products: take('products', []), audiences: take('audiences', []), topics: take('topics', []) },
    ...{ answers: take('answers', []), author: take('author', null), rights: take('rights', null) },
  };
  if (kind === 'h5' && !doc.link) errors.push({ field: 'link', reason: 'is missing: a page needs the address where it is' });
  if (kind === 'mini_program' && doc.card?.kind !== 'mini_program')
    errors.push({ field: 'card', reason: 'is missing: choose the mini program and its page' });
  const read = parseTemplate(doc.body);
  if ('errors' in read) errors.push(...read.errors);
  errors.push(...variantProblems(doc));
  if (errors.length > 0) throw 'errors' in read ? badInput(errors, 'The text cannot be read as a template') : badInput(errors);
  return doc;
}

function detailOf(kind: ContentKind, given: unknown, errors: FieldError[]): Record<string, unknown> {
  const read = details[kind].safeParse(given);
  if (!read.success) {
    errors.push(...read.error.issues.map((i) => ({ field: ['detail', ...i.path].join('.'), reason: i.message })));
    return {};
  }
  const detail = read.data as Record<string, unknown>;
  return typeof detail.html === 'string' ? { ...detail, html: cleanHtml(detail.html) } : detail;
}

/** The words that people read in it, without Liquid. */
export function wordsIn(doc: ContentDoc): string {
  const { html, question, also, summary } = doc.detail as Partial<ContentDetail<'article'> & ContentDetail<'qa'>>;
  const variants = Object.values(doc.variants).flatMap((v) => [v?.title, v?.body]);
  const words = [doc.body, summary, html && textOfHtml(html), question, ...(also ?? []), doc.link?.title, ...variants];
  if (doc.card?.kind === 'mini_program') words.push(doc.card.title);
  return words
    .filter(Boolean)
    .join('\n')
    .replace(/\{[{%].*?[%}]\}/gs, ' ');
}

/** Shorter texts are alike by chance. */
const leastCharacters = 8;

/** What an item is found by, and compared by. */
export function foundAs(doc: ContentDoc): { vector: string; english: string; plain: string; bands: number[]; files: string[] } {
  const marks = [...doc.scenes, ...doc.products, ...doc.audiences, ...doc.topics, doc.author?.name ?? ''].join(' ');
  const { html, question } = doc.detail as Partial<ContentDetail<'article'> & ContentDetail<'qa'>>;
  const plain = comparable([question, doc.body, html && textOfHtml(html)].filter(Boolean).join(' ')).slice(0, 20_000);
  const long = [...plain].length >= leastCharacters;
  return {
    ...vectorOf({ name: doc.name, marks, words: wordsIn(doc) }),
    ...{ plain, bands: long ? bandsOf(plain) : [], files: [...new Set(filesOf(doc))] },
  };
}
