import { sqlString } from '../../base/index.ts';
import { enoughPeople } from '../../experiments/index.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { cells, type DwellQuestion } from '../explore/schema.ts';
import { type Meta, metaOf } from '../meta.ts';
import { resolveRange } from '../period.ts';
import { kaplanMeier, medianOf, quantileOf } from '../suitability/kaplan-meier.ts';
import { looksAt, spellsSql } from './history-sql.ts';

export interface DwellRow {
  level: string;
  name: { zh: string; en: string };
  /** Who came to the level in this time, who of them left it again, and who is on it still: of those it is not known how long they will stay. */
  people: number;
  cell: object;
  left: number;
  leftCell: object;
  still: number;
  stillCell: object;
  /** Who left it for which: up and down alike. Someone may have done both. */
  next: { level: string; people: number; move: 'up' | 'down'; cell: object }[];
  /** Days by which half have left, with its 95 % band; null when fewer than half have by the longest stay seen. */
  medianDays: number | null;
  lowDays: number | null;
  highDays: number | null;
  /** Days by which a quarter have left, and three quarters. */
  firstQuarterDays: number | null;
  lastQuarterDays: number | null;
  /** The longest stay that was watched: of longer ones nothing is known. */
  longestDays: number;
  enough: boolean;
  /** The share still there after so many days, by Kaplan and Meier. */
  curve: { days: number; share: number; low: number; high: number }[];
  definition: string;
}

/** What a row of the count is about: a bit for each column that it is not split by. */
const [byNext, byLooks, inAll] = [2, 1, 3];

/** How long people stay on a level that they came to in this time. */
export async function dwell(
  deps: InsightDeps,
  asker: Asker,
  question: DwellQuestion,
): Promise<{ rows: DwellRow[]; meta: Meta & { everyDays: number } }> {
  const startedAt = performance.now();
  const range = resolveRange(question, asker.timezone);
  const looks = looksAt(range, deps.clock.ms());
  // How many stayed how long, how many went where, and the people of it all, in one scan.
  type Count = {
    level: string;
    looks: number;
    next: string;
    by: number;
    spells: number;
    ended: number;
    people: number;
    left: number;
    still: number;
  };
  const [order, counted] = await Promise.all([
    deps.ladder(asker.workspaceNo, question.of),
    deps.ch.query<Count>(
      `SELECT level, looks, next, grouping(looks, next) AS by, count() AS spells, countIf(s.ended = 1) AS ended, uniqExact(person_no) AS people,
         uniqExactIf(person_no, s.ended = 1) AS left, uniqExactIf(person_no, s.ended = 0) AS still
       FROM (${await spellsSql(deps, asker, question.of, looks)}) AS s GROUP BY GROUPING SETS ((level, looks), (level, next), (level))`,
    ),
  ]);
  const depth = new Map(order.map((l, i) => [l.key, i]));
  const rows = order.map(({ key, name }): DwellRow => {
    const [stays, went, [whole]] = [byLooks, byNext, inAll].map((by) => counted.filter((c) => c.level === key && Number(c.by) === by)) as [
      Count[],
      Count[],
      Count[],
    ];
    const survival = kaplanMeier(
      stays.map((c) => ({ day: Number(c.looks) * looks.days, events: Number(c.ended), censored: Number(c.spells) - Number(c.ended) })),
    );
    const median = medianOf(survival);
    const people = Number(whole?.people ?? 0);
    return {
      level: key,
      name,
      people,
      cell: { level: key, is: 'came' },
      left: Number(whole?.left ?? 0),
      leftCell: { level: key, is: 'left' },
      still: Number(whole?.still ?? 0),
      stillCell: { level: key, is: 'still' },
      next: went
        .filter(({ next }) => next !== '')
        .sort((a, b) => Number(b.people) - Number(a.people) || (a.next < b.next ? -1 : 1))
        .map(({ next, people }) => ({
          level: next,
          people: Number(people),
          move: (depth.get(next) ?? -1) > depth.get(key)! ? 'up' : 'down',
          cell: { level: key, is: 'left', to: next },
        })),
      medianDays: median.days,
      lowDays: median.low,
      highDays: median.high,
      firstQuarterDays: quantileOf(survival, 0.25).days,
      lastQuarterDays: quantileOf(survival, 0.75).days,
      longestDays: Math.max(0, ...stays.map((c) => Number(c.looks) * looks.days)),
      enough: people >= enoughPeople,
      curve: survival.points.map((p) => ({ days: p.day, share: p.survival, low: p.low, high: p.high })),
      definition: 'dwell.median',
    };
  });
  const meta = metaOf(deps.clock, asker, { kind: 'dwell', ...question }, range, startedAt, ['dwell.median']);
  return { rows, meta: { ...meta, everyDays: looks.days } };
}

/** The people behind one number. */
export async function dwellCellSql(deps: InsightDeps, asker: Asker, question: DwellQuestion, cell: unknown): Promise<string> {
  const { level, is, to } = cells.dwell.parse(cell);
  const looks = looksAt(resolveRange(question, asker.timezone), deps.clock.ms());
  const ended = { came: '', left: ' AND ended = 1', still: ' AND ended = 0' }[is];
  const next = to === undefined ? '' : ` AND next = ${sqlString(to)}`;
  return `SELECT DISTINCT person_no FROM (${await spellsSql(deps, asker, question.of, looks)}) WHERE level = ${sqlString(level)}${ended}${next}`;
}
