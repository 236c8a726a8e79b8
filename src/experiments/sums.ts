import { dayMs, metricsOf, peopleSql } from './outcome-sql.ts';
import type { ExperimentsDeps } from './ports.ts';
import type { Definition } from './schema.ts';

/** Sums of one metric over some people. */
export interface MetricSums {
  did: number;
  y: number;
  yy: number;
  x: number;
  xx: number;
  xy: number;
}
export interface Cell {
  arm: string;
  /** Of all looks, of one look (those whose window ended by it, since the one before), or of a part of the people. */
  of: { kind: 'all' } | { kind: 'look'; look: number } | { kind: 'stage' | 'level'; key: string };
  assigned: number;
  counted: number;
  metrics: MetricSums[];
}

export interface Asked {
  workspaceNo: number;
  id: string;
  definition: Definition;
  /** When the first could be assigned, in milliseconds. */
  since: number;
}

/** Looks that are shown: days, and longer where there were many. */
const mostLooks = 30;

export interface Sums {
  cells: Cell[];
  /** The end of each look. */
  looks: number[];
  /** When the first were assigned; null: nobody yet. */
  firstAt: number | null;
}

type Raw = Record<string, number | string>;

/** All that the answers need, in one pass: sums by arm, by arm and look, by arm and stage, by arm and level. */
export async function sumsOf(deps: Pick<ExperimentsDeps, 'ch' | 'events'>, asked: Asked, now: number): Promise<Sums> {
  const metrics = metricsOf(asked.definition);
  const first = asked.since + asked.definition.windowDays * dayMs;
  const days = Math.max(0, Math.ceil((now - first) / dayMs));
  const step = Math.max(1, Math.ceil(days / mostLooks)) * dayMs;
  const count = now < first ? 0 : Math.max(1, Math.ceil((now - first) / step));
  const looks = Array.from({ length: count }, (_, i) => Math.min(now, first + (i + 1) * step));
  // Whose window ends at the very end of a look is in it.
  const look = `if(counted, toInt32(greatest(0, ceil((toUnixTimestamp64Milli(at) - ${asked.since}) / ${step}) - 1)), -1)`;
  const sums = metrics.flatMap((_, i) => [
    `countIf(counted AND y${i} != 0) AS did${i}`,
    `sumIf(y${i}, counted) AS y${i}_`,
    `sumIf(y${i} * y${i}, counted) AS yy${i}`,
    `sumIf(x${i}, counted) AS sx${i}`,
    `sumIf(x${i} * x${i}, counted) AS xx${i}`,
    `sumIf(x${i} * y${i}, counted) AS xy${i}`,
  ]);
  const rows = await deps.ch.query<Raw>(
    `SELECT arm, stage, level, look, grouping(stage) = 0 AS by_stage, grouping(level) = 0 AS by_level, grouping(look) = 0 AS by_look,
       count() AS assigned, countIf(counted) AS counted_, min(toUnixTimestamp64Milli(at)) AS first, ${sums.join(', ')}
     FROM (SELECT *, ${look} AS look FROM (${peopleSql(deps, asked, now)}))
     GROUP BY GROUPING SETS ((arm), (arm, stage), (arm, level), (arm, look))`,
  );
  const cells = rows.map((r): Cell => {
    const of: Cell['of'] =
      Number(r.by_look) === 1
        ? { kind: 'look', look: Number(r.look) }
        : Number(r.by_stage) === 1
          ? { kind: 'stage', key: String(r.stage) }
          : Number(r.by_level) === 1
            ? { kind: 'level', key: String(r.level) }
            : { kind: 'all' };
    const number = (name: string): number => Number(r[name] ?? 0);
    return {
      arm: String(r.arm),
      of,
      assigned: number('assigned'),
      counted: number('counted_'),
      metrics: metrics.map((_, i) => ({
        did: number(`did${i}`),
        y: number(`y${i}_`),
        yy: number(`yy${i}`),
        x: number(`sx${i}`),
        xx: number(`xx${i}`),
        xy: number(`xy${i}`),
      })),
    };
  });
  return { cells, looks, firstAt: rows.length === 0 ? null : Math.min(...rows.map((r) => Number(r.first))) };
}

export const noSums: MetricSums = { did: 0, y: 0, yy: 0, x: 0, xx: 0, xy: 0 };

export function added(a: MetricSums, b: MetricSums): MetricSums {
  return { did: a.did + b.did, y: a.y + b.y, yy: a.yy + b.yy, x: a.x + b.x, xx: a.xx + b.xx, xy: a.xy + b.xy };
}
