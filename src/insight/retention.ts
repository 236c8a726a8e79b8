import { badInput } from '../base/index.ts';
import { type Proportion, proportion } from '../experiments/index.ts';
import { shownValues, valueIs, withPersonValue } from './breakdown.ts';
import { type Calendar, calendar, periodsOf, span } from './calendar.ts';
import type { Asker, InsightDeps } from './deps.ts';
import { type Meta, metaOf } from './meta.ts';
import { type Range, resolveRange } from './period.ts';
import { columnsOf, retentionPeopleSql } from './retention-sql.ts';
import { cells, type RetentionQuestion } from './schema.ts';

export interface RetentionCell extends Proportion {
  /** The column: 0 for the cohort itself, then how many periods after it, or which bracket. */
  period: number;
  people: number;
  /** False while the period is not over: the share can still grow. */
  complete: boolean;
  cell: object;
}

export interface RetentionRow {
  /** First day (hours: instant) of the cohort's period; null for all cohorts together (with `cohort: 'first'`). */
  cohort: string | null;
  /** With a breakdown: the value, null where it is missing. Rows without `value` are the whole. */
  value?: string | null;
  people: number;
  /** Periods that have begun; later ones are not there yet. */
  periods: RetentionCell[];
  definition: string;
}

interface Frame {
  range: Range;
  calendar: Calendar;
  cohorts: number[];
  /** From which to which period after the cohort's a column goes. */
  columns: [number, number][];
}

type Counted = { value: string; cohort: number; place: number; people: number };

/** Who of those that did the first event came back N periods later. */
export async function retention(
  deps: InsightDeps,
  asker: Asker,
  question: RetentionQuestion,
): Promise<{ rows: RetentionRow[]; meta: Meta & { values?: number; columns: [number, number][] } }> {
  const startedAt = performance.now();
  const frame = frameOf(asker, question);
  const ask = (people: string, value: string) =>
    deps.ch.query<Counted>(
      `SELECT ${value} AS value, cohort, arrayJoin(seen) AS place, uniqExact(person_no) AS people FROM (${people}) GROUP BY value, cohort, place`,
    );
  const alone = peopleSql(deps, asker, question, frame);
  const [whole, parts] = await Promise.all([
    ask(alone, "''"),
    question.breakdown ? withPersonValue(deps, asker, question.breakdown, frame.range, alone).then((people) => ask(people, 'value')) : [],
  ]);
  const rows = rowsOf(deps, question, frame, whole);
  const byValue = Map.groupBy(parts, (one) => one.value);
  const size = (counted: Counted[]) => counted.reduce((sum, one) => sum + (one.place === 0 ? Number(one.people) : 0), 0);
  const shown = [...byValue].sort((a, b) => size(b[1]) - size(a[1]) || (a[0] < b[0] ? -1 : 1)).slice(0, shownValues);
  for (const [value, counted] of shown) rows.push(...rowsOf(deps, question, frame, counted, value === '' ? null : value));
  const meta = metaOf(deps.clock, asker, { kind: 'retention', ...question }, frame.range, startedAt, [
    'retention.cohort',
    'retention.returned',
  ]);
  return { rows, meta: { ...meta, columns: [[0, 0], ...frame.columns], ...(question.breakdown ? { values: byValue.size } : {}) } };
}

function rowsOf(deps: InsightDeps, question: RetentionQuestion, frame: Frame, counted: Counted[], value?: string | null): RetentionRow[] {
  const people = new Map(counted.map((c) => [`${c.cohort}:${c.place}`, Number(c.people)]));
  const count = (cohort: number, place: number) => people.get(`${cohort}:${place}`) ?? 0;
  const { begun, over } = ripeness(deps, frame);
  const places = span(0, frame.columns.length);
  const named = value === undefined ? {} : { value };
  const rows = frame.cohorts
    .filter((c) => begun(c, 0) && (value === undefined || count(c, 0) > 0))
    .map((cohort): RetentionRow => {
      const label = frame.calendar.label(cohort);
      const periods = places
        .filter((p) => begun(cohort, p))
        .map((period) => ({
          period,
          people: count(cohort, period),
          ...proportion(count(cohort, period), count(cohort, 0)),
          complete: over(cohort, period),
          cell: { cohort: label, period, ...named },
        }));
      return { cohort: label, ...named, people: count(cohort, 0), periods, definition: 'retention.cohort' };
    });
  if (question.cohort === 'first') rows.unshift(wholeRow(frame.cohorts, places, count, over, named));
  return rows;
}

/**
 * All cohorts together, where a person is in one alone. At each distance only cohorts for which that period is over are counted,
 * so that young cohorts do not pull the share down.
 */
function wholeRow(
  cohorts: number[],
  places: number[],
  count: (cohort: number, place: number) => number,
  over: (cohort: number, place: number) => boolean,
  named: { value?: string | null },
): RetentionRow {
  const periods = places.flatMap((period) => {
    const ripe = cohorts.filter((c) => over(c, period));
    if (ripe.length === 0) return [];
    const sum = (place: number) => ripe.reduce((total, c) => total + count(c, place), 0);
    const people = sum(period);
    return [{ period, people, ...proportion(people, sum(0)), complete: true, cell: { cohort: null, period, ...named } }];
  });
  return { cohort: null, ...named, people: cohorts.reduce((total, c) => total + count(c, 0), 0), periods, definition: 'retention.cohort' };
}

function ripeness(deps: InsightDeps, { calendar: of, columns }: Frame) {
  const now = deps.clock.ms();
  const [from, to] = [(place: number) => columns[place - 1]?.[0] ?? 0, (place: number) => columns[place - 1]?.[1] ?? 0];
  return {
    begun: (cohort: number, place: number) => of.begins(cohort + from(place)) <= now,
    over: (cohort: number, place: number) => of.begins(cohort + to(place) + 1) <= now,
  };
}

function peopleSql(deps: InsightDeps, asker: Asker, question: RetentionQuestion, frame: Frame): string {
  const farthest = Math.max(...frame.columns.map(([, to]) => to));
  const until = frame.calendar.begins((frame.cohorts.at(-1) ?? 0) + farthest + 1);
  const source = (columns: readonly string[]) => deps.source(asker.workspaceNo, columns);
  return retentionPeopleSql({ source, question, range: frame.range, calendar: frame.calendar, until });
}

/** The people behind one number of a matrix. */
export async function retentionCellSql(deps: InsightDeps, asker: Asker, question: RetentionQuestion, cell: unknown): Promise<string> {
  const frame = frameOf(asker, question);
  const all = cells.retentionAll.safeParse(cell);
  const { period, value } = all.success && question.cohort === 'first' ? all.data : cells.retention.parse(cell);
  if (period > frame.columns.length)
    throw badInput([{ field: 'cell.period', reason: `is beyond the last column, ${frame.columns.length}` }]);
  if (value !== undefined && !question.breakdown)
    throw badInput([{ field: 'cell.value', reason: 'means something only with a breakdown; leave it out' }]);
  const alone = peopleSql(deps, asker, question, frame);
  const people = value === undefined ? alone : await withPersonValue(deps, asker, question.breakdown, frame.range, alone);
  const { over } = ripeness(deps, frame);
  const which =
    all.success && question.cohort === 'first'
      ? `cohort <= ${frame.cohorts.filter((c) => over(c, period)).at(-1) ?? -1}`
      : `cohort = ${frame.calendar.number(cells.retention.parse(cell).cohort)}`;
  return `SELECT DISTINCT person_no FROM (${people}) WHERE ${which} AND has(seen, ${period})${valueIs(value)}`;
}

function frameOf(asker: Asker, question: RetentionQuestion): Frame {
  const range = resolveRange(question, asker.timezone);
  const of = calendar(question.period, asker.timezone, question.weekStart, range.from);
  const { first, last } = periodsOf(of, range, 400);
  return { range, calendar: of, cohorts: span(first, last), columns: columnsOf(question) };
}
