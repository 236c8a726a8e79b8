import { badInput, type Clock, newId, notFound, type Pg, problem } from '../base/index.ts';
import { type ContentDoc, docKeys, foundAs, readKeys, toDoc } from './doc.ts';
import type { Files } from './files/files.ts';
import { filesOf } from './kinds.ts';
import { docOf, type ItemRow, itemColumns } from './rows.ts';
import { type ContentChange, type NewContent, newContent } from './schema.ts';
import { noteTwins } from './search/twins.ts';

export interface ItemDeps {
  pg: Pg;
  clock: Clock;
  files: Pick<Files, 'some'>;
}

/** How items are found and compared is worked out again for all where this is raised. */
export const foundAsNow = 1;

/** What goes into a row of a document, in the order of `docSql`. */
function docParams(doc: ContentDoc): unknown[] {
  const { vector, english, plain, bands, files } = foundAs(doc);
  return [
    ...[doc.kind, doc.name, doc.purpose, doc.body, json(doc.link), json(doc.card), json(doc.detail), json(doc.variants)],
    ...[doc.scenes, doc.products, doc.audiences, doc.topics, doc.answers, json(doc.author), json(doc.rights), doc.rights?.until ?? null],
    ...[vector, english, plain, bands, files],
  ];
}
const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
const docColumns = `kind, name, purpose, body, link, card, detail, variants, scenes, products, audiences, topics, answers, author, rights, rights_until,
  words, plain, bands, files, found_as`;
/** Values for `docColumns`, the first parameter at `from`. */
function docValues(from: number): string {
  const at = (i: number) => `$${from + i}`;
  const plain = Array.from({ length: 16 }, (_, i) => at(i)).join(', ');
  return `${plain}, ${at(16)}::tsvector || to_tsvector('english', ${at(17)}), ${at(18)}, ${at(19)}::int[], ${at(20)}::text[], ${foundAsNow}`;
}

/** Every file that is shown is one of this workspace, and of the right kind. */
async function mustHold({ pg, files }: ItemDeps, workspaceNo: number, doc: ContentDoc): Promise<void> {
  const wanted = filesOf(doc);
  const cardPicture = doc.card?.kind === 'poster' ? undefined : doc.card?.picture;
  const found = await files.some(workspaceNo, wanted);
  const detail = doc.detail as { file?: string };
  const errors = wanted
    .filter((id) => !found.has(id))
    .map((id) => ({ field: id === cardPicture ? 'card.picture' : 'detail', reason: 'there is no such file here; send it first' }));
  const film = detail.file && found.get(detail.file);
  if (film && film.kind !== doc.kind)
    errors.push({ field: 'detail.file', reason: doc.kind === 'video' ? 'must be a film' : 'must be a sound' });
  for (const id of wanted)
    if (id !== detail.file && found.get(id) && found.get(id)!.kind !== 'image')
      errors.push({ field: 'detail', reason: 'must be a picture' });
  for (const [channel, variant] of Object.entries(doc.variants))
    if (variant?.picture && (await files.some(workspaceNo, [variant.picture])).get(variant.picture)?.kind !== 'image')
      errors.push({ field: `variants.${channel}.picture`, reason: 'there is no such file here; send it first' });
  if (doc.card?.kind === 'poster') {
    const { poster } = doc.card;
    const there = await pg.query('SELECT 1 FROM posters WHERE workspace_no = $1 AND id = $2 AND deleted_at IS NULL', [workspaceNo, poster]);
    if (there.length === 0) errors.push({ field: 'card.poster', reason: 'there is no such poster here' });
  }
  if (errors.length > 0) throw badInput(errors);
}

async function keepVersion(tx: Pg, workspaceNo: number, row: ItemRow, changed: readonly string[]): Promise<void> {
  await tx.query(
    'INSERT INTO content_versions (workspace_no, item_id, version, item, changed, at, by) VALUES ($1, $2, $3, $4, $5, $6, $7)',
    [...[workspaceNo, row.id, row.version, JSON.stringify(docOf(row)), [...changed], row.updated_at, row.changed_by]],
  );
}

export async function createItem(deps: ItemDeps, workspaceNo: number, given: NewContent, by: string | null): Promise<ItemRow> {
  const { key, ...rest } = newContent.parse(given);
  const doc = toDoc(undefined, rest);
  await mustHold(deps, workspaceNo, doc);
  return deps.pg.tx(async (tx) => {
    const now = deps.clock.now();
    const [row] = await tx.query<ItemRow>(
      `INSERT INTO content_items (id, workspace_no, key, created_at, updated_at, made_by, changed_by, ${docColumns})
       VALUES ($1, $2, $3, $4, $4, $5, $5, ${docValues(6)}) ON CONFLICT (workspace_no, key) WHERE deleted_at IS NULL DO NOTHING RETURNING ${itemColumns}`,
      [newId('cnt', deps.clock.ms()), workspaceNo, key ?? null, now, by, ...docParams(doc)],
    );
    if (!row) {
      const [there] = await tx.query<ItemRow>(
        `SELECT ${itemColumns} FROM content_items WHERE workspace_no = $1 AND key = $2 AND deleted_at IS NULL`,
        [workspaceNo, key],
      );
      return there!;
    }
    await keepVersion(tx, workspaceNo, row, []);
    await noteTwins(tx, now, workspaceNo, row.id);
    return row;
  });
}

/** Puts a document in the place of what is there, as its next version. `make` says which; undefined: all stays as it is. */
async function replace(
  deps: ItemDeps,
  workspaceNo: number,
  id: string,
  by: string | null,
  make: (before: ItemRow) => ContentDoc,
): Promise<ItemRow> {
  return deps.pg.tx(async (tx) => {
    const [before] = await tx.query<ItemRow>(
      `SELECT ${itemColumns} FROM content_items WHERE workspace_no = $1 AND id = $2 AND deleted_at IS NULL FOR UPDATE`,
      [workspaceNo, id],
    );
    if (!before) throw notFound('Content');
    const doc = make(before);
    const was = docOf(before);
    const changed = docKeys.filter((key) => !same(was[key], doc[key]));
    if (changed.length === 0) return before;
    await mustHold(deps, workspaceNo, doc);
    const again = changed.some((key) => readKeys.has(key));
    const [row] = await tx.query<ItemRow>(
      `UPDATE content_items SET (${docColumns}) = ROW(${docValues(6)}), version = version + 1, updated_at = $3, changed_by = $4
         ${again ? ", review = 'draft', review_note = NULL, reviewed_by = NULL, reviewed_at = NULL" : ', approved_version = CASE WHEN approved_version = version THEN version + 1 ELSE approved_version END'}
       WHERE workspace_no = $1 AND id = $2 AND version = $5 RETURNING ${itemColumns}`,
      [workspaceNo, id, deps.clock.now(), by, before.version, ...docParams(doc)],
    );
    await keepVersion(tx, workspaceNo, row!, changed);
    await noteTwins(tx, deps.clock.now(), workspaceNo, id);
    return row!;
  });
}

const same = (a: unknown, b: unknown): boolean => stable(a) === stable(b);
const stable = (value: unknown): string =>
  JSON.stringify(value, (_key, v: unknown) =>
    v && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))) : v,
  );

export function changeItem(deps: ItemDeps, workspaceNo: number, id: string, change: ContentChange, by: string | null): Promise<ItemRow> {
  const { version, ...given } = change;
  return replace(deps, workspaceNo, id, by, (before) => {
    if (version !== undefined && version !== before.version)
      throw problem(409, 'Somebody else has changed this meanwhile', {
        code: 'content_changed',
        detail: `It is at version ${before.version}. Look at it before you save yours.`,
      });
    return toDoc(docOf(before), given);
  });
}

/** An earlier version becomes the newest; none is lost by it. */
export async function restoreVersion(
  deps: ItemDeps,
  workspaceNo: number,
  id: string,
  version: number,
  by: string | null,
): Promise<ItemRow> {
  const [kept] = await deps.pg.query<{ item: ContentDoc }>(
    'SELECT item FROM content_versions WHERE workspace_no = $1 AND item_id = $2 AND version = $3',
    [workspaceNo, id, version],
  );
  if (!kept) throw notFound('Version');
  return replace(deps, workspaceNo, id, by, () => toDoc(undefined, kept.item));
}

/** Content that a journey still sends is kept; `usedBy` names the journeys. */
export async function removeItem(pg: Pg, clock: Clock, workspaceNo: number, id: string, usedBy: string[]): Promise<void> {
  if (usedBy.length > 0) {
    throw problem(409, 'This content is in use', {
      detail: `Take it out of these journeys first: ${usedBy.join(', ')}.`,
      code: 'content_in_use',
    });
  }
  await pg.tx(async (tx) => {
    const rows = await tx.query(
      'UPDATE content_items SET deleted_at = $3 WHERE workspace_no = $1 AND id = $2 AND deleted_at IS NULL RETURNING id',
      [workspaceNo, id, clock.now()],
    );
    if (rows.length === 0) throw notFound('Content');
    await tx.query('DELETE FROM content_twins WHERE workspace_no = $1 AND (a = $2 OR b = $2)', [workspaceNo, id]);
  });
}

export async function itemRows(pg: Pg, workspaceNo: number, ids: readonly string[]): Promise<ItemRow[]> {
  if (ids.length === 0) return [];
  return pg.query<ItemRow>(`SELECT ${itemColumns} FROM content_items WHERE workspace_no = $1 AND id = ANY($2) AND deleted_at IS NULL`, [
    workspaceNo,
    [...ids],
  ]);
}

/** Items by the keys of who sent them. */
export function itemsByKey(pg: Pg, workspaceNo: number, keys: readonly string[]): Promise<ItemRow[]> {
  return pg.query<ItemRow>(`SELECT ${itemColumns} FROM content_items WHERE workspace_no = $1 AND key = ANY($2) AND deleted_at IS NULL`, [
    workspaceNo,
    [...keys],
  ]);
}

/** Items that an earlier program saved are found and compared like the rest. */
export async function mendFoundAs(pg: Pg, clock: Clock): Promise<void> {
  for (;;) {
    const rows = await pg.query<ItemRow & { workspace_no: number }>(
      `SELECT workspace_no, ${itemColumns} FROM content_items WHERE found_as < ${foundAsNow} AND deleted_at IS NULL LIMIT 200`,
    );
    if (rows.length === 0) return;
    for (const row of rows) {
      const { vector, english, plain, bands, files } = foundAs(docOf(row));
      await pg.query(
        `UPDATE content_items SET words = $3::tsvector || to_tsvector('english', $4), plain = $5, bands = $6::int[], files = $7::text[], found_as = ${foundAsNow}
         WHERE workspace_no = $1 AND id = $2`,
        [row.workspace_no, row.id, vector, english, plain, bands, files],
      );
      await noteTwins(pg, clock.now(), row.workspace_no, row.id);
    }
  }
}
