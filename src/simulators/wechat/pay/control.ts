import { z } from 'zod';
import { type Command, command } from '../control_command.ts';

const id = z.string().min(1);
const fen = z.number().int().min(0);
const mode = z.enum(['public_key', 'certificate']);
const bill = { mchid: id, out_bill_no: id };

/** WeChat Pay: merchants, what people pay and receive, what goes wrong. */
export const payCommands: Record<string, Command> = {
  'create-merchant': command(
    z.strictObject({
      mchid: id.optional(),
      serial: id.optional(),
      publicKey: id.optional(),
      apiV3Key: z.string().length(32).optional(),
      appids: z.array(id).min(1),
      scenes: z.array(id).optional(),
      balance: fen.optional(),
      dayLimit: fen.optional(),
      trustedIps: z.array(id).optional(),
      mode: mode.optional(),
    }),
    (c, input) => {
      // The platform's own private keys stay with it.
      const { keys, ...merchant } = c.pay.createMerchant(input as Parameters<typeof c.pay.createMerchant>[0]);
      return { ...merchant, publicKeyId: keys.public_key.id, platformPublicKey: keys.public_key.publicKey };
    },
  ),
  'set-merchant': command(
    z.strictObject({ mchid: id, balance: fen.optional(), dayLimit: fen.optional(), scenes: z.array(id).optional(), mode: mode.optional() }),
    (c, { mchid, ...change }) => {
      const { keys: _kept, ...merchant } = c.pay.setMerchant(mchid, change as Parameters<typeof c.pay.setMerchant>[1]);
      return merchant;
    },
  ),
  'renew-certificate': command(z.strictObject({ mchid: id }), (c, i) => ({ serial: c.pay.renewCertificate(i.mchid).id })),
  'pay-order': command(z.strictObject({ mchid: id, out_trade_no: id }), (c, i) => c.pay.payOrder(i.mchid, i.out_trade_no)),
  'end-refund': command(z.strictObject({ mchid: id, out_refund_no: id, status: z.enum(['SUCCESS', 'CLOSED', 'ABNORMAL']) }), (c, i) =>
    c.pay.endRefund(i.mchid, i.out_refund_no, i.status),
  ),
  transfers: command(z.strictObject({ mchid: id }), (c, i) => c.pay.transfers(i.mchid)),
  'confirm-transfer': command(z.strictObject(bill), (c, i) => c.pay.confirmTransfer(i.mchid, i.out_bill_no)),
  'fail-transfer': command(z.strictObject({ ...bill, reason: id.optional() }), (c, i) =>
    c.pay.failTransfer(i.mchid, i.out_bill_no, i.reason),
  ),
  'pay-notices': command(z.strictObject({}), (c) => c.pay.payNotices()),
  'repeat-pay-notice': command(z.strictObject({ mchid: id, id }), (c, i) => c.pay.repeatPayNotice(i.mchid, i.id)),
  'pay-fault': command(
    z.strictObject({
      endpoint: id,
      code: id.optional(),
      httpStatus: z.number().int().min(200).max(599).optional(),
      message: z.string().optional(),
      drop: z.boolean().optional(),
      forge: z.enum(['key', 'body', 'time', 'serial', 'none']).optional(),
      when: z.enum(['before', 'after']).optional(),
      times: z.number().int().min(1).optional(),
    }),
    (c, input) => c.pay.setFault(input as Parameters<typeof c.pay.setFault>[0]),
  ),
  'clear-pay-faults': command(z.strictObject({}), (c) => c.pay.clearFaults()),
  'pay-rules': command(
    z.strictObject({ confirmMs: fen, refundMs: fen, cancelMs: fen, callsPerSecond: fen, least: fen, most: fen, nameFrom: fen }).partial(),
    (c, input) => c.pay.setRules(input as Parameters<typeof c.pay.setRules>[0]),
  ),
  'pay-calls': command(z.strictObject({}), (c) => c.pay.calls()),
};
