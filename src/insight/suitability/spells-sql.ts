import { sqlString, sqlStrings } from '../../base/index.ts';
import type { SuitabilityCell } from './schema.ts';

export const dayMs = 86_400_000;

/**
 * One row a person and category ('' is any): `os`, all orders in order of time as (ms, key, categories), and `mine`, which of them have the category.
 */
export function buyersSql(orders: string, categories: readonly string[]): string {
  const known = `[${sqlStrings(categories)}]`;
  const list = categories.length > 0 ? `arrayIntersect(arrayDistinct(lines.1), ${known})` : `arrayResize([''], 0)`;
  return `SELECT person_no, category, os, arrayFilter(i -> category = '' OR has(os[i].3, category), arrayEnumerate(os)) AS mine
    FROM (SELECT person_no, arraySort(groupArray((toUnixTimestamp64Milli(at), order_key, ${list}))) AS os FROM (${orders}) GROUP BY person_no)
    ARRAY JOIN arrayPushFront(arrayDistinct(arrayFlatten(arrayMap(o -> o.3, os))), '') AS category`;
}

/**
 * Of a row of `buyersSql`, its waits as (same category?, days, ended by an order?): from an order in the category to the next of the same, or of any.
 * `days` are whole ones of 24 hours. A wait that had not ended when the history does is censored there.
 */
function spells(after: 'first' | 'every', endMs: number): string {
  const starts = after === 'first' ? 'arraySlice(mine, 1, 1)' : 'mine';
  const wait = (same: number, i: string, next: string, more: string) =>
    `(${same}, intDiv(if(${more}, os[${next}].1, ${endMs}) - os[${i}].1, ${dayMs}), ${more})`;
  const ofSame = `arrayMap((i, k) -> ${wait(1, 'i', 'mine[k + 1]', 'k < length(mine)')}, ${starts}, arrayEnumerate(${starts}))`;
  const ofAny = `arrayMap(i -> ${wait(0, 'i', 'i + 1', 'i < length(os)')}, ${starts})`;
  return `if(category = '', ${ofAny}, arrayConcat(${ofSame}, ${ofAny}))`;
}

/**
 * All that is told of a category, in one pass over its buyers. `waits`: how many waits there are of each kind, by day * 4 + (same category? 2) + (ended? 1);
 * what goes beyond the horizon counts as watched up to it. And the sums from which the yearly rate and its interval follow: r repeat orders and e years
 * watched, each person's.
 */
export function categoryRowsSql(buyers: string, after: 'first' | 'every', endMs: number, horizonDays: number): string {
  const kind = `w -> if(w.2 > ${horizonDays}, ${(horizonDays + 1) * 4}, w.2 * 4 + w.3) + w.1 * 2`;
  return `SELECT category, count() AS people, sum(length(mine)) AS orders, countIf(length(mine) > 1) AS repeated,
      countIf(os[mine[-1]].1 > ${endMs - 365 * dayMs}) AS recent, sum(r) AS r1, sum(e) AS e1, sum(r * r) AS rr, sum(r * e) AS re, sum(e * e) AS ee,
      sumMap(kinds, arrayResize([toUInt64(1)], length(kinds), 1)) AS waits
    FROM (SELECT category, os, mine, length(mine) - 1 AS r, (${endMs} - os[mine[1]].1) / ${365 * dayMs} AS e,
        arrayMap(${kind}, ${spells(after, endMs)}) AS kinds FROM (${buyers})) GROUP BY category`;
}

/** The people behind a number. */
export function peopleSql(orders: string, cell: SuitabilityCell, after: 'first' | 'every', endMs: number): string {
  const category = cell.category ?? '';
  const buyers = buyersSql(orders, category === '' ? [] : [category]);
  const chosen = `category = ${sqlString(category)}`;
  if (cell.outcome === 'recent') return `SELECT person_no FROM (${buyers}) WHERE ${chosen} AND os[mine[-1]].1 > ${endMs - 365 * dayMs}`;
  const kind = category === '' || cell.scope === 'any' ? 0 : 1;
  const within = cell.withinDays === undefined ? '' : ` AND w.2 <= ${cell.withinDays}`;
  const ended = { bought: '', again: ` AND w.3${within}`, waiting: ' AND NOT w.3' }[cell.outcome];
  return `SELECT person_no FROM (${buyers}) WHERE ${chosen} AND arrayExists(w -> w.1 = ${kind}${ended}, ${spells(after, endMs)})`;
}
