import type { Pg } from '../../base/index.ts';
import type { OwnEvent } from '../ports.ts';

/** Tells what became of transfers as events, once each: their ids are fixed, and what was told is noted after it is durable. */

const NAMES: Record<string, string> = {
  waiting_user: 'Transfer Offered',
  paid: 'Transfer Completed',
  failed: 'Transfer Failed',
  cancelled: 'Transfer Cancelled',
};
const AT_ONCE = 500;

interface Row {
  workspace_no: number;
  no: number;
  person_no: number;
  out_bill_no: string;
  key: string;
  amount_fen: number;
  currency: string;
  reason: string;
  state: string;
  why: string | null;
  at: Date;
}

export async function tellTransfers(pg: Pg, write: (workspaceNo: number, items: OwnEvent[]) => Promise<unknown>): Promise<number> {
  let count = 0;
  for (;;) {
    const rows = await pg.query<Row>(
      `SELECT workspace_no, no::int AS no, person_no::int AS person_no, out_bill_no, key, amount_fen::float8 AS amount_fen, currency, reason, state, why,
         coalesce(ended_at, updated_at) AS at FROM pay_transfers
       WHERE state IN ('waiting_user', 'paid', 'failed', 'cancelled') AND told IS DISTINCT FROM state ORDER BY workspace_no, no LIMIT $1`,
      [AT_ONCE],
    );
    for (const [workspaceNo, list] of Map.groupBy(rows, (row) => row.workspace_no)) {
      await write(workspaceNo, list.map(eventOf));
      await pg.query(
        `UPDATE pay_transfers t SET told = g.state FROM unnest($2::bigint[], $3::text[]) AS g (no, state) WHERE t.workspace_no = $1 AND t.no = g.no`,
        [workspaceNo, list.map((row) => row.no), list.map((row) => row.state)],
      );
    }
    count += rows.length;
    if (rows.length < AT_ONCE) return count;
  }
}

const eventOf = (row: Row): OwnEvent => ({
  messageId: `pay:${row.out_bill_no}:${row.state}`,
  event: NAMES[row.state]!,
  timestamp: row.at,
  personNo: row.person_no,
  properties: {
    ...{ transferId: row.out_bill_no, key: row.key, amount_fen: row.amount_fen, currency: row.currency, reason: row.reason },
    ...(row.why === null ? {} : { why: row.why }),
  },
  source: 'yutang',
});
