import { badInput, sqlString } from '../base/index.ts';
import { localDate, type Range, startOfDay } from './period.ts';

export type Unit = 'hour' | 'day' | 'week' | 'month';
export type WeekStart = 'monday' | 'sunday';

/** Hours, days, weeks or months of a zone, each with a number; one more is one period later. */
export interface Calendar {
  unit: Unit;
  /** The number of the period in which a time lies. */
  sql(time?: string): string;
  of(ms: number): number;
  /** Its first date, or (hours) its first instant. */
  label(number: number): string;
  number(label: string): number;
  begins(number: number): number;
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const dayNumber = (date: string) => Math.round(Date.parse(`${date}T00:00:00Z`) / dayMs);
const dateOf = (day: number) => new Date(day * dayMs).toISOString().slice(0, 10);

/** `at`: any instant of the question. Zones differ from UTC by less than an hour's part only where they always do, so hours are shifted by it. */
export function calendar(unit: Unit, zone: string, weekStart: WeekStart = 'monday', at = 0): Calendar {
  const day = (time: string) => `toInt32(toDate32(${time}, ${sqlString(zone)}))`;
  if (unit === 'hour') {
    const beyond = (startOfDay(localDate(at, zone), zone) % hourMs) as number;
    const label = (n: number) => new Date(n * hourMs + beyond).toISOString();
    return {
      unit,
      sql: (time = 'time') => `toInt32(intDiv(toUnixTimestamp64Milli(${time}) - ${beyond}, ${hourMs}))`,
      of: (ms) => Math.floor((ms - beyond) / hourMs),
      label,
      number: (text) => Math.floor((Date.parse(text) - beyond) / hourMs),
      begins: (n) => n * hourMs + beyond,
    };
  }
  if (unit === 'month') {
    const number = (date: string) => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;
    const label = (n: number) => new Date(Date.UTC(Math.floor(n / 12), n % 12, 1)).toISOString().slice(0, 10);
    const sql = (time = 'time') =>
      `toInt32(toYear(toDate32(${time}, ${sqlString(zone)})) * 12 + toMonth(toDate32(${time}, ${sqlString(zone)})) - 1)`;
    return { unit, sql, of: (ms) => number(localDate(ms, zone)), label, number, begins: (n) => startOfDay(label(n), zone) };
  }
  // 1970-01-01 was a Thursday: Sunday the 4th is day 3, and Monday the 5th is day 4.
  const [length, shift] = unit === 'day' ? [1, 0] : [7, weekStart === 'monday' ? 3 : 4];
  const number = (date: string) => Math.floor((dayNumber(date) + shift) / length);
  const label = (n: number) => dateOf(n * length - shift);
  return {
    unit,
    sql: (time = 'time') => (unit === 'day' ? day(time) : `toInt32(intDiv(${day(time)} + ${shift}, ${length}))`),
    of: (ms) => number(localDate(ms, zone)),
    label,
    number,
    begins: (n) => startOfDay(label(n), zone),
  };
}

/** The numbered periods that a range touches; 400 when there are more than can be shown. */
export function periodsOf(of: Calendar, range: Range, most = 800): { first: number; last: number } {
  const [first, last] = [of.of(range.from), of.of(range.to - 1)];
  if (last - first >= most)
    throw badInput([{ field: 'to', reason: `spans more than ${most} periods; choose longer periods or a shorter range` }]);
  return { first, last };
}

/** Everything from the first to the last. */
export function span(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}
