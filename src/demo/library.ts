import type { NewContent } from '../content/index.ts';
import type { DemoDeps } from './ports.ts';

const link = 'https://example.com/gift-pond';

/** What a gift shop has to say, of several kinds. The keys make a second start change nothing. */
const library = (now: Date): (NewContent & { key: string })[] => {
  const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000).toISOString();
  return [
    {
      ...{
        key: 'demo:welcome',
        name: '欢迎新朋友 (Welcome)',
        kind: 'text',
        purpose: 'community',
        scenes: ['welcome'],
        answers: ['what_i_get'],
      },
      body: '{{ person.name | default: "你好" }}，欢迎来到礼物小铺！每周三上新，会员先看。',
      author: { kind: 'staff', name: '运营组' },
      variants: { sms: { body: '【礼物小铺】欢迎加入！每周三上新，会员先看。' } },
    },
    {
      ...{ key: 'demo:candles', name: '手作烛台怎么挑 (Choosing a candle holder)', kind: 'article', purpose: 'convert' },
      detail: {
        html: '<h2>先看房间</h2><p>客厅要稳，卧室要柔。玻璃显透亮，陶土显安静。</p><h2>再看底座</h2><p>底座比烛身宽一指，倒不了；有小孩的家里选带罩的。</p><h2>最后看手感</h2><p>手作的边缘不会完全一样，那正是它好看的地方。</p>',
        summary: '客厅要稳，卧室要柔：三步挑到合适的手作烛台。',
      },
      ...{ body: '刚写了一篇挑烛台的小心得，三分钟看完：{{ link }}', scenes: ['seeding', 'new_arrival'], topics: ['烛台', '家居'] },
      ...{
        answers: ['why_need', 'why_us'],
        author: { kind: 'writer', name: '林小鱼' },
        rights: { until: inDays(5), note: '约稿合同，续签中' },
      },
    },
    {
      ...{
        key: 'demo:koc',
        name: '晒单：给妈妈的生日礼物 (A gift for mum)',
        kind: 'article',
        purpose: 'convert',
        scenes: ['seeding'],
        topics: ['送妈妈', '生日'],
      },
      detail: { html: '<p>去年买的杯子她用到现在，今年换了茶具。包装里手写的卡片，她收了很久。</p>', summary: '老客人的真实晒单' },
      ...{ answers: ['why_us'], author: { kind: 'koc', name: '小满妈妈' }, rights: { until: inDays(200), note: '本人授权转载' } },
    },
    {
      ...{ key: 'demo:refund', name: '能退吗 (May I send it back?)', kind: 'qa', purpose: 'service', scenes: ['after_sale'] },
      detail: { question: '买了不喜欢，能退吗？', also: ['怎么退货', '退款多久到'] },
      body: '七天内没用过都能退，点“我的订单”申请，到店也能退，钱一般当天回到原来的支付方式。',
      author: { kind: 'staff', name: '客服组' },
    },
    {
      ...{ key: 'demo:wrap', name: '可以代写贺卡吗 (Will you write the card?)', kind: 'qa', purpose: 'service', scenes: ['first_order'] },
      detail: { question: '可以帮我写贺卡吗？', also: ['有礼品包装吗'] },
      ...{ body: '可以，下单时在备注写下要说的话，我们手写好放进礼盒，不另收费。', answers: ['what_i_get', 'why_us'] },
      author: { kind: 'staff', name: '客服组' },
    },
    {
      ...{
        key: 'demo:live',
        name: '周三上新直播 (New things, live)',
        kind: 'live',
        purpose: 'community',
        scenes: ['live', 'new_arrival'],
        topics: ['上新'],
      },
      detail: { startsAt: inDays(3), endsAt: inDays(3.1) },
      ...{ body: '周三晚上一起看本周新到的小东西，前二十位下单送手写卡：{{ link }}', link: { url: `${link}/live`, title: '预约直播' } },
    },
    {
      ...{
        key: 'demo:quiz',
        name: '三道题找到合适的礼物 (A gift in three questions)',
        kind: 'h5',
        purpose: 'convert',
        scenes: ['seeding'],
        topics: ['送礼'],
      },
      ...{ body: '不知道送什么？三道题帮你挑：{{ link }}', link: { url: `${link}/quiz`, title: '挑礼物小测试' }, answers: ['why_need'] },
      author: { kind: 'partner', name: '快乐小测' },
    },
    {
      ...{
        key: 'demo:silent',
        name: '好久不见 (Long time no see)',
        kind: 'text',
        purpose: 'benefit',
        scenes: ['silent_recall'],
        answers: ['what_i_get'],
      },
      ...{
        body: '{{ person.name | default: "朋友" }}，好久没来小铺了，给你留了一份小礼物：{{ link }}',
        link: { url: `${link}/gift`, title: '领取小礼物' },
      },
    },
    {
      ...{
        key: 'demo:silent-2',
        name: '好久不见·二 (Long time no see, again)',
        kind: 'text',
        purpose: 'benefit',
        scenes: ['silent_recall'],
      },
      ...{
        body: '{{ person.name | default: "朋友" }}，好久没来小铺了，给你留了一份小礼物哦：{{ link }}',
        link: { url: `${link}/gift`, title: '领取小礼物' },
      },
    },
  ];
};

export async function addLibrary(deps: DemoDeps): Promise<void> {
  for (const item of library(deps.clock.now())) await deps.content.create(deps.workspaceNo, item, '示例 Demo');
}
