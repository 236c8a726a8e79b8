import { type Proportion, proportion } from '../experiments/index.ts';
import type { Calendar } from './calendar.ts';
import type { InsightDeps } from './deps.ts';

export interface FunnelTime {
  fromSeconds: number;
  /** null: without end. */
  toSeconds: number | null;
  people: number;
  cell: object;
}

export interface FunnelTrend {
  period: string;
  entered: number;
  converted: number;
  conversion: Proportion;
  cell: object;
  convertedCell: object;
}

const [minute, hour, day] = [60, 3600, 86_400];
const edges = [
  0,
  minute,
  5 * minute,
  15 * minute,
  hour,
  3 * hour,
  6 * hour,
  12 * hour,
  day,
  2 * day,
  3 * day,
  7 * day,
  14 * day,
  30 * day,
  60 * day,
  90 * day,
];

const startsWithin = (windowMs: number) => edges.filter((e) => e * 1000 <= windowMs);

/** A column `bars` beside the other sums of a funnel: how many people's way from the first step to the last took as long as each bar says. */
export function barsSql(steps: number, windowMs: number): string[] {
  if (steps < 2) return [];
  const starts = startsWithin(windowMs).map((e) => e * 1000);
  return [
    `sumForEachIf(arrayMap((from, to) -> toUInt64(total_${steps} >= from AND total_${steps} < to), [${starts.join(', ')}], [${[...starts.slice(1), Number.MAX_SAFE_INTEGER].join(', ')}]), level >= ${steps}) AS bars`,
  ];
}

/** How long the way from the first step to the last took, in bars that people think in. */
export function timesOf(bars: readonly number[], steps: number, windowMs: number): FunnelTime[] {
  if (steps < 2) return [];
  const starts = startsWithin(windowMs);
  return starts.map((from, i) => {
    const to = starts[i + 1] ?? null;
    return {
      fromSeconds: from,
      toSeconds: to,
      people: Number(bars[i] ?? 0),
      cell: { step: steps, outcome: 'reached', seconds: { from, to } },
    };
  });
}

/** How many entered in each period, and how many of them came to the end. */
export async function trendOf(
  deps: InsightDeps,
  people: string,
  steps: number,
  { of, periods }: { of: Calendar; periods: number[] },
): Promise<FunnelTrend[]> {
  const rows = await deps.ch.query<{ n: number; entered: number; converted: number }>(
    `SELECT ${of.sql("fromUnixTimestamp64Milli(began, 'UTC')")} AS n, uniqExact(person_no) AS entered, uniqExactIf(person_no, level >= ${steps}) AS converted
     FROM (${people}) GROUP BY n`,
  );
  const found = new Map(rows.map((r) => [Number(r.n), r]));
  return periods
    .filter((n) => of.begins(n) <= deps.clock.ms())
    .map((n) => {
      const [entered, converted] = [Number(found.get(n)?.entered ?? 0), Number(found.get(n)?.converted ?? 0)];
      const period = of.label(n);
      return {
        period,
        entered,
        converted,
        conversion: proportion(converted, entered),
        cell: { step: 1, outcome: 'reached', period },
        convertedCell: { step: steps, outcome: 'reached', period },
      };
    });
}
