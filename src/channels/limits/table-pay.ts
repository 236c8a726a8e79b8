import type { PlatformRule } from './rule.ts';

/** Money by WeChat Pay, in fen. Where a platform lets much more go than a mistake should cost, less is held to until a workspace says otherwise. */

const quotas = {
  source: {
    title: '移动支付网 · 商家转账到零钱规则',
    url: 'https://m.mpaypass.com.cn/news/202212/02172040.html',
  },
  trust: 'reported',
  known: '2022-12-02',
} as const;
const band = {
  source: {
    title: '微信开放社区 · 商家转账单笔额度',
    url: 'https://developers.weixin.qq.com/community/pay/doc/0002e25bd10b608398c21072d60800',
  },
  trust: 'reported',
  known: '2025-01-26',
} as const;
const pay = { channel: 'wechat_pay', unit: 'fen', checked: '2026-11-22' } as const;

export const payRules: readonly PlatformRule[] = [
  {
    ...pay,
    ...band,
    key: 'pay.transfer.least',
    name: { zh: '转账：单笔最低', en: 'Least for one transfer' },
    value: 10,
    period: null,
    per: 'transfer',
    held: ['send'],
    atMost: 'pay.transfer.most',
  },
  {
    ...pay,
    ...band,
    key: 'pay.transfer.most',
    name: { zh: '转账：单笔最高（现金营销场景）', en: 'Most for one transfer (scene: marketing in cash)' },
    value: 20_000,
    period: null,
    per: 'transfer',
    held: ['send'],
    atMost: 'pay.transfer.unnamed',
  },
  {
    ...pay,
    source: {
      title: '微信支付 · 发起转账（user_name）',
      url: 'https://pay.weixin.qq.com/docs/partner/apis/platsolution-mch-transfer/transfer-bill/transfer-to-user.html',
    },
    trust: 'documented',
    known: '2025-03-11',
    key: 'pay.transfer.unnamed',
    name: { zh: '转账：不验证真实姓名时单笔最高', en: 'Most for one transfer without the receiver’s real name' },
    value: 199_999,
    period: null,
    per: 'transfer',
    held: ['send'],
    fixed: true,
  },
  {
    ...pay,
    ...quotas,
    key: 'pay.transfer.perPersonDay',
    name: { zh: '转账：每人最高', en: 'Most for one person' },
    value: 2_000_000,
    begins: 20_000,
    period: { calendar: 'day' },
    per: 'customer',
    held: ['send'],
  },
  {
    ...pay,
    ...quotas,
    key: 'pay.transfer.perDay',
    name: { zh: '转账：商户总额', en: 'Most of a merchant in all' },
    value: 10_000_000,
    begins: 500_000,
    period: { calendar: 'day' },
    per: 'account',
    held: ['send'],
  },
];
