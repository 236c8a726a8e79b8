import { badInput, type Clock, notFound, type Pg } from '../base/index.ts';
import { foundAs, toDoc, wordsIn } from './doc.ts';
import { createFiles, type Files, type Picture } from './files/files.ts';
import type { FileStore } from './files/store.ts';
import { type ImportGiven, type ImportReport, importItems } from './import/import.ts';
import { changeItem, createItem, itemRows, mendFoundAs, removeItem, restoreVersion } from './items.ts';
import type { ContentKind } from './kinds.ts';
import { type ReviewAct, review } from './review.ts';
import { itemOf } from './rows.ts';
import type { ContentChange, ContentItem, NewContent, Rendered } from './schema.ts';
import { type Facets, type FindQuery, facetsOf, findItems, soonDays } from './search/find.ts';
import { highlight, type Piece } from './search/highlight.ts';
import { dismissTwins, listTwins, type Twin, type TwinPair, twinsOf } from './search/twins.ts';
import { type ContentNeeds, type ContentSettings, needsOf, readSettings, writeSettings } from './settings.ts';
import { parseTemplate, personScope, reasonOf } from './template.ts';
import { createTemplates, type ReadyContent, withPage } from './templates.ts';
import { posterNote, smsParts, titledChannels, tooLong, type VariantChannel, variantChannels, wordsFor } from './variants.ts';
import { type VersionView, versionsOf } from './versions.ts';

export interface ContentDeps {
  pg: Pg;
  clock: Clock;
  store: FileStore;
  /** This server as people reach it: where the pages of items are. */
  publicUrl: string;
  /** Traits of people, by number: `traitsOf` of the people room with its connection. */
  traits(workspaceNo: number, people: readonly number[]): Promise<Map<number, Record<string, unknown>>>;
  /** The number of a person id in this workspace; undefined when there is none. */
  personNo(workspaceNo: number, id: string): Promise<number | undefined>;
}

/** An item in a list, with the places where the question stands in it. */
export type FoundItem = ContentItem & { highlight?: { name: Piece[]; words: Piece[] } };

export interface Content {
  /** @param by who does it, by name */
  create(workspaceNo: number, item: NewContent, by?: string): Promise<ContentItem>;
  change(workspaceNo: number, id: string, change: ContentChange, by?: string): Promise<ContentItem>;
  remove(workspaceNo: number, id: string): Promise<void>;
  get(workspaceNo: number, id: string): Promise<ContentItem>;
  list(workspaceNo: number, query: FindQuery): Promise<{ items: FoundItem[]; nextCursor: string | null }>;
  facets(workspaceNo: number, query: Omit<FindQuery, 'limit'>): Promise<Facets>;
  /** All there is, by name and scene. */
  all(workspaceNo: number): Promise<{ id: string; name: string; kind: ContentKind; scenes: string[] }[]>;
  /** Items by id; those that do not exist are left out. */
  some(workspaceNo: number, ids: readonly string[]): Promise<ContentItem[]>;
  /** Items with their templates parsed, as a channel says them, for rendering in numbers. */
  ready(workspaceNo: number, ids: readonly string[], channel?: string): Promise<Map<string, ReadyContent>>;
  /** What a person, or nobody in particular, would read. */
  preview(workspaceNo: number, id: string, personId?: string, channel?: string): Promise<Rendered>;
  versions(workspaceNo: number, id: string): Promise<VersionView[]>;
  restore(workspaceNo: number, id: string, version: number, by?: string): Promise<ContentItem>;
  review(
    workspaceNo: number,
    id: string,
    ask: { act: ReviewAct; version: number; note?: string | undefined },
    by: string,
  ): Promise<ContentItem>;
  settings: { get(workspaceNo: number): Promise<ContentSettings>; set(workspaceNo: number, settings: ContentSettings): Promise<void> };
  needs(workspaceNo: number): Promise<ContentNeeds>;
  twins: {
    /** Those that say or show what this would. */
    of(workspaceNo: number, given: NewContent, except?: string): Promise<Twin[]>;
    list(
      workspaceNo: number,
      query: { cursor?: string | undefined; limit: number },
    ): Promise<{ items: TwinPair[]; nextCursor: string | null }>;
    dismiss(workspaceNo: number, a: string, b: string): Promise<void>;
  };
  files: Files;
  /** Takes in what a table and pictures hold. */
  importItems(workspaceNo: number, given: ImportGiven, dryRun: boolean, by: string): Promise<ImportReport>;
  /** Where files lie while they come in. */
  incoming: FileStore['incoming'];
  /** A picture as chats take it. */
  picture(id: string): Promise<Picture>;
  /** Asks whoever uses content before one is removed: names of the users. */
  onRemove(usedBy: (workspaceNo: number, id: string) => Promise<string[]>): void;
  /** Brings what an earlier program saved to how things are found now. */
  mend(): Promise<void>;
}

export function createContent(deps: ContentDeps): Content {
  const { pg, clock } = deps;
  const files = createFiles(deps);
  const items = { pg, clock, files };
  const toItem = itemOf(deps.publicUrl);
  const users: ((workspaceNo: number, id: string) => Promise<string[]>)[] = [];
  const finding = { pg, clock, onlyApproved: async (ws: number) => (await readSettings(pg, ws)).onlyApproved };
  const get = async (workspaceNo: number, id: string): Promise<ContentItem> => {
    const [row] = await itemRows(pg, workspaceNo, [id]);
    if (!row) throw notFound('Content');
    return toItem(row);
  };
  const some = async (workspaceNo: number, ids: readonly string[]) => (await itemRows(pg, workspaceNo, ids)).map(toItem);
  return {
    create: async (workspaceNo, item, by) => toItem(await createItem(items, workspaceNo, item, by ?? null)),
    change: async (workspaceNo, id, change, by) => toItem(await changeItem(items, workspaceNo, id, change, by ?? null)),
    remove: async (workspaceNo, id) => {
      const names = await Promise.all(users.map((usedBy) => usedBy(workspaceNo, id)));
      await removeItem(pg, clock, workspaceNo, id, names.flat());
    },
    get,
    list: async (workspaceNo, query) => {
      const { rows, nextCursor } = await findItems(finding, workspaceNo, query);
      const question = query.query?.trim();
      const found = rows.map(toItem);
      if (!question) return { items: found, nextCursor };
      const shown = found.map((item) => ({
        ...item,
        highlight: { name: highlight(item.name, question), words: highlight(wordsIn(item), question) },
      }));
      return { items: shown, nextCursor };
    },
    facets: (workspaceNo, query) => facetsOf(finding, workspaceNo, query),
    all: (workspaceNo) =>
      pg.query('SELECT id, name, kind, scenes FROM content_items WHERE workspace_no = $1 AND deleted_at IS NULL ORDER BY id', [
        workspaceNo,
      ]),
    some,
    ready: createTemplates(deps),
    preview: async (workspaceNo, id, personId, channel = '') => {
      const item = withPage(await get(workspaceNo, id));
      const traits = personId === undefined ? {} : await traitsOfOne(deps, workspaceNo, personId);
      return renderedFor(item, traits, channel);
    },
    versions: async (workspaceNo, id) => {
      await get(workspaceNo, id);
      return versionsOf(pg, workspaceNo, id);
    },
    restore: async (workspaceNo, id, version, by) => toItem(await restoreVersion(items, workspaceNo, id, version, by ?? null)),
    review: async (workspaceNo, id, ask, by) => toItem(await review(deps, workspaceNo, id, ask, by)),
    settings: { get: (ws) => readSettings(pg, ws), set: (ws, settings) => writeSettings(pg, ws, settings) },
    needs: (workspaceNo) => needsOf(pg, clock.now(), soonDays, workspaceNo),
    twins: {
      of: async (workspaceNo, given, except) => {
        const { key: _, ...rest } = given;
        const doc = toDoc(undefined, rest as Parameters<typeof toDoc>[1]);
        const { plain, bands, files: shown } = foundAs(doc);
        return twinsOf(pg, workspaceNo, { plain, bands, pictures: doc.kind === 'image' ? shown : [] }, except);
      },
      list: (workspaceNo, query) => listTwins(pg, workspaceNo, query),
      dismiss: (workspaceNo, a, b) => dismissTwins(pg, clock.now(), workspaceNo, a, b),
    },
    files,
    importItems: (workspaceNo, given, dryRun, by) => importItems(items, workspaceNo, given, dryRun, by),
    incoming: deps.store.incoming,
    picture: files.picture,
    onRemove: (usedBy) => {
      users.push(usedBy);
    },
    mend: () => mendFoundAs(pg, clock),
  };
}

function renderedFor(item: ContentItem, traits: Record<string, unknown>, channel: string): Rendered {
  const known = variantChannels.find((one) => one === channel) as VariantChannel | undefined;
  if (channel !== '' && !known) throw badInput([{ field: 'channel', reason: `must be one of ${variantChannels.join(', ')}` }]);
  const words = wordsFor(item, channel);
  const note = posterNote(channel, words);
  const shown = {
    title: words.title,
    picture: words.picture,
    poster: words.poster,
    link: item.link,
    ...(note ? { posterNote: note } : {}),
  };
  const read = parseTemplate(words.body);
  if ('errors' in read) return { ...shown, text: '', errors: read.errors };
  try {
    const scope = { person: personScope(traits), link: item.link?.url ?? '', unsubscribe: '/u/…' };
    const text = read.template.render(scope);
    const written = titledChannels.has(channel) ? parseTemplate(words.title) : undefined;
    const title = written && 'template' in written ? written.template.render(scope) : words.title;
    shown.title = title;
    const errors = text.trim() === '' ? [{ field: 'body', reason: 'gives an empty text for this person, so nothing would be sent' }] : [];
    if (known) errors.push(...tooLong(known, { title, text }));
    return { ...shown, text, ...(known === 'sms' ? { parts: smsParts(text) } : {}), errors };
  } catch (error) {
    return { ...shown, text: '', errors: [{ field: 'body', reason: reasonOf(error) }] };
  }
}

async function traitsOfOne(deps: ContentDeps, workspaceNo: number, id: string): Promise<Record<string, unknown>> {
  const no = await deps.personNo(workspaceNo, id);
  if (no === undefined) throw notFound('Person');
  return (await deps.traits(workspaceNo, [no])).get(no) ?? {};
}
