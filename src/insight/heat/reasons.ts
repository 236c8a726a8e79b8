import { featureCount, orderFeatures } from './features-sql.ts';
import type { HeatFit } from './heat-fit.ts';

/** Why somebody is ready: what they did, and how many times it makes the odds of an order. */
export interface HeatReason {
  /** The name of an event. */
  event: string;
  /** Days since the last, and how many in 30 days (orders: in 400). */
  daysAgo: number;
  times: number;
  /** Mean days between orders, of orders with two and more. */
  everyDays: number | null;
  odds: number;
  words: { zh: string; en: string };
}

const inChinese: Record<string, string> = {
  'Product Viewed': '浏览商品',
  'Products Searched': '搜索',
  'Product Added': '加购',
  'Cart Viewed': '看购物车',
  'Checkout Started': '去结算',
  'Message Clicked': '点开消息',
  'Coupon Issued': '领券',
  'Content Viewed': '看内容',
  'Page Viewed': '浏览页面',
};

/** What of a person's features raises the chance above that of the average person, strongest first. */
export function reasonsOf(fit: HeatFit, features: readonly number[]): HeatReason[] {
  const { model, settings } = fit;
  if (!model) return [];
  const count = featureCount(settings.intents);
  const lift = (j: number) => model.weights[j]! * (features[j]! - model.means[j]!);
  const reasons: HeatReason[] = [];
  for (const [i, event] of settings.intents.entries()) {
    const daysAgo = features[count + 2 * i]!;
    const times = features[count + 2 * i + 1]!;
    const odds = Math.exp(lift(2 * i) + lift(2 * i + 1));
    if (daysAgo >= 0) reasons.push({ event, daysAgo, times, everyDays: null, odds, words: wordsOf(event, daysAgo, times) });
  }
  const [daysAgo, times, gap] = features.slice(count + 2 * settings.intents.length) as [number, number, number];
  if (times > 0) {
    const from = 2 * settings.intents.length;
    const odds = Math.exp(orderFeatures.reduce((sum, _, k) => sum + lift(from + k), 0));
    const everyDays = times > 1 ? gap : null;
    reasons.push({ event: 'Order Completed', daysAgo, times, everyDays, odds, words: orderWords(daysAgo, times, everyDays) });
  }
  return reasons
    .filter((r) => r.odds > 1.05)
    .sort((a, b) => b.odds - a.odds)
    .slice(0, 3);
}

function wordsOf(event: string, daysAgo: number, times: number): HeatReason['words'] {
  const zh = inChinese[event] ?? `「${event}」`;
  return {
    zh: times > 0 ? `30 天内${zh} ${times} 次，最近${agoZh(daysAgo)}` : `最近一次${zh}在${agoZh(daysAgo)}`,
    en: times > 0 ? `${event} ${times}× in 30 days, last ${agoEn(daysAgo)}` : `Last ${event} ${agoEn(daysAgo)}`,
  };
}

function orderWords(daysAgo: number, times: number, everyDays: number | null): HeatReason['words'] {
  const every = everyDays === null ? null : Math.max(1, Math.round(everyDays));
  return {
    zh: `买过 ${times} 次，上次在${agoZh(daysAgo)}${every ? `，平均每 ${every} 天一次` : ''}`,
    en: `Bought ${times}×, last ${agoEn(daysAgo)}${every ? `, every ${every} days on average` : ''}`,
  };
}

function agoZh(days: number): string {
  return days < 1 ? ' 24 小时内' : ` ${Math.floor(days)} 天前`;
}
function agoEn(days: number): string {
  return days < 1 ? 'within 24 hours' : `${Math.floor(days)} days ago`;
}
