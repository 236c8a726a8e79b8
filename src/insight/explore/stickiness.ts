import { badInput } from '../../base/index.ts';
import { type Proportion, proportion } from '../../experiments/index.ts';
import { eventValueSql, shownValues, valueIs } from '../breakdown.ts';
import { calendar, periodsOf } from '../calendar.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { fitsColumn, namesSql } from '../funnel-sql.ts';
import { type Meta, metaOf } from '../meta.ts';
import { resolveRange } from '../period.ts';
import { inRange, largest, named, sourceOf, wholeAndParts } from './common.ts';
import { cells, type StickinessQuestion } from './schema.ts';

export interface StickinessRow extends Proportion {
  /** In exactly so many periods. */
  periods: number;
  value?: string | null;
  people: number;
  atLeast: number;
  definition: string;
  cell: object;
  atLeastCell: object;
}

type Counted = { value: string; active: number; people: number };

/** In how many days (weeks, months) of the range people did something. */
export async function stickiness(
  deps: InsightDeps,
  asker: Asker,
  question: StickinessQuestion,
): Promise<{ rows: StickinessRow[]; meta: Meta & { periods: number; values?: number } }> {
  const startedAt = performance.now();
  const { range, periods } = frameOf(asker, question);
  const { whole, parts } = await wholeAndParts(deps, asker, question.breakdown, range, peopleSql(deps, asker, question));
  const ask = (people: string, value: string) =>
    deps.ch.query<Counted>(`SELECT ${value} AS value, active, uniqExact(person_no) AS people FROM (${people}) GROUP BY value, active`);
  const [all, byValue] = await Promise.all([ask(wholeOf(whole), "''"), parts ? ask(parts, 'value') : []]);
  const groups = Map.groupBy(byValue, (c) => c.value);
  const size = (counted: Counted[]) => counted.reduce((sum, c) => sum + Number(c.people), 0);
  const rows = [
    ...rowsOf(all, {}, periods),
    ...largest(groups, size, shownValues).flatMap(([value, counted]) => rowsOf(counted, named(value), periods)),
  ];
  const meta = metaOf(deps.clock, asker, { kind: 'stickiness', ...question }, range, startedAt, ['stickiness.people']);
  return { rows, meta: { ...meta, periods, ...(question.breakdown ? { values: groups.size } : {}) } };
}

function rowsOf(counted: Counted[], value: { value?: string | null }, periods: number): StickinessRow[] {
  const found = new Map(counted.map((c) => [Number(c.active), Number(c.people)]));
  const everyone = [...found.values()].reduce((sum, n) => sum + n, 0);
  let atLeast = everyone;
  return Array.from({ length: periods }, (_, i) => {
    const people = found.get(i + 1) ?? 0;
    const row = {
      periods: i + 1,
      ...value,
      people,
      ...proportion(people, everyone),
      atLeast,
      definition: 'stickiness.people',
      cell: { periods: i + 1, ...value },
      atLeastCell: { periods: i + 1, atLeast: true, ...value },
    };
    atLeast -= people;
    return row;
  });
}

/** One row a person and value of the event: the periods in which they did it, and how many. */
function peopleSql(deps: InsightDeps, asker: Asker, question: StickinessQuestion): string {
  const { range, of } = frameOf(asker, question);
  const split = eventValueSql(question.breakdown);
  const source = sourceOf(deps, asker)([fitsColumn(question.done, 'fits'), ...(split ? [`${split} AS split`] : [])]);
  return `SELECT person_no, ${split ? 'split AS value, ' : ''}groupUniqArray(${of.sql()}) AS on_, length(on_) AS active
    FROM ${source} WHERE ${inRange(range)} AND ${namesSql([question.done])} AND fits GROUP BY person_no${split ? ', value' : ''}`;
}

/** A person once, over all values of the event. */
function wholeOf(people: string): string {
  return `SELECT person_no, length(groupUniqArrayArray(on_)) AS active FROM (${people}) GROUP BY person_no`;
}

function frameOf(asker: Asker, question: StickinessQuestion) {
  const range = resolveRange(question, asker.timezone);
  const of = calendar(question.interval, asker.timezone, question.weekStart, range.from);
  const { first, last } = periodsOf(of, range);
  return { range, of, periods: last - first + 1 };
}

/** The people behind one bar. */
export async function stickinessCellSql(deps: InsightDeps, asker: Asker, question: StickinessQuestion, cell: unknown): Promise<string> {
  const { periods, atLeast, value } = cells.stickiness.parse(cell);
  const { range } = frameOf(asker, question);
  const { whole, parts } = await wholeAndParts(deps, asker, question.breakdown, range, peopleSql(deps, asker, question));
  if (value !== undefined && !parts)
    throw badInput([{ field: 'cell.value', reason: 'means something only with a breakdown; leave it out' }]);
  return `SELECT DISTINCT person_no FROM (${value === undefined ? wholeOf(whole) : parts}) WHERE active ${atLeast ? '>=' : '='} ${periods}${valueIs(value)}`;
}
