import type { Pg } from '../base/index.ts';

export interface Move {
  from: number;
  to: number;
}

/** People have merged: their messages and consents follow. Of two answers about the same consent the newer holds. Repeatable. */
export async function followMerges(pg: Pg, workspaceNo: number, moves: readonly Move[]): Promise<void> {
  if (moves.length === 0) return;
  const params = [workspaceNo, moves.map((m) => m.from), moves.map((m) => m.to)];
  await pg.tx(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock(7121, $1)', [workspaceNo]);
    await tx.query(
      `UPDATE outbox o SET person_no = m.to_no FROM unnest($2::bigint[], $3::bigint[]) AS m (from_no, to_no)
       WHERE o.workspace_no = $1 AND o.person_no = m.from_no`,
      params,
    );
    await tx.query(
      `WITH moved AS (
         DELETE FROM consents c USING unnest($2::bigint[], $3::bigint[]) AS m (from_no, to_no)
         WHERE c.workspace_no = $1 AND c.person_no = m.from_no RETURNING m.to_no, c.purpose, c.channel, c.granted, c.at)
       INSERT INTO consents (workspace_no, person_no, purpose, channel, granted, at)
       SELECT DISTINCT ON (to_no, purpose, channel) $1, to_no, purpose, channel, granted, at FROM moved ORDER BY to_no, purpose, channel, at DESC
       ON CONFLICT (workspace_no, person_no, purpose, channel) DO UPDATE SET granted = EXCLUDED.granted, at = EXCLUDED.at WHERE consents.at < EXCLUDED.at`,
      params,
    );
  });
}
