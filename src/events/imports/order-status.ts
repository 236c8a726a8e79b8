import type { OrderMeaning } from './schema.ts';

export type LineMeaning = OrderMeaning | 'not_refunded' | 'refund_pending';

/** Status texts of shops, Chinese and English. More specific words come first. */
const meanings: [RegExp, OrderMeaning][] = [
  [/adjust|bad ?debt|调整|坏账|冲账/i, 'adjustment'],
  [/退款|退货|已退|refund|return|chargeback/i, 'refunded'],
  [/待付款|未付款|等待买家付款|待支付|未支付|unpaid|awaiting.?payment|pending/i, 'unpaid'],
  [/取消|关闭|作废|cancel|close|void/i, 'cancelled'],
  [
    /成功|完成|已付|已支付|付款|发货|签收|收货|评价|正常|complet|paid|paid|purchase|ship|deliver|fulfil|success|processing|order|sale|done/i,
    'completed',
  ],
];

/** What a status means; undefined for a text that is not known here. No status at all is a completed order. */
export function meaningOf(status: string | undefined, own: Readonly<Record<string, OrderMeaning>>): OrderMeaning | undefined {
  if (status === undefined) return 'completed';
  const told = own[status];
  if (told !== undefined) return told;
  return meanings.find(([words]) => words.test(status))?.[1];
}

const refundMeanings: [RegExp, LineMeaning][] = [
  [/关闭|取消|拒绝|撤销|驳回|失败|cancel|clos|reject|declin|fail|withdraw/i, 'not_refunded'],
  [/待|中$|申请|未退|pending|process|request|await|open/i, 'refund_pending'],
  [/成功|完成|已退|退款|同意|refund|return|success|complet|done|approved|paid/i, 'refunded'],
];

/** What the state of a refund means. No state at all is money given back. */
export function refundMeaning(status: string | undefined, own: Readonly<Record<string, OrderMeaning>>): LineMeaning | undefined {
  if (status === undefined) return 'refunded';
  const told = own[status];
  if (told !== undefined) return told === 'completed' || told === 'refunded' ? 'refunded' : 'not_refunded';
  return refundMeanings.find(([words]) => words.test(status))?.[1];
}
