import type { z } from 'zod';
import { openField, sealResource } from './crypto.ts';
import { PayError } from './errors.ts';
import type { Money } from './money.ts';
import { orderView } from './money.ts';
import type { PayRules } from './rules.ts';
import { closeOrder, jsapiOrder, refund, scenes, transfer } from './schemas.ts';
import { FINAL, type Merchant, type PayTransfer, type PayWorld, payNumber, payTime } from './state.ts';

export interface PayCall {
  world: PayWorld;
  merchant: Merchant;
  rules: PayRules;
  money: Money;
  nowMs: number;
  path: Record<string, string>;
  query: Record<string, string>;
  body: unknown;
  /** the key that secret fields were sealed for */
  serial: string;
}

export interface PayRoute {
  method: 'GET' | 'POST';
  /** as in the documents */
  path: string;
  run(call: PayCall): object | undefined;
}

const read = <T>(schema: z.ZodType<T>, value: unknown): T => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new PayError('PARAM_ERROR', `参数错误：${parsed.error.issues[0]?.path.join('.')}`);
};

const ownMerchant = (call: PayCall, mchid: string | undefined) => {
  if (mchid !== call.merchant.mchid) throw new PayError('PARAM_ERROR', '商户号不一致');
};

const boundApp = (merchant: Merchant, appid: string) => {
  if (!merchant.appids.includes(appid)) throw new PayError('APPID_MCHID_NOT_MATCH', 'appid和mch_id不匹配');
};

/** Ids of users look alike everywhere: `o` and more. */
const goodOpenid = (openid: string, code: 'OPENID_ERROR' | 'PARAM_ERROR') => {
  if (!/^o[\w-]{5,}$/.test(openid)) throw new PayError(code, '无效的openid');
};

const mustOrder = ({ merchant, path }: PayCall) => {
  const order = merchant.orders.get(path.out_trade_no ?? '');
  if (!order) throw new PayError('ORDER_NOT_EXIST', '订单不存在');
  return order;
};

const ORDERS = '/v3/pay/transactions';
const REFUNDS = '/v3/refund/domestic/refunds';
const TRANSFERS = '/v3/fund-app/mch-transfer/transfer-bills';

function createTransfer(call: PayCall): object {
  const { world, merchant, rules, nowMs } = call;
  const asked = read(transfer, call.body);
  const before = merchant.transfers.get(asked.out_bill_no);
  const { user_name, ...rest } = asked;
  const told = JSON.stringify(rest);
  if (before) {
    if (before.asked !== told) throw new PayError('INVALID_REQUEST', '商户单号已存在且请求参数不一致');
    return { ...made(before) };
  }
  boundApp(merchant, asked.appid);
  goodOpenid(asked.openid, 'PARAM_ERROR');
  if (merchant.scenes.length === 0) throw new PayError('NO_AUTH', '商户未开通商家转账');
  if (!merchant.scenes.includes(asked.transfer_scene_id)) throw new PayError('INVALID_REQUEST', '你尚未获取该转账场景');
  const scene = scenes[asked.transfer_scene_id];
  const kinds = asked.transfer_scene_report_infos.map((one) => one.info_type);
  if (scene && (kinds.length !== scene.reports.length || !scene.reports.every((kind) => kinds.includes(kind))))
    throw new PayError('PARAM_ERROR', '转账场景报备信息有误');
  if (scene && asked.user_recv_perception && !scene.perceptions.includes(asked.user_recv_perception))
    throw new PayError('INVALID_REQUEST', '暂不支持展示当前传入的用户收款感知');
  const amount = asked.transfer_amount;
  if (amount >= rules.nameFrom && !user_name) throw new PayError('PARAM_ERROR', '收款用户姓名必填');
  if (user_name) {
    const key = Object.values(merchant.keys).find((one) => one.id === call.serial);
    if (!key) throw new PayError('PARAM_ERROR', '平台证书序列号Wechatpay-Serial错误');
    try {
      openField(key.privateKey, user_name);
    } catch {
      throw new PayError('PARAM_ERROR', '敏感信息解密失败');
    }
  }
  if (amount < rules.least || amount > rules.most) throw new PayError('PARAM_ERROR', '转账金额超出限制');
  const dayStart = Math.floor((nowMs + 8 * 3_600_000) / 86_400_000) * 86_400_000 - 8 * 3_600_000;
  const today = [...merchant.transfers.values()].filter(
    (one) => one.createdAt >= dayStart && one.state !== 'FAIL' && one.state !== 'CANCELLED',
  );
  if (today.reduce((sum, one) => sum + one.transfer_amount, 0) + amount > merchant.dayLimit)
    throw new PayError('QUOTA_EXCEED', '超出商户单日转账额度');
  if (merchant.balance < amount) throw new PayError('NOT_ENOUGH', '商户运营账户资金不足');
  merchant.balance -= amount;
  const one: PayTransfer = {
    ...rest,
    asked: told,
    ...(user_name ? { user_name: '***' } : {}),
    transfer_bill_no: payNumber(world, '133000'),
    state: 'WAIT_USER_CONFIRM',
    package_info: Buffer.from(`package:${asked.out_bill_no}`).toString('base64'),
    createdAt: nowMs,
    updatedAt: nowMs,
  };
  merchant.transfers.set(one.out_bill_no, one);
  call.money.later(merchant, rules.confirmMs);
  return made(one);
}

const made = (one: PayTransfer): object => ({
  out_bill_no: one.out_bill_no,
  transfer_bill_no: one.transfer_bill_no,
  create_time: payTime(one.createdAt),
  state: one.state,
  ...(one.state === 'WAIT_USER_CONFIRM' ? { package_info: one.package_info } : {}),
  ...(one.fail_reason === undefined ? {} : { fail_reason: one.fail_reason }),
});

const transferView = ({ merchant }: PayCall, one: PayTransfer | undefined): object => {
  if (!one) throw new PayError('NOT_FOUND', '记录不存在');
  const { out_bill_no, transfer_bill_no, appid, openid, state, transfer_amount, transfer_remark, fail_reason } = one;
  return {
    ...{ mch_id: merchant.mchid, out_bill_no, transfer_bill_no, appid, openid, state, transfer_amount, transfer_remark },
    ...(fail_reason === undefined ? {} : { fail_reason }),
    ...{ create_time: payTime(one.createdAt), update_time: payTime(one.updatedAt) },
  };
};

function createRefund(call: PayCall): object {
  const { world, merchant, nowMs } = call;
  const asked = read(refund, call.body);
  const order = [...merchant.orders.values()].find(
    (one) => one.out_trade_no === asked.out_trade_no || (asked.transaction_id !== undefined && one.transaction_id === asked.transaction_id),
  );
  const before = merchant.refunds.get(asked.out_refund_no);
  if (before) {
    if (before.refund !== asked.amount.refund || before.out_trade_no !== order?.out_trade_no)
      throw new PayError('INVALID_REQUEST', '订单号已存在且参数不一致');
    return refundView(merchant, before);
  }
  if (!order?.transaction_id) throw new PayError('RESOURCE_NOT_EXISTS', '订单不存在');
  const given = [...merchant.refunds.values()].filter(
    (one) => one.out_trade_no === order.out_trade_no && one.status !== 'CLOSED' && one.status !== 'ABNORMAL',
  );
  const total = given.reduce((sum, one) => sum + one.refund, 0) + asked.amount.refund;
  if (asked.amount.total !== order.total || total > order.total) throw new PayError('INVALID_REQUEST', '退款金额大于支付金额');
  if (merchant.balance < asked.amount.refund) throw new PayError('NOT_ENOUGH', '基本账户余额不足');
  merchant.balance -= asked.amount.refund;
  order.state = 'REFUND';
  const one = {
    out_refund_no: asked.out_refund_no,
    refund_id: payNumber(world, '503000'),
    out_trade_no: order.out_trade_no,
    refund: asked.amount.refund,
    ...(asked.reason === undefined ? {} : { reason: asked.reason }),
    ...(asked.notify_url === undefined ? {} : { notify_url: asked.notify_url }),
    status: 'PROCESSING' as const,
    createdAt: nowMs,
  };
  merchant.refunds.set(one.out_refund_no, one);
  call.money.later(merchant, call.rules.refundMs);
  return refundView(merchant, one);
}

const refundView = (merchant: Merchant, one: Parameters<Money['endRefund']>[1]): object => {
  const order = merchant.orders.get(one.out_trade_no);
  return {
    ...{ refund_id: one.refund_id, out_refund_no: one.out_refund_no, out_trade_no: one.out_trade_no, status: one.status },
    ...{ transaction_id: order?.transaction_id, channel: 'ORIGINAL', user_received_account: '支付用户零钱' },
    create_time: payTime(one.createdAt),
    amount: { total: order?.total, refund: one.refund, payer_total: order?.total, payer_refund: one.refund, currency: 'CNY' },
  };
};

export const payRoutes: PayRoute[] = [
  {
    method: 'POST',
    path: `${ORDERS}/jsapi`,
    run(call) {
      const { world, merchant } = call;
      const asked = read(jsapiOrder, call.body);
      ownMerchant(call, asked.mchid);
      boundApp(merchant, asked.appid);
      goodOpenid(asked.payer.openid, 'OPENID_ERROR');
      const before = merchant.orders.get(asked.out_trade_no);
      if (before?.state === 'CLOSED') throw new PayError('ORDER_CLOSED', '订单已关闭');
      if (before && before.state !== 'NOTPAY') throw new PayError('ORDERPAID', '该订单已支付');
      if (before && before.total !== asked.amount.total) throw new PayError('OUT_TRADE_NO_USED', '商户订单号重复');
      const prepay_id = before?.prepay_id ?? `wx${payNumber(world, '')}`;
      const { out_trade_no, appid, description, notify_url, attach } = asked;
      const optional = attach === undefined ? {} : { attach };
      const given = { out_trade_no, appid, description, notify_url, ...optional };
      merchant.orders.set(out_trade_no, { ...given, openid: asked.payer.openid, total: asked.amount.total, prepay_id, state: 'NOTPAY' });
      return { prepay_id };
    },
  },
  {
    method: 'GET',
    path: `${ORDERS}/out-trade-no/{out_trade_no}`,
    run(call) {
      ownMerchant(call, call.query.mchid);
      return orderView(call.merchant, mustOrder(call));
    },
  },
  {
    method: 'GET',
    path: `${ORDERS}/id/{transaction_id}`,
    run(call) {
      ownMerchant(call, call.query.mchid);
      const order = [...call.merchant.orders.values()].find((one) => one.transaction_id === call.path.transaction_id);
      if (!order) throw new PayError('ORDER_NOT_EXIST', '订单不存在');
      return orderView(call.merchant, order);
    },
  },
  {
    method: 'POST',
    path: `${ORDERS}/out-trade-no/{out_trade_no}/close`,
    run(call) {
      ownMerchant(call, read(closeOrder, call.body).mchid);
      const order = mustOrder(call);
      if (order.state === 'SUCCESS' || order.state === 'REFUND') throw new PayError('ORDERPAID', '该订单已支付');
      order.state = 'CLOSED';
      return undefined;
    },
  },
  { method: 'POST', path: REFUNDS, run: createRefund },
  {
    method: 'GET',
    path: `${REFUNDS}/{out_refund_no}`,
    run(call) {
      const one = call.merchant.refunds.get(call.path.out_refund_no ?? '');
      if (!one) throw new PayError('RESOURCE_NOT_EXISTS', '退款单不存在');
      return refundView(call.merchant, one);
    },
  },
  { method: 'POST', path: TRANSFERS, run: createTransfer },
  {
    method: 'GET',
    path: `${TRANSFERS}/out-bill-no/{out_bill_no}`,
    run: (call) => transferView(call, call.merchant.transfers.get(call.path.out_bill_no ?? '')),
  },
  {
    method: 'GET',
    path: `${TRANSFERS}/transfer-bill-no/{transfer_bill_no}`,
    run: (call) =>
      transferView(
        call,
        [...call.merchant.transfers.values()].find((one) => one.transfer_bill_no === call.path.transfer_bill_no),
      ),
  },
  {
    method: 'POST',
    path: `${TRANSFERS}/out-bill-no/{out_bill_no}/cancel`,
    run(call) {
      const one = call.merchant.transfers.get(call.path.out_bill_no ?? '');
      if (!one) throw new PayError('NOT_FOUND', '记录不存在');
      if (FINAL.has(one.state) && one.state !== 'CANCELLED') throw new PayError('INVALID_REQUEST', '当前状态不可撤销');
      if (one.state !== 'CANCELLED' && one.state !== 'CANCELING') call.money.moveTransfer(call.merchant, one, 'CANCELING');
      const { out_bill_no, transfer_bill_no, state } = one;
      return { out_bill_no, transfer_bill_no, state, update_time: payTime(one.updatedAt) };
    },
  },
  {
    method: 'GET',
    path: '/v3/certificates',
    run({ merchant }) {
      const key = merchant.keys.certificate;
      // Merchants opened with a public key have no certificates.
      if (!key.certificate || merchant.mode !== 'certificate')
        throw new PayError('RESOURCE_NOT_EXISTS', '无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥');
      return {
        data: [
          {
            serial_no: key.id,
            effective_time: payTime(key.fromMs),
            expire_time: payTime(key.untilMs),
            encrypt_certificate: sealResource(merchant.apiV3Key, key.certificate, 'certificate'),
          },
        ],
      };
    },
  },
];
