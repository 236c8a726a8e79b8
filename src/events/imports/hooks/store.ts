import { notFound, type Pg } from '../../../base/index.ts';
import type { ImportKind, ImportOptions, Mapping } from '../schema.ts';
import type { DeliveryView, HookAuth, Received } from './schema.ts';

export interface HookRow {
  id: string;
  workspaceNo: number;
  name: string;
  kind: ImportKind;
  rows: string;
  mapping: Mapping;
  options: ImportOptions;
  auth: HookAuth;
  secret: string;
  enabled: boolean;
  refused: number;
  refusedAt: Date | null;
  refusedReason: string | null;
  createdAt: Date;
  lastAt: Date | null;
}

const columns = `h.id, h.workspace_no AS "workspaceNo", h.name, h.kind, h.rows_path AS rows, h.mapping, h.options, h.auth, h.secret, h.enabled, h.refused,
  h.refused_at AS "refusedAt", h.refused_reason AS "refusedReason", h.created_at AS "createdAt",
  (SELECT max(d.received_at) FROM hook_deliveries d WHERE d.hook_id = h.id) AS "lastAt"`;

export async function readHook(pg: Pg, id: string, workspaceNo?: number): Promise<HookRow> {
  const [row] = await pg.query<HookRow>(`SELECT ${columns} FROM hooks h WHERE h.id = $1 AND ($2::int IS NULL OR h.workspace_no = $2)`, [
    id,
    workspaceNo ?? null,
  ]);
  if (!row) throw notFound('Hook');
  return row;
}

export const listHooks = (pg: Pg, workspaceNo: number): Promise<HookRow[]> =>
  pg.query<HookRow>(`SELECT ${columns} FROM hooks h WHERE h.workspace_no = $1 ORDER BY h.id DESC LIMIT 500`, [workspaceNo]);

export async function refusedRequest(pg: Pg, id: string, reason: string, at: Date): Promise<void> {
  await pg.query('UPDATE hooks SET refused = refused + 1, refused_at = $2, refused_reason = $3 WHERE id = $1', [
    id,
    at,
    reason.slice(0, 300),
  ]);
}

const keptDeliveries = 1000;
const keptErrors = 20;

/** Reasons quote what they refuse, so they are kept sealed. */
export interface ErrorBox {
  seal(text: string): string;
  open(sealed: string): string;
}

const opened = (box: ErrorBox, errors: { sealed: string } | Received['rejected']): Received['rejected'] =>
  Array.isArray(errors) ? errors : (JSON.parse(box.open(errors.sealed)) as Received['rejected']);

export async function recordDelivery(
  pg: Pg,
  box: ErrorBox,
  hook: HookRow,
  result: Received & { digest: string },
  at: Date,
  bytes: number,
): Promise<void> {
  await pg.query(
    `INSERT INTO hook_deliveries (id, hook_id, workspace_no, digest, received_at, bytes, accepted, duplicate, rejected, errors)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (hook_id, digest) DO NOTHING`,
    [
      result.deliveryId,
      hook.id,
      hook.workspaceNo,
      result.digest,
      at,
      bytes,
      result.accepted,
      result.duplicates,
      result.rejected.length,
      JSON.stringify(result.rejected.length === 0 ? [] : { sealed: box.seal(JSON.stringify(result.rejected.slice(0, keptErrors))) }),
    ],
  );
  await pg.query(
    `DELETE FROM hook_deliveries WHERE hook_id = $1 AND id < (SELECT id FROM hook_deliveries WHERE hook_id = $1 ORDER BY id DESC OFFSET $2 LIMIT 1)`,
    [hook.id, keptDeliveries - 1],
  );
}

/** What the same signed request came to before. */
export async function replayed(pg: Pg, box: ErrorBox, hookId: string, digest: string): Promise<Received | undefined> {
  const [row] = await pg.query<{ id: string; accepted: number; duplicate: number; errors: { sealed: string } }>(
    'SELECT id, accepted, duplicate, errors FROM hook_deliveries WHERE hook_id = $1 AND digest = $2',
    [hookId, digest],
  );
  return (
    row && { deliveryId: row.id, replayed: true, accepted: row.accepted, duplicates: row.duplicate, rejected: opened(box, row.errors) }
  );
}

export async function listDeliveries(pg: Pg, box: ErrorBox, workspaceNo: number, hookId: string): Promise<DeliveryView[]> {
  const rows = await pg.query<Omit<DeliveryView, 'receivedAt' | 'errors'> & { receivedAt: Date; errors: { sealed: string } }>(
    `SELECT id, received_at AS "receivedAt", bytes, accepted, duplicate, rejected, errors FROM hook_deliveries
     WHERE workspace_no = $1 AND hook_id = $2 ORDER BY received_at DESC, id DESC LIMIT 50`,
    [workspaceNo, hookId],
  );
  return rows.map((r) => ({ ...r, errors: opened(box, r.errors), receivedAt: r.receivedAt.toISOString() }));
}
