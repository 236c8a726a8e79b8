import type { Limits } from '../limits/limits.ts';
import { allowance, periodOf } from '../limits/period.ts';

/** Advertisements by text message go out by day, in Beijing's time: from one hour to another, both of which a workspace may narrow. */

const hourMs = 3_600_000;

export function advertisingHours(limits: Limits): { from: number; until: number } {
  const hour = (key: string) => limits.get(key).value ?? 0;
  return { from: hour('sms.marketing.fromHour'), until: hour('sms.marketing.untilHour') };
}

/** When an advertisement may go that is due at `ms`; undefined: now. */
export function waitsUntil(ms: number, { from, until }: { from: number; until: number }): Date | undefined {
  const day = periodOf(ms, 'day');
  const hour = (ms - day.from.getTime()) / hourMs;
  if (hour >= from && hour < until) return undefined;
  return new Date((hour < from ? day.from : day.to).getTime() + from * hourMs);
}

/** Tomorrow, when what is counted by days begins anew. */
export const tomorrow = (ms: number): Date => allowance({ value: 1, period: { calendar: 'day' } }, ms).to;
