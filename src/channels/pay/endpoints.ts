import { z } from 'zod';

/** Every call to api.mch.weixin.qq.com. Fields named in the path go there, the others into the address of a GET and the body of a POST. */

export interface PayEndpoint<Req extends z.ZodType = z.ZodType, Res extends z.ZodType = z.ZodType> {
  method: 'GET' | 'POST';
  path: string;
  request: Req;
  response: Res;
  /** The merchant number is added by the client, in the address or the body. */
  mchid?: boolean;
  /** Sealed for the platform alone before they leave. */
  sealed?: readonly string[];
  /** A POST without a body. */
  bare?: boolean;
}

const row = <Req extends z.ZodType, Res extends z.ZodType>(
  method: 'GET' | 'POST',
  path: string,
  request: Req,
  response: Res,
  extra: Pick<PayEndpoint, 'mchid' | 'sealed' | 'bare'> = {},
): PayEndpoint<Req, Res> => ({ method, path, request, response, ...extra });

const id = z.string().min(1);
const fen = z.number().int().min(1);
const tradeNo = z.string().regex(/^[0-9A-Za-z_\-|*]{6,32}$/);
const refundNo = z.string().regex(/^[0-9A-Za-z_\-|*@]{1,64}$/);
const billNo = z.string().regex(/^[0-9A-Za-z]{1,32}$/);
const optional = z.string().nullish();

const order = z.object({
  appid: optional,
  mchid: id,
  out_trade_no: id,
  transaction_id: optional,
  trade_state: z.enum(['SUCCESS', 'REFUND', 'NOTPAY', 'CLOSED', 'REVOKED', 'USERPAYING', 'PAYERROR']),
  success_time: optional,
  payer: z.object({ openid: optional }).nullish(),
  amount: z.object({ total: z.number().int(), payer_total: z.number().int().nullish(), currency: optional }).nullish(),
});
const refund = z.object({
  refund_id: id,
  out_refund_no: id,
  out_trade_no: id,
  transaction_id: optional,
  status: z.enum(['SUCCESS', 'CLOSED', 'PROCESSING', 'ABNORMAL']),
  amount: z.object({ total: z.number().int(), refund: z.number().int() }),
});
export const billState = z.enum([
  'ACCEPTED',
  'PROCESSING',
  'WAIT_USER_CONFIRM',
  'TRANSFERING',
  'SUCCESS',
  'FAIL',
  'CANCELING',
  'CANCELLED',
]);
export type BillState = z.output<typeof billState>;
const bill = z.object({
  out_bill_no: id,
  transfer_bill_no: id,
  state: billState,
  transfer_amount: z.number().int(),
  openid: optional,
  fail_reason: optional,
  update_time: optional,
});

const ORDERS = '/v3/pay/transactions';
const REFUNDS = '/v3/refund/domestic/refunds';
const BILLS = '/v3/fund-app/mch-transfer/transfer-bills';

export const payEndpoints = {
  'order.jsapi': row(
    'POST',
    `${ORDERS}/jsapi`,
    z.object({
      appid: id,
      description: z.string().min(1).max(127),
      out_trade_no: tradeNo,
      time_expire: z.string().optional(),
      attach: z.string().max(128).optional(),
      notify_url: z.url(),
      amount: z.object({ total: fen, currency: z.literal('CNY') }),
      payer: z.object({ openid: id }),
    }),
    z.object({ prepay_id: id }),
    { mchid: true },
  ),
  'order.byOutTradeNo': row('GET', `${ORDERS}/out-trade-no/{out_trade_no}`, z.object({ out_trade_no: tradeNo }), order, { mchid: true }),
  'order.byId': row('GET', `${ORDERS}/id/{transaction_id}`, z.object({ transaction_id: id }), order, { mchid: true }),
  'order.close': row('POST', `${ORDERS}/out-trade-no/{out_trade_no}/close`, z.object({ out_trade_no: tradeNo }), z.object({}), {
    mchid: true,
  }),
  'refund.create': row(
    'POST',
    REFUNDS,
    z.object({
      transaction_id: id.optional(),
      out_trade_no: tradeNo.optional(),
      out_refund_no: refundNo,
      reason: z.string().max(80).optional(),
      notify_url: z.url().optional(),
      amount: z.object({ refund: fen, total: fen, currency: z.literal('CNY') }),
    }),
    refund,
  ),
  'refund.get': row('GET', `${REFUNDS}/{out_refund_no}`, z.object({ out_refund_no: refundNo }), refund),
  'transfer.create': row(
    'POST',
    BILLS,
    z.object({
      appid: id,
      out_bill_no: billNo,
      transfer_scene_id: id,
      openid: id,
      user_name: id.optional(),
      transfer_amount: fen,
      transfer_remark: z.string().min(1).max(32),
      notify_url: z.url().optional(),
      user_recv_perception: id.optional(),
      transfer_scene_report_infos: z.array(z.object({ info_type: id, info_content: z.string().min(1).max(32) })),
    }),
    z.object({ out_bill_no: id, transfer_bill_no: id, state: billState, package_info: optional, fail_reason: optional }),
    { sealed: ['user_name'] },
  ),
  'transfer.byOutBillNo': row('GET', `${BILLS}/out-bill-no/{out_bill_no}`, z.object({ out_bill_no: billNo }), bill),
  'transfer.byBillNo': row('GET', `${BILLS}/transfer-bill-no/{transfer_bill_no}`, z.object({ transfer_bill_no: id }), bill),
  'transfer.cancel': row(
    'POST',
    `${BILLS}/out-bill-no/{out_bill_no}/cancel`,
    z.object({ out_bill_no: billNo }),
    z.object({ out_bill_no: id, transfer_bill_no: id, state: billState }),
    { bare: true },
  ),
  certificates: row(
    'GET',
    '/v3/certificates',
    z.object({}),
    z.object({
      data: z.array(
        z.object({
          serial_no: id,
          effective_time: id,
          expire_time: id,
          encrypt_certificate: z.object({ nonce: id, associated_data: z.string().nullish(), ciphertext: id }),
        }),
      ),
    }),
  ),
};
export type PayTable = typeof payEndpoints;
export type PayName = keyof PayTable;
export type PayRequest<N extends PayName> = z.input<PayTable[N]['request']>;
export type PayResponse<N extends PayName> = z.output<PayTable[N]['response']>;
