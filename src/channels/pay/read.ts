import type { Pg } from '../../base/index.ts';
import type { TransferState, TransferView } from './schema.ts';

/** What every view of a transfer is made of. */
export interface TransferRow {
  out_bill_no: string;
  key: string;
  person_no: number;
  amount_fen: number;
  currency: string;
  reason: string;
  state: TransferState;
  why: string | null;
  created_at: Date;
  ended_at: Date | null;
}
export const TRANSFER_COLUMNS = `out_bill_no, key, person_no::int AS person_no, amount_fen::float8 AS amount_fen, currency, reason, state, why,
  created_at, ended_at`;

interface Row extends TransferRow {
  package_info: string | null;
  mchid: string;
  app_id: string;
}

export async function readTransfer(
  pg: Pg,
  workspaceNo: number,
  which: { key: string } | { id: string },
): Promise<TransferView | undefined> {
  const [row] = await pg.query<Row>(
    `SELECT ${TRANSFER_COLUMNS}, package_info, mchid, app_id FROM pay_transfers WHERE workspace_no = $1 AND ${'key' in which ? 'key' : 'out_bill_no'} = $2`,
    [workspaceNo, 'key' in which ? which.key : which.id],
  );
  if (!row) return undefined;
  const confirm =
    row.state === 'waiting_user' && row.package_info ? { mchId: row.mchid, appId: row.app_id, package: row.package_info } : null;
  return {
    ...{ id: row.out_bill_no, key: row.key, personNo: row.person_no, amountFen: row.amount_fen, currency: row.currency },
    ...{ reason: row.reason, state: row.state, why: row.why, confirm, createdAt: row.created_at, endedAt: row.ended_at },
  };
}
