import { calendar, periodsOf, span } from '../calendar.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { fitsColumn, namesSql } from '../funnel-sql.ts';
import { type Meta, metaOf } from '../meta.ts';
import { instantSql, resolveRange } from '../period.ts';
import { sourceOf } from './common.ts';
import { cells, type LifecycleQuestion } from './schema.ts';

export const phases = ['new', 'returning', 'resurrecting', 'dormant'] as const;
export type Phase = (typeof phases)[number];

export interface LifecycleRow {
  period: string;
  is: Phase;
  people: number;
  /** False while the period is not over: who is dormant may still come. */
  complete: boolean;
  definition: string;
  cell: object;
}

/** Of those who were active in a period: new, back again, or back after a pause; and those of the period before who were not. */
export async function lifecycle(
  deps: InsightDeps,
  asker: Asker,
  question: LifecycleQuestion,
): Promise<{ rows: LifecycleRow[]; meta: Meta }> {
  const startedAt = performance.now();
  const { range, of, numbers } = frameOf(asker, question);
  const counted = await deps.ch.query<{ n: number; phase: Phase; people: number }>(
    `SELECT n, phase, uniqExact(person_no) AS people FROM (${peopleSql(deps, asker, question)}) GROUP BY n, phase`,
  );
  const found = new Map(counted.map((c) => [`${c.n}:${c.phase}`, Number(c.people)]));
  const now = deps.clock.ms();
  const rows = numbers
    .filter((n) => of.begins(n) <= now)
    .flatMap((n) =>
      phases.map((is) => ({
        period: of.label(n),
        is,
        people: found.get(`${n}:${is}`) ?? 0,
        complete: of.begins(n + 1) <= now,
        definition: `lifecycle.${is}`,
        cell: { period: of.label(n), is },
      })),
    );
  const definitions = phases.map((p) => `lifecycle.${p}`);
  return { rows, meta: metaOf(deps.clock, asker, { kind: 'lifecycle', ...question }, range, startedAt, definitions) };
}

/** One row a person, period of the range and what they are in it. */
function peopleSql(deps: InsightDeps, asker: Asker, question: LifecycleQuestion): string {
  const { of, numbers, until } = frameOf(asker, question);
  const [first, last] = [numbers[0] ?? 0, numbers.at(-1) ?? 0];
  const n = of.sql();
  // The first time ever may lie long before, so the whole history is read; of it only the range and the period before it are kept.
  const kept = `${n} >= ${first - 1}`;
  return `SELECT person_no, one.1 AS n, one.2 AS phase FROM (
    SELECT person_no, min(${n}) AS born, arraySort(groupUniqArrayIf(${n}, ${kept})) AS active,
      arrayResize(arrayPushFront(active, toInt32(-2147483648)), length(active)) AS earlier, arraySlice(arrayPushBack(active, toInt32(2147483647)), 2) AS later,
      arrayConcat(
        arrayFilter(e -> e.1 >= ${first}, arrayMap((p, before) -> (p, multiIf(p = born, 'new', before = p - 1, 'returning', 'resurrecting')), active, earlier)),
        arrayFilter(e -> e.1 >= ${first} AND e.1 <= ${last} AND e.2 != '', arrayMap((p, after) -> (toInt32(p + 1), if(after = p + 1, '', 'dormant')), active, later))) AS ones
    FROM ${sourceOf(deps, asker)([fitsColumn(question.done, 'fits')])}
    WHERE ${namesSql([question.done])} AND fits AND time < ${instantSql(until)} GROUP BY person_no) ARRAY JOIN ones AS one`;
}

function frameOf(asker: Asker, question: LifecycleQuestion) {
  const range = resolveRange(question, asker.timezone);
  const of = calendar(question.interval, asker.timezone, question.weekStart, range.from);
  const { first, last } = periodsOf(of, range);
  // Whole periods: half of one would make people of its other half dormant.
  return { range, of, numbers: span(first, last), until: of.begins(last + 1) };
}

/** The people behind one bar. */
export function lifecycleCellSql(deps: InsightDeps, asker: Asker, question: LifecycleQuestion, cell: unknown): string {
  const { period, is } = cells.lifecycle.parse(cell);
  const { of } = frameOf(asker, question);
  return `SELECT DISTINCT person_no FROM (${peopleSql(deps, asker, question)}) WHERE n = ${of.number(period)} AND phase = '${is}'`;
}
