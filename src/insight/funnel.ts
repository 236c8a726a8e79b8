import { badInput, sqlString } from '../base/index.ts';
import { type Proportion, proportion } from '../experiments/index.ts';
import type { Asker, InsightDeps } from './deps.ts';
import { funnelPeopleSql } from './funnel-sql.ts';
import { type Meta, metaOf } from './meta.ts';
import { resolveRange } from './period.ts';
import { cells, type FunnelQuestion } from './schema.ts';

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
  definition: string;
  cell: object;
  droppedCell: object | null;
}

/** Values of a breakdown that are shown, most entries first. */
const shownValues = 25;

type Sums = { value: string; whole: number } & Record<string, number | string | null>;

export async function funnel(
  deps: InsightDeps,
  asker: Asker,
  question: FunnelQuestion,
): Promise<{ rows: FunnelRow[]; meta: Meta & { values?: number } }> {
  const startedAt = performance.now();
  const range = resolveRange(question, asker.timezone);
  const people = await peopleOfFunnel(deps, asker, question);
  const count = question.steps.length;
  const sums = question.steps.flatMap((_, i) => {
    const k = i + 1;
    const reached = `countIf(level >= ${k}) AS n${k}`;
    if (k === 1) return [reached];
    return [
      reached,
      `quantileExactInclusiveIf(0.5)(total_${k}, level >= ${k}) AS total${k}`,
      `quantileExactInclusiveIf(0.5)(gap_${k}, level >= ${k}) AS gap${k}`,
    ];
  });
  const grouped = question.breakdown
    ? `SELECT value, grouping(value) AS whole, ${sums.join(', ')}, count() OVER () - 1 AS groups FROM (${people}) GROUP BY GROUPING SETS ((value), ())
       ORDER BY whole DESC, n1 DESC, value LIMIT ${shownValues + 1}`
    : `SELECT '' AS value, 1 AS whole, ${sums.join(', ')} FROM (${people})`;
  const groups = await deps.ch.query<Sums>(grouped);
  const rows = groups.flatMap((group) => Array.from({ length: count }, (_, i) => rowOf(question, group, i + 1)));
  const meta = metaOf(deps.clock, asker, { kind: 'funnel', ...question }, range, startedAt, [
    'funnel.people',
    'funnel.conversion',
    'funnel.median',
  ]);
  const values = Number(groups[0]?.groups ?? 0);
  return { rows, meta: question.breakdown ? { ...meta, values } : meta };
}

function rowOf(question: FunnelQuestion, group: Sums, step: number): FunnelRow {
  const reached = (k: number) => Number(group[`n${k}`]);
  const people = reached(step);
  const previous = step === 1 ? people : reached(step - 1);
  const seconds = (name: string) => (people === 0 || step === 1 ? null : Number(group[`${name}${step}`]) / 1000);
  const value = group.whole ? {} : { value: group.value === '' ? null : group.value };
  return {
    step,
    event: question.steps[step - 1]!.event,
    ...value,
    people,
    conversion: proportion(people, reached(1)),
    fromPrevious: proportion(people, previous),
    dropped: previous - people,
    medianSecondsFromPrevious: seconds('gap'),
    medianSecondsFromFirst: seconds('total'),
    definition: 'funnel.people',
    cell: { step, outcome: 'reached', ...value },
    droppedCell: step === 1 ? null : { step, outcome: 'dropped', ...value },
  };
}

/** One row a person in the funnel: the answer counts these, and the people behind a number are these. */
async function peopleOfFunnel(deps: InsightDeps, asker: Asker, question: FunnelQuestion): Promise<string> {
  const range = resolveRange(question, asker.timezone);
  const source = (columns: readonly string[]) => deps.source(asker.workspaceNo, columns);
  const people = funnelPeopleSql({ source, question, range, windowMs: windowMs(question.within) });
  const byLevel = question.breakdown && 'by' in question.breakdown && question.breakdown.by === 'level';
  if (!byLevel) return people;
  const at = new Date(Math.min(range.to, deps.clock.ms() + 1));
  const levels = await deps.levels(asker.workspaceNo, at, at);
  return `SELECT p.*, l.to_level AS value FROM (${people}) AS p LEFT JOIN (${levels.sql}) AS l ON p.person_no = l.person_no`;
}

/** The people behind one number of a funnel. */
export async function funnelCellSql(deps: InsightDeps, asker: Asker, question: FunnelQuestion, cell: unknown): Promise<string> {
  const { step, outcome, value } = cells.funnel.parse(cell);
  if (step > question.steps.length) throw badInput([{ field: 'cell.step', reason: `is beyond the last step, ${question.steps.length}` }]);
  if (value !== undefined && !question.breakdown)
    throw badInput([{ field: 'cell.value', reason: 'means something only with a breakdown; leave it out' }]);
  const people = await peopleOfFunnel(deps, asker, question);
  const level = outcome === 'reached' ? `level >= ${step}` : `level = ${step - 1}`;
  const group = value === undefined ? '' : ` AND value = ${sqlString(value ?? '')}`;
  return `SELECT person_no FROM (${people}) WHERE ${level}${group}`;
}

function windowMs(within: FunnelQuestion['within']): number {
  if ('days' in within) return Math.round(within.days * 86_400_000);
  if ('hours' in within) return Math.round(within.hours * 3_600_000);
  if ('minutes' in within) return Math.round(within.minutes * 60_000);
  return Math.round(within.seconds * 1000);
}
