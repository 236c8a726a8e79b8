import { badInput } from '../../base/index.ts';
import { enoughPeople } from '../../experiments/index.ts';
import { eventValueSql, shownValues, valueIs } from '../breakdown.ts';
import { calendar, periodsOf, span } from '../calendar.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { fitsColumn, namesSql } from '../funnel-sql.ts';
import { type Meta, metaOf } from '../meta.ts';
import { instantSql, resolveRange } from '../period.ts';
import { largest, named, sourceOf, wholeAndParts } from './common.ts';
import { cells, type WorthQuestion } from './schema.ts';

export interface WorthCell {
  /** So many periods after the cohort's own; everything until its end counts. */
  period: number;
  /** Net revenue so far, of all of them. */
  fen: number;
  fenPerPerson: number | null;
  /** Who ordered by then. */
  people: number;
  complete: boolean;
  cell: object;
}

export interface WorthRow {
  /** First day of the cohort's period; null for all together. */
  cohort: string | null;
  value?: string | null;
  people: number;
  enough: boolean;
  periods: WorthCell[];
  definition: string;
  cell: object;
}

type Counted = { value: string; cohort: number; members: number; distances: [number, number, number][] };

/** What the people who came in the same week or month have been worth since: net revenue for each of them, added up period by period. */
export async function worth(
  deps: InsightDeps,
  asker: Asker,
  question: WorthQuestion,
): Promise<{ rows: WorthRow[]; meta: Meta & { values?: number } }> {
  const startedAt = performance.now();
  const { range } = frameOf(asker, question);
  const { whole, parts } = await wholeAndParts(deps, asker, question.breakdown, range, peopleSql(deps, asker, question));
  const ask = (people: string, value: string) =>
    deps.ch.query<Counted>(
      `SELECT value, cohort, max(members) AS members, groupArray((distance, fen, buyers)) AS distances FROM (
         SELECT ${value} AS value, cohort, one.1 AS distance, toInt64(sum(one.2)) AS fen, uniqExactIf(person_no, distance = first_order) AS buyers,
           0 AS members FROM (${people}) ARRAY JOIN spent AS one GROUP BY value, cohort, distance
         UNION ALL SELECT ${value} AS value, cohort, -1 AS distance, 0 AS fen, 0 AS buyers, uniqExact(person_no) AS members FROM (${people}) GROUP BY value, cohort
         ) GROUP BY value, cohort`,
    );
  const [all, byValue] = await Promise.all([ask(whole, "''"), parts ? ask(parts, 'value') : []]);
  const groups = Map.groupBy(byValue, (c) => c.value);
  const size = (counted: Counted[]) => counted.reduce((sum, c) => sum + Number(c.members), 0);
  const rows = [
    ...rowsOf(deps, asker, question, all, {}),
    ...largest(groups, size, shownValues).flatMap(([value, counted]) => rowsOf(deps, asker, question, counted, named(value))),
  ];
  const meta = metaOf(deps.clock, asker, { kind: 'worth', ...question }, range, startedAt, ['worth.perPerson', 'worth.people']);
  return { rows, meta: question.breakdown ? { ...meta, values: groups.size } : meta };
}

function rowsOf(
  deps: InsightDeps,
  asker: Asker,
  question: WorthQuestion,
  counted: Counted[],
  value: { value?: string | null },
): WorthRow[] {
  const { of, cohorts } = frameOf(asker, question);
  const now = deps.clock.ms();
  const found = new Map(counted.map((c) => [Number(c.cohort), c]));
  const members = (cohort: number) => Number(found.get(cohort)?.members ?? 0);
  const until = (cohort: number, period: number) =>
    (found.get(cohort)?.distances ?? []).reduce(
      (sum, [d, fen, buyers]) =>
        Number(d) >= 0 && Number(d) <= period ? { fen: sum.fen + Number(fen), buyers: sum.buyers + Number(buyers) } : sum,
      { fen: 0, buyers: 0 },
    );
  const begun = (cohort: number, period: number) => of.begins(cohort + period) <= now;
  const over = (cohort: number, period: number) => of.begins(cohort + period + 1) <= now;
  const row = (label: string | null, these: number[]): WorthRow => {
    const periods = span(0, question.count).flatMap((period): WorthCell[] => {
      // Together: only cohorts for which the period is over.
      const counting = label === null ? these.filter((c) => over(c, period)) : these.filter((c) => begun(c, period));
      if (counting.length === 0) return [];
      const sums = counting.map((c) => until(c, period));
      const fen = sums.reduce((sum, s) => sum + s.fen, 0);
      const people = counting.reduce((sum, c) => sum + members(c), 0);
      return [
        {
          period,
          fen,
          fenPerPerson: people === 0 ? null : fen / people,
          people: sums.reduce((sum, s) => sum + s.buyers, 0),
          complete: label === null || over(these[0]!, period),
          cell: { cohort: label, period, ...value },
        },
      ];
    });
    const people = these.reduce((sum, c) => sum + members(c), 0);
    return {
      cohort: label,
      ...value,
      people,
      enough: people >= enoughPeople,
      periods,
      definition: 'worth.perPerson',
      cell: { cohort: label, period: null, ...value },
    };
  };
  const shown = cohorts.filter((c) => begun(c, 0) && ('value' in value ? members(c) > 0 : true));
  return [row(null, cohorts), ...shown.map((c) => row(of.label(c), [c]))];
}

/** One row a person: `cohort`, `spent` (period after the cohort's own, net fen), and `first_order`, the period of the first order since (-1: none). */
function peopleSql(deps: InsightDeps, asker: Asker, question: WorthQuestion): string {
  const { range, of, until } = frameOf(asker, question);
  const split = eventValueSql(question.breakdown);
  const source = sourceOf(
    deps,
    asker,
  )([
    fitsColumn(question.first, 'fits_first'),
    'ifNull(properties.`revenue_fen`.:Int64, 0) AS fen',
    ...(split ? [`${split} AS split`] : []),
  ]);
  const n = of.sql();
  return `SELECT person_no, cohort, ${split ? 'value, ' : ''}arrayMap(e -> (toInt32(e.1 - cohort), e.2), arrayFilter(e -> e.1 >= cohort AND e.1 - cohort <= ${question.count}, money)) AS spent,
      if(length(arrayFilter(o -> o >= cohort, orders)) = 0, -1, arrayMin(arrayFilter(o -> o >= cohort, orders)) - cohort) AS first_order FROM (
    SELECT person_no, minIf(time, fits_first) AS first_at, ${of.sql('first_at')} AS cohort, ${split ? 'argMinIf(split, time, fits_first) AS value, ' : ''}
      groupArrayIf((${n}, if(event = 'Order Refunded', -fen, fen)), event IN ('Order Completed', 'Order Refunded')) AS money,
      groupUniqArrayIf(${n}, event = 'Order Completed') AS orders
    FROM ${source} WHERE ((${namesSql([question.first])}) OR event IN ('Order Completed', 'Order Refunded')) AND time < ${instantSql(until)}
    GROUP BY person_no HAVING countIf(fits_first) > 0 AND first_at >= ${instantSql(range.from)} AND first_at < ${instantSql(range.to)})`;
}

function frameOf(asker: Asker, question: WorthQuestion) {
  const range = resolveRange(question, asker.timezone);
  const of = calendar(question.period, asker.timezone, question.weekStart, range.from);
  const { first, last } = periodsOf(of, range, 400);
  return { range, of, cohorts: span(first, last), until: of.begins(last + question.count + 1) };
}

/** The people of a cohort, or those of it who ordered by the end of a period. */
export async function worthCellSql(deps: InsightDeps, asker: Asker, question: WorthQuestion, cell: unknown): Promise<string> {
  const { cohort, period, value } = cells.worth.parse(cell);
  const { range, of, cohorts } = frameOf(asker, question);
  const { whole, parts } = await wholeAndParts(deps, asker, question.breakdown, range, peopleSql(deps, asker, question));
  if (value !== undefined && !parts)
    throw badInput([{ field: 'cell.value', reason: 'means something only with a breakdown; leave it out' }]);
  const ripe = period === null ? cohorts : cohorts.filter((c) => of.begins(c + period + 1) <= deps.clock.ms());
  const which = cohort === null ? `cohort <= ${ripe.at(-1) ?? -1}` : `cohort = ${of.number(cohort)}`;
  const ordered = period === null ? '' : ` AND first_order >= 0 AND first_order <= ${period}`;
  return `SELECT DISTINCT person_no FROM (${value === undefined ? whole : parts}) WHERE ${which}${ordered}${valueIs(value)}`;
}
