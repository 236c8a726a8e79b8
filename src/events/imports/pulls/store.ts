import { notFound, type Pg } from '../../../base/index.ts';
import type { ImportKind, ImportOptions, Mapping } from '../schema.ts';
import type { PullView, RunView, Schedule, Source } from './schema.ts';

/** Up to where rows were read: a value of the cursor, and which of the rows with that value were. */
export interface Watermark {
  value: string;
  seen: string[];
}

export interface PullRow {
  id: string;
  workspaceNo: number;
  name: string;
  source: Source;
  secret: string;
  query: string;
  cursor: string;
  kind: ImportKind;
  mapping: Mapping;
  options: ImportOptions;
  schedule: Schedule;
  enabled: boolean;
  watermark: Watermark | null;
  nextAt: Date | null;
  createdAt: Date;
}

export interface RunRow {
  id: string;
  pullId: string;
  state: RunView['state'];
  importIds: string[];
  nextWatermark: Watermark | null;
  fetched: number;
  error: string | null;
  startedAt: Date;
  finishedAt: Date | null;
}

const columns = `id, workspace_no AS "workspaceNo", name, source, secret, query, cursor_column AS cursor, kind, mapping, options, schedule, enabled, watermark,
  next_at AS "nextAt", created_at AS "createdAt"`;
const runColumns = `id, pull_id AS "pullId", state, import_ids AS "importIds", next_watermark AS "nextWatermark", fetched, error,
  started_at AS "startedAt", finished_at AS "finishedAt"`;

export async function readPull(pg: Pg, id: string, workspaceNo?: number): Promise<PullRow> {
  const [row] = await pg.query<PullRow>(`SELECT ${columns} FROM pulls WHERE id = $1 AND ($2::int IS NULL OR workspace_no = $2)`, [
    id,
    workspaceNo ?? null,
  ]);
  if (!row) throw notFound('Pull');
  return row;
}

export const listPulls = (pg: Pg, workspaceNo: number): Promise<PullRow[]> =>
  pg.query<PullRow>(`SELECT ${columns} FROM pulls WHERE workspace_no = $1 ORDER BY id DESC LIMIT 500`, [workspaceNo]);

export const duePulls = (pg: Pg, now: Date): Promise<PullRow[]> =>
  pg.query<PullRow>(`SELECT ${columns} FROM pulls WHERE enabled AND next_at <= $1 ORDER BY next_at LIMIT 100`, [now]);

export async function readRun(pg: Pg, id: string): Promise<RunRow | undefined> {
  const [row] = await pg.query<RunRow>(`SELECT ${runColumns} FROM pull_runs WHERE id = $1`, [id]);
  return row;
}

/** The last runs with what their imports came to. */
export async function listRuns(pg: Pg, pullId: string, limit: number): Promise<RunView[]> {
  const rows = await pg.query<RunRow & Record<'accepted' | 'duplicate' | 'rejected', number>>(
    `SELECT ${runColumns}, s.accepted, s.duplicate, s.rejected FROM pull_runs r, LATERAL (
       SELECT coalesce(sum(i.rows_accepted), 0)::bigint AS accepted, coalesce(sum(i.rows_duplicate), 0)::bigint AS duplicate,
         coalesce(sum(i.rows_rejected), 0)::bigint AS rejected FROM imports i WHERE i.id = ANY(r.import_ids)) s
     WHERE r.pull_id = $1 ORDER BY r.id DESC LIMIT $2`,
    [pullId, limit],
  );
  return rows.map((r) => ({
    id: r.id,
    state: r.state,
    fetched: Number(r.fetched),
    accepted: Number(r.accepted),
    duplicate: Number(r.duplicate),
    rejected: Number(r.rejected),
    imports: r.importIds,
    error: r.error,
    startedAt: r.startedAt.toISOString(),
    finishedAt: r.finishedAt?.toISOString() ?? null,
  }));
}

export async function view(pg: Pg, row: PullRow): Promise<PullView> {
  const [lastRun] = await listRuns(pg, row.id, 1);
  return {
    id: row.id,
    name: row.name,
    source: row.source,
    query: row.query,
    cursor: row.cursor,
    kind: row.kind,
    mapping: row.mapping,
    options: { ...row.options },
    schedule: row.schedule,
    enabled: row.enabled,
    watermark: row.watermark?.value ?? null,
    nextAt: row.nextAt?.toISOString() ?? null,
    lastRun: lastRun ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}
