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

/** How long the way from the first step to the last took, in bars that people think in. */
export async function timesOf(deps: InsightDeps, people: string, steps: number, windowMs: number): Promise<FunnelTime[]> {
  if (steps < 2) return [];
  const starts = edges.filter((e) => e * 1000 <= windowMs);
  const taken = `arrayCount(e -> total_${steps} >= e, [${starts.map((e) => e * 1000).join(', ')}])`;
  const rows = await deps.ch.query<{ bar: number; people: number }>(
    `SELECT ${taken} AS bar, uniqExact(person_no) AS people FROM (${people}) WHERE level >= ${steps} GROUP BY bar`,
  );
  const found = new Map(rows.map((r) => [Number(r.bar), Number(r.people)]));
  return starts.map((from, i) => {
    const to = starts[i + 1] ?? null;
    return {
      fromSeconds: from,
      toSeconds: to,
      people: found.get(i + 1) ?? 0,
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
