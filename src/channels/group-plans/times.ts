import type { Step, When } from './schema.ts';

/** Days and times of a workspace's zone as instants, and when a group gets a step. */

const formats = new Map<string, Intl.DateTimeFormat>();
const DAY = 86_400_000;

/** What stands on the wall there, read as if it were UTC. */
function wall(ms: number, zone: string): number {
  let format = formats.get(zone);
  if (!format) {
    const parts = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', ...parts });
    formats.set(zone, format);
  }
  const of = Object.fromEntries(format.formatToParts(ms).map((part) => [part.type, Number(part.value)]));
  return Date.UTC(of.year!, of.month! - 1, of.day, of.hour, of.minute, of.second);
}

export const localDay = (ms: number, zone: string): string => new Date(wall(ms, zone)).toISOString().slice(0, 10);

export const addDays = (day: string, n: number): string => new Date(Date.parse(day) + n * DAY).toISOString().slice(0, 10);

/** 1 Monday to 7 Sunday. */
export const weekdayOf = (day: string): number => ((new Date(day).getUTCDay() + 6) % 7) + 1;

/** The instant at which it is first this time there; a time that clocks jump over is as much later as they jump. */
export function instantOf(day: string, time: string, zone: string): number {
  const wanted = Date.parse(`${day}T${time}:00Z`);
  const offset = (ms: number) => wall(ms, zone) - ms;
  const before = wanted - offset(wanted - DAY);
  if (wall(before, zone) === wanted) return before;
  const after = wanted - offset(wanted + DAY);
  return wall(after, zone) === wanted ? after : before;
}

/** The days of a group's life on which a step falls, of those from `first` to `last`. */
function daysOf(when: When, birthday: string, first: string, last: string): string[] {
  if (when.kind === 'day') {
    const day = addDays(birthday, when.day);
    return day >= first && day <= last ? [day] : [];
  }
  const days: string[] = [];
  for (let day = addDays(first, (when.weekday - weekdayOf(first) + 7) % 7); day <= last; day = addDays(day, 7)) days.push(day);
  return days;
}

export interface Occurrence {
  stepId: string;
  at: number;
}

/** What a group that was made at `createdAt` gets after `from` and until `to`. */
export function occurrences(steps: readonly Step[], createdAt: number, from: number, to: number, zone: string): Occurrence[] {
  const birthday = localDay(createdAt, zone);
  const [first, last] = [localDay(from, zone), localDay(to, zone)];
  return steps
    .flatMap(({ id, when }) =>
      daysOf(when, birthday, first, last).map((day) => {
        const at = instantOf(day, when.time, zone);
        // Who comes after the hour of the first day still gets what is for that day.
        return { stepId: id, at: when.kind === 'day' && when.day === 0 ? Math.max(at, createdAt) : at };
      }),
    )
    .filter(({ at }) => at > from && at <= to && at >= createdAt)
    .sort((a, b) => a.at - b.at);
}

const FAR_DAYS = 8;

/** When a group gets something next after `from`; undefined when nothing is to come. */
export function nextOccurrence(steps: readonly Step[], createdAt: number, from: number, zone: string): number | undefined {
  const soon = occurrences(steps, createdAt, from, from + FAR_DAYS * DAY, zone)[0]?.at;
  if (soon !== undefined) return soon;
  const birthday = localDay(createdAt, zone);
  const later = steps.flatMap(({ when }) =>
    when.kind === 'day' ? [instantOf(addDays(birthday, when.day), when.time, zone)].filter((at) => at > from) : [],
  );
  return later.length > 0 ? Math.min(...later) : undefined;
}
