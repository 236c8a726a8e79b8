import { badInput, sqlString } from '../base/index.ts';
import { newcombe, type Proportion, proportion } from '../experiments/index.ts';
import {
  aarrrPeopleSql,
  aarrrSumsSql,
  type MetricKey,
  type MetricPlan,
  metricKeys,
  metrics,
  ofPeriod,
  type PeriodName,
  usualKeyEvents,
} from './aarrr-sql.ts';
import type { Asker, InsightDeps } from './deps.ts';
import { type Meta, metaOf } from './meta.ts';
import { before, iso, resolveRange } from './period.ts';
import { type AarrrQuestion, cells } from './schema.ts';

export interface AarrrRow {
  stage: MetricPlan['stage'];
  metric: MetricKey;
  /** The carrier people came in through, '' where it is not known; null for all. */
  carrier: string | null;
  unit: MetricPlan['unit'];
  /** People, money in fen, a count, a share of 1, or a mean a person; null where there is nothing to divide by. */
  value: number | null;
  /** The same number of the period of equal length before. */
  previous: number | null;
  /** People behind the number: as many as are listed for its cell. */
  people: number;
  /** For shares. */
  interval: Proportion | null;
  /** For shares: the difference to the period before, with its 95 % interval. */
  change: { difference: number; low: number; high: number } | null;
  definition: MetricKey;
  cell: object;
  previousCell: object;
}

type Sums = { carrier: string; whole: number } & Record<string, number | string>;

export interface AarrrAnswer {
  rows: AarrrRow[];
  meta: Meta & { previous: { from: string; to: string }; keyEvents: string[] };
}

export async function aarrr(deps: InsightDeps, asker: Asker, question: AarrrQuestion): Promise<AarrrAnswer> {
  const startedAt = performance.now();
  const range = resolveRange(question, asker.timezone);
  const groups = await deps.ch.query<Sums>(aarrrSumsSql(peopleSql(deps, asker, question)));
  const rows = groups.flatMap((group) => metricKeys.map((key, i) => rowOf(key, i, group, question.carrier)));
  const meta = metaOf(deps.clock, asker, { kind: 'aarrr', ...question }, range, startedAt, metricKeys);
  const previous = before(range);
  return {
    rows,
    meta: { ...meta, previous: { from: iso(previous.from), to: iso(previous.to) }, keyEvents: [...(question.keyEvents ?? usualKeyEvents)] },
  };
}

function rowOf(metric: MetricKey, i: number, group: Sums, only: string | undefined): AarrrRow {
  const plan: MetricPlan = metrics[metric];
  const n = numberOf(plan, i, group, 'now');
  const p = numberOf(plan, i, group, 'previous');
  const cell = { metric, ...(group.whole ? {} : { carrier: group.carrier }) };
  return {
    stage: plan.stage,
    metric,
    carrier: group.whole ? (only ?? null) : group.carrier,
    unit: plan.unit,
    value: n.value,
    previous: p.value,
    people: n.people,
    interval: plan.unit === 'share' ? proportion(n.people, n.of) : null,
    change: plan.unit === 'share' && n.of > 0 && p.of > 0 ? newcombe({ part: n.people, of: n.of }, { part: p.people, of: p.of }) : null,
    definition: metric,
    cell,
    previousCell: { ...cell, period: 'previous' },
  };
}

function numberOf(plan: MetricPlan, i: number, sums: Sums, period: PeriodName): { value: number | null; people: number; of: number } {
  const people = Number(sums[`people_${period}_${i}`]);
  const top = plan.value ? Number(sums[`value_${period}_${i}`]) : people;
  if (!plan.of) return { value: top, people, of: 0 };
  const of = Number(sums[`of_${period}_${i}`]);
  if (of === 0) return { value: null, people, of };
  return { value: plan.unit === 'fen' ? Math.round(top / of) : top / of, people, of };
}

function peopleSql(deps: InsightDeps, asker: Asker, question: AarrrQuestion): string {
  const range = resolveRange(question, asker.timezone);
  const keyEvents = question.keyEvents ?? usualKeyEvents;
  const source = (columns: readonly string[]) => deps.source(asker.workspaceNo, columns);
  return aarrrPeopleSql({ source, range, keyEvents, carrier: question.carrier });
}

/** The people behind one number of the board. */
export function aarrrCellSql(deps: InsightDeps, asker: Asker, question: AarrrQuestion, cell: unknown): string {
  const { metric, carrier, period } = cells.aarrr.parse(cell);
  const plan: MetricPlan | undefined = (metrics as Record<string, MetricPlan>)[metric];
  if (!plan) throw badInput([{ field: 'cell.metric', reason: `must be one of ${metricKeys.join(', ')}` }]);
  const group = carrier === undefined || carrier === null ? '' : ` AND carrier = ${sqlString(carrier)}`;
  return `SELECT person_no FROM (${peopleSql(deps, asker, question)}) WHERE (${ofPeriod(plan.member, period)})${group}`;
}
