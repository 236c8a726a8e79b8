import type { DetectorName } from '../suspicion.ts';
import { type Random, randomOf } from './random.ts';
import type { Made } from './stream.ts';

/** Something that goes wrong, and what must be said of it. */
export interface Fault {
  kind: string;
  /** Hours of the stream. */
  from: number;
  to: number;
  /** Within so many hours from its beginning it must be found. */
  within: number;
  /** Any of these finds it. */
  finds: { detector: DetectorName; subject: RegExp }[];
  /** What else is true while it goes on, or follows from it: told, but no false alarm. */
  also?: { detector: DetectorName; subject: RegExp }[];
  /** Orders that are lost, or are somebody else's: their refunds, up to four days later, are of orders that nobody has. */
  losesOrders?: boolean;
  apply(made: Made[], random: Random, hour: number): Made[];
}

type Kind = Omit<Fault, 'from' | 'to'> & { hours: number };

const where = (fits: (m: Made) => boolean, change: (m: Made) => Made | Made[] | undefined) => (made: Made[]) =>
  made.flatMap((m) => {
    if (!fits(m)) return [m];
    const changed = change(m);
    return changed === undefined ? [] : changed;
  });
const sdk = (name: string) => (m: Made) => m.sdk === name;
const named = (event: string) => (m: Made) => m.event === event;
const withProperties = (m: Made, more: Record<string, unknown>): Made => ({ ...m, properties: { ...m.properties, ...more } });
const without = (m: Made, name: string): Made => ({
  ...m,
  properties: Object.fromEntries(Object.entries(m.properties).filter(([key]) => key !== name)),
});
const any = (...detectors: DetectorName[]) => detectors.map((detector) => ({ detector, subject: /./ }));
const mini = 'yutang-miniprogram';
const ios = 'analytics-ios';
const web = 'analytics-next';
/** Subjects that name an SDK: itself, its versions, or the carrier that is its alone. */
const of: Record<string, RegExp> = {
  [mini]: /^(sdk|version):yutang-miniprogram|^carrier:mini_program/,
  [ios]: /^(sdk|version):analytics-ios|^carrier:app/,
  [web]: /^(sdk|version):analytics-next|^carrier:web/,
};

/** What such a fault is told of when little has come of the SDK yet: of all that comes by its way. True, but no find. */
const wider = (...detectors: DetectorName[]) => detectors.map((detector) => ({ detector, subject: /^(all|source:http)$|^event:/ }));

/** The kinds of faults; `r` chooses whom they hit. */
export function kindsOf(r: Random): Kind[] {
  const hit = r.pick([mini, web]);
  const other = r.pick([mini, ios, web]);
  let serial = 0;
  const fresh = () => `${r.below(1e9).toString(36)}${++serial}`;
  return [
    {
      kind: 'a source falls silent',
      losesOrders: true,
      hours: 30,
      within: 30,
      finds: any('source_silent', 'carrier_silent').map((f) => ({ ...f, subject: /^(source:pos|carrier:store)$/ })),
      apply: where(
        (m) => m.source === 'pos',
        () => undefined,
      ),
      also: any('event_silent', 'volume_gap'),
    },
    {
      kind: 'an SDK falls silent',
      losesOrders: true,
      hours: 20,
      within: 20,
      finds: any('sdk_silent', 'carrier_silent').map((f) => ({ ...f, subject: of[hit]! })),
      apply: where(sdk(hit), () => undefined),
      also: any('volume_gap'),
    },
    {
      kind: 'an event falls silent',
      hours: 26,
      within: 26,
      finds: [{ detector: 'event_silent', subject: /^event:track\/Product Added$/ }],
      apply: where(named('Product Added'), () => undefined),
    },
    {
      kind: 'a carrier goes missing',
      hours: 22,
      within: 22,
      finds: [{ detector: 'carrier_silent', subject: /^carrier:store$/ }],
      apply: where(
        (m) => m.source === 'pos',
        (m) => ({ ...m, carrier: '' }),
      ),
    },
    {
      kind: 'three quarters of an SDK are lost',
      losesOrders: true,
      hours: 36,
      within: 36,
      finds: [{ detector: 'volume_gap', subject: of[mini]! }],
      apply: (made, q) => where(sdk(mini), (m) => (q.next() < 0.75 ? undefined : m))(made),
    },
    {
      kind: 'three times as much as usual',
      hours: 14,
      within: 14,
      // All that comes by HTTP, or what comes by HTTP alone.
      finds: [
        {
          detector: 'volume_surge',
          subject:
            /^(all|source:http|(sdk|version):.*|carrier:(web|app|mini_program)|event:track\/(Product Viewed|Product Added|Checkout Started))$/,
        },
      ],
      also: any('volume_surge'),
      apply: (made, q) =>
        where(
          (m) => m.source === 'http',
          (m) => [m, ...[1, 2].map(() => ({ ...m, messageId: fresh(), timeMs: m.timeMs - q.below(900_000) }))],
        )(made),
    },
    {
      kind: 'a property is lost',
      hours: 30,
      within: 30,
      finds: [{ detector: 'property_lost', subject: /^property:track\/Product Viewed\.category$/ }],
      apply: where(
        (m) => m.event === 'Product Viewed' && m.sdk === other,
        (m) => without(m, 'category'),
      ),
    },
    {
      kind: 'a property is new',
      hours: 30,
      within: 30,
      finds: [{ detector: 'property_new', subject: /^property:track\/Product Viewed\.trace$/ }],
      apply: where(
        (m) => m.event === 'Product Viewed' && m.sdk === mini,
        (m) => withProperties(m, { trace: 'on' }),
      ),
    },
    {
      kind: 'a number comes as text',
      hours: 30,
      within: 30,
      finds: [{ detector: 'type_clash', subject: /^property:track\/Product Viewed\.price$/ }],
      apply: where(
        (m) => m.event === 'Product Viewed' && m.sdk === other,
        (m) => withProperties(m, { price: String(m.properties.price) }),
      ),
    },
    {
      kind: 'a property is empty',
      hours: 30,
      within: 30,
      finds: [{ detector: 'empty_values', subject: /^property:track\/Product Viewed\.name$/ }],
      apply: where(
        (m) => m.event === 'Product Viewed' && m.sdk === other,
        (m) => withProperties(m, { name: '' }),
      ),
    },
    {
      kind: 'events come late',
      hours: 24,
      within: 24,
      finds: [{ detector: 'late_events', subject: of[ios]! }],
      also: [...any('shifted_times'), ...wider('late_events')],
      apply: (made, q) =>
        where(
          (m) => m.sdk === ios,
          (m) => (q.next() < 0.6 ? { ...m, timeMs: m.timeMs - (10 + q.below(30)) * 3_600_000 } : m),
        )(made),
    },
    {
      kind: 'a clock runs ahead',
      hours: 24,
      within: 24,
      finds: [{ detector: 'future_times', subject: of[other]! }],
      also: wider('future_times'),
      apply: (made, q) =>
        where(
          (m) => m.sdk === other,
          (m) => (q.next() < 0.5 ? { ...m, timeMs: m.timeMs + (24 + q.below(48)) * 3_600_000 } : m),
        )(made),
    },
    {
      kind: 'times are eight hours off',
      hours: 24,
      within: 24,
      finds: [{ detector: 'shifted_times', subject: of[hit]! }],
      also: [...any('future_times', 'orders_unled'), ...wider('shifted_times')],
      apply: where(
        (m) => m.source === 'http' && m.sdk === hit,
        (m) => ({ ...m, timeMs: m.timeMs + 8 * 3_600_000 }),
      ),
    },
    {
      kind: 'events are said twice',
      hours: 20,
      within: 20,
      finds: [{ detector: 'said_twice', subject: of[hit]! }],
      also: [...any('volume_surge'), ...wider('said_twice')],
      apply: where(sdk(hit), (m) => [m, { ...m, messageId: fresh() }]),
    },
    {
      kind: 'messages are sent again and again',
      hours: 24,
      within: 24,
      finds: [{ detector: 'sent_again', subject: of[other]! }],
      also: wider('sent_again'),
      apply: (made, q) => where(sdk(other), (m) => ({ ...m, again: q.next() < 0.5 ? 1 : 0 }))(made),
    },
    {
      kind: 'nobody is known any more',
      losesOrders: true,
      hours: 26,
      within: 26,
      finds: [{ detector: 'nobody', subject: of[hit]! }],
      also: [...any('orders_unled'), ...wider('nobody')],
      apply: where(
        (m) => m.sdk === hit && m.userId !== undefined && m.type === 'track',
        ({ userId, ...m }) => ({ ...m, anonymousId: `lost-${userId}` }),
      ),
    },
    {
      kind: 'orders of people without a past',
      losesOrders: true,
      hours: 40,
      within: 40,
      finds: [{ detector: 'orders_unled', subject: /^event:track\/Order Completed$/ }],
      apply: where(named('Order Completed'), (m) => ({ ...m, userId: `crm-${fresh()}` })),
      also: any('refunds_unmatched'),
    },
    {
      kind: 'checkouts without orders',
      losesOrders: true,
      hours: 40,
      within: 40,
      finds: [
        { detector: 'checkouts_without_orders', subject: /^event:track\/Checkout Started$/ },
        { detector: 'volume_gap', subject: /^event:track\/Order Completed$/ },
        { detector: 'event_silent', subject: /^event:track\/Order Completed$/ },
      ],
      also: any('volume_gap', 'orders_unled'),
      apply: (made, q) =>
        where(
          (m) => m.event === 'Order Completed' && m.sdk !== '',
          (m) => (q.next() < 0.95 ? undefined : m),
        )(made),
    },
    {
      kind: 'refunds of unknown orders',
      hours: 84,
      within: 84,
      finds: [{ detector: 'refunds_unmatched', subject: /^event:track\/Order Refunded$/ }],
      apply: where(named('Order Refunded'), (m) => withProperties(m, { order_id: `R${String(m.properties.order_id)}` })),
    },
    {
      kind: 'many people become one',
      hours: 3,
      within: 9,
      finds: [{ detector: 'merge_burst', subject: /Identity Merged$/ }],
      also: any('volume_surge', 'busy_identity'),
      apply: (made, q, hour) => {
        const like = made.find(sdk(mini)) ?? made[0]!;
        const identify = (i: number, second: boolean): Made => {
          const { userId: _, ...m } = { ...like, messageId: fresh(), timeMs: like.timeMs + i * 1_000 + Number(second) };
          return {
            ...m,
            type: 'identify',
            event: '',
            anonymousId: `burst-${hour}-${i}`,
            ...(second ? { userId: `m${q.below(300)}` } : {}),
            properties: {},
          };
        };
        return [...made, ...Array.from({ length: 25 }, (_, i) => [identify(i, false), identify(i, true)]).flat()];
      },
    },
    {
      kind: 'fen where there were yuan',
      hours: 30,
      within: 30,
      finds: [{ detector: 'unit_change', subject: /^property:track\/Order Completed\.revenue$/ }],
      apply: where(
        (m) => m.event === 'Order Completed' && m.source === 'pos',
        (m) => withProperties(m, { revenue: Math.round(Number(m.properties.revenue) * 100) }),
      ),
    },
    {
      kind: 'another currency',
      hours: 30,
      within: 30,
      finds: [{ detector: 'currency_change', subject: /^currency:USD$/ }],
      apply: (made, q) => where(named('Order Completed'), (m) => (q.next() < 0.7 ? withProperties(m, { currency: 'USD' }) : m))(made),
    },
    {
      kind: 'event names without end',
      hours: 24,
      within: 24,
      finds: [{ detector: 'names_explode', subject: /^source:http$/ }],
      also: any('event_silent', 'volume_gap', 'checkouts_without_orders', 'orders_unled', 'property_lost'),
      apply: (made, q) =>
        where(
          (m) => m.event === 'Product Viewed' && m.sdk === web,
          (m) => (q.next() < 0.5 ? { ...m, event: `Viewed ${fresh()}` } : m),
        )(made),
    },
    {
      kind: 'values without end',
      hours: 48,
      within: 48,
      finds: [{ detector: 'values_explode', subject: /^property:track\/Product Viewed\.list$/ }],
      apply: where(named('Product Viewed'), (m) => withProperties(m, { list: `home-${fresh()}` })),
    },
    {
      kind: 'a bot',
      hours: 3,
      within: 9,
      finds: [{ detector: 'busy_identity', subject: /^person:/ }],
      also: any('volume_surge', 'nobody'),
      apply: (made, _q, hour) => [
        ...made,
        ...Array.from(
          { length: 160 },
          (_, i): Made => ({
            ...(made.find(sdk(web)) ?? { ...made[0]!, sdk: web, version: '1.70.0', carrier: 'web', source: 'http' }),
            messageId: fresh(),
            type: 'track',
            event: 'Product Viewed',
            timeMs: made[0]!.timeMs + i * 1_500,
            userId: `bot-${Math.floor(hour / 24)}`,
            properties: { product_id: `p${i % 60}`, name: '茶', category: 'drink', price: 12, list: 'home' },
          }),
        ),
      ],
    },
  ];
}

/** Faults at places that the seed chooses, between two days, with days of peace between most of them. */
export function faultsOf(seed: number, count: number, days: { from: number; to: number; avoid: readonly number[] }): Fault[] {
  const r = randomOf(seed * 7 + 3);
  const kinds = kindsOf(r);
  const shuffled = kinds
    .map((kind) => ({ kind, at: r.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ kind }) => kind)
    .slice(0, count);
  const places = (days.to - days.from) / count;
  return shuffled.flatMap(({ hours, ...kind }, i) => {
    let day = days.from + Math.floor(i * places);
    if (days.avoid.includes(day)) day += 1;
    // A burst happens while people are about, an outage whenever it likes.
    const from = day * 24 + (hours <= 3 ? 14 + r.below(4) : r.below(20));
    return [{ ...kind, from, to: from + hours }];
  });
}

export function bendBy(faults: readonly Fault[]) {
  return (hour: number, made: Made[], random: Random): Made[] =>
    made.length === 0 ? made : faults.filter((f) => f.from <= hour && hour < f.to).reduce((all, f) => f.apply(all, random, hour), made);
}
