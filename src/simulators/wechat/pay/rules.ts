/** Where the platform's behaviour is a matter of time or contract. */
export interface PayRules {
  /** what nobody confirms fails after this long */
  confirmMs: number;
  /** a refund takes this long */
  refundMs: number;
  /** a cancellation takes this long */
  cancelMs: number;
  callsPerSecond: number;
  /** band of one transfer for marketing, in fen */
  least: number;
  most: number;
  /** from here on the receiver's name must be given */
  nameFrom: number;
}

export const defaultPayRules: PayRules = {
  confirmMs: 24 * 3_600_000,
  refundMs: 2_000,
  cancelMs: 2_000,
  callsPerSecond: 100,
  least: 10,
  most: 20_000,
  nameFrom: 200_000,
};

/** One thing that goes wrong on the way; the first that fits is taken. */
export interface PayFault {
  /** the path as in the documents, `{…}` for what varies, or its end, or `*` */
  endpoint: string;
  code?: string;
  httpStatus?: number;
  message?: string;
  /** the connection is cut without an answer */
  drop?: boolean;
  /** the answer is forged: another key, another body, an old time, a serial nobody knows, no signature */
  forge?: 'key' | 'body' | 'time' | 'serial' | 'none';
  /** `after`: the work is done and only the answer goes wrong */
  when?: 'before' | 'after';
  times?: number;
}
