import { sqlString } from '../base/index.ts';
import type { Asker, InsightDeps } from './deps.ts';
import { type Meta, metaOf } from './meta.ts';
import { type Range, resolveRange } from './period.ts';
import { cells, type LadderQuestion } from './schema.ts';

export type Move = 'up' | 'down' | 'stay';

export interface LadderRow {
  /** A level's key; null: not in the pool at that instant. */
  from: string | null;
  to: string | null;
  people: number;
  move: Move;
  definition: string;
  cell: object;
}

export interface LadderAnswer {
  rows: LadderRow[];
  /** The same as `rows`, as Sankey data wants it. */
  links: { from: string | null; to: string | null; count: number }[];
  levels: { key: string; name: { zh: string; en: string }; before: number; after: number; beforeCell: object; cell: object }[];
  up: number;
  down: number;
  stay: number;
  /** Up less down. */
  net: number;
  cells: Record<Move, object>;
  meta: Meta;
}

/** Who went from which level to which between two instants. */
export async function ladder(deps: InsightDeps, asker: Asker, question: LadderQuestion): Promise<LadderAnswer> {
  const startedAt = performance.now();
  const range = resolveRange(question, asker.timezone);
  const [order, counted] = await Promise.all([
    deps.ladder(asker.workspaceNo, question.of),
    deps.ch.query<{ was: string; is: string; people: number }>(
      `SELECT was, is, count() AS people FROM (${await moversSql(deps, asker, question, range)}) GROUP BY was, is`,
    ),
  ]);
  const depth = depthOf(order.map((l) => l.key));
  const rows = counted
    .map(({ was, is, people }) => ({
      from: was || null,
      to: is || null,
      people,
      move: moveOf(depth(was), depth(is)),
      definition: 'ladder.link',
      cell: { from: was || null, to: is || null },
    }))
    .sort((a, b) => depth(a.from ?? '') - depth(b.from ?? '') || depth(a.to ?? '') - depth(b.to ?? ''));
  const sum = (of: (row: LadderRow) => boolean) => rows.filter(of).reduce((total, row) => total + row.people, 0);
  const [up, down, stay] = (['up', 'down', 'stay'] as const).map((move) => sum((row) => row.move === move)) as [number, number, number];
  return {
    rows,
    links: rows.map(({ from, to, people }) => ({ from, to, count: people })),
    levels: order.map(({ key, name }) => ({
      key,
      name,
      before: sum((row) => row.from === key),
      after: sum((row) => row.to === key),
      beforeCell: { from: key },
      cell: { to: key },
    })),
    up,
    down,
    stay,
    net: up - down,
    cells: { up: { move: 'up' }, down: { move: 'down' }, stay: { move: 'stay' } },
    meta: metaOf(deps.clock, asker, { kind: 'ladder', ...question, of: question.of ?? 'level' }, range, startedAt, [
      'ladder.link',
      'ladder.net',
    ]),
  };
}

/** One row a person in the pool at either instant, with the level at each; '' where not in it. */
async function moversSql(deps: InsightDeps, asker: Asker, { of = 'level' }: LadderQuestion, range: Range): Promise<string> {
  // What happens at this very millisecond is part of now; nothing is known of what comes after.
  const at = (ms: number) => Math.min(ms, deps.clock.ms() + 1);
  const { sql } = await deps.standings(asker.workspaceNo, of, [at(range.from), at(range.to)]);
  return `SELECT person_no, standings[1] AS was, standings[2] AS is FROM (${sql}) WHERE was != '' OR is != ''`;
}

/** How deep a level lies; outside the pool is above the shallowest. */
function depthOf(order: string[]): (key: string) => number {
  return (key) => order.indexOf(key) + 1;
}

function moveOf(was: number, is: number): Move {
  return is > was ? 'up' : is < was ? 'down' : 'stay';
}

/** The people behind one number of the ladder. */
export async function ladderCellSql(deps: InsightDeps, asker: Asker, question: LadderQuestion, cell: unknown): Promise<string> {
  const movers = await moversSql(deps, asker, question, resolveRange(question, asker.timezone));
  const move = cells.ladderMove.safeParse(cell);
  if (move.success) {
    const order = (await deps.ladder(asker.workspaceNo, question.of)).map((l) => sqlString(l.key)).join(', ');
    const depth = (key: string) => `toInt16(indexOf([${order}], ${key}))`;
    const compare = { up: '>', down: '<', stay: '=' }[move.data.move];
    return `SELECT person_no FROM (${movers}) WHERE ${depth('is')} ${compare} ${depth('was')}`;
  }
  const { from, to } = cells.ladder.parse(cell);
  const conditions = [
    ...(from === undefined ? [] : [`was = ${sqlString(from ?? '')}`]),
    ...(to === undefined ? [] : [`is = ${sqlString(to ?? '')}`]),
  ];
  return `SELECT person_no FROM (${movers})${conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''}`;
}
