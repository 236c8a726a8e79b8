import { enoughPeople, type Proportion, proportion } from '../../experiments/index.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { type Meta, metaOf } from '../meta.ts';
import { type Range, resolveRange } from '../period.ts';
import { at, type DayCount, kaplanMeier, medianOf, type Point } from './kaplan-meier.ts';
import { categoriesSql, ordersSql } from './orders-sql.ts';
import { type SuitabilityQuestion, suitabilityCell } from './schema.ts';
import { buyersSql, categoryRowsSql, peopleSql } from './spells-sql.ts';
import { type PoolValue, poolValue } from './value-model.ts';

export interface Curve {
  points: Point[];
  spells: number;
  events: number;
  median: ReturnType<typeof medianOf>;
  /** The share that has come back by then. */
  within: { days: number; share: number; low: number; high: number; atRisk: number; cell: object }[];
  /** False when fewer waits were watched than say anything. */
  enough: boolean;
}

export interface SuitabilityRow {
  /** null: all orders; `~`: lines without a category, together. */
  category: string | null;
  people: number;
  orders: number;
  /** With an order in the last year of the history. */
  recent: number;
  repeated: Proportion;
  /** Repeat orders for each buyer and year watched; null when nobody was watched for any time. */
  perYear: { value: number; low: number; high: number } | null;
  averageFen: number | null;
  same: Curve | null;
  any: Curve;
  /** null where the average order or the rate is not known. */
  pool: PoolValue | null;
  cells: Record<'people' | 'recent' | 'repeated' | 'waiting', object>;
}

export interface Suitability {
  rows: SuitabilityRow[];
  history: {
    orders: number;
    people: number;
    from: string | null;
    to: string | null;
    lines: number;
    namedLines: number;
    categories: number;
  };
  meta: Meta;
}

const marks = [30, 60, 90, 180, 365, 730];

interface Category {
  category: string;
  people: number;
  orders: number;
  money: number;
  first_ms: number;
  last_ms: number;
  order_lines: number;
  named: number;
  categories: number;
}

interface Told {
  category: string;
  people: number;
  orders: number;
  repeated: number;
  recent: number;
  r1: number;
  e1: number;
  rr: number;
  re: number;
  ee: number;
  waits: [kinds: number[], counts: number[]];
}

/** What an order history says of how people come back by themselves, and what a pool could add to that. */
export async function suitability(deps: InsightDeps, asker: Asker, question: SuitabilityQuestion): Promise<Suitability> {
  const startedAt = performance.now();
  const range = rangeOf(deps, asker, question);
  const orders = ordersOf(deps, asker, question, range);
  const [whole, ...top] = await deps.ch.query<Category>(categoriesSql(orders, question.top));
  const endMs = whole?.last_ms ?? range.to;
  const buyers = buyersSql(
    orders,
    top.map((c) => c.category),
  );
  const told = whole ? await deps.ch.query<Told>(categoryRowsSql(buyers, question.after, endMs, question.horizonDays)) : [];
  const rows = (whole ? [whole, ...top] : []).map((c) => rowOf(question, c, told.find((r) => r.category === c.category)!));
  // What comes later than the last order was not watched, so the question is kept as ending there.
  const seen = { from: range.from, to: whole ? endMs + 1 : range.to };
  const meta = metaOf(deps.clock, asker, { kind: 'suitability', ...question, from: '', to: '' }, seen, startedAt, [
    'suitability.curve',
    'suitability.rate',
    'suitability.repeated',
    'suitability.median',
    'suitability.category',
    'suitability.pool',
    'suitability.breakEven',
  ]);
  return {
    rows,
    history: {
      orders: whole?.orders ?? 0,
      people: whole?.people ?? 0,
      from: whole ? new Date(whole.first_ms).toISOString() : null,
      to: whole ? new Date(endMs).toISOString() : null,
      lines: whole?.order_lines ?? 0,
      namedLines: whole?.named ?? 0,
      categories: whole?.categories ?? 0,
    },
    meta,
  };
}

function rowOf(question: SuitabilityQuestion, { money, orders }: Category, rate: Told): SuitabilityRow {
  const category = rate.category === '' ? null : rate.category;
  const averageFen = money > 0 ? Math.round(money / orders) : null;
  const [same, any] = [1, 0].map((kind) => countsOf(rate.waits, kind)) as [DayCount[], DayCount[]];
  const perYear = rateOf(rate);
  return {
    category,
    people: rate.people,
    orders: rate.orders,
    recent: rate.recent,
    repeated: proportion(rate.repeated, rate.people),
    perYear,
    averageFen,
    same: category === null ? null : curveOf(same, question.horizonDays, { category, scope: 'same' }),
    any: curveOf(any, question.horizonDays, { category, scope: 'any' }),
    pool: perYear && averageFen !== null ? poolValue(question.model, { buyers: rate.recent, perYear: perYear.value, averageFen }) : null,
    cells: {
      people: { category },
      recent: { category, outcome: 'recent' },
      repeated: { category, scope: category === null ? 'any' : 'same', outcome: 'again' },
      waiting: { category, scope: category === null ? 'any' : 'same', outcome: 'waiting' },
    },
  };
}

function countsOf([kinds, counts]: Told['waits'], same: number): DayCount[] {
  const days = new Map<number, DayCount>();
  for (const [i, kind] of kinds.entries()) {
    if (((kind >> 1) & 1) !== same) continue;
    const day = kind >> 2;
    const one = days.get(day) ?? { day, events: 0, censored: 0 };
    one[kind & 1 ? 'events' : 'censored'] += Number(counts[i]);
    days.set(day, one);
  }
  return [...days.values()];
}

/** Repeat orders over years watched: a ratio of sums over people, who are the independent ones, and its interval from their spread. */
function rateOf({ people, r1, e1, rr, re, ee }: Told): SuitabilityRow['perYear'] {
  if (!(e1 > 0)) return null;
  const value = r1 / e1;
  const spread = people > 1 ? Math.sqrt((Math.max(0, rr - 2 * value * re + value * value * ee) * people) / (people - 1)) / e1 : value;
  return { value, low: Math.max(0, value - 1.96 * spread), high: value + 1.96 * spread };
}

function curveOf(counts: DayCount[], horizonDays: number, cell: { category: string | null; scope: string }): Curve {
  const survival = kaplanMeier(counts);
  const days = [...new Set([...marks.filter((d) => d < horizonDays), horizonDays])];
  return {
    ...survival,
    median: medianOf(survival),
    within: days.map((withinDays) => {
      const then = at(counts, survival, withinDays);
      return {
        days: withinDays,
        share: 1 - then.survival,
        low: 1 - then.high,
        high: 1 - then.low,
        atRisk: then.atRisk,
        cell: { ...cell, outcome: 'again', withinDays },
      };
    }),
    enough: survival.spells >= enoughPeople,
  };
}

function rangeOf(deps: InsightDeps, asker: Asker, { from = '1970-01-02', to }: SuitabilityQuestion): Range {
  return resolveRange({ from, to: to ?? new Date(deps.clock.ms() + 1).toISOString() }, asker.timezone);
}

function ordersOf(deps: InsightDeps, asker: Asker, question: SuitabilityQuestion, range: Range): string {
  return ordersSql({ source: (columns) => deps.source(asker.workspaceNo, columns), range, question });
}

/** The people behind one number of it. The question is as it came in the answer: it ends with the last order. */
export function suitabilityCellSql(deps: InsightDeps, asker: Asker, question: SuitabilityQuestion, cell: unknown): string {
  const range = rangeOf(deps, asker, question);
  return peopleSql(ordersOf(deps, asker, question, range), suitabilityCell.parse(cell), question.after, range.to - 1);
}
