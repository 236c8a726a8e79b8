import type { Clock, Log, Pg } from '../../base/index.ts';
import type { PayAccount } from './account.ts';
import type { BillState, PayRequest } from './endpoints.ts';
import { PayError, PayUnreachable } from './errors.ts';
import type { TransferState } from './schema.ts';

/**
 * Carries a transfer on by one step. The rule over all others: money goes out under one number only, and that it is about to be sent is written down
 * before it is. Whoever finds a transfer that was being sent asks the platform first; sending again is always the same number with the same words.
 */

export interface Transfer {
  workspaceNo: number;
  no: number;
  outBillNo: string;
  accountId: string;
  mchid: string;
  request: PayRequest<'transfer.create'>;
  state: TransferState;
  /** The last word of the platform on sending it, if that was a refusal for good. */
  refused: string | null;
  cancelWanted: boolean;
  sends: number;
  sentAt: Date | null;
  looks: number;
}

export interface CarryDeps {
  pg: Pg;
  clock: Clock;
  log: Log;
  /** Called at every commit boundary; a test stops there. */
  stop: (name: string) => void | Promise<void>;
  /** Something that must be mended holds the whole merchant up. */
  faulted(account: PayAccount, error: PayError): Promise<void>;
  /** A call went well: what was recorded is mended. */
  mended(account: PayAccount): Promise<void>;
}

const S = 1_000;
const MINUTE = 60 * S;
/** When to ask again, by how often it was. */
const LOOKS_MS = [2 * S, 10 * S, 30 * S, MINUTE, 5 * MINUTE, 10 * MINUTE];
/** A receiver has a day to confirm; the platform tells when it is done, so asking is only for what was lost. */
const WAITS_MS = [2 * MINUTE, 10 * MINUTE, 30 * MINUTE, 60 * MINUTE];
const HELD_MS = 10 * MINUTE;
/** Not to be found for this long after it was sent, it is not to come any more. */
const NEVER_CAME_MS = 10 * MINUTE;
/** Refused for good, and still not to be found after this long: over. */
const REFUSED_MS = MINUTE;
/** What was concluded here without the platform's word is looked at once more, when it must be over there as well. */
const LAST_LOOK_MS = 25 * 60 * MINUTE;

const at = (list: readonly number[], n: number): number => list[Math.min(n, list.length - 1)]!;

const told: Record<BillState, TransferState> = {
  ACCEPTED: 'processing',
  PROCESSING: 'processing',
  WAIT_USER_CONFIRM: 'waiting_user',
  TRANSFERING: 'processing',
  SUCCESS: 'paid',
  FAIL: 'failed',
  CANCELING: 'cancelling',
  CANCELLED: 'cancelled',
};
export const FINAL: readonly TransferState[] = ['paid', 'failed', 'cancelled'];

/** Writes what the platform says. What it has said to be over stays so, whatever arrives late; its word goes before what was concluded here. */
export async function hear(
  deps: Pick<CarryDeps, 'pg' | 'clock'>,
  which: { workspaceNo: number; outBillNo: string },
  bill: { state: BillState; transfer_bill_no: string; package_info?: string | null | undefined; fail_reason?: string | null | undefined },
): Promise<boolean> {
  const state = told[bill.state];
  const final = FINAL.includes(state);
  const now = deps.clock.now();
  const rows = await deps.pg.query(
    `UPDATE pay_transfers SET state = $3, why = $4, transfer_bill_no = $5, package_info = CASE WHEN $6 THEN NULL ELSE coalesce($7, package_info) END,
       by_platform = true, refused = NULL, looks = CASE WHEN state = $3 THEN looks + 1 ELSE 0 END,
       due_at = CASE WHEN $6 THEN NULL WHEN cancel_wanted AND $3 <> 'cancelling' THEN $8::timestamptz + make_interval(secs => CASE WHEN state = $3 THEN 10 ELSE 0 END)
         ELSE $8::timestamptz + make_interval(secs => ($9::float8[])[least(CASE WHEN state = $3 THEN looks + 1 ELSE 0 END, $10) + 1]) END,
       updated_at = $8, ended_at = CASE WHEN $6 THEN $8::timestamptz END
     WHERE workspace_no = $1 AND out_bill_no = $2 AND NOT (by_platform AND state = ANY($11)) RETURNING no`,
    [
      ...[
        which.workspaceNo,
        which.outBillNo,
        state,
        bill.fail_reason ?? null,
        bill.transfer_bill_no,
        final,
        bill.package_info ?? null,
        now,
      ],
      ...[(state === 'waiting_user' ? WAITS_MS : LOOKS_MS).map((ms) => ms / 1000)],
      ...[(state === 'waiting_user' ? WAITS_MS : LOOKS_MS).length - 1, FINAL],
    ],
  );
  return rows.length > 0;
}

export async function carry(deps: CarryDeps, account: PayAccount, transfer: Transfer): Promise<void> {
  const { state, sends, cancelWanted } = transfer;
  if (FINAL.includes(state)) return lastLook(deps, account, transfer);
  if (cancelWanted && sends === 0) return end(deps, transfer, 'cancelled', null);
  // Another merchant knows nothing of this number: there it would be paid once more.
  if (transfer.mchid !== account.config.mchid) return wait(deps, transfer, undefined, 'other_merchant', HELD_MS);
  if (state === 'queued' || state === 'held') {
    // What was sent before and held up may exist: it is looked for before anything else is done to it.
    return cancelWanted ? look(deps, account, transfer) : send(deps, account, transfer);
  }
  if (cancelWanted && (state === 'waiting_user' || state === 'processing')) return cancel(deps, account, transfer);
  return look(deps, account, transfer);
}

async function send(deps: CarryDeps, account: PayAccount, transfer: Transfer): Promise<void> {
  const { pg, clock } = deps;
  if (account.config.paused) return wait(deps, transfer, undefined, null, HELD_MS);
  const open = await pg.query(
    `UPDATE pay_transfers SET state = 'calling', sends = sends + 1, sent_at = $3, refused = NULL, updated_at = $3
     WHERE workspace_no = $1 AND no = $2 AND NOT state = ANY($4) RETURNING no`,
    [transfer.workspaceNo, transfer.no, clock.now(), FINAL],
  );
  // A notification, or another process after the lease was over, has ended it meanwhile.
  if (open.length === 0) return;
  await deps.stop('pay.transfer.calling');
  try {
    const bill = await account.client.call('transfer.create', transfer.request);
    await deps.stop('pay.transfer.called');
    await hear(deps, transfer, bill);
    await deps.mended(account);
  } catch (error) {
    await failed(deps, account, { ...transfer, sends: transfer.sends + 1 }, error, 'create');
  }
}

async function look(deps: CarryDeps, account: PayAccount, transfer: Transfer): Promise<void> {
  try {
    const bill = await account.client.call('transfer.byOutBillNo', { out_bill_no: transfer.outBillNo });
    await hear(deps, transfer, bill);
    await deps.mended(account);
  } catch (error) {
    if (!(error instanceof PayError) || error.reaction.class !== 'absent') return failed(deps, account, transfer, error, 'look');
    await deps.mended(account);
    const since = deps.clock.ms() - (transfer.sentAt?.getTime() ?? 0);
    if (transfer.refused !== null) {
      return since >= REFUSED_MS ? end(deps, transfer, 'failed', transfer.refused) : wait(deps, transfer, undefined, null);
    }
    if (transfer.cancelWanted)
      return since > NEVER_CAME_MS ? end(deps, transfer, 'cancelled', null) : wait(deps, transfer, 'in_doubt', null);
    // That it is not to be found proves nothing: the same number once more.
    await send(deps, account, transfer);
  }
}

async function lastLook(deps: CarryDeps, account: PayAccount, transfer: Transfer): Promise<void> {
  if (transfer.mchid !== account.config.mchid) return close(deps, transfer);
  try {
    const bill = await account.client.call('transfer.byOutBillNo', { out_bill_no: transfer.outBillNo });
    deps.log.error({ transfer: transfer.outBillNo, state: bill.state }, 'a transfer that seemed to be over is there all the same');
    await hear(deps, transfer, bill);
  } catch (error) {
    if (error instanceof PayError && error.reaction.class === 'absent') return close(deps, transfer);
    if (!(error instanceof PayError || error instanceof PayUnreachable)) throw error;
  }
}

async function close(deps: CarryDeps, { workspaceNo, no }: Transfer): Promise<void> {
  await deps.pg.query('UPDATE pay_transfers SET due_at = NULL WHERE workspace_no = $1 AND no = $2 AND NOT by_platform', [workspaceNo, no]);
}

async function cancel(deps: CarryDeps, account: PayAccount, transfer: Transfer): Promise<void> {
  try {
    const bill = await account.client.call('transfer.cancel', { out_bill_no: transfer.outBillNo });
    await hear(deps, transfer, bill);
  } catch (error) {
    // The receiver may have been quicker.
    await look(deps, account, { ...transfer, cancelWanted: false });
    if (!(error instanceof PayError || error instanceof PayUnreachable)) throw error;
  }
}

async function failed(deps: CarryDeps, account: PayAccount, transfer: Transfer, error: unknown, doing: 'create' | 'look'): Promise<void> {
  if (error instanceof PayUnreachable) {
    deps.log.warn({ transfer: transfer.outBillNo, why: error.why }, 'WeChat Pay gave no answer that can be believed');
    if (doing === 'look') return wait(deps, transfer, undefined, null);
    return wait(deps, transfer, transfer.sends === 1 && !error.inDoubt ? 'queued' : 'in_doubt', null);
  }
  if (!(error instanceof PayError)) throw error;
  const { reaction, code } = error;
  if (reaction.class === 'fault' && reaction.scope === 'merchant') await deps.faulted(account, error);
  if (doing === 'look') return wait(deps, transfer, undefined, code);
  if (reaction.class === 'again') return wait(deps, transfer, transfer.sends === 1 ? 'queued' : 'in_doubt', code);
  if (reaction.class === 'fault')
    return wait(deps, transfer, 'held', code, HELD_MS * (reaction.scope === 'item' ? Math.min(6, transfer.looks + 1) : 1));
  // Refused for good is over only when the platform, asked, knows nothing of it.
  return wait(deps, transfer, 'in_doubt', code, undefined, reaction.class === 'refused' ? code : null);
}

/** Later again. Without a state it stays as it is. */
async function wait(
  deps: CarryDeps,
  transfer: Transfer,
  state: TransferState | undefined,
  why: string | null,
  ms = at(LOOKS_MS, transfer.looks),
  refused?: string | null,
): Promise<void> {
  const { pg, clock } = deps;
  await pg.query(
    `UPDATE pay_transfers SET state = coalesce($3, state), why = coalesce($4, why), refused = CASE WHEN $5 THEN $6 ELSE refused END, looks = looks + 1,
       due_at = $7, updated_at = $8 WHERE workspace_no = $1 AND no = $2 AND NOT state = ANY($9)`,
    [
      ...[transfer.workspaceNo, transfer.no, state ?? null, why, refused !== undefined, refused ?? null],
      ...[new Date(clock.ms() + ms), clock.now(), FINAL],
    ],
  );
}

async function end(deps: CarryDeps, transfer: Transfer, state: 'failed' | 'cancelled', why: string | null): Promise<void> {
  await deps.pg.query(
    `UPDATE pay_transfers SET state = $3, why = $4, by_platform = false, due_at = $7, updated_at = $5, ended_at = $5
     WHERE workspace_no = $1 AND no = $2 AND NOT state = ANY($6)`,
    [
      ...[transfer.workspaceNo, transfer.no, state, why, deps.clock.now(), FINAL],
      transfer.sends === 0 ? null : new Date(deps.clock.ms() + LAST_LOOK_MS),
    ],
  );
}
