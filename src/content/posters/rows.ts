import { badInput, type Clock, newId, notFound, type Pg, problem } from '../../base/index.ts';
import { wordFaults } from './resolve.ts';
import { docSchema, type NewPoster, newPoster, type PosterChange, type PosterDoc } from './schema.ts';

export interface PosterRow {
  id: string;
  workspace_no: number;
  key: string | null;
  page_key: string;
  name: string;
  version: number;
  doc: PosterDoc;
  created_at: Date;
  updated_at: Date;
  changed_by: string | null;
}
const columns = 'id, workspace_no, key, page_key, name, version, doc, created_at, updated_at, changed_by';
interface Deps {
  pg: Pg;
  clock: Clock;
}

const taken = (key: string) =>
  problem(409, 'Another poster has this key', { errors: [{ field: 'key', reason: `is taken: ${key}` }], code: 'key_taken' });

function refuseFaults(doc: PosterDoc): void {
  const faults = wordFaults(doc);
  if (faults.length > 0) throw badInput(faults, 'The text cannot be read as a template');
}
async function unique<T>(key: string | null | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if ((error as { constraint?: string }).constraint === 'posters_key') throw taken(key ?? '');
    throw error;
  }
}
const keep = (tx: Pg, row: PosterRow) =>
  tx.query('INSERT INTO poster_versions (workspace_no, poster_id, version, name, doc, at, by) VALUES ($1, $2, $3, $4, $5, $6, $7)', [
    ...[row.workspace_no, row.id, row.version, row.name, JSON.stringify(row.doc), row.updated_at, row.changed_by],
  ]);

export function createRow({ pg, clock }: Deps, ws: number, given: NewPoster, by: string | null): Promise<PosterRow> {
  const { name, key, doc } = newPoster.parse(given);
  refuseFaults(doc);
  return unique(key, () =>
    pg.tx(async (tx) => {
      const [row] = await tx.query<PosterRow>(
        `INSERT INTO posters (id, workspace_no, key, name, doc, created_at, updated_at, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $6, $7) RETURNING ${columns}`,
        [newId('pst', clock.ms()), ws, key ?? null, name, JSON.stringify(doc), clock.now(), by],
      );
      await keep(tx, row!);
      return row!;
    }),
  );
}

export function changeRow({ pg, clock }: Deps, ws: number, id: string, change: PosterChange, by: string | null): Promise<PosterRow> {
  if (change.doc) refuseFaults(change.doc);
  return unique(change.key, () =>
    pg.tx(async (tx) => {
      const before = await rowOf(tx, ws, id, true);
      if (change.version !== undefined && change.version !== before.version)
        throw problem(409, 'Somebody else has changed this meanwhile', {
          code: 'poster_changed',
          detail: `It is at version ${before.version}. Look at it before you save yours.`,
        });
      const [row] = await tx.query<PosterRow>(
        `UPDATE posters SET name = $3, key = $4, doc = $5, version = version + 1, updated_at = $6, changed_by = $7
         WHERE workspace_no = $1 AND id = $2 RETURNING ${columns}`,
        [
          ...[ws, id, change.name ?? before.name, change.key === undefined ? before.key : change.key],
          ...[JSON.stringify(change.doc ?? before.doc), clock.now(), by],
        ],
      );
      await keep(tx, row!);
      return row!;
    }),
  );
}

export async function removeRow({ pg, clock }: Deps, ws: number, id: string): Promise<void> {
  const users = await pg.query<{ name: string }>(
    "SELECT name FROM content_items WHERE workspace_no = $1 AND card->>'poster' = $2 AND deleted_at IS NULL ORDER BY name LIMIT 10",
    [ws, id],
  );
  if (users.length > 0)
    throw problem(409, 'This poster is in use', {
      code: 'poster_in_use',
      detail: `Take it out of this content first: ${users.map((one) => one.name).join(', ')}.`,
    });
  const rows = await pg.query(
    'UPDATE posters SET deleted_at = $3 WHERE workspace_no = $1 AND id = $2 AND deleted_at IS NULL RETURNING id',
    [...[ws, id, clock.now()]],
  );
  if (rows.length === 0) throw notFound('Poster');
}

export async function rowOf(pg: Pg, ws: number, id: string, lock = false): Promise<PosterRow> {
  const [row] = await pg.query<PosterRow>(
    `SELECT ${columns} FROM posters WHERE workspace_no = $1 AND id = $2 AND deleted_at IS NULL${lock ? ' FOR UPDATE' : ''}`,
    [ws, id],
  );
  if (!row) throw notFound('Poster');
  return row;
}

/** By the key in the address of its pages. */
export async function rowOfPage(pg: Pg, pageKey: string): Promise<PosterRow | undefined> {
  const [row] = await pg.query<PosterRow>(
    `SELECT ${columns} FROM posters WHERE page_key = $1 AND deleted_at IS NULL`,
    [pageKey],
    'posters.page',
  );
  return row;
}

export const listRows = (pg: Pg, ws: number): Promise<PosterRow[]> =>
  pg.query<PosterRow>(
    `SELECT ${columns} FROM posters WHERE workspace_no = $1 AND deleted_at IS NULL ORDER BY updated_at DESC, id LIMIT 500`,
    [ws],
  );

export interface PosterVersion {
  version: number;
  name: string;
  doc: PosterDoc;
  at: string;
  by: string | null;
}

export async function versionRows(pg: Pg, ws: number, id: string): Promise<PosterVersion[]> {
  await rowOf(pg, ws, id);
  const rows = await pg.query<Omit<PosterVersion, 'at'> & { at: Date }>(
    'SELECT version, name, doc, at, by FROM poster_versions WHERE workspace_no = $1 AND poster_id = $2 ORDER BY version DESC LIMIT 100',
    [ws, id],
  );
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

/** A document as it stood in a version, also of a poster that was removed since. */
export async function docOfVersion(pg: Pg, ws: number, id: string, version: number): Promise<PosterDoc> {
  const [row] = await pg.query<{ doc: unknown }>(
    'SELECT doc FROM poster_versions WHERE workspace_no = $1 AND poster_id = $2 AND version = $3',
    [...[ws, id, version]],
  );
  if (!row) throw notFound('Version');
  return docSchema.parse(row.doc);
}
