import { randomBytes } from 'node:crypto';
import { badInput, type Clock, type Pg, problem } from '../../base/index.ts';
import { type Limits, numberOf } from '../limits/limits.ts';
import { allowance } from '../limits/period.ts';
import type { PayAccount } from './account.ts';
import type { PayRequest } from './endpoints.ts';
import { readTransfer } from './read.ts';
import { type TransferAsk, type TransferView, transferAsk } from './schema.ts';

/** Writes a transfer down. Nothing leaves here; from here on the number under which the money goes is fixed. */

export interface AskDeps {
  pg: Pg;
  clock: Clock;
  limits(workspaceNo: number): Promise<Limits>;
  /** `appid:openid` of a person in this account. */
  openidOf(workspaceNo: number, personNo: number, appId: string): Promise<string | undefined>;
  notifyUrl(accountId: string): string | undefined;
}

export async function askTransfer(deps: AskDeps, account: PayAccount, given: TransferAsk): Promise<TransferView> {
  const parsed = transferAsk.safeParse(given);
  if (!parsed.success) throw badInput(parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), reason: issue.message })));
  const ask = parsed.data;
  const { workspaceNo, config } = account;
  const openid = await deps.openidOf(workspaceNo, ask.personNo, config.appId);
  const limits = await deps.limits(workspaceNo);
  const now = deps.clock.now();

  await deps.pg.tx(async (tx) => {
    // One at a time in a workspace, so that the sums of the day hold.
    await tx.query('SELECT pg_advisory_xact_lock(7127, $1)', [workspaceNo]);
    const [known] = await tx.query<{ person_no: number; amount_fen: number }>(
      'SELECT person_no, amount_fen::float8 AS amount_fen FROM pay_transfers WHERE workspace_no = $1 AND key = $2',
      [workspaceNo, ask.key],
    );
    if (known) {
      // The person may be another number since: people merge. The amount never changes.
      if (known.amount_fen !== ask.amountFen)
        throw refuse(409, 'amountFen', `a transfer with this key has another amount (${known.amount_fen})`);
      return;
    }
    if (!openid) throw refuse(422, 'personNo', `the person is not known in ${config.appId}: they must open it once`);
    await holdLimits(tx, limits, workspaceNo, ask, now);
    const outBillNo = randomBytes(16).toString('hex');
    const notifyUrl = deps.notifyUrl(account.id);
    const request: PayRequest<'transfer.create'> = {
      appid: config.appId,
      out_bill_no: outBillNo,
      transfer_scene_id: config.sceneId,
      openid,
      transfer_amount: ask.amountFen,
      transfer_remark: ask.reason,
      ...(notifyUrl ? { notify_url: notifyUrl } : {}),
      ...(config.perception ? { user_recv_perception: config.perception } : {}),
      transfer_scene_report_infos: [
        { info_type: '活动名称', info_content: config.activityName },
        { info_type: '奖励说明', info_content: ask.reason },
      ],
    };
    await tx.query(
      `INSERT INTO pay_transfers (workspace_no, key, person_no, account_id, mchid, out_bill_no, app_id, openid, amount_fen, currency, reason, request,
         due_at, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $13)`,
      [
        ...[workspaceNo, ask.key, ask.personNo, account.id, config.mchid, outBillNo, config.appId, openid, ask.amountFen],
        ...[ask.currency, ask.reason, JSON.stringify(request), now],
      ],
    );
  });
  return (await readTransfer(deps.pg, workspaceNo, { key: ask.key }))!;
}

const refuse = (status: number, field: string, reason: string, code = 'pay_transfer') =>
  problem(status, 'The transfer cannot be made', { code, errors: [{ field, reason }] });

/** What is under way counts as paid. The code of a refusal is the key of the rule. */
async function holdLimits(
  tx: Pg,
  limits: Limits,
  workspaceNo: number,
  { personNo, amountFen }: Pick<TransferAsk, 'personNo' | 'amountFen'>,
  now: Date,
): Promise<void> {
  const stop = (key: string, reason: string) => refuse(422, 'amountFen', reason, key);
  const [least, most] = [numberOf(limits, 'pay.transfer.least'), numberOf(limits, 'pay.transfer.most')];
  if (amountFen < least || amountFen > most)
    throw stop(amountFen < least ? 'pay.transfer.least' : 'pay.transfer.most', `must be ${least} to ${most} fen`);
  const all = allowance(limits.get('pay.transfer.perDay'), now.getTime());
  const each = allowance(limits.get('pay.transfer.perPersonDay'), now.getTime());
  const [sums] = await tx.query<{ all: number; theirs: number }>(
    `SELECT coalesce(sum(amount_fen), 0)::float8 AS "all", coalesce(sum(amount_fen) FILTER (WHERE person_no = $3), 0)::float8 AS theirs
     FROM pay_transfers WHERE workspace_no = $1 AND created_at >= $2 AND state NOT IN ('failed', 'cancelled')`,
    [workspaceNo, all.from, personNo],
  );
  const so = sums!;
  if (so.all + amountFen > all.most) throw stop('pay.transfer.perDay', `the day's limit of ${all.most} fen is reached (${so.all} so far)`);
  if (so.theirs + amountFen > each.most)
    throw stop('pay.transfer.perPersonDay', `the person's limit of ${each.most} fen a day is reached (${so.theirs} so far)`);
}
