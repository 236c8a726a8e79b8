import { positionDefinitions } from './position/definitions.ts';

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
  'funnel.trend': {
    zh: '按进入漏斗（走得最深的那次尝试的第一步）的时段分组，其中到达最后一步的人的占比。',
    en: 'By the period in which people entered (the first step of their deepest attempt): the share of them who came to the last step.',
  },
  'funnel.times': { zh: '到达最后一步的人，从第一步起用了多久。', en: 'How long those who came to the last step took from the first.' },
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
  'trend.events': { zh: '这一时段里事件发生的次数。', en: 'How often it happened in the period.' },
  'trend.people': { zh: '这一时段里做过它的人数。', en: 'How many people did it in the period.' },
  'trend.sum': { zh: '这一时段里所选属性之和（只计数字）。', en: 'The sum of the chosen property in the period; only numbers count.' },
  'trend.average': { zh: '这一时段里所选属性的平均值，按次计。', en: 'The mean of the chosen property over its events in the period.' },
  'trend.min': { zh: '这一时段里所选属性的最小值。', en: 'The least value of the chosen property in the period.' },
  'trend.max': { zh: '这一时段里所选属性的最大值。', en: 'The greatest value of the chosen property in the period.' },
  'stickiness.people': {
    zh: '在时间范围内恰好有这么多个时段（天、周、月）做过它的人。',
    en: 'People who did it in exactly so many periods (days, weeks, months) of the range.',
  },
  'lifecycle.new': { zh: '这一时段里第一次做它的人。', en: 'People who did it for the first time ever in this period.' },
  'lifecycle.returning': { zh: '上一时段和这一时段都做了它的人。', en: 'People who did it in this period and in the one before.' },
  'lifecycle.resurrecting': {
    zh: '以前做过、上一时段没做、这一时段又做的人。',
    en: 'People who did it before, not in the period before this one, and again in this one.',
  },
  'lifecycle.dormant': { zh: '上一时段做了、这一时段没做的人。', en: 'People who did it in the period before and not in this one.' },
  'distribution.people': { zh: '每个人在时间范围内的数值，落在这一段的人数。', en: 'People by what each of them came to in the range.' },
  'distribution.values': {
    zh: '事件属性取值落在这一段的人；一个人可以在多段里。',
    en: 'People with an event whose value lies here; one person may be in several bars.',
  },
  'distribution.texts': {
    zh: '有过这个取值的人；一个人可以有多个取值。',
    en: 'People with an event of this value; one person may have several.',
  },
  'paths.link': {
    zh: '从这一步直接走到下一步的人数和次数。',
    en: 'People who went straight from the one step to the other, and how often.',
  },
  'worth.perPerson': {
    zh: '同一时段进来的人，到这一时段结束为止人均贡献的净收入（订单减退款）。',
    en: 'Net revenue (orders less refunds) for each person who came in the same period, until the end of this one.',
  },
  'worth.people': { zh: '其中到那时下过单的人。', en: 'Those of them who had ordered by then.' },
  'ladder.link': {
    zh: '在起始时刻处于前一层级、在结束时刻处于后一层级的人。',
    en: 'People on the one level at the first instant and on the other at the second.',
  },
  'dwell.median': {
    zh: '在此期间升到（或降到）这一层的人，过多少天有一半（四分之一、四分之三）离开它（Kaplan–Meier；还留在上面的按右删失计）。',
    en: 'Of those who came to the level in this time: the days by which half (a quarter, three quarters) have left it (Kaplan–Meier; who is still on it is right-censored).',
  },
  'moves.lift': {
    zh: '变动之前几天里做过这件事的人的占比，除以同层级没有变动的人的占比。只说明同时出现，不说明因果。',
    en: 'The share who did it in the days before they moved, over the share of those on the same levels who did not move. It shows what goes together, not what causes what.',
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
  const all: Record<string, { zh: string; en: string }> = { ...definitions, ...positionDefinitions };
  return Object.fromEntries(keys.flatMap((key) => (all[key] ? [[key, all[key]]] : [])));
}
