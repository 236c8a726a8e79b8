import { sqlStrings } from '../../base/index.ts';
import type { Branch, Cell } from './scan.ts';

export const SEEN_BITS = 64;
/** Two counters of 32 bits a word: no person has four thousand million events of a kind, so no counter runs into the next. */
export const COUNT_SLOTS = 2;
export const COUNT_BITS = 32;

export function wordsOf(cells: Cell[], size: number, width: number): { cells: Cell[]; width: number }[] {
  const words: { cells: Cell[]; width: number }[] = [];
  for (let i = 0; i < cells.length; i += size) words.push({ cells: cells.slice(i, i + size), width });
  return words;
}

/** A row's word as far as the branch can tell it. `edges` are the instants that part the buckets of the column `bucket`. */
export function wordSql(cells: Cell[], width: number, edges: number[], branch: Branch): string {
  const slot = (i: number) => 1n << BigInt(i * width);
  const mine = cells.map((c, i) => ({ ...c, slot: slot(i) })).filter((c) => c.branch === branch);
  if (mine.length === 0) return 'toUInt64(0)';
  const masks = new Map<Cell['selector'], bigint>();
  for (const c of mine) masks.set(c.selector, (masks.get(c.selector) ?? 0n) | c.slot);
  const named = [...masks].filter(([s]) => s.sql === undefined);
  // `transform` of the dictionary-coded name and of the small bucket number are the cheapest look-ups; an array indexed by them costs twice that.
  const parts = [
    ...(named.length
      ? [
          `transform(event, [${sqlStrings(named.map(([s]) => s.event))}], CAST([${named.map(([, m]) => m).join(',')}], 'Array(UInt64)'), toUInt64(0))`,
        ]
      : []),
    ...[...masks].filter(([s]) => s.sql !== undefined).map(([s, m]) => `if(${s.columns[branch]}, toUInt64(${m}), toUInt64(0))`),
  ];
  const byName = parts.reduce((a, b) => `bitOr(${a}, ${b})`);
  if (mine.every((c) => c.interval.lo === Number.NEGATIVE_INFINITY && c.interval.hi === Number.POSITIVE_INFINITY)) return byName;
  // Bucket b holds the instants from edge b-1 to edge b.
  const byTime = [Number.NEGATIVE_INFINITY, ...edges].map((from) =>
    mine.reduce((mask, c) => (from >= c.interval.lo && from < c.interval.hi ? mask | c.slot : mask), 0n),
  );
  return `bitAnd(${byName}, transform(bucket, [${byTime.map((_, b) => b).join(',')}], CAST([${byTime.join(',')}], 'Array(UInt64)'), toUInt64(0)))`;
}
