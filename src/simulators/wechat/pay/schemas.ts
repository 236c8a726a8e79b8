import { z } from 'zod';

/** What a merchant may ask, as the platform reads it. */

const money = z.number().int().min(1);
const number = z.string().regex(/^[0-9A-Za-z]{1,32}$/);
const tradeNumber = z.string().regex(/^[0-9A-Za-z_\-|*]{6,32}$/);
/** The platform wants https and no query; a simulator on one machine takes plain http to that machine as well. */
const notifyUrl = z
  .url()
  .max(256)
  .refine((text) => {
    const url = new URL(text);
    return !url.search && (url.protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname));
  });

export const jsapiOrder = z.object({
  appid: z.string().min(1).max(32),
  mchid: z.string().min(1).max(32),
  description: z.string().min(1).max(127),
  out_trade_no: tradeNumber,
  time_expire: z.iso.datetime({ offset: true }).optional(),
  attach: z.string().max(128).optional(),
  notify_url: notifyUrl,
  amount: z.object({ total: money, currency: z.literal('CNY').optional() }),
  payer: z.object({ openid: z.string().min(1).max(128) }),
});

export const closeOrder = z.object({ mchid: z.string().min(1) });

export const refund = z
  .object({
    transaction_id: z.string().optional(),
    out_trade_no: tradeNumber.optional(),
    out_refund_no: z.string().regex(/^[0-9A-Za-z_\-|*@]{1,64}$/),
    reason: z.string().max(80).optional(),
    notify_url: notifyUrl.optional(),
    amount: z.object({ refund: money, total: money, currency: z.literal('CNY') }),
  })
  .refine((one) => (one.transaction_id === undefined) !== (one.out_trade_no === undefined));

const report = z.object({ info_type: z.string().min(1).max(15), info_content: z.string().min(1).max(32) });

export const transfer = z.object({
  appid: z.string().min(1).max(32),
  out_bill_no: number,
  transfer_scene_id: z.string().min(1).max(36),
  openid: z.string().min(1).max(64),
  user_name: z.string().optional(),
  transfer_amount: money,
  transfer_remark: z.string().min(1).max(32),
  notify_url: notifyUrl.optional(),
  user_recv_perception: z.string().optional(),
  transfer_scene_report_infos: z.array(report).min(1),
});

/** Which facts a scene wants told, and how the payment may be called to its receiver. */
export const scenes: Record<string, { reports: string[]; perceptions: string[] }> = {
  '1000': { reports: ['活动名称', '奖励说明'], perceptions: ['活动奖励', '现金奖励'] },
  '1005': { reports: ['岗位类型', '报酬说明'], perceptions: ['劳务报酬', '报销款', '企业补贴', '开工利是'] },
};
