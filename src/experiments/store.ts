import { z } from 'zod';
import { decodeCursor, encodeCursor, newId, notFound, type Pg } from '../base/index.ts';
import type { Definition, Experiment } from './schema.ts';

export interface Row {
  no: number;
  id: string;
  workspace_no: number;
  name: string;
  state: Experiment['state'];
  definition: Definition;
  created_at: Date;
  updated_at: Date;
  launched_at: Date | null;
  stopped_at: Date | null;
  stopped: Experiment['stopped'];
  decided_at: Date | null;
  decision: Experiment['decision'];
  enrol_below: number | null;
  looked_at: Date | null;
}

/** Numbers of people are below this. */
export const everybody = 2 ** 32;

export async function rowOf(on: Pg, workspaceNo: number, id: string, forUpdate = false): Promise<Row> {
  const [row] = await on.query<Row>(`SELECT * FROM experiments WHERE workspace_no = $1 AND id = $2 ${forUpdate ? 'FOR UPDATE' : ''}`, [
    workspaceNo,
    id,
  ]);
  if (!row) throw notFound('Experiment');
  return row;
}

export async function insert(pg: Pg, workspaceNo: number, name: string, definition: Definition, now: Date): Promise<Row> {
  const [row] = await pg.query<Row>(
    'INSERT INTO experiments (id, workspace_no, name, definition, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5) RETURNING *',
    [newId('exp', now.getTime()), workspaceNo, name, definition, now],
  );
  return row!;
}

export async function page(
  pg: Pg,
  workspaceNo: number,
  query: { cursor?: string | undefined; limit: number },
): Promise<{ rows: Row[]; nextCursor: string | null }> {
  const before = decodeCursor(query.cursor, z.number().int());
  const rows = await pg.query<Row>(
    'SELECT * FROM experiments WHERE workspace_no = $1 AND ($2::int IS NULL OR no < $2) ORDER BY no DESC LIMIT $3',
    [workspaceNo, before ?? null, query.limit + 1],
  );
  const shown = rows.slice(0, query.limit);
  return { rows: shown, nextCursor: rows.length > query.limit ? encodeCursor(shown.at(-1)!.no) : null };
}

export const running = (pg: Pg, workspaceNo: number): Promise<Row[]> =>
  pg.query<Row>("SELECT * FROM experiments WHERE workspace_no = $1 AND state = 'running' ORDER BY no", [workspaceNo]);
