import type { PlatformRule } from './rule.ts';

const replies = {
  source: {
    title: '服务号 · 客服消息介绍',
    url: 'https://developers.weixin.qq.com/doc/offiaccount/Customer_Service/Customer_Service_Messages.html',
  },
  trust: 'documented',
  known: null,
} as const;
const templates = {
  source: {
    title: '服务号 · 模板消息',
    url: 'https://developers.weixin.qq.com/doc/service/en/guide/product/template_message/Template_Message_Interface.html',
  },
  trust: 'documented',
  known: null,
} as const;
const consents = {
  source: {
    title: '小程序订阅消息',
    url: 'https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/subscribe-message-overview.html',
  },
  trust: 'documented',
  known: null,
} as const;
const official = { channel: 'official_account', checked: '2026-11-22' } as const;
const mini = { channel: 'mini_program', checked: '2026-11-22' } as const;

export const wechatRules: readonly PlatformRule[] = [
  {
    ...official,
    ...replies,
    key: 'official.reply.afterMessage',
    name: { zh: '客服消息：对方发来消息后可回复', en: 'Replies after a message' },
    value: 5,
    unit: 'messages',
    period: { minutes: 2_880 },
    per: 'customer',
    held: ['launch', 'send'],
    reasons: ['no_way', 'outside_window', 'replies_used_up'],
  },
  {
    ...official,
    ...replies,
    key: 'official.reply.afterTouch',
    name: { zh: '客服消息：关注、扫码、点菜单后可发', en: 'Replies after a follow, a scan or a menu click' },
    value: 3,
    unit: 'messages',
    period: { minutes: 1 },
    per: 'customer',
    held: ['send'],
  },
  {
    ...official,
    source: {
      title: '微信开放社区 · 公众平台群发规则官方',
      url: 'https://developers.weixin.qq.com/community/develop/doc/000c8c659b87a084cc799cccc51409',
    },
    trust: 'documented',
    known: '2023-05-11',
    key: 'official.mass.perFollower',
    name: { zh: '服务号群发：每位粉丝每月', en: 'Mass messages of a service account to a follower in a month' },
    value: 4,
    unit: 'messages',
    period: { calendar: 'month' },
    per: 'customer',
    held: [],
  },
  {
    ...official,
    ...templates,
    key: 'official.template.perDay',
    name: { zh: '模板消息：每天', en: 'Template messages in a day' },
    value: 100_000,
    unit: 'messages',
    period: { calendar: 'day' },
    per: 'account',
    held: ['send'],
  },
  {
    ...official,
    ...consents,
    key: 'official.subscribe.perConsent',
    name: { zh: '订阅通知：一次同意可发', en: 'Subscription notices for one consent' },
    value: 1,
    unit: 'messages',
    period: null,
    per: 'consent',
    held: ['launch', 'send'],
    fixed: true,
    reasons: ['no_grant'],
  },
  {
    ...mini,
    ...consents,
    key: 'mini.subscribe.perConsent',
    name: { zh: '订阅消息：一次同意可发', en: 'Subscribe messages for one consent' },
    value: 1,
    unit: 'messages',
    period: null,
    per: 'consent',
    held: ['launch', 'send'],
    fixed: true,
    reasons: ['no_grant'],
  },
  {
    ...mini,
    source: {
      title: '小程序 · 发送客服消息',
      url: 'https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/customer-message/send.html',
    },
    trust: 'documented',
    known: null,
    key: 'mini.reply.afterMessage',
    name: { zh: '小程序客服：对方发来消息后可回复', en: 'Mini program: replies after a message' },
    value: 5,
    unit: 'messages',
    period: { minutes: 2_880 },
    per: 'customer',
    held: [],
  },
];
