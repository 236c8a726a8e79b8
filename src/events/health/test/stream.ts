import { type Random, randomOf } from './random.ts';

/** One event of the synthetic shop, before it is sent. */
export interface Made {
  messageId: string;
  type: 'track' | 'identify';
  event: string;
  timeMs: number;
  source: string;
  sdk: string;
  version: string;
  carrier: string;
  userId?: string;
  anonymousId?: string;
  properties: Record<string, unknown>;
  /** Sent so many times more under the same id. */
  again?: number;
}

export interface Surface {
  source: string;
  sdk: string;
  carrier: string;
  /** Sessions an hour on an average hour. */
  rate: number;
  /** Open all day, or a shop with hours. */
  hours: 'day' | 'shop';
  version(day: number, r: Random): string;
}

/** A release spreads over six days: a version that dies out because the next takes over is no fault. */
const release = (before: string, after: string, day0: number) => (day: number, r: Random) => (r.next() < (day - day0) / 6 ? after : before);

export const surfaces: Surface[] = [
  { source: 'http', sdk: 'analytics-next', carrier: 'web', rate: 3.2, hours: 'day', version: release('1.70.0', '1.71.0', 40) },
  { source: 'http', sdk: 'yutang-miniprogram', carrier: 'mini_program', rate: 4.2, hours: 'day', version: () => '2.3.1' },
  { source: 'http', sdk: 'analytics-ios', carrier: 'app', rate: 2.4, hours: 'day', version: release('4.1.0', '4.1.2', 33) },
  { source: 'wecom', sdk: '', carrier: 'wecom', rate: 1.6, hours: 'day', version: () => '' },
  { source: 'pos', sdk: '', carrier: 'store', rate: 3, hours: 'shop', version: () => '' },
];

const day = [0.25, 0.12, 0.06, 0.05, 0.06, 0.15, 0.4, 0.8, 1.1, 1.2, 1.2, 1.3, 1.5, 1.2, 1.1, 1.1, 1.1, 1.2, 1.4, 1.8, 2.2, 2.1, 1.5, 0.7];
const shop = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0.8, 1.6, 2, 2.2, 1.8, 1.6, 1.8, 2, 2.4, 2.6, 2.4, 1.8, 0.8, 0, 0];
const week = [1.25, 0.9, 0.88, 0.92, 0.95, 1.1, 1.3];
const names = ['茶', '杯', '咖啡豆', '滤纸', '手冲壶', '糖', '饼干', '果干'];
const categories = ['drink', 'ware', 'snack', 'gift'];

export interface Plan {
  seed: number;
  days: number;
  /** Midnight of the first day in the shop's time zone, as an instant. */
  startMs: number;
  /** Days of a sale that is announced, and holidays that are not. */
  sale: number | undefined;
  holidays: readonly number[];
  scale?: number;
  /** What goes wrong. */
  bend?: (hour: number, made: Made[], random: Random) => Made[];
}

/** The hours of the shop, one after another: what arrives in each. */
export function* stream(plan: Plan): Generator<{ hour: number; endMs: number; made: Made[] }> {
  const r = randomOf(plan.seed);
  const bending = randomOf(plan.seed + 99_991);
  const orders: { id: string; userId: string; revenue: number; dueHour: number; surface: Surface }[] = [];
  let serial = 0;
  const id = () => `${plan.seed}-${++serial}`;
  let mood = 1;
  for (let hour = 0; hour < plan.days * 24; hour++) {
    const dayNo = Math.floor(hour / 24);
    if (hour % 24 === 0) mood = Math.exp(0.07 * r.normal());
    const made: Made[] = [];
    const startMs = plan.startMs + hour * 3_600_000;
    // The first day is a Sunday.
    const growth = 1.004 ** dayNo;
    const special = dayNo === plan.sale ? 2.8 : plan.holidays.includes(dayNo) ? 0.75 : 1;
    for (const surface of surfaces) {
      const shape = surface.hours === 'shop' ? shop[hour % 24]! : day[hour % 24]! * week[dayNo % 7]!;
      const sessions = r.poisson(surface.rate * shape * growth * mood * special * (plan.scale ?? 1));
      for (let i = 0; i < sessions; i++) session(surface, startMs + r.below(3_300_000), hour, made);
    }
    for (let i = orders.length - 1; i >= 0; i--) {
      const order = orders[i]!;
      if (order.dueHour !== hour) continue;
      orders.splice(i, 1);
      made.push({
        ...base(order.surface, startMs + r.below(3_300_000), dayNo),
        event: 'Order Refunded',
        userId: order.userId,
        properties: { order_id: order.id, revenue: order.revenue, currency: 'CNY' },
      });
    }
    const endMs = startMs + 3_600_000;
    yield { hour, endMs, made: plan.bend ? plan.bend(hour, made, bending) : made };
  }

  function base(surface: Surface, timeMs: number, dayNo: number): Omit<Made, 'event' | 'properties'> {
    return {
      messageId: id(),
      type: 'track',
      timeMs,
      source: surface.source,
      sdk: surface.sdk,
      version: surface.version(dayNo, r),
      carrier: surface.carrier,
    };
  }

  function session(surface: Surface, startMs: number, hour: number, made: Made[]): void {
    const member = `m${r.below(900)}`;
    const known = surface.source !== 'http' || r.next() < 0.6;
    const who = known ? { userId: member } : { anonymousId: `a-${plan.seed}-${r.below(4_000)}` };
    const template = base(surface, startMs, Math.floor(hour / 24));
    let at = startMs;
    const say = (event: string, properties: Record<string, unknown>) => {
      at += 1_000 + r.below(40_000);
      made.push({ ...template, messageId: id(), event, timeMs: at, ...who, properties });
    };
    const price = Math.round(1_000 + 20_000 * r.next() ** 2) / 100;
    const product = { product_id: `p${r.below(60)}`, name: r.pick(names), category: r.pick(categories), price };
    if (surface.source === 'wecom') {
      say(r.next() < 0.3 ? 'Friend Added' : 'Chat Opened', { staff: `s${r.below(12)}` });
      return;
    }
    const order = () => {
      const orderId = `o-${id()}`;
      const revenue = Math.round(price * (1 + r.below(3)) * 100) / 100;
      say('Order Completed', {
        order_id: orderId,
        revenue,
        currency: 'CNY',
        coupon: r.next() < 0.3 ? 'NEW10' : undefined,
        items: 1 + r.below(4),
      });
      if (r.next() < 0.14) orders.push({ id: orderId, userId: member, revenue, dueHour: hour + 4 + r.below(90), surface });
    };
    if (surface.source === 'pos') {
      order();
      return;
    }
    // Whoever browses anonymously and then signs in is one person from there on.
    if (!known && r.next() < 0.03)
      made.push({
        ...template,
        messageId: id(),
        type: 'identify',
        event: '',
        ...who,
        userId: `n-${plan.seed}-${serial}`,
        properties: { plan: 'free' },
      });
    const views = 1 + r.below(3);
    for (let i = 0; i < views; i++) say('Product Viewed', { ...product, list: r.pick(['home', 'search', 'share']) });
    if (r.next() < 0.5) say('Product Added', { ...product, quantity: 1 + r.below(3) });
    if (known && r.next() < 0.45) {
      say('Checkout Started', { value: price, currency: 'CNY' });
      if (r.next() < 0.6) order();
    }
  }
}
