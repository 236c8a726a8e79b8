import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';

/**
 * Makes the demo's generated files from the retail history: `people.csv` (made-up names for 70 % of the customers) and `products.csv` (names,
 * usual prices, and categories guessed from words). The same input gives the same files. Run by hand: `node src/demo/make-files.ts`.
 */
const folder = new URL('../../demo/online_retail/', import.meta.url);
type Row = Record<string, string>;
const read = (text: string) => parse(text, { columns: true, relax_quotes: true }) as Row[];
const lines = read(gunzipSync(readFileSync(new URL('events.csv.gz', folder))).toString());
const items = read(readFileSync(new URL('items.csv', folder), 'utf8'));

/** Numbers between 0 and 1 that depend on a text alone (FNV-1a, then xorshift). */
function luck(text: string): () => number {
  let h = 0x811c9dc5;
  for (const c of text) h = Math.imul(h ^ c.charCodeAt(0), 0x01000193);
  h |= 1;
  const next = () => {
    h ^= h << 13;
    h ^= h >>> 17;
    h ^= h << 5;
    return (h >>> 0) / 4294967296;
  };
  for (let i = 0; i < 8; i++) next();
  return next;
}
const pick = <T>(list: readonly T[], n: number): T => list[Math.floor(n * list.length)]!;

const surnames = [...'王王王李李李张张张刘刘陈陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕'];
const women = [...'静敏燕艳丽娟霞芳娜婷雪琳倩颖洁梅慧莹怡璐萌悦瑶佳欣雨晴梦瑾薇岚'];
const men = [...'伟强磊军洋勇杰涛超明刚平辉鹏斌浩宇晨凯博睿铭泽航轩文俊志远峰'];
const cities = [
  ...'上海 上海 上海 北京 北京 广州 广州 深圳 深圳 杭州 杭州 成都 成都 重庆 武汉 南京 苏州 西安 长沙 天津 郑州 青岛 宁波 厦门 合肥 佛山 东莞 福州'.split(
    ' ',
  ),
];

function makePeople(): string {
  const customers = new Map<string, { first: string; orders: Set<string> }>();
  for (const line of lines) {
    if (!line.user_id) continue;
    const known = customers.get(line.user_id) ?? { first: line.ts!, orders: new Set() };
    if (line.ts! < known.first) known.first = line.ts!;
    if (line.event === 'purchase' && Number(line.unit_price) > 0) known.orders.add(line.order_id!);
    customers.set(line.user_id, known);
  }
  const rows = [...customers]
    .sort(([a], [b]) => Number(a) - Number(b))
    .flatMap(([id, c]) => {
      const next = luck(`person ${id}`);
      if (next() > 0.7) return [];
      const woman = next() < 0.72;
      const given = woman ? women : men;
      const name = pick(surnames, next()) + pick(given, next()) + (next() < 0.55 ? pick(given, next()) : '');
      return [[id, name, woman ? '女' : '男', pick(cities, next()), c.first, c.orders.size].join(',')];
    });
  return `user_id,name,gender,city,joined_at,orders\n${rows.join('\n')}\n`;
}

const words: [RegExp, string][] = [
  [/CHRISTMAS|XMAS|ADVENT|EASTER|VALENTINE|HALLOWEEN/, '节日'],
  [/CANDLE|LIGHT|LAMP|LANTERN|T-LIGHT/, '灯烛'],
  [/BAG|PURSE|SHOPPER|RUCKSACK|WALLET/, '包袋'],
  [/MUG|CUP|PLATE|BOWL|TEA|COFFEE|CAKE|KITCHEN|JAR|BOTTLE|LUNCH|BAKING|SPOON|NAPKIN|JUG|GLASS/, '厨房餐桌'],
  [/CARD|WRAP|PAPER|PEN|NOTEBOOK|STICKER|TAPE|RIBBON|PENCIL|STAMP|BOOK/, '文具包装'],
  [/TOY|DOLL|GAME|PUZZLE|PLAYING|CHILD|KID|BABY|TEDDY/, '玩具童趣'],
  [/NECKLACE|BRACELET|EARRING|RING|HAIR|JEWEL|BROOCH/, '饰品'],
  [/BOX|BASKET|TIN|DRAWER|HOOK|HANGER|RACK|STORAGE|HOLDER/, '收纳'],
  [/SIGN|FRAME|CLOCK|HEART|MIRROR|CUSHION|DECORATION|GARLAND|BUNTING|DOORMAT/, '家居装饰'],
  [/GARDEN|PLANT|FLOWER|BIRD|WATERING|PICNIC|PARASOL|UMBRELLA/, '园艺户外'],
];

function makeProducts(): string {
  const prices = new Map<string, number[]>();
  for (const line of lines) {
    if (line.event !== 'purchase' || !(Number(line.unit_price) > 0)) continue;
    const known = prices.get(line.item_id!);
    if (known) known.push(Number(line.unit_price));
    else prices.set(line.item_id!, [Number(line.unit_price)]);
  }
  const rows = items.map((item) => {
    const id = item.StockCode!;
    const name = item.Description!.trim();
    const sold = (prices.get(id) ?? []).sort((a, b) => a - b);
    // Codes without a digit, such as POST, are services.
    const category = /\d/.test(id) ? (words.find(([w]) => w.test(name))?.[1] ?? '其他礼品') : '服务';
    const price = sold.length > 0 ? sold[Math.floor(sold.length / 2)]!.toFixed(2) : '';
    return [id, `"${name.replaceAll('"', '""')}"`, category, price, sold.length].join(',');
  });
  return `product_id,name,category,price,times_sold\n${rows.join('\n')}\n`;
}

writeFileSync(new URL('people.csv', folder), makePeople());
writeFileSync(new URL('products.csv', folder), makeProducts());
