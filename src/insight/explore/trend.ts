import { badInput } from '../../base/index.ts';
import { eventValueSql, shownValues, valueIs } from '../breakdown.ts';
import { calendar, periodsOf, span } from '../calendar.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { fitsColumn, namesSql } from '../funnel-sql.ts';
import { type Meta, metaOf } from '../meta.ts';
import { resolveRange } from '../period.ts';
import { amountSql, inRange, largest, named, sourceOf, wholeAndParts } from './common.ts';
import { cells, type TrendQuestion } from './schema.ts';

export interface TrendRow {
  /** Which line, from 1. */
  series: number;
  event: string;
  measure: TrendQuestion['series'][number]['measure'];
  /** With a breakdown: the value, null where it is missing. */
  value?: string | null;
  /** First day (hours: instant) of the period; null for all of them together. */
  period: string | null;
  /** null where there is nothing to average. */
  number: number | null;
  /** Who did it. */
  people: number;
  complete: boolean;
  definition: string;
  cell: object;
}

type Counted = {
  value: string;
  n: number;
  whole: number;
  people: number;
  events: number;
  total: number;
  amounts: number;
  low: number;
  high: number;
};

/** How often something happened in each period, how many people did it, or what one of its numbers came to. */
export async function trend(
  deps: InsightDeps,
  asker: Asker,
  question: TrendQuestion,
): Promise<{ rows: TrendRow[]; meta: Meta & { values?: number } }> {
  const startedAt = performance.now();
  const { range, of, numbers } = frameOf(asker, question);
  const now = deps.clock.ms();
  const rows: TrendRow[] = [];
  let values = 0;
  for (const [i] of question.series.entries()) {
    const alone = peopleSql(deps, asker, question, i);
    const { whole, parts } = await wholeAndParts(deps, asker, question.breakdown, range, alone);
    const ask = (people: string, value: string) =>
      deps.ch.query<Counted>(
        `SELECT ${value} AS value, n, grouping(n) AS whole, uniqExact(person_no) AS people, sum(a.events) AS events, sum(a.total) AS total, sum(a.amounts) AS amounts,
           minIf(a.low, a.amounts > 0) AS low, maxIf(a.high, a.amounts > 0) AS high FROM (${people}) AS a GROUP BY GROUPING SETS ((value, n), (value))`,
      );
    const [all, byValue] = await Promise.all([ask(whole, "''"), parts ? ask(parts, 'value') : []]);
    const size = (counted: Counted[]) => Number(counted.find((c) => c.whole)?.events ?? 0);
    const groups = Map.groupBy(byValue, (c) => c.value);
    values = Math.max(values, groups.size);
    const lines: [{ value?: string | null }, Counted[]][] = [
      [{}, all],
      ...largest(groups, size, shownValues).map(([value, counted]): [{ value: string | null }, Counted[]] => [named(value), counted]),
    ];
    for (const [value, counted] of lines) {
      const found = new Map(counted.filter((c) => !c.whole).map((c) => [Number(c.n), c]));
      const row = (period: string | null, one: Counted | undefined, complete: boolean): TrendRow => ({
        series: i + 1,
        event: question.series[i]!.event,
        measure: question.series[i]!.measure,
        ...value,
        period,
        number: measured(question.series[i]!.measure, one),
        people: Number(one?.people ?? 0),
        complete,
        definition: `trend.${question.series[i]!.measure}`,
        cell: { series: i + 1, period, ...value },
      });
      rows.push(
        row(
          null,
          counted.find((c) => c.whole),
          range.to <= now,
        ),
      );
      for (const n of numbers) if (of.begins(n) <= now) rows.push(row(of.label(n), found.get(n), of.begins(n + 1) <= now));
    }
  }
  const definitions = [...new Set(question.series.map((s) => `trend.${s.measure}`))];
  const meta = metaOf(deps.clock, asker, { kind: 'trend', ...question }, range, startedAt, definitions);
  return { rows, meta: question.breakdown ? { ...meta, values } : meta };
}

function measured(measure: TrendRow['measure'], one: Counted | undefined): number | null {
  if (measure === 'people') return Number(one?.people ?? 0);
  if (measure === 'events') return Number(one?.events ?? 0);
  if (measure === 'sum') return Number(one?.total ?? 0);
  if (!one || Number(one.amounts) === 0) return null;
  if (measure === 'average') return Number(one.total) / Number(one.amounts);
  return Number(measure === 'min' ? one.low : one.high);
}

/** One row a person, period and value of the event: how often, and what the number came to. */
function peopleSql(deps: InsightDeps, asker: Asker, question: TrendQuestion, line: number): string {
  const { range, of } = frameOf(asker, question);
  const one = question.series[line]!;
  const split = eventValueSql(question.breakdown);
  const columns = [
    fitsColumn(one, 'fits'),
    ...(one.property ? [`${amountSql(one.property)} AS amount`] : []),
    ...(split ? [`${split} AS split`] : []),
  ];
  const amount = one.property ? 'amount' : 'CAST(NULL AS Nullable(Float64))';
  // Of numbers, only those events count that have one.
  const has = one.property ? ' AND amount IS NOT NULL' : '';
  return `SELECT person_no, ${of.sql()} AS n, ${split ? 'split AS value, ' : ''}count() AS events, sum(ifNull(${amount}, 0)) AS total, count(${amount}) AS amounts,
      min(ifNull(${amount}, 0)) AS low, max(ifNull(${amount}, 0)) AS high
    FROM ${sourceOf(deps, asker)(columns)} WHERE ${inRange(range)} AND ${namesSql([one])} AND fits${has} GROUP BY person_no, n${split ? ', value' : ''}`;
}

function frameOf(asker: Asker, question: TrendQuestion) {
  const range = resolveRange(question, asker.timezone);
  const of = calendar(question.interval, asker.timezone, question.weekStart, range.from);
  const { first, last } = periodsOf(of, range);
  return { range, of, numbers: span(first, last) };
}

/** The people behind one point of a line. */
export async function trendCellSql(deps: InsightDeps, asker: Asker, question: TrendQuestion, cell: unknown): Promise<string> {
  const { series, period, value } = cells.trend.parse(cell);
  if (series > question.series.length)
    throw badInput([{ field: 'cell.series', reason: `is beyond the last line, ${question.series.length}` }]);
  const { range, of } = frameOf(asker, question);
  const { whole, parts } = await wholeAndParts(deps, asker, question.breakdown, range, peopleSql(deps, asker, question, series - 1));
  if (value !== undefined && !parts)
    throw badInput([{ field: 'cell.value', reason: 'means something only with a breakdown; leave it out' }]);
  const when = period === null ? '1' : `n = ${of.number(period)}`;
  return `SELECT DISTINCT person_no FROM (${value === undefined ? whole : parts}) WHERE ${when}${valueIs(value)}`;
}
