import { z } from 'zod';
import { badInput, decodeCursor, encodeCursor, newId, notFound, type Pg } from '../base/index.ts';
import { checkLink } from './door/guard.ts';
import { newKey } from './keys.ts';
import { endCodes } from './live/codes.ts';
import { writeTargets } from './live/targets.ts';
import type { TouchpointDeps } from './ports.ts';
import {
  type Kind,
  type ListQuery,
  linkKinds,
  type NewTouchpoint,
  platformKinds,
  type Touchpoint,
  type TouchpointChange,
} from './schema.ts';

export interface PointRow {
  id: string;
  key: string;
  kind: Kind;
  name: string;
  carrier: string;
  place: string;
  owner: string;
  purpose: Touchpoint['purpose'];
  campaign: string;
  tags: string[];
  entry: Touchpoint['entry'];
  cost: Touchpoint['cost'];
  url: string | null;
  content: string | null;
  provide: Touchpoint['provide'];
  pictured: boolean;
  fault: string | null;
  expires_at: Date | null;
  scan_limit: number | null;
  members: number | null;
  batch_id: string | null;
  state: Touchpoint['state'];
  created_at: Date;
  updated_at: Date;
}

export const pointColumns =
  'id, key, kind, name, carrier, place, owner, purpose, campaign, tags, entry, cost, url, content, picture IS NOT NULL AS pictured, provide, fault, expires_at, scan_limit, members, batch_id, state, created_at, updated_at';

type Deps = Pick<TouchpointDeps, 'pg' | 'clock' | 'publicUrl' | 'allow'>;

/** The address of a touchpoint's own door. */
export function doorOf(publicUrl: string, point: { kind: Kind; key: string; url: string | null }): string | null {
  if (point.kind === 'live_code') return `${publicUrl}/c/${point.key}`;
  return linkKinds.includes(point.kind) && point.url !== null ? `${publicUrl}/s/${point.key}` : null;
}

export function toPoint(publicUrl: string, row: PointRow): Touchpoint {
  const { expires_at, scan_limit, batch_id, created_at, updated_at, ...rest } = row;
  const door = doorOf(publicUrl, row);
  return {
    ...rest,
    content: row.content ?? door,
    door,
    expiresAt: expires_at?.toISOString() ?? null,
    scanLimit: scan_limit,
    batchId: batch_id,
    createdAt: created_at.toISOString(),
    updatedAt: updated_at.toISOString(),
  };
}

/** Where people who use such a door end up, unless something else is said. */
const carrierOf: Partial<Record<Kind, string>> = {
  channel_code: 'wecom',
  live_code: 'group',
  group_code: 'group',
  static_code: 'group',
  oa_code: 'official_account',
  mini_code: 'mini_program',
  mini_link: 'mini_program',
  store: 'store',
};

function check(deps: Deps, kind: Kind, given: Partial<NewTouchpoint>): void {
  const errors = [];
  if (given.url) errors.push(...checkLink(given.url, deps.allow).map((reason) => ({ field: 'url', reason })));
  given.code?.targets.forEach((t, i) => {
    if (t.url) errors.push(...checkLink(t.url, deps.allow).map((reason) => ({ field: `code.targets.${i}.url`, reason })));
  });
  if (given.code && kind !== 'live_code') errors.push({ field: 'code', reason: 'is for live codes alone' });
  if (given.url && kind === 'mini_link') errors.push({ field: 'url', reason: 'is made by the platform; say the page' });
  if (given.provide && !platformKinds.includes(kind)) errors.push({ field: 'provide', reason: 'is for codes that a platform makes' });
  if (errors.length > 0) throw badInput(errors);
}

const needs: Partial<Record<Kind, (t: NewTouchpoint) => string | undefined>> = {
  live_code: (t) => (t.code ? undefined : 'code'),
  static_code: (t) => (t.content ? undefined : 'content'),
  short_link: (t) => (t.url ? undefined : 'url'),
  channel_code: (t) => (t.provide?.userIds?.length ? undefined : 'provide.userIds'),
  group_code: (t) => (t.provide?.chatIds?.length ? undefined : 'provide.chatIds'),
  mini_code: (t) => (t.provide?.page ? undefined : 'provide.page'),
  mini_link: (t) => (t.provide?.page ? undefined : 'provide.page'),
};

export async function createPoint(deps: Deps, workspaceNo: number, given: NewTouchpoint): Promise<Touchpoint> {
  check(deps, given.kind, given);
  const missing = needs[given.kind]?.(given);
  if (missing) throw badInput([{ field: missing, reason: `is needed for a ${given.kind}` }]);
  return deps.pg.tx(async (tx) => {
    const [row] = await insertPoints(tx, deps, workspaceNo, [given]);
    if (given.code) await writeTargets(tx, workspaceNo, row!.id, given.code);
    return toPoint(deps.publicUrl, row!);
  });
}

/** Many at once, in the order given. */
export async function insertPoints(
  tx: Pg,
  deps: Pick<Deps, 'clock'>,
  workspaceNo: number,
  many: readonly NewTouchpoint[],
  batchId: string | null = null,
): Promise<PointRow[]> {
  const now = deps.clock.now();
  // Ids in the order given: by them a batch is read and printed.
  const ids = many.map(() => newId('tp', deps.clock.ms())).sort();
  const rows = many.map((t, i) => ({
    id: ids[i]!,
    key: newKey(),
    kind: t.kind,
    name: t.name,
    carrier: t.carrier ?? carrierOf[t.kind] ?? 'web',
    place: t.place ?? '',
    owner: t.owner ?? '',
    purpose: t.purpose ?? null,
    campaign: t.campaign ?? '',
    tags: t.tags ?? [],
    entry: t.entry ?? {},
    cost: t.cost ?? null,
    url: t.url ?? null,
    code: t.code ?? null,
    content: t.content ?? null,
    provide: t.provide ?? null,
    expires_at: t.expiresAt ?? null,
    scan_limit: t.scanLimit ?? null,
    members: t.members ?? null,
  }));
  const written = await tx.query<PointRow>(
    `INSERT INTO touchpoints (workspace_no, id, key, kind, name, carrier, place, owner, purpose, campaign, tags, entry, cost, url, code, content, provide,
       expires_at, scan_limit, members, batch_id, created_at, updated_at)
     SELECT $1, id, key, kind, name, carrier, place, owner, purpose, campaign, ARRAY(SELECT jsonb_array_elements_text(tags)), entry,
       nullif(cost, 'null'), url, nullif(code, 'null'), content, nullif(provide, 'null'), expires_at, scan_limit, members, $3, $4, $4
     FROM jsonb_to_recordset($2::jsonb) AS r (id text, key text, kind text, name text, carrier text, place text, owner text, purpose text, campaign text,
       tags jsonb, entry jsonb, cost jsonb, url text, code jsonb, content text, provide jsonb, expires_at timestamptz, scan_limit int, members int)
     RETURNING ${pointColumns}`,
    [workspaceNo, JSON.stringify(rows), batchId, now],
  );
  const byId = new Map(written.map((row) => [row.id, row]));
  return rows.map((row) => byId.get(row.id)!);
}

const columnOf: Record<string, string> = { expiresAt: 'expires_at', scanLimit: 'scan_limit' };
const asJson = new Set(['entry', 'cost', 'provide', 'code']);

export async function changePoint(deps: Deps, workspaceNo: number, id: string, change: TouchpointChange): Promise<Touchpoint> {
  return deps.pg.tx(async (tx) => {
    const before = await pointRow(tx, workspaceNo, id);
    check(deps, before.kind, change);
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    const sets = given.map(([name], i) => `${columnOf[name] ?? name} = $${i + 4}${asJson.has(name) ? '::jsonb' : ''}`);
    const [row] = await tx.query<PointRow>(
      `UPDATE touchpoints SET ${[...sets, 'updated_at = $3'].join(', ')} WHERE workspace_no = $1 AND id = $2 RETURNING ${pointColumns}`,
      [workspaceNo, id, deps.clock.now(), ...given.map(([name, value]) => (asJson.has(name) ? JSON.stringify(value) : value))],
    );
    if (change.code) {
      await writeTargets(tx, workspaceNo, id, change.code);
      await endCodes(tx, workspaceNo, deps.clock.now(), id);
    }
    return toPoint(deps.publicUrl, row!);
  });
}

async function pointRow(tx: Pg, workspaceNo: number, id: string): Promise<PointRow> {
  const [row] = await tx.query<PointRow>(
    `SELECT ${pointColumns} FROM touchpoints WHERE workspace_no = $1 AND id = $2 AND archived_at IS NULL FOR UPDATE`,
    [workspaceNo, id],
  );
  if (!row) throw notFound('Touchpoint');
  return row;
}

/** Its door rests from now on, and what happened stays told. */
export async function archivePoint(deps: Deps, workspaceNo: number, id: string): Promise<void> {
  const rows = await deps.pg.query(
    "UPDATE touchpoints SET archived_at = $3, state = 'archived' WHERE workspace_no = $1 AND id = $2 AND archived_at IS NULL RETURNING id",
    [workspaceNo, id, deps.clock.now()],
  );
  if (rows.length === 0) throw notFound('Touchpoint');
  await endCodes(deps.pg, workspaceNo, deps.clock.now(), id);
}

export async function getPoint(deps: Deps, workspaceNo: number, id: string): Promise<Touchpoint> {
  const [row] = await deps.pg.query<PointRow>(`SELECT ${pointColumns} FROM touchpoints WHERE workspace_no = $1 AND id = $2`, [
    workspaceNo,
    id,
  ]);
  if (!row) throw notFound('Touchpoint');
  return toPoint(deps.publicUrl, row);
}

export async function listPoints(
  deps: Deps,
  workspaceNo: number,
  query: ListQuery,
): Promise<{ items: Touchpoint[]; nextCursor: string | null; total: number }> {
  const before = decodeCursor(query.cursor, z.string());
  const word = query.query?.trim() ? `%${query.query.trim().replace(/[\\%_]/g, '\\$&')}%` : null;
  const where = `workspace_no = $1 AND archived_at IS NULL AND ($2::text IS NULL OR kind = $2) AND ($3::text IS NULL OR campaign = $3)
    AND CASE WHEN $4::text IS NULL THEN true WHEN $4 = 'none' THEN batch_id IS NULL ELSE batch_id = $4 END AND ($5::text IS NULL OR name ILIKE $5 OR place ILIKE $5 OR owner ILIKE $5 OR campaign ILIKE $5 OR key = trim($6))`;
  const params = [workspaceNo, query.kind ?? null, query.campaign ?? null, query.batchId ?? null, word, query.query ?? ''];
  const [rows, [sum]] = await Promise.all([
    deps.pg.query<PointRow>(
      `SELECT ${pointColumns} FROM touchpoints WHERE ${where} AND ($7::text IS NULL OR id < $7) ORDER BY id DESC LIMIT $8`,
      [...params, before ?? null, query.limit + 1],
    ),
    deps.pg.query<{ n: number }>(`SELECT count(*) AS n FROM touchpoints WHERE ${where}`, params),
  ]);
  const page = rows.slice(0, query.limit);
  return {
    items: page.map((row) => toPoint(deps.publicUrl, row)),
    nextCursor: rows.length > query.limit ? encodeCursor(page.at(-1)!.id) : null,
    total: sum!.n,
  };
}
