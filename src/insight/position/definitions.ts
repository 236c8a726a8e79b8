import { kocDefinitions } from '../koc/definitions.ts';
import { suitabilityDefinitions } from '../suitability/definitions.ts';

export const positionDefinitions = {
  ...suitabilityDefinitions,
  ...kocDefinitions,
  'reach.opened': {
    zh: '近 30 天收到消息的人中打开或点击过消息的人。',
    en: 'Of those who were sent a message in the last 30 days, people who opened or clicked one.',
  },
  'reach.clicked': {
    zh: '近 30 天收到消息的人中点击过消息的人。',
    en: 'Of those who were sent a message in the last 30 days, people who clicked one.',
  },
  'reach.failed': {
    zh: '近 30 天发送对象中有消息发送失败的人。',
    en: 'Of those to whom something was sent or tried in the last 30 days, people with a failed message.',
  },
  'reach.removed': {
    zh: '曾加为好友的人中，近 30 天删除了我们的人。',
    en: 'Of all who were ever added as friends, people who removed us in the last 30 days.',
  },
  'value.size': { zh: '时段结束时在池子里（在关系阶梯上）的人。', en: 'People in the pool (on the ladder) at the end of the period.' },
  'value.fanMaking': {
    zh: '造粉力：时段结束时达到“粉丝”层级及更深的人 ÷ 池中人数。',
    en: 'Fan-making power: people on the fan level or deeper at the end of the period, over the pool.',
  },
  'value.monetisation': {
    zh: '变现率：粉丝在该时段的净收入（订单减退款）÷ 粉丝人数。',
    en: "Monetisation: the fans' net revenue of the period (orders less refunds), for each fan.",
  },
  'value.product': {
    zh: '三者相乘 = 粉丝在该时段带来的净收入。',
    en: 'The three multiplied: the net revenue that fans brought in the period.',
  },
  'purpose.reached': {
    zh: '在此期间被它触达的人：收到流程或内容的第一条消息，或入群。',
    en: 'People it reached in the period: sent the first message of the journey or content, or joined the group.',
  },
  'purpose.opened': {
    zh: '触达后窗口期内打开或点击了它的消息的人，95% 威尔逊区间。',
    en: 'People who opened or clicked its message within the days after, 95 % Wilson interval.',
  },
  'purpose.clicked': {
    zh: '触达后窗口期内点击了它的消息的人，95% 威尔逊区间。',
    en: 'People who clicked its message within the days after, 95 % Wilson interval.',
  },
  'purpose.followed': {
    zh: '触达后窗口期内自己又做了别的事（浏览、加购、下单……，不含打开、点击、进退群）的人，95% 威尔逊区间。只是“之后”，不等于“因为”。',
    en: 'People who did something else themselves within the days after (not opening, clicking, joining, leaving), 95 % Wilson interval. It says after, not because.',
  },
  'purpose.claimed': {
    zh: '触达后窗口期内领取或使用了优惠券的人，95% 威尔逊区间。',
    en: 'People who were issued or redeemed a coupon within the days after, 95 % Wilson interval.',
  },
  'purpose.ordered': {
    zh: '触达后窗口期内下单的人，95% 威尔逊区间。只是“之后”，不等于“因为”。',
    en: 'People who ordered within the days after, 95 % Wilson interval. It says after, not because.',
  },
  'purpose.shared': {
    zh: '触达后窗口期内分享或邀请成功的人，95% 威尔逊区间。',
    en: 'People who shared, or whose invite was accepted, within the days after, 95 % Wilson interval.',
  },
  'purpose.left': {
    zh: '入群后窗口期内退群的人，95% 威尔逊区间。',
    en: 'People who left the group within the days after joining, 95 % Wilson interval.',
  },
  'purpose.revenue': { zh: '被触达的人在窗口期内的订单金额。', en: 'What those who were reached ordered within the days after.' },
};
