import { sqlStrings } from '../../base/index.ts';
import type { Branch, Cell } from './cells.ts';

export const SEEN_BITS = 64;
/** Two counters of 32 bits a word: no person has four thousand million events of a kind, so no counter runs into the next. */
export const COUNT_SLOTS = 2;
export const COUNT_BITS = 32;
/** So many bits of a bucket's column are its number. */
const BUCKET_BITS = 10;

export function wordsOf(cells: Cell[], size: number, width: number): { cells: Cell[]; width: number }[] {
  const words: { cells: Cell[]; width: number }[] = [];
  for (let i = 0; i < cells.length; i += size) words.push({ cells: cells.slice(i, i + size), width });
  return words;
}

export function edgesOf(cells: readonly Cell[]): number[] {
  return [...new Set(cells.flatMap(({ interval }) => [interval.lo, interval.hi]).filter(Number.isFinite))].sort((x, y) => x - y);
}

/**
 * A row's bucket: how many of the edges lie at or before its time. `roundDown` finds the nearest edge and remembers where it looked last, which suits
 * rows in order of time; the bucket's number rides in the low bits of the edge.
 */
export function bucketSql(edges: readonly number[]): string {
  const size = 2 ** BUCKET_BITS;
  if (edges.length >= size) return `toUInt16(${edges.map((ms) => `(toUnixTimestamp64Milli(time) >= ${ms})`).join(' + ')})`;
  const numbered = edges.map((ms, i) => BigInt(ms) * BigInt(size) + BigInt(i + 1));
  const lowest = -(2n ** 62n);
  return `toUInt16(bitAnd(roundDown(toUnixTimestamp64Milli(time) * ${size} + ${size - 1}, CAST([${[lowest, ...numbered].join(', ')}], 'Array(Int64)')), ${size - 1}))`;
}

/** A row's word. `edges` are the instants that part the buckets of the column `bucket`. */
export function wordSql(cells: readonly Cell[], width: number, edges: readonly number[], branch: Branch): string {
  const slotted = cells.map((c, i) => ({ ...c, slot: 1n << BigInt(i * width) }));
  const whole = slotted.reduce((mask, c) => mask | c.slot, 0n);
  const masks = new Map<Cell['selector'], bigint>();
  for (const c of slotted) masks.set(c.selector, (masks.get(c.selector) ?? 0n) | c.slot);
  const names = new Map<string, bigint>();
  for (const [s, m] of masks) if (s.sql === undefined) names.set(s.event, (names.get(s.event) ?? 0n) | m);
  // `transform` of the dictionary-coded name is the cheapest look-up; that of a small number comes next.
  const fits = [
    ...(names.size
      ? [`transform(event, [${sqlStrings(names.keys())}], CAST([${[...names.values()].join(',')}], 'Array(UInt64)'), toUInt64(0))`]
      : []),
    ...[...masks].filter(([s]) => s.sql !== undefined).map(([s, m]) => `if(${s.columns[branch]}, toUInt64(${m}), toUInt64(0))`),
  ].reduce((a, b) => `bitOr(${a}, ${b})`);
  return [fits, ...textMasks(masks, whole, branch), ...timeMask(slotted, edges)].reduce((a, b) => `bitAnd(${a}, ${b})`);
}

/** Of the cells that ask for a text, those whose text a row has; and all that do not ask. */
function textMasks(masks: ReadonlyMap<Cell['selector'], bigint>, whole: bigint, branch: Branch): string[] {
  const columns = new Map<string, { asked: bigint; values: Map<string, bigint> }>();
  for (const [s, mask] of masks) {
    if (!s.text) continue;
    const column = s.columns[branch]!;
    const found = columns.get(column) ?? { asked: 0n, values: new Map<string, bigint>() };
    columns.set(column, found);
    found.asked |= mask;
    for (const v of s.text.values) found.values.set(v, (found.values.get(v) ?? 0n) | mask);
  }
  return [...columns].map(([column, { asked, values }]) => {
    const others = whole & ~asked;
    return `transform(${column}, [${sqlStrings(values.keys())}], CAST([${[...values.values()].map((m) => m | others).join(',')}], 'Array(UInt64)'), toUInt64(${others}))`;
  });
}

function timeMask(cells: readonly (Cell & { slot: bigint })[], edges: readonly number[]): string[] {
  if (cells.every((c) => c.interval.lo === Number.NEGATIVE_INFINITY && c.interval.hi === Number.POSITIVE_INFINITY)) return [];
  // Bucket b holds the instants from edge b-1 to edge b.
  const byTime = [Number.NEGATIVE_INFINITY, ...edges].map((from) =>
    cells.reduce((mask, c) => (from >= c.interval.lo && from < c.interval.hi ? mask | c.slot : mask), 0n),
  );
  return [`transform(bucket, [${byTime.map((_, b) => b).join(',')}], CAST([${byTime.join(',')}], 'Array(UInt64)'), toUInt64(0))`];
}
