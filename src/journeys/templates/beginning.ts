import { bought, daytime, edges, exit, hello, order, say, send, type Template } from './bricks.ts';

export const beginning: readonly Template[] = [
  {
    key: 'new-customer',
    name: { zh: '新客红包', en: 'Red packets for new customers' },
    about: {
      zh: '加好友后按下单次数发券：还没买过的发通用券，买过一次的发复购券，买过两次的发 App 专享券。',
      en: 'After becoming a friend, coupons by orders so far: a general one before the first, another for the second, then one for the app only.',
    },
    purpose: 'benefit',
    build: (m) => ({
      nodes: [
        { id: 'entry', type: 'entry', event: 'Friend Added', reentry: 'never' },
        {
          id: 'orders',
          type: 'branch',
          branches: [
            { key: 'many', name: say(m, '买过两次以上', 'Two orders or more'), rule: { event: order, count: { op: '>=', value: 2 } } },
            { key: 'once', name: say(m, '买过一次', 'One order'), rule: { event: order } },
          ],
        },
        {
          id: 'first',
          type: 'coupon',
          couponId: m.coupon({
            name: say(m, '新客通用红包 10 元', 'New customer, 10 off'),
            amountFen: 1000,
            minFen: 0,
            days: 7,
            appOnly: false,
          }),
        },
        send(
          m,
          'say-first',
          say(m, '新客红包', 'Welcome coupon'),
          `${hello(m)}${say(m, '送您 10 元新客红包，券码 {{ coupon.code }}，7 天内下单可用。', 'here are 10 off your first order: {{ coupon.code }}, for 7 days.')}`,
        ),
        { id: 'wait-first', type: 'until', event: order, days: 7 },
        send(
          m,
          'remind',
          say(m, '新客红包快到期', 'Welcome coupon ends soon'),
          `${hello(m)}${say(m, '您的新客红包 {{ coupon.code }} 快到期了，别错过。', 'your welcome coupon {{ coupon.code }} ends soon.')}`,
        ),
        {
          id: 'second',
          type: 'coupon',
          couponId: m.coupon({
            name: say(m, '复购通用券 满 99 减 15', '15 off 99, second order'),
            amountFen: 1500,
            minFen: 9900,
            days: 14,
            appOnly: false,
          }),
        },
        send(
          m,
          'say-second',
          say(m, '复购券', 'Coupon for the second order'),
          `${hello(m)}${say(m, '谢谢惠顾，再送您一张满 99 减 15 的券：{{ coupon.code }}。', 'thank you. Here are 15 off 99 for the next order: {{ coupon.code }}.')}`,
        ),
        { id: 'wait-second', type: 'until', event: order, days: 30 },
        {
          id: 'third',
          type: 'coupon',
          couponId: m.coupon({
            name: say(m, 'App 专享券 满 99 减 20', '20 off 99 in the app'),
            amountFen: 2000,
            minFen: 9900,
            days: 14,
            appOnly: true,
          }),
        },
        send(
          m,
          'say-third',
          say(m, 'App 专享券', 'Coupon for the app'),
          `${hello(m)}${say(m, '老朋友专享：到 App 下单满 99 减 20，券码 {{ coupon.code }}。', 'for you, 20 off 99 in the app: {{ coupon.code }}.')}`,
        ),
        bought(7),
        exit,
      ],
      edges: edges(
        'entry>orders orders:else>first first:issued>say-first>wait-first wait-first:timeout>remind>exit wait-first:met>second orders:once>second second:issued>say-second>wait-second wait-second:timeout>exit wait-second:met>third orders:many>third third:issued>say-third>exit',
      ),
    }),
  },
  {
    key: 'second-order',
    name: { zh: '促二单', en: 'Second order' },
    about: {
      zh: '首单后三天关怀，一周没有第二单再发券。',
      en: 'A kind word three days after the first order, and a coupon a week later if no second has come.',
    },
    purpose: 'convert',
    build: (m) => ({
      nodes: [
        { id: 'entry', type: 'entry', event: order, reentry: 'never' },
        { id: 'wait', type: 'wait', days: 3 },
        {
          id: 'first',
          type: 'branch',
          branches: [{ key: 'one', name: say(m, '只买过一次', 'One order only'), rule: { event: order, count: { op: '=', value: 1 } } }],
        },
        daytime('day'),
        send(
          m,
          'care',
          say(m, '首单关怀', 'After the first order'),
          `${hello(m)}${say(m, '东西用得还好吗？有问题随时找我。', 'how do you like it? I am here if anything is wrong.')}`,
        ),
        { id: 'again', type: 'until', event: order, days: 7 },
        {
          id: 'coupon',
          type: 'coupon',
          couponId: m.coupon({
            name: say(m, '二单券 满 99 减 15', '15 off 99, second order'),
            amountFen: 1500,
            minFen: 9900,
            days: 10,
            appOnly: false,
          }),
        },
        send(
          m,
          'offer',
          say(m, '二单券', 'Offer for the second order'),
          `${hello(m)}${say(m, '送您一张满 99 减 15 的券：{{ coupon.code }}，10 天内有效。', 'here are 15 off 99: {{ coupon.code }}, for 10 days.')}`,
        ),
        bought(10),
        exit,
      ],
      edges: edges(
        'entry>wait>first first:one>day>care>again first:else>exit again:met>exit again:timeout>coupon coupon:issued>offer>exit',
      ),
    }),
  },
  {
    key: 'group-welcome',
    name: { zh: '入群欢迎', en: 'Group welcome' },
    about: { zh: '入群后欢迎，第二天还没下单的再送券。', en: 'A welcome to the group, and a coupon the next day for who has not ordered.' },
    purpose: 'community',
    build: (m) => ({
      nodes: [
        { id: 'entry', type: 'entry', event: 'Group Joined', reentry: { afterDays: 90 } },
        { id: 'moment', type: 'wait', minutes: 2 },
        send(
          m,
          'welcome',
          say(m, '入群欢迎', 'Welcome to the group'),
          `${hello(m)}${say(m, '欢迎入群！每天有福利，先看看群公告。', 'welcome. There is something new every day: see the notice of the group.')}`,
        ),
        { id: 'order', type: 'until', event: order, days: 1 },
        daytime('day'),
        {
          id: 'coupon',
          type: 'coupon',
          couponId: m.coupon({
            name: say(m, '入群券 满 59 减 10', '10 off 59 for the group'),
            amountFen: 1000,
            minFen: 5900,
            days: 3,
            appOnly: false,
          }),
        },
        send(
          m,
          'offer',
          say(m, '入群券', 'Coupon for the group'),
          `${hello(m)}${say(m, '群友专享满 59 减 10：{{ coupon.code }}，3 天内有效。', '10 off 59 for the group: {{ coupon.code }}, for 3 days.')}`,
        ),
        bought(3),
        exit,
      ],
      edges: edges('entry>moment>welcome>order order:met>exit order:timeout>day>coupon coupon:issued>offer>exit'),
    }),
  },
  {
    key: 'abandoned-cart',
    name: { zh: '加购未付', en: 'Abandoned cart' },
    about: {
      zh: '加购两小时没有下单提醒一次，一天后还没下单再送券；同一个购物车下单就停。',
      en: 'A reminder two hours after adding to a cart, and a coupon a day later; the order of the same cart ends it.',
    },
    purpose: 'convert',
    build: (m) => {
      const match = [{ property: 'cart_id', entry: 'cart_id' }];
      return {
        nodes: [
          {
            id: 'entry',
            type: 'entry',
            event: 'Product Added',
            where: [{ property: 'cart_id', op: 'exists' }],
            key: 'cart_id',
            reentry: { afterDays: 7 },
          },
          { id: 'paid', type: 'until', event: order, match, hours: 2 },
          daytime('day'),
          send(
            m,
            'remind',
            say(m, '加购提醒', 'Still in your cart'),
            `${hello(m)}${say(m, '{{ entry.name | default: "您选的商品" }} 还在购物车里。', '{{ entry.name | default: "what you chose" }} is still in your cart.')}`,
          ),
          { id: 'later', type: 'until', event: order, match, hours: 22 },
          {
            id: 'coupon',
            type: 'coupon',
            couponId: m.coupon({
              name: say(m, '加购券 满 99 减 10', '10 off 99, your cart'),
              amountFen: 1000,
              minFen: 9900,
              days: 2,
              appOnly: false,
            }),
          },
          send(
            m,
            'offer',
            say(m, '加购券', 'Offer for your cart'),
            `${hello(m)}${say(m, '送您满 99 减 10：{{ coupon.code }}，两天内有效。', '10 off 99: {{ coupon.code }}, for two days.')}`,
          ),
          { id: 'ordered', type: 'exitRule', event: order, match },
          bought(3, { match }),
          exit,
        ],
        edges: edges('entry>paid paid:met>exit paid:timeout>day>remind>later later:met>exit later:timeout>coupon coupon:issued>offer>exit'),
      };
    },
  },
];
