import type { PlatformRule } from './rule.ts';

const sms = { channel: 'sms', checked: '2026-11-22' } as const;
const aliyun = {
  source: { title: '阿里云短信服务 · 设置短信发送频率', url: 'https://help.aliyun.com/document_detail/108293.html' },
  trust: 'documented',
  known: null,
} as const;
/** By the rules for advertisements by text message, which the platforms hold to in much the same words. */
const hours = {
  source: { title: '华为云 · 短信发送频率限制', url: 'https://support.huaweicloud.com/iotcom_faq/iotcom_06_0109.html' },
  trust: 'documented',
  known: '2023-10-26',
} as const;
const limited = ['sms_isv.BUSINESS_LIMIT_CONTROL'];

export const smsRules: readonly PlatformRule[] = [
  {
    ...sms,
    ...hours,
    key: 'sms.marketing.fromHour',
    name: { zh: '推广短信：几点起可发（北京时间）', en: 'Advertisements: from which hour, in Beijing' },
    value: 8,
    unit: 'hours',
    period: null,
    per: 'message',
    held: ['send'],
    atMost: 'sms.marketing.untilHour',
    reasons: ['sms.marketing.hours'],
  },
  {
    ...sms,
    ...hours,
    key: 'sms.marketing.untilHour',
    name: { zh: '推广短信：几点后不发（北京时间）', en: 'Advertisements: until which hour, in Beijing' },
    value: 21,
    unit: 'hours',
    period: null,
    per: 'message',
    held: ['send'],
  },
  {
    ...sms,
    ...aliyun,
    key: 'sms.perNumber.perDay',
    name: { zh: '同一号码的短信', en: 'Text messages to one number' },
    value: 50,
    unit: 'messages',
    period: { calendar: 'day' },
    per: 'customer',
    held: ['launch', 'send'],
    reasons: limited,
  },
  ...(
    [
      ['minute', 1, { minutes: 1 }, 'Codes to one number in a minute'],
      ['hour', 5, { minutes: 60 }, 'Codes to one number in an hour'],
      ['day', 10, { calendar: 'day' }, 'Codes to one number in a day'],
    ] as const
  ).map(
    ([key, value, period, en]): PlatformRule => ({
      ...sms,
      source: { title: '阿里云开发者社区 · 短信流控限制', url: 'https://developer.aliyun.com/ask/474934' },
      trust: 'reported',
      known: null,
      key: `sms.code.per${key[0]!.toUpperCase()}${key.slice(1)}`,
      name: { zh: '同一签名、同一号码的验证码', en },
      value,
      unit: 'messages',
      period,
      per: 'customer',
      held: [],
    }),
  ),
];
