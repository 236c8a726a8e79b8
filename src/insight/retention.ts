import { badInput } from '../base/index.ts';
import { type Proportion, proportion } from '../experiments/index.ts';
import type { Asker, InsightDeps } from './deps.ts';
import { type Meta, metaOf } from './meta.ts';
import { localDate, type Range, resolveRange, startOfDay } from './period.ts';
import { periodDate, periodNumber, retentionPeopleSql } from './retention-sql.ts';
import { cells, type RetentionQuestion } from './schema.ts';

export interface RetentionCell extends Proportion {
  /** How many periods after the cohort's own. */
  period: number;
  people: number;
  /** False while the period is not over: the share can still grow. */
  complete: boolean;
  cell: object;
}

export interface RetentionRow {
  /** First day of the cohort's period; null for all cohorts together (with `cohort: 'first'`). */
  cohort: string | null;
  people: number;
  /** Periods that have begun; later ones are not there yet. */
  periods: RetentionCell[];
  definition: string;
}

interface Frame {
  range: Range;
  zone: string;
  first: number;
  last: number;
  /** The instant at which a numbered period begins. */
  begins(period: number): number;
}

/** Who of those that did the first event came back N periods later. */
export async function retention(
  deps: InsightDeps,
  asker: Asker,
  question: RetentionQuestion,
): Promise<{ rows: RetentionRow[]; meta: Meta }> {
  const startedAt = performance.now();
  const frame = frameOf(asker, question);
  const counted = await deps.ch.query<{ cohort: number; distance: number; people: number }>(
    `SELECT cohort, arrayJoin(seen) AS distance, count() AS people FROM (${peopleSql(deps, asker, question, frame)}) GROUP BY cohort, distance`,
  );
  const people = new Map(counted.map((c) => [`${c.cohort}:${c.distance}`, c.people]));
  const now = deps.clock.ms();
  const cohorts = Array.from({ length: frame.last - frame.first + 1 }, (_, i) => frame.first + i);
  const distances = Array.from({ length: question.count + 1 }, (_, i) => i);
  const count = (cohort: number, distance: number) => people.get(`${cohort}:${distance}`) ?? 0;
  const begun = (cohort: number, distance: number) => frame.begins(cohort + distance) <= now;
  const over = (cohort: number, distance: number) => frame.begins(cohort + distance + 1) <= now;
  const rows: RetentionRow[] = cohorts
    .filter((c) => begun(c, 0))
    .map((cohort) => ({
      cohort: periodDate(question.period, cohort),
      people: count(cohort, 0),
      periods: distances
        .filter((d) => begun(cohort, d))
        .map((d) => ({
          period: d,
          people: count(cohort, d),
          ...proportion(count(cohort, d), count(cohort, 0)),
          complete: over(cohort, d),
          cell: { cohort: periodDate(question.period, cohort), period: d },
        })),
      definition: 'retention.cohort',
    }));
  if (question.cohort === 'first') rows.unshift(wholeRow(cohorts, distances, count, over));
  const meta = metaOf(deps.clock, asker, { kind: 'retention', ...question }, frame.range, startedAt, [
    'retention.cohort',
    'retention.returned',
  ]);
  return { rows, meta };
}

/**
 * All cohorts together, where a person is in one alone. At each distance only cohorts for which that period is over are counted,
 * so that young cohorts do not pull the share down.
 */
function wholeRow(
  cohorts: number[],
  distances: number[],
  count: (cohort: number, distance: number) => number,
  over: (cohort: number, distance: number) => boolean,
): RetentionRow {
  const periods = distances.flatMap((d) => {
    const ripe = cohorts.filter((c) => over(c, d));
    if (ripe.length === 0) return [];
    const sum = (distance: number) => ripe.reduce((total, c) => total + count(c, distance), 0);
    return [{ period: d, people: sum(d), ...proportion(sum(d), sum(0)), complete: true, cell: { cohort: null, period: d } }];
  });
  return { cohort: null, people: cohorts.reduce((total, c) => total + count(c, 0), 0), periods, definition: 'retention.cohort' };
}

function peopleSql(deps: InsightDeps, asker: Asker, question: RetentionQuestion, frame: Frame): string {
  const until = frame.begins(frame.last + question.count + 1);
  const source = (columns: readonly string[]) => deps.source(asker.workspaceNo, columns);
  return retentionPeopleSql({ source, question, range: frame.range, zone: frame.zone, until });
}

/** The people behind one number of a matrix. */
export function retentionCellSql(deps: InsightDeps, asker: Asker, question: RetentionQuestion, cell: unknown): string {
  const frame = frameOf(asker, question);
  const people = peopleSql(deps, asker, question, frame);
  const whole = cells.retentionAll.safeParse(cell);
  if (whole.success && question.cohort === 'first') {
    const now = deps.clock.ms();
    let ripe = frame.last;
    while (ripe >= frame.first && frame.begins(ripe + whole.data.period + 1) > now) ripe -= 1;
    return `SELECT person_no FROM (${people}) WHERE cohort <= ${ripe} AND has(seen, ${whole.data.period})`;
  }
  const { cohort, period } = cells.retention.parse(cell);
  return `SELECT person_no FROM (${people}) WHERE cohort = ${periodNumber(question.period, cohort)} AND has(seen, ${period})`;
}

function frameOf(asker: Asker, question: RetentionQuestion): Frame {
  const zone = asker.timezone;
  const range = resolveRange(question, zone);
  const first = periodNumber(question.period, localDate(range.from, zone));
  const last = periodNumber(question.period, localDate(range.to - 1, zone));
  if (last - first >= 400)
    throw badInput([{ field: 'to', reason: 'spans more than 400 cohorts; choose a longer period or a shorter range' }]);
  return { range, zone, first, last, begins: (period) => startOfDay(periodDate(question.period, period), zone) };
}
