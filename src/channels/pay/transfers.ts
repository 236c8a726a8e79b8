import type { Clock, Log, Pg } from '../../base/index.ts';
import type { PayAccount } from './account.ts';
import { carry, FINAL, type Transfer } from './carry.ts';
import { PayError, PayUnreachable } from './errors.ts';
import { readTransfer } from './read.ts';
import type { TransferView } from './schema.ts';

/** Takes up transfers that are due, a few at once, and sees to what holds a merchant up. */

const AT_ONCE = 16;
/** While one process has a transfer in hand no other takes it up; if it dies, another does after this long. */
const LEASE_MS = 60_000;
/** A number under which nothing ever goes out. */
const NONE = '0'.repeat(32);
export const UNVERIFIED = 'UNVERIFIED';
/** A merchant that is held up is tried with one transfer this often. */
const PROBE_MS = 10 * 60_000;

export interface TransfersDeps {
  pg: Pg;
  clock: Clock;
  log: Log;
  stop: (name: string) => void | Promise<void>;
  account(id: string): Promise<PayAccount | undefined>;
}

const COLUMNS = `t.workspace_no AS "workspaceNo", t.no::int AS no, out_bill_no AS "outBillNo", account_id AS "accountId", mchid, request, state, refused,
  cancel_wanted AS "cancelWanted", sends, sent_at AS "sentAt", looks`;

export function createTransfers(deps: TransfersDeps) {
  const { pg, clock, log } = deps;

  const carrying = {
    ...deps,
    async faulted(account: PayAccount, { code, endpoint, trace }: Pick<PayError, 'code' | 'endpoint' | 'trace'>): Promise<void> {
      await pg.query(
        `INSERT INTO pay_faults (workspace_no, account_id, code, endpoint, trace, at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (workspace_no, account_id) DO UPDATE SET code = EXCLUDED.code, endpoint = EXCLUDED.endpoint, trace = EXCLUDED.trace, at = EXCLUDED.at`,
        [account.workspaceNo, account.id, code, endpoint, trace, clock.now()],
      );
    },
    mended: (account: PayAccount) => mend(account.workspaceNo, account.id),
  };

  /** Forgets what held a merchant up; what waited for it goes on at once. */
  async function mend(workspaceNo: number, accountId: string, always = false): Promise<void> {
    const gone = await pg.query('DELETE FROM pay_faults WHERE workspace_no = $1 AND account_id = $2 RETURNING code', [
      workspaceNo,
      accountId,
    ]);
    if (gone.length === 0 && !always) return;
    await pg.query(
      `UPDATE pay_transfers SET due_at = $3 WHERE workspace_no = $1 AND account_id = $2 AND due_at > $3 AND state IN ('queued', 'held')`,
      [workspaceNo, accountId, clock.now()],
    );
  }

  async function claim(accountId: string): Promise<Transfer[]> {
    const now = clock.now();
    const [fault] = await pg.query<{ at: Date }>('SELECT at FROM pay_faults WHERE account_id = $1', [accountId]);
    const most = !fault ? AT_ONCE : fault.at.getTime() + PROBE_MS <= now.getTime() ? 1 : 0;
    return pg.query<Transfer>(
      `WITH due AS (
         SELECT workspace_no, no AS due_no FROM pay_transfers WHERE account_id = $1 AND due_at <= $2 ORDER BY due_at, no LIMIT $3 FOR UPDATE SKIP LOCKED)
       UPDATE pay_transfers t SET due_at = $4 FROM due WHERE t.workspace_no = due.workspace_no AND t.no = due_no RETURNING ${COLUMNS}`,
      [accountId, now, most, new Date(now.getTime() + LEASE_MS)],
    );
  }

  async function workAccount(id: string): Promise<number> {
    const account = await deps.account(id);
    if (!account) return 0;
    let handled = 0;
    for (;;) {
      const claimed = await claim(id);
      const ended = await Promise.allSettled(claimed.map((transfer) => carry(carrying, account, transfer)));
      for (const [i, one] of ended.entries())
        if (one.status === 'rejected')
          log.error({ err: one.reason, transfer: claimed[i]?.outBillNo }, 'a transfer could not be carried on');
      handled += claimed.length;
      if (claimed.length < AT_ONCE) return handled;
    }
  }

  return {
    /** After settings were saved: what waited goes on, and a question that costs nothing shows at once what does not fit. */
    async mend(account: PayAccount): Promise<void> {
      await mend(account.workspaceNo, account.id, true);
      try {
        if (account.keys.fetches) await account.client.refreshKeys();
        else await account.client.call('transfer.byOutBillNo', { out_bill_no: NONE });
      } catch (error) {
        if (error instanceof PayError && error.reaction.scope === 'merchant') await carrying.faulted(account, error);
        else if (error instanceof PayUnreachable && error.unverified) {
          await carrying.faulted(account, { code: UNVERIFIED, endpoint: error.endpoint, trace: error.why });
        }
      }
    },
    async work(): Promise<number> {
      const due = await pg.query<{ id: string }>('SELECT DISTINCT account_id AS id FROM pay_transfers WHERE due_at <= $1', [clock.now()]);
      let handled = 0;
      for (const { id } of due) handled += await workAccount(id);
      return handled;
    },
    /** Of what is to come: what is due and was left lying waits for a merchant that is held up, and is not to be run after. */
    async nextDueAt(): Promise<Date | undefined> {
      const [row] = await pg.query<{ at: Date | null }>('SELECT min(due_at) AS at FROM pay_transfers WHERE due_at > $1', [clock.now()]);
      return row?.at ?? undefined;
    },
    /** What has not left is not sent; what waits for its receiver is taken back. Who has it already, keeps it. */
    async cancel(workspaceNo: number, key: string): Promise<TransferView | undefined> {
      await pg.query(
        `UPDATE pay_transfers SET cancel_wanted = true, due_at = least(due_at, $3) WHERE workspace_no = $1 AND key = $2 AND NOT state = ANY($4)`,
        [workspaceNo, key, clock.now(), FINAL],
      );
      return readTransfer(pg, workspaceNo, { key });
    },
  };
}
