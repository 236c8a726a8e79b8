import type { Pg } from '../../base/index.ts';
import type { TransferState, TransferView } from './schema.ts';

interface Row {
  out_bill_no: string;
  key: string;
  person_no: number;
  amount_fen: number;
  currency: string;
  reason: string;
  state: TransferState;
  why: string | null;
  package_info: string | null;
  mchid: string;
  app_id: string;
  created_at: Date;
  ended_at: Date | null;
}

export async function readTransfer(
  pg: Pg,
  workspaceNo: number,
  which: { key: string } | { id: string },
): Promise<TransferView | undefined> {
  const [row] = await pg.query<Row>(
    `SELECT out_bill_no, key, person_no::int AS person_no, amount_fen::float8 AS amount_fen, currency, reason, state, why, package_info, mchid, app_id,
       created_at, ended_at FROM pay_transfers WHERE workspace_no = $1 AND ${'key' in which ? 'key' : 'out_bill_no'} = $2`,
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
