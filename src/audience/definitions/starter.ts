import type { Names } from '../expand.ts';
import type { Rule } from '../rule.ts';

export interface Starter {
  key: string;
  name: Names;
  rule: Rule | null;
}

const order = 'Order Completed';
const seen = (days: number): Rule => ({ event: '*', within: { days } });
/** Was here, and not for so long. Whoever never did anything is not silent but new. */
const quiet = (days: number): Rule => ({ event: '*', last: { olderThan: { days } } });
const ordered = (days: number, times = 1): Rule => ({ event: order, within: { days }, count: { op: '>=', value: times } });
const did = (event: string, days: number, times = 1): Rule => ({ event, within: { days }, count: { op: '>=', value: times } });
const everyone: Rule = { all: [] };

/** One purchase cycle; "buyer" and "repeat buyer" mean of this cycle. */
const cycle = 180;
const spread: Rule = {
  any: [did('Product Reviewed', 365), did('Product Shared', 365), did('Content Shared', 365)],
};

/** Joined and not left since, as far as one return: left again after a return counts as left. */
const stillIn = (joined: string, left: string): Rule => ({
  all: [
    { event: joined },
    {
      any: [
        { not: { event: left } },
        {
          all: [
            { sequence: [{ event: left }, { event: joined }], within: { days: 36_500 } },
            { not: { sequence: [{ event: left }, { event: joined }, { event: left }], within: { days: 36_500 } } },
          ],
        },
      ],
    },
  ],
});

/** What every pool begins with, from shallow to deep; each can be changed. */
export const starter: Record<'stage' | 'tier' | 'level' | 'tag', Starter[]> = {
  stage: [
    { key: 'new', name: { zh: '新用户', en: 'New' }, rule: everyone },
    {
      key: 'active',
      name: { zh: '活跃', en: 'Active' },
      rule: { all: [seen(30), { event: '*', first: { olderThan: { days: 7 } } }] },
    },
    { key: 'silent', name: { zh: '沉默', en: 'Silent' }, rule: quiet(30) },
    { key: 'churned', name: { zh: '流失', en: 'Churned' }, rule: quiet(90) },
    { key: 'paying', name: { zh: '付费', en: 'Paying' }, rule: ordered(90) },
  ],
  tier: [
    { key: 'lost', name: { zh: '流失客户', en: 'Lost' }, rule: { event: order, count: { op: '>=', value: 1 } } },
    { key: 'low_frequency', name: { zh: '低频客户', en: 'Low-frequency' }, rule: ordered(365) },
    { key: 'ordinary', name: { zh: '普通客户', en: 'Ordinary' }, rule: ordered(180) },
    {
      key: 'quality',
      name: { zh: '优质客户', en: 'Quality' },
      rule: {
        all: [
          ordered(180),
          { event: order, within: { days: 365 }, sum: { property: 'revenue_fen', op: '>=', value: 100_000 } },
          ordered(365, 2),
        ],
      },
    },
    {
      key: 'loyal',
      name: { zh: '忠诚客户', en: 'Loyal' },
      rule: { all: [ordered(90), ordered(365, 4)] },
    },
  ],
  level: [
    { key: 'basic', name: { zh: '基础用户', en: 'Basic user' }, rule: everyone },
    {
      key: 'member',
      name: { zh: '会员', en: 'Member' },
      rule: {
        any: [
          { event: 'Signed Up' },
          { event: 'Account Created' },
          { event: 'Member Registered' },
          { trait: 'member_id', op: 'exists' },
          { trait: 'memberId', op: 'exists' },
          { event: order },
        ],
      },
    },
    { key: 'buyer', name: { zh: '购买用户', en: 'Buyer' }, rule: ordered(cycle) },
    { key: 'repeat', name: { zh: '复购用户', en: 'Repeat buyer' }, rule: ordered(cycle, 2) },
    { key: 'koc', name: { zh: 'KOC', en: 'KOC' }, rule: { all: [ordered(cycle, 2), spread, did('Invite Accepted', 365)] } },
  ],
  tag: [
    { key: 'wecom_friend', name: { zh: '企微好友', en: 'WeCom friend' }, rule: stillIn('Friend Added', 'Friend Removed') },
    { key: 'in_group', name: { zh: '已入群', en: 'In a group' }, rule: stillIn('Group Joined', 'Group Left') },
    { key: 'from_touchpoint', name: { zh: '触点来客', en: 'Came by a touchpoint' }, rule: { event: 'Touchpoint Entered' } },
    { key: 'recent_7d', name: { zh: '近7天来过', en: 'Seen in 7 days' }, rule: seen(7) },
    {
      key: 'cart_left',
      name: { zh: '加购未买', en: 'Left in the cart' },
      rule: { all: [did('Product Added', 3), { not: did(order, 3) }] },
    },
    {
      key: 'browsing',
      name: { zh: '看了没买', en: 'Looks, has not bought' },
      rule: { all: [did('Product Viewed', 30, 3), { not: did(order, 30) }] },
    },
    { key: 'bought_once', name: { zh: '仅购一次', en: 'Bought once' }, rule: { event: order, count: { op: '=', value: 1 } } },
    {
      key: 'high_spending',
      name: { zh: '高客单', en: 'High order value' },
      rule: { event: order, within: { days: 365 }, avg: { property: 'revenue_fen', op: '>=', value: 50_000 } },
    },
    {
      key: 'low_spending',
      name: { zh: '低客单', en: 'Low order value' },
      rule: { event: order, within: { days: 365 }, avg: { property: 'revenue_fen', op: '<', value: 10_000 } },
    },
    {
      key: 'coupon_user',
      name: { zh: '用券用户', en: 'Uses coupons' },
      rule: { any: [did('Coupon Redeemed', 180), { event: order, where: [{ property: 'coupon', op: 'exists' }], within: { days: 180 } }] },
    },
    {
      key: 'content_fan',
      name: { zh: '爱看内容', en: 'Reads content' },
      rule: { any: [did('Content Viewed', 30, 3), did('Content Liked', 30)] },
    },
    { key: 'sharer', name: { zh: '爱分享', en: 'Shares' }, rule: { any: [did('Product Shared', 180), did('Content Shared', 180)] } },
    { key: 'reviewer', name: { zh: '写评价', en: 'Writes reviews' }, rule: did('Product Reviewed', 365) },
    { key: 'game_player', name: { zh: '玩游戏', en: 'Plays games' }, rule: did('Game Joined', 90) },
    { key: 'message_clicker', name: { zh: '点击消息', en: 'Clicks messages' }, rule: did('Message Clicked', 30) },
    { key: 'refunded', name: { zh: '有退款', en: 'Refunded' }, rule: did('Order Refunded', 180) },
    { key: 'vip', name: { zh: '重点关注', en: 'Watch closely' }, rule: null },
  ],
};
