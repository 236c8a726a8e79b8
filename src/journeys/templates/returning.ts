import { bought, daytime, edges, exit, hello, order, say, send, type Template } from './bricks.ts';

export const returning: readonly Template[] = [
  {
    key: 'silent-recall',
    name: { zh: '沉默召回', en: 'Recall of the silent' },
    about: {
      zh: '变成沉默时召回，留一成对照看真实增量。',
      en: 'Calls back who falls silent; a tenth is held out, to see what it really brings.',
    },
    purpose: 'benefit',
    build: (m) => ({
      nodes: [
        {
          id: 'entry',
          type: 'entry',
          event: 'Stage Changed',
          where: [{ property: 'to', op: '=', value: 'silent' }],
          reentry: { afterDays: 60 },
        },
        { id: 'holdout', type: 'holdout', percent: 10 },
        { id: 'held', type: 'wait', days: 14 },
        daytime('day'),
        send(
          m,
          'miss',
          say(m, '好久不见', 'It has been a while'),
          `${hello(m)}${say(m, '好久不见，最近上了不少新品，来看看？', 'it has been a while. There is much that is new.')}`,
        ),
        { id: 'back', type: 'until', event: order, days: 7 },
        {
          id: 'coupon',
          type: 'coupon',
          couponId: m.coupon({
            name: say(m, '召回券 满 79 减 20', '20 off 79, come back'),
            amountFen: 2000,
            minFen: 7900,
            days: 7,
            appOnly: false,
          }),
        },
        send(
          m,
          'offer',
          say(m, '召回券', 'Offer to come back'),
          `${hello(m)}${say(m, '给您留了一张满 79 减 20 的券：{{ coupon.code }}，7 天内有效。', 'we keep 20 off 79 for you: {{ coupon.code }}, for 7 days.')}`,
        ),
        { id: 'rest', type: 'wait', days: 7 },
        bought(0),
        exit,
      ],
      edges: edges(
        'entry>holdout holdout:held>held>exit holdout:go>day>miss>back back:met>exit back:timeout>coupon coupon:issued>offer>rest>exit coupon:refused>rest',
      ),
    }),
  },
  {
    key: 'repurchase',
    name: { zh: '按品类周期复购', en: 'Repurchase by interval' },
    about: {
      zh: '每单按品类的使用周期，在快用完时提醒；期间又买了就不提醒。',
      en: 'After each order, a reminder when it is about used up, by category; none if they buy before.',
    },
    purpose: 'convert',
    build: (m) => ({
      nodes: [
        { id: 'entry', type: 'entry', event: order, reentry: 'always', over: 'replace' },
        {
          id: 'kind',
          type: 'branch',
          branches: [
            {
              key: 'short',
              name: say(m, '用得快的品类', 'Used up soon'),
              entry: [{ property: 'products.0.category', op: 'in', value: ['零食', '日用品', '生鲜', 'Snacks', 'Daily', 'Fresh'] }],
            },
          ],
        },
        { id: 'short', type: 'until', event: order, days: 20 },
        { id: 'long', type: 'until', event: order, days: 45 },
        daytime('day'),
        send(
          m,
          'remind',
          say(m, '该补货了', 'Time to restock'),
          `${hello(m)}${say(m, '上次买的 {{ entry.products[0].name | default: "商品" }} 快用完了吧？', 'is {{ entry.products[0].name | default: "what you bought" }} about used up?')}`,
        ),
        bought(7),
        exit,
      ],
      edges: edges(
        'entry>kind kind:short>short kind:else>long short:met>exit short:timeout>day long:met>exit long:timeout>day>remind>exit',
      ),
    }),
  },
  {
    key: 'koc-growth',
    name: { zh: 'KOC 养成', en: 'Growing KOCs' },
    about: {
      zh: '升为 KOC 后打标签、请员工跟进、邀请分享，带来新人再奖励。',
      en: 'Who becomes a KOC gets a tag, a word from staff and an invitation to share, and a reward when somebody new comes.',
    },
    purpose: 'community',
    build: (m) => ({
      nodes: [
        { id: 'entry', type: 'entry', event: 'Level Changed', where: [{ property: 'to', op: '=', value: 'koc' }], reentry: 'never' },
        { id: 'tag', type: 'tag', add: 'koc_growth' },
        {
          id: 'task',
          type: 'task',
          text: say(m, '新晋 KOC：打个招呼，聊聊喜欢什么', 'A new KOC: say hello and ask what they like'),
          dueInDays: 2,
        },
        daytime('day'),
        send(
          m,
          'invite',
          say(m, 'KOC 邀请', 'Invitation to share'),
          `${hello(m)}${say(m, '感谢您一直分享好物！邀请好友加入，您和好友都有礼。', 'thank you for sharing. Invite a friend: there is something for both of you.')}`,
        ),
        { id: 'accepted', type: 'until', event: 'Invite Accepted', days: 14 },
        {
          id: 'coupon',
          type: 'coupon',
          couponId: m.coupon({ name: say(m, 'KOC 谢礼 30 元', '30 off for a KOC'), amountFen: 3000, minFen: 0, days: 30, appOnly: false }),
        },
        send(
          m,
          'thanks',
          say(m, 'KOC 谢礼', 'Thanks for the invitation'),
          `${hello(m)}${say(m, '好友已加入，送您 30 元谢礼：{{ coupon.code }}。', 'your friend is here. 30 off for you: {{ coupon.code }}.')}`,
        ),
        send(
          m,
          'remind',
          say(m, 'KOC 提醒', 'Reminder to share'),
          `${hello(m)}${say(m, '还没邀请好友？名额还给您留着。', 'your invitation still stands.')}`,
        ),
        { id: 'goal', type: 'goal', event: 'Invite Accepted', withinDays: 14 },
        exit,
      ],
      edges: edges('entry>tag>task>day>invite>accepted accepted:met>coupon coupon:issued>thanks>exit accepted:timeout>remind>exit'),
    }),
  },
  {
    key: 'birthday',
    name: { zh: '生日祝福', en: 'Birthday' },
    about: { zh: '生日当天上午送祝福和生日券，每年一次。', en: 'A wish and a coupon on the morning of the birthday, once a year.' },
    purpose: 'benefit',
    build: (m) => ({
      nodes: [
        { id: 'entry', type: 'entry', date: { trait: 'birthday', days: 0, at: '10:00', yearly: true }, reentry: { afterDays: 300 } },
        {
          id: 'coupon',
          type: 'coupon',
          couponId: m.coupon({
            name: say(m, '生日券 30 元', '30 off for your birthday'),
            amountFen: 3000,
            minFen: 0,
            days: 15,
            appOnly: false,
          }),
        },
        send(
          m,
          'wish',
          say(m, '生日祝福', 'Birthday wish'),
          `${hello(m)}${say(m, '生日快乐！送您 30 元生日券：{{ coupon.code }}，15 天内有效。', 'happy birthday! 30 off for you: {{ coupon.code }}, for 15 days.')}`,
        ),
        bought(15),
        exit,
      ],
      edges: edges('entry>coupon coupon:issued>wish>exit'),
    }),
  },
  {
    key: 'win-back',
    name: { zh: '被删后挽回', en: 'Win-back after un-friending' },
    about: {
      zh: '被删好友一天后，用还能到达的渠道留一句话；重新加回就停。',
      en: 'A day after being un-friended, a word by a channel that still reaches them; stops when they come back.',
    },
    purpose: 'service',
    build: (m) => ({
      nodes: [
        { id: 'entry', type: 'entry', event: 'Friend Removed', reentry: { afterDays: 180 } },
        { id: 'wait', type: 'wait', days: 1 },
        daytime('day'),
        send(
          m,
          'sorry',
          say(m, '离开后的一句话', 'A word after leaving'),
          `${hello(m)}${say(m, '打扰到您很抱歉，售后和订单随时可以在小程序里找到我们。', 'sorry if we were a bother. For orders and help we are always there.')}`,
        ),
        { id: 'back', type: 'until', event: order, days: 30 },
        {
          id: 'coupon',
          type: 'coupon',
          couponId: m.coupon({
            name: say(m, '挽回券 满 79 减 20', '20 off 79, welcome back'),
            amountFen: 2000,
            minFen: 7900,
            days: 15,
            appOnly: false,
          }),
        },
        send(
          m,
          'offer',
          say(m, '挽回券', 'Offer to come back'),
          `${hello(m)}${say(m, '给您留了满 79 减 20：{{ coupon.code }}，15 天内有效。', 'we keep 20 off 79 for you: {{ coupon.code }}, for 15 days.')}`,
        ),
        { id: 'again', type: 'exitRule', event: 'Friend Added' },
        bought(15),
        exit,
      ],
      edges: edges('entry>wait>day>sorry>back back:met>exit back:timeout>coupon coupon:issued>offer>exit'),
    }),
  },
];
