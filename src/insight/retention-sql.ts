import { sqlString } from '../base/index.ts';
import { fitsColumn, namesSql, type Source } from './funnel-sql.ts';
import { instantSql, type Range } from './period.ts';
import type { RetentionQuestion } from './schema.ts';

/** A number for the day, week (from Monday) or month in which a row's time lies on a zone's calendar; one more is one period later. */
export function periodSql(period: RetentionQuestion['period'], zone: string, time = 'time'): string {
  const day = `toDate32(${time}, ${sqlString(zone)})`;
  // 1970-01-01 was a Thursday: day 4 began the first whole week.
  if (period === 'day') return `toInt32(${day})`;
  if (period === 'week') return `toInt32(intDiv(toInt32(${day}) + 3, 7))`;
  return `toInt32(toYear(${day}) * 12 + toMonth(${day}) - 1)`;
}

/** The first date of a numbered period. */
export function periodDate(period: RetentionQuestion['period'], number: number): string {
  if (period === 'month') return new Date(Date.UTC(Math.floor(number / 12), number % 12, 1)).toISOString().slice(0, 10);
  return new Date((period === 'day' ? number : number * 7 - 3) * 86_400_000).toISOString().slice(0, 10);
}

/** The number of the period in which a date lies. */
export function periodNumber(period: RetentionQuestion['period'], date: string): number {
  const days = Math.round(Date.parse(`${date}T00:00:00Z`) / 86_400_000);
  if (period === 'day') return days;
  if (period === 'week') return Math.floor((days + 3) / 7);
  return Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;
}

export interface RetentionPlan {
  source: Source;
  question: RetentionQuestion;
  range: Range;
  zone: string;
  /** The instant after the last period that can be shown. */
  until: number;
}

/** One row a person and cohort: `cohort`, a period's number, and `seen`, the distances in periods (0 for the cohort's own) at which they count as back. */
export function retentionPeopleSql({ source, question, range, zone, until }: RetentionPlan): string {
  const [first, back] = ['fits_first', 'fits_return'];
  const period = periodSql(question.period, zone);
  const entered = `time >= ${instantSql(range.from)} AND time < ${instantSql(range.to)}`;
  const everFirst = question.cohort === 'first';
  // The first time ever may lie before the range, which then keeps the person out of it; so the whole history before is read.
  const lower = everFirst ? '' : ` AND time >= ${instantSql(range.from)}`;
  const cohorts = everFirst
    ? `if(countIf(${first}) > 0 AND first_at >= ${instantSql(range.from)} AND first_at < ${instantSql(range.to)}, [${periodSql(question.period, zone, 'first_at')}], [])`
    : `groupUniqArrayIf(${period}, ${first} AND ${entered})`;
  const seen =
    question.counting === 'on'
      ? `arrayFilter(d -> d > 0 AND d <= ${question.count}, arrayMap(b -> b - cohort, backs))`
      : `range(1, toUInt32(arrayMax(arrayPushFront(arrayFilter(b -> b - cohort <= ${question.count}, backs), cohort)) - cohort) + 1)`;
  return `SELECT person_no, cohort, arrayPushFront(arrayMap(d -> toInt32(d), ${seen}), toInt32(0)) AS seen FROM (
    SELECT person_no, minIf(time, ${first}) AS first_at, ${cohorts} AS cohorts, groupUniqArrayIf(${period}, ${back} AND time >= ${instantSql(range.from)}) AS backs
    FROM ${source([fitsColumn(question.first, 'fits_first'), fitsColumn(question.return, 'fits_return')])}
    WHERE ${namesSql([question.first, question.return])} AND time < ${instantSql(until)}${lower}
    GROUP BY person_no) ARRAY JOIN cohorts AS cohort`;
}
