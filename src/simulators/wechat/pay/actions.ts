import { randomBytes } from 'node:crypto';
import { ControlError, must } from '../context.ts';
import { makeCertificate } from './certificate.ts';
import { makeKeys } from './crypto.ts';
import type { Money } from './money.ts';
import type { PayNotice, PayNotices } from './notify.ts';
import { type Merchant, type PayKey, type PayOrder, type PayTransfer, type PayWorld, payNumber } from './state.ts';

export interface NewMerchant {
  mchid?: string;
  serial?: string;
  /** of the key that the merchant signs with; absent: a pair is made and the private one given back */
  publicKey?: string;
  apiV3Key?: string;
  appids: string[];
  scenes?: string[];
  balance?: number;
  dayLimit?: number;
  trustedIps?: string[];
  mode?: Merchant['mode'];
}

const YEAR_MS = 365 * 86_400_000;

/** What happens on the merchant platform's pages and on people's phones. */
export function createPayActions(deps: { world: () => PayWorld; now(): number; money: Money; notices: PayNotices }) {
  const { money, notices } = deps;
  const merchantOf = (mchid: string): Merchant => must(deps.world().merchants.get(mchid), 'mchid', 'no such merchant');
  const transferOf = (mchid: string, no: string): { merchant: Merchant; transfer: PayTransfer } => {
    const merchant = merchantOf(mchid);
    money.tide(merchant);
    return { merchant, transfer: must(merchant.transfers.get(no), 'out_bill_no', 'no such transfer') };
  };
  /** Making a pair takes long, and what tells merchants apart is the id: they share one of each kind. */
  const pairs = new Map<boolean, ReturnType<typeof makeKeys>>();
  const pairOf = (certified: boolean) => {
    const pair = pairs.get(certified) ?? makeKeys();
    pairs.set(certified, pair);
    return pair;
  };
  const newKey = (id: string, certified: boolean, keys = pairOf(certified)): PayKey => {
    const fromMs = deps.now() - 30 * 86_400_000;
    const untilMs = deps.now() + 5 * YEAR_MS;
    return { id, ...keys, fromMs, untilMs, ...(certified ? { certificate: makeCertificate(id, keys.privateKey, fromMs, untilMs) } : {}) };
  };
  /** With a first byte that a serial number may have as it stands. */
  const newSerial = () => `4${randomBytes(20).toString('hex').toUpperCase().slice(1)}`;

  return {
    createMerchant(input: NewMerchant): Merchant {
      const world = deps.world();
      const mchid = input.mchid ?? `19${payNumber(world, '').slice(-8)}`;
      if (world.merchants.has(mchid)) throw new ControlError('mchid', 'there is one already');
      const own = input.publicKey === undefined ? makeKeys() : undefined;
      const merchant: Merchant = {
        mchid,
        serial: input.serial ?? newSerial(),
        publicKey: input.publicKey ?? own!.publicKey,
        ...(own ? { privateKey: own.privateKey } : {}),
        apiV3Key: input.apiV3Key ?? randomBytes(16).toString('hex'),
        appids: input.appids,
        scenes: input.scenes ?? ['1000'],
        balance: input.balance ?? 1_000_000,
        dayLimit: input.dayLimit ?? 10_000_000,
        ...(input.trustedIps ? { trustedIps: input.trustedIps } : {}),
        mode: input.mode ?? 'public_key',
        keys: { public_key: newKey(`PUB_KEY_ID_0${mchid}20260101`, false), certificate: newKey(newSerial(), true) },
        ...{ orders: new Map(), refunds: new Map(), transfers: new Map() },
      };
      world.merchants.set(mchid, merchant);
      return merchant;
    },
    merchant: merchantOf,
    merchants: (): Merchant[] => [...deps.world().merchants.values()],
    setMerchant: (
      mchid: string,
      change: Partial<Pick<Merchant, 'balance' | 'dayLimit' | 'scenes' | 'appids' | 'mode' | 'trustedIps'>>,
    ): Merchant => Object.assign(merchantOf(mchid), change),
    /** From now on the platform signs with another certificate. */
    renewCertificate(mchid: string): PayKey {
      const merchant = merchantOf(mchid);
      merchant.keys.certificate = newKey(newSerial(), true, makeKeys());
      return merchant.keys.certificate;
    },
    /** The customer pays an order that waits for it. */
    payOrder(mchid: string, out_trade_no: string): PayOrder {
      const merchant = merchantOf(mchid);
      const order = must(merchant.orders.get(out_trade_no), 'out_trade_no', 'no such order');
      if (order.state !== 'NOTPAY') throw new ControlError('out_trade_no', 'this order does not wait to be paid');
      money.orderPaid(merchant, order, payNumber(deps.world(), '420000'));
      return order;
    },
    endRefund(mchid: string, out_refund_no: string, status: 'SUCCESS' | 'CLOSED' | 'ABNORMAL'): void {
      const merchant = merchantOf(mchid);
      money.endRefund(merchant, must(merchant.refunds.get(out_refund_no), 'out_refund_no', 'no such refund'), status);
    },
    /** The receiver presses "receive". */
    confirmTransfer(mchid: string, out_bill_no: string): PayTransfer {
      const { merchant, transfer } = transferOf(mchid, out_bill_no);
      if (transfer.state !== 'WAIT_USER_CONFIRM') throw new ControlError('out_bill_no', 'this transfer does not wait for its receiver');
      money.moveTransfer(merchant, transfer, 'SUCCESS');
      return transfer;
    },
    failTransfer(mchid: string, out_bill_no: string, reason = 'REALNAME_CHECK'): PayTransfer {
      const { merchant, transfer } = transferOf(mchid, out_bill_no);
      money.moveTransfer(merchant, transfer, 'FAIL', reason);
      return transfer;
    },
    transfers: (mchid: string): PayTransfer[] => [...merchantOf(mchid).transfers.values()],
    payNotices: (): PayNotice[] => notices.list(),
    repeatPayNotice: (mchid: string, id: string): boolean => notices.again(merchantOf(mchid), id),
    writtenPayNotice: (mchid: string, notice: Parameters<PayNotices['written']>[1]) => notices.written(merchantOf(mchid), notice),
  };
}
