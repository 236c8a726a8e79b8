import { badInput } from '../base/index.ts';
import { type Proportion, proportion } from '../experiments/index.ts';
import { sharesOut, shownValues, valueIs, withPersonValue } from './breakdown.ts';
import { calendar, periodsOf, span } from './calendar.ts';
import type { Asker, InsightDeps } from './deps.ts';
import { anyOrderPeopleSql } from './funnel-any-sql.ts';
import { chainPeopleSql } from './funnel-chain-sql.ts';
import { type FunnelPlan, funnelPeopleSql } from './funnel-sql.ts';
import { barsSql, type FunnelTime, type FunnelTrend, timesOf, trendOf } from './funnel-times.ts';
import { type Meta, metaOf } from './meta.ts';
import { resolveRange } from './period.ts';
import { cells, type FunnelQuestion } from './schema.ts';
import { withinMs } from './schema-base.ts';

export interface FunnelRow {
  step: number;
  event: string;
  /** With a breakdown: the value, null where it is missing. Rows without `value` are the whole. */
  value?: string | null;
  people: number;
  /** Of those of the first step. */
  conversion: Proportion;
  /** Of those of the step before. */
  fromPrevious: Proportion;
  dropped: number;
  medianSecondsFromPrevious: number | null;
  medianSecondsFromFirst: number | null;
  averageSecondsFromPrevious: number | null;
  p90SecondsFromPrevious: number | null;
  p90SecondsFromFirst: number | null;
  definition: string;
  cell: object;
  droppedCell: object | null;
}

export interface FunnelAnswer {
  rows: FunnelRow[];
  /** How long those who came to the last step took from the first. */
  times: FunnelTime[];
  /** With `trend`: who entered in each period, and who of them came to the last step. */
  trend?: FunnelTrend[];
  meta: Meta & { values?: number };
}

type Sums = { value: string; whole: number } & Record<string, number | string | null | readonly number[]>;

export async function funnel(deps: InsightDeps, asker: Asker, question: FunnelQuestion): Promise<FunnelAnswer> {
  const startedAt = performance.now();
  const range = resolveRange(question, asker.timezone);
  const people = await peopleOfFunnel(deps, asker, question);
  const count = question.steps.length;
  const quantiles = ['quantileExactInclusiveIf(0.5)', 'quantileExactInclusiveIf(0.9)'];
  const sums = question.steps.flatMap((_, i) => {
    const k = i + 1;
    const reached = `countIf(level >= ${k}) AS n${k}`;
    if (k === 1) return [reached];
    return [
      reached,
      ...['total', 'gap'].flatMap((of) => quantiles.map((q, j) => `${q}(${of}_${k}, level >= ${k}) AS ${of}${k}_${j}`)),
      `avgIf(gap_${k}, level >= ${k}) AS mean${k}`,
    ];
  });
  const windowMs = withinMs(question.within);
  sums.push(...barsSql(count, windowMs));
  const whole = `SELECT '' AS value, 1 AS whole, ${sums.join(', ')}, 0 AS groups FROM (${people})`;
  const groups = await deps.ch.query<Sums>(question.breakdown ? groupedSql(question, people, sums, whole) : whole);
  const rows = groups.flatMap((group) => Array.from({ length: count }, (_, i) => rowOf(question, group, i + 1)));
  const times = timesOf((groups.find((g) => g.whole)?.bars ?? []) as readonly number[], count, windowMs);
  const trend = question.trend ? await trendOf(deps, people, count, trendFrame(asker, question)) : undefined;
  const meta = metaOf(deps.clock, asker, { kind: 'funnel', ...question }, range, startedAt, [
    'funnel.people',
    'funnel.conversion',
    'funnel.median',
    'funnel.trend',
    'funnel.times',
  ]);
  const values = Number(groups.find((g) => !g.whole)?.groups ?? 0);
  return { rows, times, ...(trend ? { trend } : {}), meta: question.breakdown ? { ...meta, values } : meta };
}

/** By value, the largest first, with the whole before them. A person with several tags is under each of them but once in the whole. */
function groupedSql(question: FunnelQuestion, people: string, sums: string[], whole: string): string {
  if (sharesOut(question.breakdown))
    return `SELECT value, grouping(value) AS whole, ${sums.join(', ')}, count() OVER () - 1 AS groups FROM (${people}) GROUP BY GROUPING SETS ((value), ())
       ORDER BY whole DESC, n1 DESC, value LIMIT ${shownValues + 1}`;
  const once = `SELECT * FROM (${people}) LIMIT 1 BY person_no`;
  return `SELECT * FROM (${whole.replace(`(${people})`, () => `(${once})`)} UNION ALL
    SELECT value, 0 AS whole, ${sums.join(', ')}, count() OVER () AS groups FROM (${people}) GROUP BY value ORDER BY n1 DESC, value LIMIT ${shownValues})
    ORDER BY whole DESC, n1 DESC, value`;
}

function rowOf(question: FunnelQuestion, group: Sums, step: number): FunnelRow {
  const reached = (k: number) => Number(group[`n${k}`]);
  const people = reached(step);
  const previous = step === 1 ? people : reached(step - 1);
  const seconds = (name: string) => (people === 0 || step === 1 ? null : Number(group[name]) / 1000);
  const value = group.whole ? {} : { value: group.value === '' ? null : group.value };
  return {
    step,
    event: question.steps[step - 1]!.event,
    ...value,
    people,
    conversion: proportion(people, reached(1)),
    fromPrevious: proportion(people, previous),
    dropped: previous - people,
    medianSecondsFromPrevious: seconds(`gap${step}_0`),
    medianSecondsFromFirst: seconds(`total${step}_0`),
    averageSecondsFromPrevious: seconds(`mean${step}`),
    p90SecondsFromPrevious: seconds(`gap${step}_1`),
    p90SecondsFromFirst: seconds(`total${step}_1`),
    definition: 'funnel.people',
    cell: { step, outcome: 'reached', ...value },
    droppedCell: step === 1 ? null : { step, outcome: 'dropped', ...value },
  };
}

/** One row a person in the funnel: the answer counts these, and the people behind a number are these. */
async function peopleOfFunnel(deps: InsightDeps, asker: Asker, question: FunnelQuestion): Promise<string> {
  const range = resolveRange(question, asker.timezone);
  const plan: FunnelPlan = {
    source: (columns) => deps.source(asker.workspaceNo, columns),
    question,
    range,
    windowMs: withinMs(question.within),
    started: question.trend !== undefined,
  };
  const people =
    question.order === 'any'
      ? anyOrderPeopleSql(plan)
      : question.order === 'strict' || question.exclude.length > 0
        ? chainPeopleSql(plan)
        : funnelPeopleSql(plan);
  return withPersonValue(deps, asker, question.breakdown, range, people);
}

function trendFrame(asker: Asker, question: FunnelQuestion) {
  const range = resolveRange(question, asker.timezone);
  const of = calendar(question.trend ?? 'day', asker.timezone, question.weekStart, range.from);
  const { first, last } = periodsOf(of, range);
  return { of, periods: span(first, last) };
}

/** The people behind one number of a funnel. */
export async function funnelCellSql(deps: InsightDeps, asker: Asker, question: FunnelQuestion, cell: unknown): Promise<string> {
  const { step, outcome, value, period, seconds } = cells.funnel.parse(cell);
  if (step > question.steps.length) throw badInput([{ field: 'cell.step', reason: `is beyond the last step, ${question.steps.length}` }]);
  if (value !== undefined && !question.breakdown)
    throw badInput([{ field: 'cell.value', reason: 'means something only with a breakdown; leave it out' }]);
  if (period !== undefined && !question.trend)
    throw badInput([{ field: 'cell.period', reason: 'means something only with a trend; leave it out' }]);
  if (seconds && step === 1) throw badInput([{ field: 'cell.seconds', reason: 'the first step takes no time; leave it out' }]);
  const people = await peopleOfFunnel(deps, asker, question);
  const conditions = [outcome === 'reached' ? `level >= ${step}` : `level = ${step - 1}`];
  if (period !== undefined) {
    const { of } = trendFrame(asker, question);
    conditions.push(`${of.sql("fromUnixTimestamp64Milli(began, 'UTC')")} = ${of.number(period)}`);
  }
  if (seconds)
    conditions.push(`total_${step} >= ${seconds.from * 1000}${seconds.to === null ? '' : ` AND total_${step} < ${seconds.to * 1000}`}`);
  return `SELECT DISTINCT person_no FROM (${people}) WHERE ${conditions.join(' AND ')}${valueIs(value)}`;
}
