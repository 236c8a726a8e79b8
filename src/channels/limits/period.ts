import type { CalendarUnit, Period } from './rule.ts';

const DAY = 86_400_000;
const BEIJING = 8 * 3_600_000;

/** The platform's periods are Beijing's: month, week from Monday, day. `messages`: as many as the period has days. */
export function periodOf(ms: number, unit: CalendarUnit): { from: Date; to: Date; messages: number } {
  const local = new Date(ms + BEIJING);
  const [y, m, d] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()];
  const at = (utc: number) => new Date(utc - BEIJING);
  if (unit === 'day') return { from: at(Date.UTC(y, m, d)), to: at(Date.UTC(y, m, d + 1)), messages: 1 };
  if (unit === 'week') {
    const monday = Date.UTC(y, m, d) - ((local.getUTCDay() + 6) % 7) * DAY;
    return { from: at(monday), to: at(monday + 7 * DAY), messages: 7 };
  }
  return { from: at(Date.UTC(y, m, 1)), to: at(Date.UTC(y, m + 1, 1)), messages: new Date(Date.UTC(y, m + 1, 0)).getUTCDate() };
}

/** How many are allowed in the period that runs now, and since when and until when it counts. */
export function allowance(rule: { value: number | null; period: Period | null }, ms: number): { most: number; from: Date; to: Date } {
  const { value, period } = rule;
  if (period && 'calendar' in period) {
    const { from, to, messages } = periodOf(ms, period.calendar);
    return { most: value ?? messages, from, to };
  }
  const length = (period?.minutes ?? 0) * 60_000;
  return { most: value ?? 0, from: new Date(ms - length), to: new Date(ms + length) };
}
