import type { Pg } from '../base/index.ts';

/** How many conflicts of identities came up for the first time in each hour of a stretch of time (epoch hours). */
export function conflictsByHour(pg: Pg, workspaceNo: number, from: Date, to: Date): Promise<{ hour: number; n: number }[]> {
  return pg.query(
    `SELECT floor(extract(epoch FROM at) / 3600)::int AS hour, count(*)::int AS n FROM identity_conflicts
     WHERE workspace_no = $1 AND at >= $2 AND at < $3 GROUP BY 1`,
    [workspaceNo, from, to],
  );
}

/** The latest messages that brought conflicts in a stretch of time. */
export async function conflictMessages(pg: Pg, workspaceNo: number, from: Date, to: Date): Promise<string[]> {
  const rows = await pg.query<{ message_id: string }>(
    'SELECT message_id FROM identity_conflicts WHERE workspace_no = $1 AND at >= $2 AND at < $3 ORDER BY at DESC LIMIT 5',
    [workspaceNo, from, to],
  );
  return rows.map((r) => r.message_id);
}
