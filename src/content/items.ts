import { z } from 'zod';
import { badInput, type Clock, decodeCursor, encodeCursor, newId, notFound, type Pg, problem } from '../base/index.ts';
import type { ContentCard, ContentChange, ContentItem, ContentLink, NewContent, Purpose } from './schema.ts';
import { parseTemplate } from './template.ts';

interface Row {
  id: string;
  name: string;
  purpose: Purpose | null;
  body: string;
  link: ContentLink | null;
  card: ContentCard | null;
  version: number;
  created_at: Date;
  updated_at: Date;
}

const columns = 'id, name, purpose, body, link, card, version, created_at, updated_at';

const toItem = (row: Row): ContentItem => ({
  id: row.id,
  name: row.name,
  purpose: row.purpose,
  body: row.body,
  link: row.link,
  card: row.card,
  version: row.version,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
});

function refuseBroken(body: string): void {
  const read = parseTemplate(body);
  if ('errors' in read) throw badInput(read.errors, 'The text cannot be read as a template');
}

/** A card shows a picture of this workspace. */
async function mustHold(pg: Pg, workspaceNo: number, card: ContentCard | null | undefined): Promise<void> {
  if (!card) return;
  const found = await pg.query('SELECT 1 FROM content_pictures WHERE workspace_no = $1 AND id = $2', [workspaceNo, card.picture]);
  if (found.length === 0) throw badInput([{ field: 'card.picture', reason: 'there is no such picture here; send it first' }]);
}

export async function createItem(pg: Pg, clock: Clock, workspaceNo: number, item: NewContent): Promise<ContentItem> {
  refuseBroken(item.body);
  await mustHold(pg, workspaceNo, item.card);
  const rows = await pg.query<Row>(
    `INSERT INTO content_items (id, workspace_no, name, purpose, body, link, card, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $8, $7, $7) RETURNING ${columns}`,
    [newId('cnt', clock.ms()), workspaceNo, item.name, item.purpose ?? null, item.body, item.link ?? null, clock.now(), item.card ?? null],
  );
  return toItem(rows[0]!);
}

export async function changeItem(pg: Pg, clock: Clock, workspaceNo: number, id: string, change: ContentChange): Promise<ContentItem> {
  if (change.body !== undefined) refuseBroken(change.body);
  await mustHold(pg, workspaceNo, change.card);
  const rows = await pg.query<Row>(
    `UPDATE content_items SET name = coalesce($3, name), body = coalesce($4, body),
       purpose = CASE WHEN $5 THEN $6 ELSE purpose END, link = CASE WHEN $7 THEN $8::jsonb ELSE link END,
       card = CASE WHEN $10 THEN $11::jsonb ELSE card END,
       version = version + 1, updated_at = $9
     WHERE workspace_no = $1 AND id = $2 AND deleted_at IS NULL RETURNING ${columns}`,
    [
      workspaceNo,
      id,
      change.name ?? null,
      change.body ?? null,
      change.purpose !== undefined,
      change.purpose ?? null,
      change.link !== undefined,
      change.link ?? null,
      clock.now(),
      change.card !== undefined,
      change.card ?? null,
    ],
  );
  if (!rows[0]) throw notFound('Content');
  return toItem(rows[0]);
}

/** Content that a journey still sends is kept; `usedBy` names the journeys. */
export async function removeItem(pg: Pg, clock: Clock, workspaceNo: number, id: string, usedBy: string[]): Promise<void> {
  if (usedBy.length > 0) {
    throw problem(409, 'This content is in use', {
      detail: `Take it out of these journeys first: ${usedBy.join(', ')}.`,
      code: 'content_in_use',
    });
  }
  const rows = await pg.query(
    'UPDATE content_items SET deleted_at = $3 WHERE workspace_no = $1 AND id = $2 AND deleted_at IS NULL RETURNING id',
    [workspaceNo, id, clock.now()],
  );
  if (rows.length === 0) throw notFound('Content');
}

export async function itemsOf(pg: Pg, workspaceNo: number, ids: readonly string[]): Promise<ContentItem[]> {
  if (ids.length === 0) return [];
  const rows = await pg.query<Row>(`SELECT ${columns} FROM content_items WHERE workspace_no = $1 AND id = ANY($2) AND deleted_at IS NULL`, [
    workspaceNo,
    [...ids],
  ]);
  return rows.map(toItem);
}

export async function listItems(
  pg: Pg,
  workspaceNo: number,
  query: { cursor?: string | undefined; limit: number },
): Promise<{ items: ContentItem[]; nextCursor: string | null }> {
  const before = decodeCursor(query.cursor, z.string());
  const rows = await pg.query<Row>(
    `SELECT ${columns} FROM content_items WHERE workspace_no = $1 AND deleted_at IS NULL AND ($2::text IS NULL OR id < $2)
     ORDER BY id DESC LIMIT $3`,
    [workspaceNo, before ?? null, query.limit + 1],
  );
  const page = rows.slice(0, query.limit);
  return { items: page.map(toItem), nextCursor: rows.length > query.limit ? encodeCursor(page.at(-1)!.id) : null };
}
