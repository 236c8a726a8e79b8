import { type Clock, encodeCursor, notFound, type Pg } from '../../base/index.ts';
import type { ImportedEvent, Planned, ProductRow } from './plan.ts';
import type { DryRunResult, ImportKind, ImportOptions, ImportView, Mapping, Product } from './schema.ts';
import type { Layout } from './table.ts';

export interface ImportRow {
  id: string;
  workspaceNo: number;
  kind: ImportKind;
  state: ImportView['state'];
  uploadId: string;
  file: string;
  layout: Layout;
  mapping: Mapping;
  options: ImportOptions & { currency: string; timezone: string };
  read: number;
  accepted: number;
  duplicate: number;
  rejected: number;
  total: number | null;
  totals: Record<string, number>;
  reasons: Record<string, number>;
  pages: number | null;
  page: number;
  unit: number;
  rejectedBytes: number;
  error: string | null;
  dryRun: boolean;
  result: DryRunResult | null;
  pullId: string | null;
  createdBy: string | null;
  createdAt: Date;
  finishedAt: Date | null;
}

const columns = `id, workspace_no AS "workspaceNo", kind, state, upload_id AS "uploadId", file, layout, mapping, options, rows_read AS read,
  rows_accepted AS accepted, rows_duplicate AS duplicate, rows_rejected AS rejected, rows_total AS total, totals, reasons, pages, page, unit,
  rejected_bytes AS "rejectedBytes", error, dry_run AS "dryRun", result, pull_id AS "pullId",
  created_by AS "createdBy", created_at AS "createdAt", finished_at AS "finishedAt"`;

export async function readImport(pg: Pg, id: string, workspaceNo?: number): Promise<ImportRow> {
  const [row] = await pg.query<ImportRow>(`SELECT ${columns} FROM imports WHERE id = $1 AND ($2::int IS NULL OR workspace_no = $2)`, [
    id,
    workspaceNo ?? null,
  ]);
  if (!row) throw notFound('Import');
  return row;
}

export async function listImports(pg: Pg, workspaceNo: number, before: string | undefined, limit: number) {
  const rows = await pg.query<ImportRow>(
    `SELECT ${columns} FROM imports WHERE workspace_no = $1 AND ($2::text IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
    [workspaceNo, before ?? null, limit + 1],
  );
  const page = rows.slice(0, limit);
  return { items: page.map(view), nextCursor: rows.length > limit ? encodeCursor(page.at(-1)!.id) : null };
}

export function view(row: ImportRow): ImportView {
  const settled = row.accepted + row.duplicate + row.rejected;
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    rows: { read: row.read, accepted: row.accepted, duplicate: row.duplicate, rejected: row.rejected },
    progress: { done: settled, total: row.total },
    rejectedUrl: row.rejected > 0 ? `/api/imports/${row.id}/rejected` : null,
    totals: row.totals,
    reasons: row.reasons,
    file: row.file,
    mapping: row.mapping,
    options: row.options,
    error: row.error,
    dryRun: row.dryRun,
    result: row.result,
    pullId: row.pullId,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

export interface Checkpoint {
  page: number;
  unit: number;
  rejectedBytes: number;
  accepted: number;
  duplicate: number;
  rejected: number;
  totals: Record<string, number>;
  reasons: Record<string, number>;
}

export async function saveCheckpoint(pg: Pg, id: string, c: Checkpoint): Promise<void> {
  await pg.query(
    `UPDATE imports SET page = $2, unit = $3, rejected_bytes = $4, rows_accepted = $5, rows_duplicate = $6, rows_rejected = $7,
       totals = $8, reasons = $9 WHERE id = $1`,
    [id, c.page, c.unit, c.rejectedBytes, c.accepted, c.duplicate, c.rejected, c.totals, c.reasons],
  );
}

export type Claimed = 'ours' | 'duplicate' | 'changed' | 'unsure';

/**
 * Takes orders for an import. `ours`: new, or taken by this import before a crash. `duplicate`: imported before with the same
 * content. `changed`: imported before with other content. `unsure`: taken by an import that has not finished, so perhaps never written.
 */
export async function claimOrders(pg: Pg, workspaceNo: number, importId: string, planned: readonly Planned[]): Promise<Claimed[]> {
  const keys = planned.map((p) => p.claim!.key);
  await pg.query(
    `INSERT INTO imported_orders (workspace_no, order_key, content, import_id)
     SELECT $1, k, c, $4 FROM unnest($2::uuid[], $3::uuid[]) AS given (k, c) ON CONFLICT DO NOTHING`,
    [workspaceNo, keys, planned.map((p) => p.claim!.content), importId],
  );
  return readClaims(pg, workspaceNo, importId, planned);
}

/** How orders stand, without taking them. Of one that nobody took, `ours`. */
export async function readClaims(pg: Pg, workspaceNo: number, importId: string, planned: readonly Planned[]): Promise<Claimed[]> {
  const keys = planned.map((p) => p.claim!.key);
  const rows = await pg.query<{ key: string; content: string; import_id: string; state: string | null }>(
    `SELECT replace(o.order_key::text, '-', '') AS key, replace(o.content::text, '-', '') AS content, o.import_id, i.state
     FROM imported_orders o LEFT JOIN imports i ON i.id = o.import_id
     WHERE o.workspace_no = $1 AND o.order_key = ANY($2::uuid[])`,
    [workspaceNo, keys],
  );
  const found = new Map(rows.map((r) => [r.key, r]));
  return planned.map((p) => {
    const row = found.get(p.claim!.key);
    if (!row || row.import_id === importId) return 'ours';
    if (row.content !== p.claim!.content) return 'changed';
    return row.state === 'done' ? 'duplicate' : 'unsure';
  });
}

/** Lets go of orders that were refused after all, so that they can be mended and imported. */
export async function releaseOrders(pg: Pg, workspaceNo: number, importId: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await pg.query('DELETE FROM imported_orders WHERE workspace_no = $1 AND import_id = $2 AND order_key = ANY($3::uuid[])', [
    workspaceNo,
    importId,
    keys,
  ]);
}

/** Stores products; returns those that are new or changed, as they now stand. */
export async function putProducts(pg: Pg, clock: Clock, workspaceNo: number, products: readonly ProductRow[]): Promise<ProductRow[]> {
  if (products.length === 0) return [];
  return pg.query<ProductRow>(
    `INSERT INTO products AS old (workspace_no, product_id, name, category, price_fen, currency, cost_fen, stock, updated_at)
     SELECT $1, p.id, p.name, p.category, p.price, p.currency, p.cost, p.stock, $9
     FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::bigint[], $8::float8[])
       AS p (id, name, category, price, currency, cost, stock)
     ON CONFLICT (workspace_no, product_id) DO UPDATE
       SET name = EXCLUDED.name, category = EXCLUDED.category, price_fen = EXCLUDED.price_fen, currency = EXCLUDED.currency,
         cost_fen = coalesce(EXCLUDED.cost_fen, old.cost_fen), stock = coalesce(EXCLUDED.stock, old.stock), updated_at = EXCLUDED.updated_at
       WHERE (old.name, old.category, old.price_fen, old.currency, old.cost_fen, old.stock) IS DISTINCT FROM
         (EXCLUDED.name, EXCLUDED.category, EXCLUDED.price_fen, EXCLUDED.currency, coalesce(EXCLUDED.cost_fen, old.cost_fen), coalesce(EXCLUDED.stock, old.stock))
     RETURNING product_id AS "productId", name, category, price_fen AS "priceFen", currency, cost_fen AS "costFen", stock`,
    [
      workspaceNo,
      products.map((p) => p.productId),
      products.map((p) => p.name),
      products.map((p) => p.category),
      products.map((p) => p.priceFen),
      products.map((p) => p.currency),
      products.map((p) => p.costFen),
      products.map((p) => p.stock),
      clock.now(),
    ],
  );
}

export async function productNames(pg: Pg, workspaceNo: number, ids: readonly string[]) {
  const rows = await pg.query<{ id: string; name: string; category: string | null }>(
    'SELECT product_id AS id, name, category FROM products WHERE workspace_no = $1 AND product_id = ANY($2)',
    [workspaceNo, ids],
  );
  return new Map(rows.map((r) => [r.id, { name: r.name, category: r.category }]));
}

export async function listProducts(
  pg: Pg,
  workspaceNo: number,
  query: { query?: string | undefined; after?: string | undefined; limit: number },
): Promise<{ items: Product[]; nextCursor: string | null }> {
  const rows = await pg.query<Omit<Product, 'updatedAt'> & { updatedAt: Date }>(
    `SELECT product_id AS "productId", name, category, price_fen AS "priceFen", cost_fen AS "costFen", stock, currency,
       updated_at AS "updatedAt" FROM products
     WHERE workspace_no = $1 AND ($2::text IS NULL OR product_id > $2)
       AND ($3::text IS NULL OR strpos(lower(name), lower($3)) > 0 OR product_id = $3 OR category = $3)
     ORDER BY product_id LIMIT $4`,
    [workspaceNo, query.after ?? null, query.query ?? null, query.limit + 1],
  );
  const items = rows.slice(0, query.limit).map((r) => ({ ...r, updatedAt: r.updatedAt.toISOString() }));
  return { items, nextCursor: rows.length > query.limit ? encodeCursor(items.at(-1)!.productId) : null };
}

/** What the imports need of the events room. */
export interface EventSink {
  write(
    workspaceNo: number,
    items: ImportedEvent[],
  ): Promise<{ accepted: number; duplicates: number; rejected: { index: number; field: string; reason: string }[] }>;
  /** What the events room would refuse of these, without writing anything. */
  check(items: readonly ImportedEvent[]): { index: number; field: string; reason: string }[];
  /** Of these messages, those that are stored. */
  known(workspaceNo: number, messageIds: readonly string[]): Promise<Set<string>>;
  /** Who made these orders. */
  ownersOf(workspaceNo: number, orderIds: readonly string[]): Promise<Map<string, number>>;
  /** Products where analysis can join them. Repeatable. */
  putProducts(workspaceNo: number, products: readonly ProductRow[], at: Date): Promise<void>;
  /** Of these messages, how many are stored that came from this source. */
  countFrom(workspaceNo: number, source: string, messageIds: readonly string[]): Promise<number>;
}
