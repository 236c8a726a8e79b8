import type { Ch } from '../../base/index.ts';
import { Calendar, hourOf } from './calendar.ts';
import type { Known } from './suspicion.ts';

/** Properties, numbers and measures are compared in pieces of so many hours. */
export const binHours = 6;
/** So far back the detectors look. */
export const historyHours = 35 * 24;

export interface Cell {
  type: string;
  event: string;
  source: string;
  sdk: string;
  version: string;
  carrier: string;
  /** By hour from `start`. */
  count: Float64Array;
  /** Only where there were any. */
  flags: Partial<Record<Flag, Float64Array>>;
}
export type Flag = 'nobody' | 'late' | 'future' | 'shifted' | 'repeats' | 'duplicates';
export const flags: readonly Flag[] = ['nobody', 'late', 'future', 'shifted', 'repeats', 'duplicates'];

/** By bin (epoch hours / binHours). */
export type Bins = Map<number, number>;
export interface PropertySeries {
  type: string;
  event: string;
  name: string;
  kind: string;
  sdk: string;
  version: string;
  count: Bins;
  empty: Bins;
  distinct: Bins;
  distinctOf: Bins;
}
export interface NumberSeries {
  event: string;
  name: string;
  sdk: string;
  version: string;
  /** Quarter powers of ten → count by bin. */
  buckets: Map<number, Bins>;
}
export interface MeasureSeries {
  measure: string;
  subject: string;
  count: Float64Array;
  of: Float64Array;
}

/** What arrived, as counts by hour; detectors look at nothing from `end` on. */
export interface History {
  /** Epoch hours. */
  start: number;
  end: number;
  /** The first hour in which anything came. */
  begins: number;
  calendar: Calendar;
  cells: Cell[];
  properties: PropertySeries[];
  numbers: NumberSeries[];
  measures: MeasureSeries[];
  /** Hours that are no pattern for others: announced as out of the ordinary, or known to be broken. By hour from `start`. */
  unlike: Uint8Array;
  /** Hours announced as out of the ordinary: volumes are not judged. */
  expected: Uint8Array;
  /** What was found in all this time: the hours of it are no pattern for what they are about. */
  broken: readonly Pick<Known, 'detector' | 'subject' | 'from' | 'to'>[];
}

const own = "source != 'yutang' AND NOT startsWith(source, 'import:')";

/** Reads a workspace's counts. Imports and the program's own events follow no weekly pattern and are left out, but for merges. */
export async function readHistory(ch: Ch, workspaceNo: number, timezone: string, start: number, end: number): Promise<History> {
  const range = `workspace_no = ${workspaceNo} AND hour >= toDateTime(${start * 3600}, 'UTC') AND hour < toDateTime(${end * 3600}, 'UTC')`;
  const at = 'toInt32(intDiv(toUnixTimestamp(hour), 3600))';
  const bin = `toInt32(intDiv(toUnixTimestamp(hour), ${binHours * 3600}))`;
  const length = end - start;
  const [cells, properties, numbers, measures, [first]] = await Promise.all([
    ch.query<Omit<Cell, 'count' | 'flags'> & { at: number[]; count: number[] } & Record<Flag, number[]>>(
      `SELECT type, event, source, sdk, version, carrier, groupArray(at) AS at, groupArray(n) AS count, ${flags.map((f) => `groupArray(${f}_) AS ${f}`).join(', ')}
       FROM (SELECT type, event, source, sdk, version, carrier, ${at} AS at, sum(count) AS n, ${flags.map((f) => `sum(${f}) AS ${f}_`).join(', ')} FROM health_hours
         WHERE ${range} AND (${own} OR event = 'Identity Merged') GROUP BY type, event, source, sdk, version, carrier, at)
       GROUP BY type, event, source, sdk, version, carrier ORDER BY sum(n) DESC LIMIT 1000`,
    ),
    ch.query<Omit<PropertySeries, 'count' | 'empty' | 'distinct' | 'distinctOf'> & Record<'at' | 'n' | 'e' | 'd' | 'o', number[]>>(
      `SELECT type, event, name, kind, sdk, version, groupArray(at) AS at, groupArray(n_) AS n, groupArray(e_) AS e, groupArray(d_) AS d, groupArray(o_) AS o
       FROM (SELECT type, event, name, kind, sdk, version, ${bin} AS at, sum(count) AS n_, sum(empty) AS e_, sum(distinct_count) AS d_, sum(distinct_of) AS o_
         FROM health_properties WHERE ${range} AND type IN ('track', 'identify') GROUP BY type, event, name, kind, sdk, version, at)
       GROUP BY type, event, name, kind, sdk, version ORDER BY sum(n_) DESC LIMIT 20000`,
    ),
    ch.query<{ event: string; name: string; sdk: string; version: string; bucket: number; at: number[]; n: number[] }>(
      `SELECT event, name, sdk, version, bucket, groupArray(at) AS at, groupArray(n_) AS n
       FROM (SELECT event, name, sdk, version, bucket, ${bin} AS at, sum(count) AS n_ FROM health_numbers WHERE ${range} GROUP BY event, name, sdk, version, bucket, at)
       GROUP BY event, name, sdk, version, bucket LIMIT 20000`,
    ),
    ch.query<{ measure: string; subject: string; at: number[]; n: number[]; o: number[] }>(
      `SELECT measure, subject, groupArray(at) AS at, groupArray(n_) AS n, groupArray(o_) AS o
       FROM (SELECT measure, subject, ${at} AS at, sum(count) AS n_, sum(of) AS o_ FROM health_measures WHERE ${range} GROUP BY measure, subject, at)
       GROUP BY measure, subject ORDER BY max(n_) DESC LIMIT 5000`,
    ),
    ch.query<{ first: number }>(
      `SELECT ${at.replace('hour', 'min(hour)')} AS first FROM health_hours WHERE workspace_no = ${workspaceNo} AND ${own}`,
    ),
  ]);
  const dense = (hours: readonly number[], values: readonly number[]): Float64Array => {
    const array = new Float64Array(length);
    hours.forEach((h, i) => {
      array[h - start] = values[i]!;
    });
    return array;
  };
  const bins = (ats: readonly number[], values: readonly number[]): Bins => new Map(ats.map((a, i) => [a, values[i]!]));
  const numberSeries = new Map<string, NumberSeries>();
  for (const { bucket, at: ats, n, ...who } of numbers) {
    const key = JSON.stringify([who.event, who.name, who.sdk, who.version]);
    const series = numberSeries.get(key) ?? { ...who, buckets: new Map<number, Bins>() };
    series.buckets.set(bucket, bins(ats, n));
    numberSeries.set(key, series);
  }
  return {
    start,
    end,
    begins: Math.max(first?.first || end, 0),
    calendar: new Calendar(timezone),
    cells: cells.map(({ at: ats, count, type, event, source, sdk, version, carrier, ...rest }) => ({
      ...{ type, event, source, sdk, version, carrier },
      count: dense(ats, count),
      flags: Object.fromEntries(flags.filter((f) => rest[f].some((v) => v > 0)).map((f) => [f, dense(ats, rest[f])])),
    })),
    properties: properties.map(({ at: ats, n, e, d, o, ...who }) => ({
      ...who,
      count: bins(ats, n),
      empty: bins(ats, e),
      distinct: bins(ats, d),
      distinctOf: bins(ats, o),
    })),
    numbers: [...numberSeries.values()],
    measures: measures.map(({ at: ats, n, o, measure, subject }) => ({ measure, subject, count: dense(ats, n), of: dense(ats, o) })),
    unlike: new Uint8Array(length),
    expected: new Uint8Array(length),
    broken: [],
  };
}

/** The same history as it was known at an earlier hour. */
export const asOf = (history: History, end: number, broken: History['broken']): History => ({ ...history, end, broken });

/** Marks a stretch of time in one of the history's masks. */
export function mark(history: History, mask: Uint8Array, fromMs: number, toMs: number): void {
  const from = Math.max(0, hourOf(fromMs) - history.start);
  const to = Math.min(mask.length, hourOf(toMs - 1) + 1 - history.start);
  if (to > from) mask.fill(1, from, to);
}
