import type { Clock, Pg } from '../../base/index.ts';
import { outboxNo } from '../ids.ts';

/** A message that was taken came back: it has failed, and that is told, so that a journey can go on to the next channel. Repeatable. */
export async function overturn(pg: Pg, clock: Clock, workspaceNo: number, outboxId: string, reason: string): Promise<boolean> {
  const rows = await pg.query(
    `WITH back AS (
       UPDATE outbox SET state = 'failed', reason = $3, ended_at = $4 WHERE workspace_no = $1 AND no = $2 AND state = 'sent' RETURNING no)
     INSERT INTO outbox_untold (workspace_no, what, nos) SELECT $1, 'ended', array_agg(no) FROM back HAVING count(*) > 0 RETURNING no`,
    [workspaceNo, outboxNo(outboxId), reason, clock.now()],
  );
  return rows.length > 0;
}
