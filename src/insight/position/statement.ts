import type { Clock, Pg } from '../../base/index.ts';
import { type Statement, statementSchema } from './schema.ts';

export interface Stated {
  statement: Statement;
  /** 0: nothing was said yet, and this is where one begins. */
  version: number;
  updatedAt: string | null;
  updatedBy: string | null;
}

interface Row {
  version: number;
  statement: unknown;
  created_by: string;
  created_at: Date;
}

export async function readStatement(pg: Pg, workspaceNo: number): Promise<Stated> {
  const [row] = await pg.query<Row>(
    'SELECT version, statement, created_by, created_at FROM pool_statements WHERE workspace_no = $1 ORDER BY version DESC LIMIT 1',
    [workspaceNo],
  );
  return {
    statement: statementSchema.parse(row?.statement ?? {}),
    version: row?.version ?? 0,
    updatedAt: row?.created_at.toISOString() ?? null,
    updatedBy: row?.created_by ?? null,
  };
}

export async function saveStatement(pg: Pg, clock: Clock, workspaceNo: number, actor: string, statement: Statement): Promise<Stated> {
  await pg.query(
    `INSERT INTO pool_statements (workspace_no, version, statement, created_by, created_at)
     SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4 FROM pool_statements WHERE workspace_no = $1`,
    [workspaceNo, JSON.stringify(statement), actor, clock.now()],
  );
  return readStatement(pg, workspaceNo);
}
