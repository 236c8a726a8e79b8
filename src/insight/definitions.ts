/** What each number means, for whoever points at it. */
const definitions = {
  'funnel.people': {
    zh: '在时间范围内做了第一步、并在窗口期内按顺序做到这一步的人数；每一步须是不同的一次事件，后续步骤可以发生在范围之后。',
    en: 'People who did the first step in the period and got to this step in order within the window; every step is an event of its own, and later steps may lie after the period.',
  },
  'funnel.conversion': {
    zh: '到达这一步的人 ÷ 做了第一步的人（或前一步的人），带 95% 威尔逊区间。',
    en: 'People at this step over people at the first (or the one before), with the 95 % Wilson interval.',
  },
  'funnel.median': {
    zh: '到达这一步的人，从上一步（或第一步）到这一步用时的中位数，按首次到达计。',
    en: 'Median time from the step before (or the first) to this one, of those who got there, at the first time they did.',
  },
  'retention.cohort': {
    zh: '在这一时段（按工作区时区的日、周一开始的周、月）做了首个事件的人。',
    en: 'People who did the first event in this period: day, week from Monday, or month in the time zone of the workspace.',
  },
  'retention.returned': {
    zh: '其中在之后第 N 个时段做了回访事件的人，及占比（95% 威尔逊区间）。尚未结束的时段标为未完整。',
    en: 'Those of them who did the return event N periods later, and their share with its 95 % Wilson interval. A period that is not over is marked.',
  },
  'acquisition.new': {
    zh: '第一次事件落在此期间的人。按其进入的载体归类。',
    en: 'People whose first event ever lies in the period. By the carrier they came in through.',
  },
  'acquisition.friends': {
    zh: '此期间加为好友的人（Friend Added）。',
    en: 'People who were added as friends in the period (Friend Added).',
  },
  'acquisition.groups': { zh: '此期间入群的人（Group Joined）。', en: 'People who joined a group in the period (Group Joined).' },
  'activation.activated': {
    zh: '新用户中，从第一次事件起 7 天内做了关键行为（可定义）的人，占新用户的比例。未满 7 天的新用户也计入分母。',
    en: 'New people who did a key action (definable) within 7 days of their first event, as a share of new people. Those whose 7 days are not over are in the denominator.',
  },
  'retention.active': {
    zh: '此期间自己做了事的人（不含我们对他们做的事）。',
    en: 'People who did something themselves in the period (what we do to them does not count).',
  },
  'retention.returned_period': {
    zh: '上一等长期间活跃的人中，本期又活跃的比例。',
    en: 'Of those active in the period before, of equal length, the share active again in this one.',
  },
  'revenue.revenue': { zh: '此期间完成的订单金额减去此期间的退款。', en: 'Orders completed in the period less refunds in the period.' },
  'revenue.refunds': { zh: '此期间的退款金额。', en: 'Refunds in the period.' },
  'revenue.orders': { zh: '此期间完成的订单数。', en: 'Orders completed in the period.' },
  'revenue.buyers': { zh: '此期间至少下了一单的人。', en: 'People with at least one order in the period.' },
  'revenue.repeat': {
    zh: '此期间下了两单及以上的人，占购买者的比例。',
    en: 'People with two orders or more in the period, as a share of buyers.',
  },
  'revenue.average': { zh: '净收入 ÷ 订单数。', en: 'Net revenue over orders.' },
  'referral.sharers': {
    zh: '此期间分享过内容或商品的人（Content Shared、Product Shared）。',
    en: 'People who shared content or a product in the period (Content Shared, Product Shared).',
  },
  'referral.accepted': { zh: '此期间被接受的邀请数（Invite Accepted）。', en: 'Invites accepted in the period (Invite Accepted).' },
  'referral.k': { zh: 'K：每个活跃用户平均带来的被接受邀请数。', en: 'K: accepted invites for each active person, the mean over people.' },
  'ladder.link': {
    zh: '在起始时刻处于前一层级、在结束时刻处于后一层级的人。',
    en: 'People on the one level at the first instant and on the other at the second.',
  },
  'ladder.net': {
    zh: '上升人数减去下降人数：池子变深了多少。',
    en: 'People who rose less people who fell: how much deeper the pool became.',
  },
  'pool.people': { zh: '至今在池子里的人。', en: 'People in the pool by now.' },
  'pool.carrier': { zh: '曾在该载体上出现的人；一个人可以在多个载体上。', en: 'People ever seen there; one person may be in several.' },
  'pool.new': { zh: '当天第一次出现的人。', en: 'People first seen on the day.' },
} satisfies Record<string, { zh: string; en: string }>;

export function definitionsOf(keys: readonly string[]): Record<string, { zh: string; en: string }> {
  const all: Record<string, { zh: string; en: string }> = definitions;
  return Object.fromEntries(keys.flatMap((key) => (all[key] ? [[key, all[key]]] : [])));
}
