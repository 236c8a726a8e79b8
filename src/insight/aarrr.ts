import { badInput, sqlString } from '../base/index.ts';
import { aarrrPeopleSql, aarrrSumsSql, type MetricKey, type MetricPlan, metricKeys, metrics, usualKeyEvents } from './aarrr-sql.ts';
import type { Asker, InsightDeps } from './deps.ts';
import { type Meta, metaOf } from './meta.ts';
import { before, iso, type Range, resolveRange } from './period.ts';
import { type AarrrQuestion, cells } from './schema.ts';
import { newcombe, type Proportion, proportion } from './statistics.ts';

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
  const sums = (r: Range) => deps.ch.query<Sums>(aarrrSumsSql(peopleSql(deps, asker, question, r)));
  const [now, past] = await Promise.all([sums(range), sums(before(range))]);
  const pastOf = (group: Sums) => past.find((p) => p.whole === group.whole && p.carrier === group.carrier);
  // A carrier that had people only in the period before is still a row.
  const gone = past.filter((p) => !now.some((n) => n.whole === p.whole && n.carrier === p.carrier));
  const groups = [...now.map((n) => [n, pastOf(n)] as const), ...gone.map((p) => [undefined, p] as const)];
  const rows = groups.flatMap(([n, p]) => metricKeys.map((key, i) => rowOf(key, i, n, p, question.carrier)));
  const meta = metaOf(deps.clock, asker, { kind: 'aarrr', ...question }, range, startedAt, metricKeys);
  const previous = before(range);
  return {
    rows,
    meta: { ...meta, previous: { from: iso(previous.from), to: iso(previous.to) }, keyEvents: [...(question.keyEvents ?? usualKeyEvents)] },
  };
}

function rowOf(metric: MetricKey, i: number, now: Sums | undefined, past: Sums | undefined, only: string | undefined): AarrrRow {
  const plan: MetricPlan = metrics[metric];
  const group = (now ?? past)!;
  const carrier = group.whole ? (only ?? null) : group.carrier;
  const n = numberOf(plan, i, now);
  const p = numberOf(plan, i, past);
  const cell = { metric, ...(group.whole ? {} : { carrier: group.carrier }) };
  return {
    stage: plan.stage,
    metric,
    carrier,
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

function numberOf(plan: MetricPlan, i: number, sums: Sums | undefined): { value: number | null; people: number; of: number } {
  const people = Number(sums?.[`people${i}`] ?? 0);
  const top = plan.value ? Number(sums?.[`value${i}`] ?? 0) : people;
  if (!plan.of) return { value: top, people, of: 0 };
  const of = Number(sums?.[`of${i}`] ?? 0);
  if (of === 0) return { value: null, people, of };
  return { value: plan.unit === 'fen' ? Math.round(top / of) : top / of, people, of };
}

function peopleSql(deps: InsightDeps, asker: Asker, question: AarrrQuestion, range: Range): string {
  const keyEvents = question.keyEvents ?? usualKeyEvents;
  return aarrrPeopleSql({ source: deps.source(asker.workspaceNo), range, keyEvents, carrier: question.carrier });
}

/** The people behind one number of the board. */
export function aarrrCellSql(deps: InsightDeps, asker: Asker, question: AarrrQuestion, cell: unknown): string {
  const { metric, carrier, period } = cells.aarrr.parse(cell);
  const plan: MetricPlan | undefined = (metrics as Record<string, MetricPlan>)[metric];
  if (!plan) throw badInput([{ field: 'cell.metric', reason: `must be one of ${metricKeys.join(', ')}` }]);
  const range = resolveRange(question, asker.timezone);
  const people = peopleSql(deps, asker, question, period === 'now' ? range : before(range));
  const group = carrier === undefined || carrier === null ? '' : ` AND carrier = ${sqlString(carrier)}`;
  return `SELECT person_no FROM (${people}) WHERE (${plan.member})${group}`;
}
