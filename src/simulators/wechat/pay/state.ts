/** Merchants of WeChat Pay, their orders, refunds and transfers. */

export interface PayKey {
  /** a certificate's serial number, or the id of a public key */
  id: string;
  privateKey: string;
  publicKey: string;
  /** only of certificates */
  certificate?: string;
  fromMs: number;
  untilMs: number;
}

export interface PayOrder {
  out_trade_no: string;
  appid: string;
  openid: string;
  description: string;
  total: number;
  attach?: string;
  notify_url: string;
  prepay_id: string;
  state: 'NOTPAY' | 'SUCCESS' | 'CLOSED' | 'REFUND';
  transaction_id?: string;
  paidAt?: number;
}

export interface PayRefund {
  out_refund_no: string;
  refund_id: string;
  out_trade_no: string;
  refund: number;
  reason?: string;
  notify_url?: string;
  status: 'PROCESSING' | 'SUCCESS' | 'CLOSED' | 'ABNORMAL';
  createdAt: number;
}

export type TransferState =
  | 'ACCEPTED'
  | 'PROCESSING'
  | 'WAIT_USER_CONFIRM'
  | 'TRANSFERING'
  | 'SUCCESS'
  | 'FAIL'
  | 'CANCELING'
  | 'CANCELLED';

export interface PayTransfer {
  out_bill_no: string;
  transfer_bill_no: string;
  appid: string;
  openid: string;
  user_name?: string;
  transfer_amount: number;
  transfer_remark: string;
  transfer_scene_id: string;
  notify_url?: string;
  /** what was asked for, to tell a repeat from another transfer under the same number */
  asked: string;
  state: TransferState;
  fail_reason?: string;
  package_info: string;
  createdAt: number;
  updatedAt: number;
}

export interface Merchant {
  mchid: string;
  /** of the certificate that the merchant signs with */
  serial: string;
  publicKey: string;
  /** only where the simulator made the pair */
  privateKey?: string;
  apiV3Key: string;
  appids: string[];
  /** approved transfer scenes; empty: the product is not open to this merchant */
  scenes: string[];
  balance: number;
  dayLimit: number;
  trustedIps?: string[];
  /** what answers and notifications are signed with */
  mode: 'public_key' | 'certificate';
  keys: { public_key: PayKey; certificate: PayKey };
  orders: Map<string, PayOrder>;
  refunds: Map<string, PayRefund>;
  transfers: Map<string, PayTransfer>;
}

export interface PayWorld {
  merchants: Map<string, Merchant>;
  counter: number;
}

export const createPayWorld = (): PayWorld => ({ merchants: new Map(), counter: 0 });

/** 2026-03-10T10:00:00+08:00, as the platform writes times. */
export const payTime = (ms: number): string => `${new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
export const payNumber = (world: PayWorld, prefix: string): string => {
  world.counter += 1;
  return `${prefix}${String(world.counter).padStart(24, '0')}`;
};
export const FINAL: ReadonlySet<TransferState> = new Set(['SUCCESS', 'FAIL', 'CANCELLED']);
