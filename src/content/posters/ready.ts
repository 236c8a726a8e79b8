import { docSchema, type PosterDoc, sizes } from './schema.ts';

export interface ReadyPoster {
  key: string;
  name: { zh: string; en: string };
  doc: PosterDoc;
}

type Place = [x: number, y: number, width: number, height: number];
const at = (id: string, [x, y, width, height]: Place) => ({ id, x, y, width, height });
const text = (id: string, place: Place, size: number, colour: string, words: string, more: object = {}) => ({
  ...{ type: 'text', ...at(id, place), size, colour, text: words, maxLines: 1, minSize: Math.round(size * 0.65) },
  ...more,
});
const box = (id: string, place: Place, fill: string, more: object = {}) => ({ type: 'box', ...at(id, place), fill, ...more });
const price = (id: string, place: Place, size: number, colour: string, amount: string, more: object = {}) => ({
  ...{ type: 'price', ...at(id, place), size, colour, amount, weight: 900 },
  ...more,
});
const avatar = (id: string, place: Place, border: string | null = null) => ({ type: 'avatar', ...at(id, place), border });
const code = (place: Place, dark = '#000000') => ({ type: 'code', ...at('code', place), dark });
const make = (key: string, zh: string, en: string, doc: unknown): ReadyPoster => ({ key, name: { zh, en }, doc: docSchema.parse(doc) });

const centre = { align: 'center' };
const middle = { valign: 'middle' };
const [bold, black, medium] = [{ weight: 700 }, { weight: 900 }, { weight: 500 }];

/** The foot that posters of a phone have: who invites, and the code. */
const foot = (top: number, words: string, accent: string) => [
  box('foot', [40, top, 670, 250], '#ffffff', { radius: 28 }),
  avatar('avatar', [76, top + 42, 88, 88], accent),
  text('who', [184, top + 46, 280, 80], 32, '#222222', '{{ person.name | default: "你的朋友" }}', {
    ...{ maxLines: 2, lineHeight: 1.2, fallback: '你的朋友' },
    ...bold,
    ...middle,
  }),
  text('hint', [76, top + 154, 380, 64], 24, '#777777', words, { maxLines: 2, lineHeight: 1.35, minSize: 20 }),
  code([474, top + 14, 222, 222]),
];

/** Templates to begin with, each whole as it is; what is theirs alone is changed in the editor. */
export const readyPosters: ReadyPoster[] = [
  make('invite', '邀请好友', 'Invite a friend', {
    ...sizes.phone,
    background: { colour: '#ff8a5c', to: '#e2344c', angle: 20 },
    share: { title: '我在这里等你', text: '新朋友专享礼，扫码就能领' },
    layers: [
      box('tag', [60, 96, 190, 56], '#ffffff', { opacity: 0.22, radius: 28 }),
      text('tagtext', [60, 96, 190, 56], 28, '#ffffff', '好友专享', { ...medium, ...centre, ...middle }),
      text('title', [60, 186, 630, 260], 84, '#ffffff', '一起来，\n各得一份见面礼', { maxLines: 3, lineHeight: 1.25, ...black }),
      box('gift', [60, 500, 630, 420], '#fff6ee', { radius: 32 }),
      text('gifttop', [60, 556, 630, 50], 34, '#b8553a', '你和好友各得', { ...medium, ...centre }),
      price('amount', [100, 620, 550, 180], 170, '#e2344c', '20', centre),
      text('giftfoot', [110, 826, 530, 50], 28, '#8a6a5c', '全场通用 · 无门槛 · 七天内有效', centre),
      ...foot(1016, '扫码加好友，见面礼马上到账', '#ff8a5c'),
    ],
  }),
  make('coupon', '优惠券', 'Coupon', {
    ...sizes.phone,
    background: { colour: '#0e6f6b', to: '#0a3d45' },
    share: { title: '送你一张券', text: '数量有限，先到先得' },
    layers: [
      text('title', [60, 110, 630, 180], 72, '#fdf3d8', '送你一张会员券', { maxLines: 2, lineHeight: 1.25, ...black, ...centre }),
      text('sub', [60, 290, 630, 60], 32, '#bfe0da', '{{ person.name | default: "朋友" }}特意留给你的', {
        fallback: '特意留给你的',
        ...centre,
      }),
      box('ticket', [60, 420, 630, 480], '#fdf3d8', { radius: 28 }),
      price('amount', [100, 470, 550, 190], 180, '#c3412e', '50', centre),
      text('terms', [100, 690, 550, 50], 34, '#5a4a35', '满 199 元可用', { ...medium, ...centre }),
      box('line', [110, 766, 530, 2], '#d8c79c'),
      text('until', [100, 792, 550, 80], 26, '#8a7a5e', '领取后三十天内有效，\n与店内其他优惠不同享', { maxLines: 2, ...centre }),
      ...foot(1016, '长按识别，或用微信扫一扫领券', '#0e6f6b'),
    ],
  }),
  make('product', '好物推荐', 'Product', {
    ...sizes.moments,
    background: { colour: '#ffffff' },
    share: { title: '这个我用着不错', text: '会员价更低' },
    layers: [
      { type: 'picture', ...at('photo', [0, 0, 1080, 900]), file: null },
      text('title', [60, 936, 960, 140], 52, '#1f2328', '写上商品的名字，最多两行', { maxLines: 2, lineHeight: 1.3, ...bold }),
      price('price', [60, 1096, 380, 120], 112, '#e2344c', '129.00'),
      text('was', [460, 1150, 260, 50], 36, '#9aa1a8', '¥199.00', { strike: true }),
      avatar('avatar', [60, 1256, 110, 110]),
      text('who', [194, 1256, 500, 110], 36, '#444b52', '{{ person.name | default: "一位朋友" }}推荐给你', {
        ...{ maxLines: 2, fallback: '一位朋友推荐给你' },
        ...medium,
        ...middle,
      }),
      code([756, 1110, 270, 270]),
    ],
  }),
  make('checkin', '打卡', 'Check-in', {
    ...sizes.phone,
    background: { colour: '#f4efe6' },
    share: { title: '我又坚持了一天', text: '一起打卡吧' },
    layers: [
      box('photo', [0, 0, 750, 620], '#3f7d6e'),
      text('days', [60, 130, 630, 240], 220, '#ffffff', '{{ person.checkin_days | default: 21 }}', {
        lineHeight: 1.05,
        ...black,
        ...centre,
      }),
      text('unit', [60, 390, 630, 60], 40, '#dcefe8', '天 · 我在坚持', { ...medium, ...centre }),
      text('words', [80, 690, 590, 260], 44, '#33403c', '「日拱一卒，功不唐捐。」\n今天的打卡完成了，你也一起来吗？', {
        ...{ maxLines: 4, lineHeight: 1.6 },
        ...medium,
      }),
      ...foot(1016, '扫码加入，二十一天养成一个好习惯', '#3f7d6e'),
    ],
  }),
  make('koc', '达人名片', 'KOC card', {
    ...sizes.story,
    background: { colour: '#24213f', to: '#5b3a78', angle: 30 },
    share: { title: '我的专属推荐', text: '我用过才推荐' },
    layers: [
      box('card', [90, 330, 900, 1180], '#ffffff', { radius: 48 }),
      avatar('avatar', [420, 210, 240, 240], '#ffffff'),
      text('who', [150, 490, 780, 90], 64, '#24213f', '{{ person.name | default: "你的朋友" }}', {
        ...{ lineHeight: 1.2, fallback: '你的朋友' },
        ...bold,
        ...centre,
      }),
      text('role', [150, 590, 780, 56], 38, '#8a7aa8', '品牌推荐官', centre),
      text('words', [160, 690, 760, 230], 44, '#3d3a52', '用了大半年，真心好用才敢推荐给你。扫下面的码，价格和我的一样。', {
        ...{ maxLines: 4, lineHeight: 1.55 },
        ...centre,
      }),
      code([350, 970, 380, 380], '#24213f'),
      text('hint', [150, 1390, 780, 56], 34, '#8a8798', '长按识别，领取达人同款福利', centre),
      text('brand', [150, 1640, 780, 60], 40, '#d9cdea', '好东西，值得分享', { ...medium, ...centre }),
    ],
  }),
  make('card', '小程序分享卡', 'Mini-program share card', {
    ...sizes.card,
    background: { colour: '#fff3e6', to: '#ffd9c2' },
    layers: [
      avatar('avatar', [28, 28, 72, 72], '#ffffff'),
      text('who', [116, 28, 356, 72], 28, '#7a4a30', '{{ person.name | default: "好友" }}喊你一起来', {
        ...{ maxLines: 2, lineHeight: 1.25, fallback: '好友喊你一起来' },
        ...medium,
        ...middle,
      }),
      text('title', [28, 128, 444, 130], 50, '#c3412e', '拆红包，\n各得现金券', { maxLines: 2, lineHeight: 1.2, ...black }),
      box('button', [28, 300, 250, 68], '#e2344c', { radius: 34 }),
      text('go', [28, 300, 250, 68], 30, '#ffffff', '点我领取', { ...bold, ...centre, ...middle }),
    ],
  }),
];
