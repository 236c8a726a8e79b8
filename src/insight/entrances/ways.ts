import { sqlStrings } from '../../base/index.ts';
import { enoughPeople, type Proportion, proportion } from '../../experiments/index.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { type Meta, metaOf } from '../meta.ts';
import { resolveRange } from '../period.ts';
import { steps, type WayStep, type WaysQuestion, waysCell } from './schema.ts';
import { waySql, waysSql } from './ways-sql.ts';

export interface StepOf {
  step: WayStep;
  people: number;
  cell: object;
  /** Of all who came in by the door. */
  share: number;
  /** Whose last step this was, and who did not order. */
  lost: number;
  lostCell: object;
  /** From the first touch. */
  medianSeconds: number | null;
}
export interface Way {
  /** What was done before the order, in that order. */
  way: WayStep[];
  people: number;
  cell: object;
  buying: Proportion;
  medianSeconds: number | null;
}
export interface Entrance {
  touchpointId: string;
  name: string;
  kind: string;
  people: number;
  buying: Proportion;
  steps: StepOf[];
  /** Steps of those who ordered, on average, the order included. */
  length: number | null;
}
export interface WaysAnswer {
  rows: Entrance[];
  total: StepOf[];
  people: number;
  ways: Way[];
  /** Of the ways that people bought by: the one of fewest steps, and the one of most. Null where too few bought by it. */
  shortest: Way | null;
  fullest: Way | null;
  meta: Meta;
}

export interface NamedPoint {
  id: string;
  name: string;
  kind: string;
}

/** So many buyers make a way one to speak of. */
const fewest = 5;

/** How long the way is from the first touch to the order, where people are lost on it, and which ways there are. */
export async function ways(
  deps: InsightDeps & { touchpoints(workspaceNo: number): Promise<NamedPoint[]> },
  asker: Asker,
  question: WaysQuestion,
): Promise<WaysAnswer> {
  const startedAt = performance.now();
  const range = resolveRange(question, asker.timezone);
  const sql = waysSql(deps, asker.workspaceNo, question, range);
  const [counts, found, points] = await Promise.all([
    deps.ch.query<Record<string, number> & { point: string; all: number }>(
      `SELECT point, grouping(point) AS all, count() AS people, countIf(seen) AS touch_n, countIf(friend >= 0) AS friend_n, countIf(grp >= 0) AS group_n,
         countIf(ordered >= 0) AS order_n, ${median('friend')} AS friend_s, ${median('grp')} AS group_s, ${median('ordered')} AS order_s,
         countIf(last = 'touch') AS touch_lost, countIf(last = 'friend') AS friend_lost, countIf(last = 'group') AS group_lost,
         if(order_n > 0, avgIf(length(way) + 1, ordered >= 0), -1) AS steps_n
       FROM (SELECT *, ${waySql} AS way, if(ordered >= 0, '', way[-1]) AS last FROM (${sql})) GROUP BY GROUPING SETS ((point), ()) ORDER BY people DESC`,
    ),
    deps.ch.query<{ way: WayStep[]; people: number; buyers: number; seconds: number }>(
      `SELECT ${waySql} AS way, count() AS people, countIf(ordered >= 0) AS buyers, ${median('ordered')} AS seconds FROM (${sql})
       GROUP BY way ORDER BY people DESC LIMIT 40`,
    ),
    deps.touchpoints(asker.workspaceNo),
  ]);
  const known = new Map(points.map((point) => [point.id, point]));
  const sum = counts.find((c) => c.all === 1);
  const rows = counts
    .filter((c) => c.all === 0)
    .slice(0, 200)
    .map((c): Entrance => {
      const point = known.get(c.point);
      return {
        touchpointId: c.point,
        name: point?.name ?? c.point,
        kind: point?.kind ?? '',
        people: c.people!,
        buying: proportion(c.order_n!, c.people!),
        steps: stepsOf(c, c.point),
        length: c.steps_n! < 0 ? null : c.steps_n!,
      };
    });
  const list = found.map(
    (w): Way => ({
      way: w.way,
      people: w.people,
      cell: { way: w.way },
      buying: proportion(w.buyers, w.people),
      medianSeconds: w.seconds < 0 ? null : w.seconds,
    }),
  );
  const bought = list.filter((w) => w.buying.part >= fewest).sort((a, b) => a.way.length - b.way.length || b.buying.part - a.buying.part);
  const longest = Math.max(0, ...bought.map((w) => w.way.length));
  return {
    rows,
    total: sum ? stepsOf(sum, undefined) : [],
    people: sum?.people ?? 0,
    ways: list,
    shortest: bought[0] ?? null,
    fullest: bought.find((w) => w.way.length === longest) ?? null,
    meta: { ...metaOf(deps.clock, asker, { kind: 'ways', ...question }, range, startedAt, []), enoughPeople },
  };
}

const median = (column: string): string => `ifNotFinite(quantileExactIf(0.5)(${column}, ${column} >= 0), -1)`;

function stepsOf(c: Record<string, number | string>, point: string | undefined): StepOf[] {
  const at = point === undefined ? {} : { touchpointId: point };
  return steps.map((step) => {
    const seconds = Number(c[`${step}_s`] ?? 0);
    const people = Number(c[`${step}_n`]);
    return {
      step,
      people,
      cell: { ...at, did: step },
      share: people / Number(c.people),
      lost: Number(c[`${step}_lost`] ?? 0),
      lostCell: { ...at, lostAfter: step },
      medianSeconds: step === 'touch' ? 0 : people === 0 || seconds < 0 ? null : seconds,
    };
  });
}

/** The people behind a number of that answer. */
export function waysCellSql(deps: InsightDeps, asker: Asker, question: WaysQuestion, given: unknown): string {
  const cell = waysCell.parse(given);
  const asked = cell.touchpointId === undefined ? question : { ...question, touchpointId: cell.touchpointId };
  const column = { touch: 'seen', friend: 'friend >= 0', group: 'grp >= 0', order: 'ordered >= 0' };
  const wheres = [
    ...(cell.did ? [column[cell.did]] : []),
    ...(cell.way ? [`way = [${sqlStrings(cell.way)}]${cell.way.length === 0 ? '::Array(String)' : ''}`] : []),
    ...(cell.lostAfter ? [`ordered < 0 AND way[-1] = ${sqlStrings([cell.lostAfter])}`] : []),
  ];
  const people = `SELECT *, ${waySql} AS way FROM (${waysSql(deps, asker.workspaceNo, asked, resolveRange(question, asker.timezone))})`;
  return `SELECT person_no FROM (${people})${wheres.length > 0 ? ` WHERE ${wheres.join(' AND ')}` : ''}`;
}
