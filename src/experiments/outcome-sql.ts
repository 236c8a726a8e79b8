import { eventCondition, type Where } from '../audience/index.ts';
import { sqlString, sqlStrings } from '../base/index.ts';
import { ASSIGNED, type ExperimentsDeps } from './ports.ts';
import type { Definition, Metric } from './schema.ts';

export const dayMs = 86_400_000;
export const instant = (ms: number): string => `fromUnixTimestamp64Milli(toInt64(${Math.round(ms)}), 'UTC')`;

export const metricsOf = (d: Definition): Metric[] => [d.primary, ...d.secondary, ...d.guards];

const fen = 'toFloat64(ifNull(properties.revenue_fen.:Int64, 0)) AS fen';
const stepOf = (m: Metric) => ({ event: m.event, ...(m.where ? { where: m.where as Where[] } : {}) });

/** One person's outcome of a metric in a span, as SQL over rows that carry `m<i>` and `fen`. */
function outcome(kind: Metric['kind'], i: number, within: string): string {
  const mine = `m${i} AND ${within}`;
  if (kind === 'value') return `sumIf(fen, ${mine})`;
  return kind === 'count' ? `toFloat64(countIf(${mine}))` : `toFloat64(countIf(${mine}) > 0)`;
}

/** One metric alone: columns to read, and the outcome over rows that are all of one person and within the window. */
export function metricSql(m: Metric): { columns: string[]; outcome: string; event: string } {
  return { columns: [`(${eventCondition(stepOf(m))}) AS m0`, fen], outcome: outcome(m.kind, 0, 'true'), event: m.event };
}

/**
 * A row for everyone who was assigned before `now`: their first arm and where they stood then, when, whether their window is over (`counted`), and of each metric the outcome in
 * the window after (`y<i>`) and in as long a time before (`x<i>`). Counts, comparisons and lists of people are all made of these rows, so they cannot differ.
 */
export function peopleSql(
  deps: Pick<ExperimentsDeps, 'events'>,
  experiment: { workspaceNo: number; id: string; definition: Definition; since: number },
  now: number,
): string {
  const { workspaceNo, id, definition, since } = experiment;
  const metrics = metricsOf(definition);
  const windowMs = definition.windowDays * dayMs;
  const span = `toIntervalMillisecond(${windowMs})`;
  const said = (name: string) => `ifNull(properties.${name}.:String, '') AS ${name === 'experimentId' ? 'experiment' : name}`;
  const assigned = `SELECT person_no, argMin(arm, (time, key)) AS arm, argMin(stage, (time, key)) AS stage, argMin(level, (time, key)) AS level, min(time) AS at
    FROM ${deps.events.source(workspaceNo, undefined, ['experimentId', 'arm', 'stage', 'level'].map(said))}
    WHERE event = ${sqlString(ASSIGNED)} AND experiment = ${sqlString(id)} AND time <= ${instant(now)} GROUP BY person_no`;
  const columns = [...metrics.map((m, i) => `(${eventCondition(stepOf(m))}) AS m${i}`), fen];
  const after = `e.time >= a.at AND e.time < a.at + ${span}`;
  const before = `e.time < a.at AND e.time >= a.at - ${span}`;
  const outcomes = metrics.flatMap((m, i) => [`${outcome(m.kind, i, after)} AS y${i}`, `${outcome(m.kind, i, before)} AS x${i}`]);
  const events = `SELECT person_no, time, fen, ${metrics.map((_, i) => `m${i}`).join(', ')}
    FROM ${deps.events.source(workspaceNo, undefined, columns)}
    WHERE event IN (${sqlStrings([...new Set(metrics.map((m) => m.event))])}) AND time >= ${instant(since - windowMs)} AND time <= ${instant(now)}`;
  const names = metrics.flatMap((_, i) => [`o.y${i} AS y${i}`, `o.x${i} AS x${i}`]).join(', ');
  return `SELECT p.person_no AS person_no, p.arm AS arm, p.stage AS stage, p.level AS level, p.at AS at, p.at + ${span} <= ${instant(now)} AS counted, ${names}
    FROM (${assigned}) AS p LEFT JOIN (
      SELECT a.person_no AS person_no, ${outcomes.join(', ')} FROM (${events}) AS e INNER JOIN (${assigned}) AS a ON e.person_no = a.person_no GROUP BY a.person_no
    ) AS o ON p.person_no = o.person_no`;
}
