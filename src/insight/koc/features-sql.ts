import { sqlString, sqlStrings } from '../../base/index.ts';
import type { InsightDeps } from '../deps.ts';
import { instantSql } from '../period.ts';
import { features, type KocModel, type KocSettings } from './schema.ts';
import { sharedIn } from './shared-in.ts';

export const dayMs = 86_400_000;

export interface FeaturePlan {
  workspaceNo: number;
  windowDays: number;
  praise: KocSettings['praise'];
  level: string;
}

/**
 * One row a person who did anything that counts, by any of some instants: for each (n) `f<n>`, the counts of the features in the window before it,
 * and `koc<n>`, whether on the level then.
 */
export async function featuresSql(deps: InsightDeps, plan: FeaturePlan, instants: readonly number[]): Promise<string> {
  const { workspaceNo, windowDays, praise, level } = plan;
  const rated =
    'ifNull(properties.rating.:Float64, ifNull(toFloat64(properties.rating.:Int64), ifNull(properties.score.:Float64, toFloat64(properties.score.:Int64)))) AS rated';
  const conditions = [
    "event = 'Order Completed'",
    praise.events.length > 0 ? `event IN (${sqlStrings(praise.events)}) AND ifNull(rated, 0) >= ${praise.atLeast}` : 'false',
    "endsWith(event, ' Shared')",
    "event = 'Invite Accepted'",
  ];
  const windows = instants.map((at) => ({ from: at - windowDays * dayMs, to: at }));
  const counted = await Promise.all(windows.map((w) => sharedIn(deps, workspaceNo, w)));
  const inWindow = (n: number) => `time >= ${instantSql(windows[n]!.from)} AND time < ${instantSql(windows[n]!.to)}`;
  const vectors = windows.map((_, n) => {
    const brought = [...counted[n]!];
    const orders =
      brought.length > 0 ? `transform(person_no, [${brought.map(([no]) => no)}], [${brought.map(([, v]) => v.orders)}], 0)` : '0';
    return `[${conditions.map((c) => `toFloat64(countIf(${c} AND ${inWindow(n)}))`).join(', ')}, toFloat64(${orders})] AS f${n}`;
  });
  const first = Math.min(...windows.map((w) => w.from));
  const last = Math.max(...windows.map((w) => w.to));
  const did = `SELECT person_no, ${vectors.join(', ')} FROM ${deps.source(workspaceNo, [rated])}
    WHERE time >= ${instantSql(first)} AND time < ${instantSql(last)} AND (${conditions.map((c) => `(${c})`).join(' OR ')}) GROUP BY person_no`;
  const [from, to] = [Math.min(...instants), Math.max(...instants)];
  const { sql } = await deps.levels(workspaceNo, new Date(from), new Date(to));
  const on = (column: string) => `l.${column} = ${sqlString(level)}`;
  const kocs = instants.map((at, n) => `${on(at === to ? 'to_level' : 'from_level')} AS koc${n}`);
  return `SELECT d.person_no AS person_no, ${windows.map((_, n) => `d.f${n} AS f${n}`).join(', ')}, ${kocs.join(', ')}
    FROM (${did}) AS d LEFT JOIN (SELECT person_no, from_level, to_level FROM (${sql})) AS l ON d.person_no = l.person_no`;
}

/** A person's score by a model, as SQL over a vector of counts. */
export function scoreSql({ intercept, terms }: KocModel, vector: string): string {
  const parts = terms.map(
    ({ feature, mean, sd, coefficient }) => `${coefficient} * (log1p(${vector}[${features.indexOf(feature) + 1}]) - ${mean}) / ${sd}`,
  );
  return `1 / (1 + exp(-(${[intercept, ...parts].join(' + ')})))`;
}
