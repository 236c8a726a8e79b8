import { z } from 'zod';
import type { Clock, Log, Pg } from '../../base/index.ts';
import type { StoredCallback } from '../platform/callback-store.ts';
import { type ChannelEvent, identity } from '../platform/events.ts';
import { done, later, type Verdict } from '../platform/verdict.ts';
import type { PayAccount } from './account.ts';
import { hear } from './carry.ts';
import { billState } from './endpoints.ts';
import { PayError } from './errors.ts';

/** What each notification sets off. Every one may come twice, late, or in any order, and says the same. */

const text = z.string().min(1);
export const noticeEnvelope = z.object({
  id: text.max(100),
  event_type: text.max(100),
  create_time: z.string().default(''),
  resource: z.object({
    algorithm: z.literal('AEAD_AES_256_GCM'),
    ciphertext: text,
    nonce: z.string().length(12),
    associated_data: z.string().nullish(),
    original_type: z.string().optional(),
  }),
});

const paid = z.object({
  appid: text,
  mchid: text,
  out_trade_no: text,
  transaction_id: text,
  trade_state: text,
  success_time: text,
  payer: z.object({ openid: text }),
  amount: z.object({ total: z.number().int(), payer_total: z.number().int().nullish(), currency: z.string().nullish() }),
});
const refunded = z.object({
  mchid: text,
  out_trade_no: text,
  transaction_id: z.string().nullish(),
  out_refund_no: text,
  refund_id: text,
  refund_status: text,
  amount: z.object({ total: z.number().int(), refund: z.number().int() }),
});
const bill = z.object({
  mch_id: z.string().nullish(),
  mchid: z.string().nullish(),
  out_bill_no: text,
  transfer_bill_no: text,
  state: billState,
  transfer_amount: z.number().int(),
  fail_reason: z.string().nullish(),
});

export interface NoticeWork {
  pg: Pg;
  clock: Clock;
  log: Log;
  write(workspaceNo: number, items: ChannelEvent[]): Promise<unknown>;
  /** Where the payer was: the kind of account that this app id is. */
  carrierOf(workspaceNo: number, appId: string): Promise<'official_account' | 'mini_program'>;
  account: PayAccount;
  callback: StoredCallback;
}

const TRIES_MS = [2_000, 10_000, 60_000];

export async function workNotice(work: NoticeWork, event: string): Promise<Verdict> {
  const { account, callback, log } = work;
  const value: unknown = JSON.parse(callback.plaintext);
  const named = value as { mchid?: unknown; mch_id?: unknown } | null;
  if ((named?.mchid ?? named?.mch_id ?? account.config.mchid) !== account.config.mchid)
    return { state: 'ignored', error: 'another merchant' };
  const schema = event === 'transaction' ? paid : event === 'refund' ? refunded : event === 'mch_payment' ? bill : undefined;
  if (!schema) return { state: 'ignored' };
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
    log.warn({ callback: callback.id, fields }, 'a notification of WeChat Pay does not fit');
    return { state: 'ignored', error: `does not fit: ${fields}` };
  }
  if (event === 'transaction') return onPaid(work, parsed.data as z.output<typeof paid>);
  if (event === 'refund') return onRefund(work, parsed.data as z.output<typeof refunded>);
  return onBill(work, parsed.data as z.output<typeof bill>);
}

async function onBill(work: NoticeWork, told: z.output<typeof bill>): Promise<Verdict> {
  const { pg, account, log } = work;
  const which = { workspaceNo: account.workspaceNo, outBillNo: told.out_bill_no };
  const [ours] = await pg.query<{ amount: number }>(
    'SELECT amount_fen::float8 AS amount FROM pay_transfers WHERE workspace_no = $1 AND out_bill_no = $2 AND account_id = $3',
    [which.workspaceNo, which.outBillNo, account.id],
  );
  if (!ours) return { state: 'ignored', error: 'not a transfer of ours' };
  if (ours.amount !== told.transfer_amount) {
    log.error({ transfer: told.out_bill_no }, 'WeChat Pay tells another amount than was asked for');
    return { state: 'ignored', error: 'another amount' };
  }
  await hear(work, which, told);
  return done;
}

async function onPaid(work: NoticeWork, told: z.output<typeof paid>): Promise<Verdict> {
  const { account } = work;
  if (told.trade_state !== 'SUCCESS') return { state: 'ignored' };
  await keepOrder(work, { ...told, openid: told.payer.openid, at: new Date(told.success_time) });
  await say(work, told.appid, told.payer.openid, {
    messageId: `pay:${account.config.mchid}:paid:${told.transaction_id}`,
    event: 'Payment Completed',
    timestamp: new Date(told.success_time),
    properties: { outTradeNo: told.out_trade_no, transactionId: told.transaction_id, amount_fen: told.amount.total, currency: 'CNY' },
  });
  return done;
}

async function onRefund(work: NoticeWork, told: z.output<typeof refunded>): Promise<Verdict> {
  const { account, callback, clock } = work;
  const order = await orderOf(work, told.out_trade_no);
  const wait = TRIES_MS[callback.attempts - 1];
  if (!order) return wait === undefined ? { state: 'ignored', error: 'no such order' } : later(clock, wait, 'no such order yet');
  await say(work, order.appId, order.openid, {
    messageId: `pay:${account.config.mchid}:refund:${told.refund_id}:${told.refund_status}`,
    event: told.refund_status === 'SUCCESS' ? 'Payment Refunded' : 'Refund Failed',
    timestamp: callback.happenedAt,
    properties: {
      ...{ outTradeNo: told.out_trade_no, outRefundNo: told.out_refund_no, amount_fen: told.amount.refund, currency: 'CNY' },
      ...(told.refund_status === 'SUCCESS' ? {} : { why: told.refund_status }),
    },
  });
  return done;
}

/** A refund does not say whose it is; its order does, here or at the platform. */
async function orderOf(work: NoticeWork, outTradeNo: string): Promise<{ appId: string; openid: string } | undefined> {
  const { pg, account } = work;
  const [kept] = await pg.query<{ appId: string; openid: string }>(
    'SELECT app_id AS "appId", openid FROM pay_orders WHERE workspace_no = $1 AND account_id = $2 AND out_trade_no = $3',
    [account.workspaceNo, account.id, outTradeNo],
  );
  if (kept) return kept;
  const order = await account.client.call('order.byOutTradeNo', { out_trade_no: outTradeNo }).catch((error: unknown) => {
    if (error instanceof PayError && error.reaction.class === 'absent') return undefined;
    throw error;
  });
  return order?.appid && order.payer?.openid ? { appId: order.appid, openid: order.payer.openid } : undefined;
}

async function keepOrder(
  { pg, account }: NoticeWork,
  order: { out_trade_no: string; appid: string; openid: string; transaction_id: string; at: Date },
): Promise<void> {
  await pg.query(
    `INSERT INTO pay_orders (workspace_no, account_id, out_trade_no, app_id, openid, transaction_id, paid_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT DO NOTHING`,
    [account.workspaceNo, account.id, order.out_trade_no, order.appid, order.openid, order.transaction_id, order.at],
  );
}

async function say(
  work: NoticeWork,
  appId: string,
  openid: string,
  one: Pick<ChannelEvent, 'messageId' | 'event' | 'timestamp' | 'properties'>,
): Promise<void> {
  const { workspaceNo } = work.account;
  const carrier = await work.carrierOf(workspaceNo, appId);
  const externalIds = [identity('wechat_openid', `${appId}:${openid}`)];
  await work.write(workspaceNo, [{ ...one, externalIds, context: { carrier }, source: 'wechat' }]);
}
