import type { Terms } from './terms.ts';

type Names = { zh: string; en: string };

const carriers: Record<string, Names> = {
  app: { zh: 'App', en: 'the app' },
  mini_program: { zh: '小程序', en: 'the mini program' },
  official_account: { zh: '公众号', en: 'the official account' },
  wecom: { zh: '企业微信', en: 'WeCom' },
  group: { zh: '社群', en: 'groups' },
  web: { zh: '网页', en: 'the web shop' },
  store: { zh: '门店', en: 'stores' },
};
export const carrierName = (key: string): Names => carriers[key] ?? { zh: key, en: key };

/** Fen as people read them: 20, 12.50. */
export const yuan = (fen: number): string => (fen % 100 === 0 ? String(fen / 100) : (fen / 100).toFixed(2));
/** 20 per cent off is 8 折. */
const zhe = (percent: number): string => `${(100 - percent) / 10}`;

const day = (instant: string, zone: string, hour: boolean): string => {
  const at = new Date(instant);
  const text = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(at);
  return hour || !text.endsWith('00:00') ? text : text.slice(0, 10);
};

function benefit(terms: Terms): Names {
  const from = terms.thresholdFen > 0;
  const least = yuan(terms.thresholdFen);
  const most =
    terms.capFen === null ? { zh: '', en: '' } : { zh: `（最多减 ${yuan(terms.capFen)} 元）`, en: ` (at most ¥${yuan(terms.capFen)})` };
  const over: Names = from ? { zh: `满 ${least} 元`, en: ` on orders from ¥${least}` } : { zh: '', en: '' };
  const gift = terms.gift ?? '';
  switch (terms.type) {
    case 'amount':
      return { zh: `${over.zh || '立'}减 ${yuan(terms.faceFen)} 元`, en: `¥${yuan(terms.faceFen)} off${over.en}` };
    case 'percent': {
      const percent = terms.percent ?? 0;
      const price = percent === 100 ? '免单' : `${zhe(percent)} 折`;
      return { zh: `${over.zh}${from ? '打 ' : ''}${price}${most.zh}`, en: `${percent}% off${over.en}${most.en}` };
    }
    case 'gift':
      return { zh: `${over.zh}赠送${gift}`, en: `${gift} as a gift${over.en}` };
    case 'shipping':
      return { zh: `${over.zh}免运费${most.zh}`, en: `free shipping${over.en}${most.en}` };
    case 'exchange':
      return { zh: `${over.zh}凭券兑换${gift}`, en: `exchanged for ${gift}${over.en}` };
  }
}

function goods({ kind, of }: Terms['scope']): Names {
  const some = of.slice(0, 3);
  const list = {
    zh: some.join('、') + (of.length > 3 ? ` 等 ${of.length} 项` : ''),
    en: some.join(', ') + (of.length > 3 ? ` and ${of.length - 3} more` : ''),
  };
  if (kind === 'all') return { zh: '全场通用', en: 'on everything' };
  if (kind === 'exclude') return { zh: `除${list.zh}外通用`, en: `on everything but ${list.en}` };
  return kind === 'categories'
    ? { zh: `限${list.zh}品类`, en: `in ${list.en}` }
    : { zh: `限商品 ${list.zh}`, en: `on the products ${list.en}` };
}

/** What a coupon is good for, in words that a customer and a shop assistant read alike. */
export function sentenceOf(terms: Terms, zone: string): Names {
  const { validity } = terms;
  const parts: Names[] = [benefit(terms), goods(terms.scope)];
  if (terms.carriers.length > 0) {
    const names = terms.carriers.map(carrierName);
    parts.push({ zh: `仅限${names.map((n) => n.zh).join('、')}使用`, en: `only in ${names.map((n) => n.en).join(', ')}` });
  }
  parts.push(
    'days' in validity
      ? validity.days === 0
        ? { zh: '领取当天有效', en: 'on the day it is claimed' }
        : { zh: `领取后 ${validity.days} 天内有效`, en: `valid until the end of the ${ordinal(validity.days)} day after it is claimed` }
      : {
          zh: `${day(validity.from, zone, false)} 起至 ${day(validity.to, zone, true)} 有效`,
          en: `valid from ${day(validity.from, zone, false)} to ${day(validity.to, zone, true)}`,
        },
    terms.stackable ? { zh: '可与其他券叠加', en: 'beside other coupons' } : { zh: '不与其他券叠加', en: 'not beside other coupons' },
  );
  const en = parts.map((p) => p.en).join(', ');
  return { zh: `${parts.map((p) => p.zh).join('，')}。`, en: `${en[0]!.toUpperCase()}${en.slice(1)}.` };
}

function ordinal(n: number): string {
  const ending = n % 100 >= 11 && n % 100 <= 13 ? 'th' : ({ 1: 'st', 2: 'nd', 3: 'rd' }[n % 10] ?? 'th');
  return `${n}${ending}`;
}
