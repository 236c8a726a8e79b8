import { sqlString } from '../base/index.ts';
import { carriers } from '../events/index.ts';
import { type AarrrAnswer, aarrr } from './aarrr.ts';
import { definitionsOf } from './definitions.ts';
import type { Asker, InsightDeps } from './deps.ts';
import { type LadderAnswer, ladder } from './ladder.ts';
import { type Meta, metaOf } from './meta.ts';
import { addDays, before, iso, localDate, type Range, resolveRange, startOfDay } from './period.ts';
import { freshnessSql, poolPeopleSql, poolSumsSql, seenOnSql } from './pool-sql.ts';
import { cells, type Question } from './schema.ts';

/** A number with the question and cell that lead to the people behind it. */
export interface Figure {
  value: number;
  previous: number | null;
  definition: string;
  question: Question;
  cell: object;
}

export interface Overview {
  /** Is the pool growing deeper: the net upward flow of the ladder in the period. */
  northStar: Figure & { metric: 'ladder.net'; up: number; down: number; upCell: object; downCell: object };
  people: Figure;
  newPeople: Figure;
  byCarrier: (Figure & { carrier: string })[];
  /** Every day of the period: people first seen on it, and people in the pool at its end. */
  growth: { day: string; new: number; total: number; cell: object }[];
  ladder: Omit<LadderAnswer, 'meta'>;
  aarrr: AarrrAnswer['rows'];
  freshness: {
    lastEventAt: string | null;
    lastReceivedAt: string | null;
    events: number;
    sources: { source: string; lastEventAt: string; lastReceivedAt: string; events: number }[];
  };
  meta: Meta & { previous: { from: string; to: string }; days: number };
}

/** The state of the pool over the last days, today among them. */
export async function overview(deps: InsightDeps, asker: Asker, days: number): Promise<Overview> {
  const startedAt = performance.now();
  const { workspaceNo, timezone: zone } = asker;
  const today = localDate(deps.clock.ms(), zone);
  const range: Range = { from: startOfDay(addDays(today, 1 - days), zone), to: deps.clock.ms() + 1 };
  const previous = before(range);
  const asked = { from: iso(range.from), to: iso(range.to) };
  const [pool, stages, flow, flowBefore, fresh] = await Promise.all([
    readPool(deps, asker, range),
    aarrr(deps, asker, asked),
    ladder(deps, asker, asked),
    ladder(deps, asker, { from: iso(previous.from), to: iso(previous.to) }),
    deps.ch.query<Fresh>(freshnessSql(deps.source(workspaceNo))),
  ]);
  const question: Question = { kind: 'pool', ...asked };
  const meta = metaOf(deps.clock, asker, question, range, startedAt, [
    'pool.people',
    'pool.carrier',
    'pool.new',
    'ladder.link',
    'ladder.net',
  ]);
  const { meta: ladderMeta, ...flows } = flow;
  return {
    northStar: {
      metric: 'ladder.net',
      value: flow.net,
      previous: flowBefore.net,
      definition: 'ladder.net',
      question: ladderMeta.question,
      cell: flow.cells.up,
      up: flow.up,
      down: flow.down,
      upCell: flow.cells.up,
      downCell: flow.cells.down,
    },
    people: { value: pool.people, previous: pool.before, definition: 'pool.people', question, cell: {} },
    newPeople: {
      value: pool.people - pool.before,
      previous: pool.newBefore,
      definition: 'acquisition.new',
      question: stages.meta.question,
      cell: { metric: 'acquisition.new' },
    },
    byCarrier: pool.carriers.map((c) => ({
      carrier: c.carrier,
      value: c.people,
      previous: c.before,
      definition: 'pool.carrier',
      question,
      cell: { carrier: c.carrier },
    })),
    growth: growthOf(pool, range, days, today),
    ladder: flows,
    aarrr: stages.rows,
    freshness: freshnessOf(fresh),
    meta: {
      ...meta,
      definitions: { ...meta.definitions, ...definitionsOf(stages.rows.map((r) => r.definition)) },
      previous: { from: iso(previous.from), to: iso(previous.to) },
      days,
    },
  };
}

interface Pool {
  people: number;
  before: number;
  newBefore: number;
  carriers: { carrier: string; people: number; before: number }[];
  days: Map<string, number>;
}

async function readPool(deps: InsightDeps, asker: Asker, range: Range): Promise<Pool> {
  const people = poolPeopleSql(deps.source(asker.workspaceNo), range, asker.timezone);
  const rows = await deps.ch.query<{ day: string; people: number; earlier: number; seen: number[] }>(poolSumsSql(people, range));
  const early = rows.find((r) => r.day === '');
  const total = (number: (row: (typeof rows)[number]) => number) => rows.reduce((sum, row) => sum + number(row), 0);
  const known = ['', ...carriers].map((carrier, i) => ({ carrier, people: total((r) => r.seen[i]!), before: early?.seen[i] ?? 0 }));
  return {
    people: total((r) => r.people),
    before: early?.people ?? 0,
    newBefore: (early?.people ?? 0) - (early?.earlier ?? 0),
    carriers: known.filter((c) => c.people > 0).sort((a, b) => b.people - a.people),
    days: new Map(rows.filter((r) => r.day !== '').map((r) => [r.day, r.people])),
  };
}

function growthOf(pool: Pool, range: Range, days: number, today: string): Overview['growth'] {
  let total = pool.before;
  const first = addDays(today, 1 - days);
  return Array.from({ length: range.to > range.from ? days : 0 }, (_, i) => {
    const day = addDays(first, i);
    const added = pool.days.get(day) ?? 0;
    total += added;
    return { day, new: added, total, cell: { day } };
  });
}

interface Fresh {
  name: string;
  last_event_at: string;
  last_received_at: string;
  events: number;
}

/** What we write ourselves says nothing about whether data still arrives, so it is listed but does not count as fresh. */
function freshnessOf(rows: Fresh[]): Overview['freshness'] {
  const arriving = rows.filter((r) => r.name !== 'yutang');
  const last = (of: 'last_event_at' | 'last_received_at') =>
    arriving.reduce<string | null>((max, r) => (max === null || r[of] > max ? r[of] : max), null);
  return {
    lastEventAt: last('last_event_at'),
    lastReceivedAt: last('last_received_at'),
    events: rows.reduce((total, r) => total + r.events, 0),
    sources: rows.map((r) => ({ source: r.name, lastEventAt: r.last_event_at, lastReceivedAt: r.last_received_at, events: r.events })),
  };
}

/** The people behind one number about the pool. */
export function poolCellSql(deps: InsightDeps, asker: Asker, question: { from: string; to: string }, cell: unknown): string {
  const { carrier, day } = cells.pool.parse(cell);
  const people = poolPeopleSql(deps.source(asker.workspaceNo), resolveRange(question, asker.timezone), asker.timezone);
  const conditions = [
    ...(carrier === undefined ? [] : [seenOnSql(carrier)]),
    ...(day === undefined ? [] : [`first_day = toDate32(${sqlString(day)})`]),
  ];
  return `SELECT person_no FROM (${people})${conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''}`;
}
