import { badInput } from '../base/index.ts';

/** From inclusive, to exclusive, in milliseconds since the epoch. */
export interface Range {
  from: number;
  to: number;
}

const zoneFormats = new Map<string, Intl.DateTimeFormat>();

function zoneFormat(zone: string): Intl.DateTimeFormat {
  let format = zoneFormats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      calendar: 'iso8601',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    zoneFormats.set(zone, format);
  }
  return format;
}

/** What the clock on the wall shows in a zone, as if it were UTC. */
function wall(ms: number, zone: string): number {
  const part: Record<string, number> = {};
  for (const { type, value } of zoneFormat(zone).formatToParts(ms)) part[type] = Number(value);
  return Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second);
}

/** The first instant of a date in a zone. */
export function startOfDay(date: string, zone: string): number {
  const target = Date.parse(`${date}T00:00:00Z`);
  // Twice, because the offset at the first guess may not be the offset at midnight.
  let at = target - (wall(target, zone) - target);
  at = target - (wall(at, zone) - Math.floor(at / 1000) * 1000);
  // Where midnight is skipped by daylight saving, the day begins with the first hour that exists.
  return localDate(at, zone) < date ? at + 3_600_000 : at;
}

/** The date on the calendar of a zone. */
export function localDate(ms: number, zone: string): string {
  return new Date(wall(ms, zone)).toISOString().slice(0, 10);
}

/** A date so many days later. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

function edge(text: string, zone: string): number {
  return text.length === 10 ? startOfDay(text, zone) : Date.parse(text);
}

/** The range of a question as instants; 400 when it is empty or upside down. */
export function resolveRange(range: { from: string; to: string }, zone: string): Range {
  const from = edge(range.from, zone);
  const to = edge(range.to, zone);
  if (!(from < to)) throw badInput([{ field: 'to', reason: 'must be after from' }]);
  if (from < 0) throw badInput([{ field: 'from', reason: 'must not be before 1970' }]);
  if (to > latest) throw badInput([{ field: 'to', reason: 'must not be after 2200' }]);
  return { from, to };
}

/** The period of equal length that ends where this one begins. */
export function before(range: Range): Range {
  return { from: range.from - (range.to - range.from), to: range.from };
}

const latest = Date.UTC(2200, 0, 2);

/** An instant as a ClickHouse literal; what lies beyond its calendar (1900 to 2299) is its end. */
export function instantSql(ms: number): string {
  const held = Math.min(Math.max(ms, Date.UTC(1900, 0, 1)), Date.UTC(2299, 0, 1));
  return `toDateTime64('${new Date(held).toISOString().replace('T', ' ').replace('Z', '')}', 3, 'UTC')`;
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
