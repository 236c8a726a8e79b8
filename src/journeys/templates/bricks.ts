import type { Purpose } from '../../content/index.ts';
import type { Graph } from '../graph.ts';

/** Journeys ready to be launched, with the content and the coupons that they need. */

export type Language = 'zh' | 'en';
interface Coupon {
  name: string;
  amountFen: number;
  minFen: number;
  days: number;
  appOnly: boolean;
}
/** What a template is made with. Content and coupons are named here and made when the journey is. */
export interface Making {
  zh: boolean;
  channel: string;
  /** The other channels that are set up, tried in turn where the first does not reach somebody. */
  others: readonly string[];
  content(name: string, body: string): string;
  coupon(coupon: Coupon): string;
}
export interface Template {
  key: string;
  name: Record<Language, string>;
  about: Record<Language, string>;
  purpose: Purpose;
  build(m: Making): Graph;
}

export const order = 'Order Completed';
export const exit = { id: 'exit', type: 'exit' as const };
/** Messages by day only. */
export const daytime = (id: string) => ({ id, type: 'window' as const, from: '09:30', to: '20:30' });
export const bought = (withinDays: number, more: object = {}) => ({ id: 'goal', type: 'goal' as const, event: order, withinDays, ...more });
export const send = (m: Making, id: string, name: string, body: string) => ({
  ...{ id, type: 'send' as const, channel: m.channel, contentId: m.content(name, body) },
  ...(m.others.length > 0 ? { fallback: m.others.map((channel) => ({ channel })) } : {}),
});
export const say = (m: Making, zh: string, en: string): string => (m.zh ? zh : en);
export const hello = (m: Making): string => say(m, '{{ person.name | default: "您好" }}，', '{{ person.name | default: "Hello" }}, ');

/** `a>b>c c:met>d`: chains of edges, with the branch after the colon. */
export function edges(text: string): Graph['edges'] {
  return text.split(' ').flatMap((chain) => {
    const stops = chain.split('>');
    return stops.slice(1).map((stop, i) => {
      const [from, branch] = stops[i]!.split(':') as [string, string?];
      return { from, to: stop.split(':')[0]!, ...(branch === undefined ? {} : { branch }) };
    });
  });
}
