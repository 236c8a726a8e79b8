import { eventValueSql } from './breakdown.ts';
import type { Calendar } from './calendar.ts';
import { fitsColumn, namesSql } from './funnel-sql.ts';
import { instantSql, type Range } from './period.ts';
import type { RetentionQuestion } from './schema.ts';
import type { Source } from './source.ts';

/** The columns of a matrix beside the cohort itself: from which period after it to which. */
export function columnsOf({ count, brackets }: RetentionQuestion): [number, number][] {
  return brackets ?? Array.from({ length: count }, (_, i) => [i + 1, i + 1]);
}

export interface RetentionPlan {
  source: Source;
  question: RetentionQuestion;
  range: Range;
  calendar: Calendar;
  /** The instant after the last period that can be shown. */
  until: number;
}

/**
 * One row a person and cohort: `cohort`, a period's number; `seen`, the columns in which they count as back, with 0 for the cohort itself; and with a
 * breakdown by something of the event `value`, that of the event which put them into the cohort.
 */
export function retentionPeopleSql({ source, question, range, calendar, until }: RetentionPlan): string {
  const [first, back] = ['fits_first', 'fits_return'];
  const period = calendar.sql();
  const entered = `time >= ${instantSql(range.from)} AND time < ${instantSql(range.to)}`;
  const everFirst = question.cohort === 'first';
  const split = eventValueSql(question.breakdown);
  // The first time ever may lie before the range, which then keeps the person out of it; so the whole history before is read.
  const lower = everFirst ? '' : ` AND time >= ${instantSql(range.from)}`;
  const value = split ? 'split' : "''";
  const cohorts = everFirst
    ? `if(countIf(${first}) > 0 AND first_at >= ${instantSql(range.from)} AND first_at < ${instantSql(range.to)}, [(${calendar.sql('first_at')}, ${split ? `argMinIf(split, time, ${first})` : "''"})], [])`
    : split
      ? // Of several in one period, the value of the first.
        `arrayMap(e -> (e.1, e.3), arrayFilter((e, before) -> e.1 != before, arraySort(groupArrayIf((${period}, time, ${value}), ${first} AND ${entered})) AS firsts, arrayResize(arrayPushFront(firsts.1, toInt32(-2147483648)), length(firsts))))`
      : `arrayMap(p -> (p, ''), groupUniqArrayIf(${period}, ${first} AND ${entered}))`;
  const columns = columnsOf(question);
  const last = Math.max(...columns.map(([, to]) => to));
  const cameBack = (from: number, to: number) => `arrayExists(b -> b - cohort >= ${from} AND b - cohort <= ${to}, backs)`;
  const singles = !question.brackets;
  const seen = singles
    ? question.counting === 'on'
      ? `arrayFilter(d -> d > 0 AND d <= ${question.count}, arrayMap(b -> b - cohort, backs))`
      : `range(1, toUInt32(arrayMax(arrayPushFront(arrayFilter(b -> b - cohort <= ${question.count}, backs), cohort)) - cohort) + 1)`
    : `arrayFilter(d -> d > 0, [${columns.map(([from, to], i) => `if(${cameBack(from, question.counting === 'on' ? to : last)}, ${i + 1}, 0)`).join(', ')}])`;
  return `SELECT person_no, one.1 AS cohort, ${split ? 'one.2 AS value, ' : ''}arrayPushFront(arrayMap(d -> toInt32(d), ${seen}), toInt32(0)) AS seen FROM (
    SELECT person_no, minIf(time, ${first}) AS first_at, ${cohorts} AS cohorts, groupUniqArrayIf(${period}, ${back} AND time >= ${instantSql(range.from)}) AS backs
    FROM ${source([fitsColumn(question.first, 'fits_first'), fitsColumn(question.return, 'fits_return'), ...(split ? [`${split} AS split`] : [])])}
    WHERE ${namesSql([question.first, question.return])} AND time < ${instantSql(until)}${lower}
    GROUP BY person_no) ARRAY JOIN cohorts AS one`;
}
