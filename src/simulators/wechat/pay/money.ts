import type { Scheduler, VirtualClock } from '../clock.ts';
import type { PayNotices } from './notify.ts';
import type { PayRules } from './rules.ts';
import { FINAL, type Merchant, type PayOrder, type PayRefund, type PayTransfer, payTime, type TransferState } from './state.ts';

export interface Money {
  /** Brings what time alone changes up to now. */
  tide(merchant: Merchant): void;
  /** Calls `tide` again when `ms` have passed. */
  later(merchant: Merchant, ms: number): void;
  orderPaid(merchant: Merchant, order: PayOrder, transactionId: string): void;
  moveTransfer(merchant: Merchant, transfer: PayTransfer, state: TransferState, reason?: string): void;
  endRefund(merchant: Merchant, refund: PayRefund, status: PayRefund['status']): void;
}

/** What happens to money, and who is told of it. */
export function createMoney(deps: { clock: VirtualClock; scheduler: Scheduler; notices: PayNotices; rules: PayRules }): Money {
  const { clock, scheduler, notices, rules } = deps;

  const money: Money = {
    tide(merchant) {
      const now = clock.ms();
      for (const one of merchant.transfers.values()) {
        if (one.state === 'WAIT_USER_CONFIRM' && one.createdAt + rules.confirmMs <= now)
          money.moveTransfer(merchant, one, 'FAIL', 'OVERDUE_CLOSE');
        if (one.state === 'CANCELING' && one.updatedAt + rules.cancelMs <= now) money.moveTransfer(merchant, one, 'CANCELLED');
      }
      for (const one of merchant.refunds.values())
        if (one.status === 'PROCESSING' && one.createdAt + rules.refundMs <= now) money.endRefund(merchant, one, 'SUCCESS');
    },

    later: (merchant, ms) => scheduler.after(ms, () => money.tide(merchant)),

    orderPaid(merchant, order, transactionId) {
      Object.assign(order, { state: 'SUCCESS', transaction_id: transactionId, paidAt: clock.ms() });
      merchant.balance += order.total;
      notices.emit(merchant, order.notify_url, 'TRANSACTION.SUCCESS', 'transaction', orderView(merchant, order));
    },

    moveTransfer(merchant, transfer, state, reason) {
      if (FINAL.has(transfer.state)) return;
      Object.assign(transfer, { state, updatedAt: clock.ms(), ...(reason === undefined ? {} : { fail_reason: reason }) });
      if (state === 'FAIL' || state === 'CANCELLED') merchant.balance += transfer.transfer_amount;
      if (state === 'CANCELING') money.later(merchant, rules.cancelMs);
      if (FINAL.has(state))
        notices.emit(merchant, transfer.notify_url, 'MCHTRANSFER.BILL.FINISHED', 'mch_payment', {
          mch_id: merchant.mchid,
          out_bill_no: transfer.out_bill_no,
          transfer_bill_no: transfer.transfer_bill_no,
          state,
          transfer_amount: transfer.transfer_amount,
          ...(transfer.fail_reason === undefined ? {} : { fail_reason: transfer.fail_reason }),
          openid: transfer.openid,
          create_time: payTime(transfer.createdAt),
          update_time: payTime(transfer.updatedAt),
        });
    },

    endRefund(merchant, refund, status) {
      if (refund.status !== 'PROCESSING') return;
      refund.status = status;
      const order = merchant.orders.get(refund.out_trade_no);
      if (status !== 'SUCCESS') merchant.balance += refund.refund;
      notices.emit(merchant, refund.notify_url, `REFUND.${status}`, 'refund', {
        mchid: merchant.mchid,
        out_trade_no: refund.out_trade_no,
        transaction_id: order?.transaction_id,
        out_refund_no: refund.out_refund_no,
        refund_id: refund.refund_id,
        refund_status: status,
        ...(status === 'SUCCESS' ? { success_time: payTime(clock.ms()) } : {}),
        user_received_account: '支付用户零钱',
        amount: { total: order?.total, refund: refund.refund, payer_total: order?.total, payer_refund: refund.refund },
      });
    },
  };
  return money;
}

export const orderView = (merchant: Merchant, order: PayOrder): Record<string, unknown> => ({
  appid: order.appid,
  mchid: merchant.mchid,
  out_trade_no: order.out_trade_no,
  trade_state: order.state,
  trade_state_desc: order.state,
  ...(order.attach === undefined ? {} : { attach: order.attach }),
  ...(order.paidAt === undefined
    ? {}
    : {
        transaction_id: order.transaction_id,
        trade_type: 'JSAPI',
        bank_type: 'OTHERS',
        success_time: payTime(order.paidAt),
        payer: { openid: order.openid },
        amount: { total: order.total, payer_total: order.total, currency: 'CNY', payer_currency: 'CNY' },
      }),
});
