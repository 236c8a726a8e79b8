import type { EntryNode, Graph, Match, Where } from './graph.ts';

/** What the event that let somebody in says, and what is asked of it. */

export type EntryData = Record<string, unknown>;

/** A property by its path: `products.0.sku`. */
export function propertyOf(data: EntryData | undefined, path: string): unknown {
  let at: unknown = data;
  for (const part of path.split('.')) {
    if (at === null || typeof at !== 'object') return undefined;
    at = (at as Record<string, unknown>)[part];
  }
  return at ?? undefined;
}

const test: Record<string, (x: unknown, value: unknown) => boolean> = {
  '=': (x, v) => x === v,
  '!=': (x, v) => x !== v,
  '>': (x, v) => ordered(x, v, (o) => o > 0),
  '>=': (x, v) => ordered(x, v, (o) => o >= 0),
  '<': (x, v) => ordered(x, v, (o) => o < 0),
  '<=': (x, v) => ordered(x, v, (o) => o <= 0),
  in: (x, v) => Array.isArray(v) && v.includes(x),
  'not in': (x, v) => Array.isArray(v) && !v.includes(x),
  contains: (x, v) => (typeof x === 'string' && typeof v === 'string' ? x.includes(v) : Array.isArray(x) && x.includes(v)),
  'starts with': (x, v) => typeof x === 'string' && typeof v === 'string' && x.startsWith(v),
  before: (x, v) => Date.parse(String(x)) < Date.parse(String(v)),
  after: (x, v) => Date.parse(String(x)) > Date.parse(String(v)),
};
function ordered(x: unknown, v: unknown, fits: (order: number) => boolean): boolean {
  if (typeof x === 'number' && typeof v === 'number') return fits(x - v);
  return typeof x === 'string' && typeof v === 'string' && fits(x < v ? -1 : x > v ? 1 : 0);
}

/** As in rules: a missing property satisfies only `not exists`, `!=` and `not in`; a clash of types is false. */
export function holdsOfEntry(data: EntryData | undefined, where: readonly Where[] | undefined): boolean {
  return (where ?? []).every(({ property, op, value }) => {
    const x = propertyOf(data, property);
    if (op === 'exists' || op === 'not exists') return (x !== undefined) === (op === 'exists');
    if (x === undefined) return op === '!=' || op === 'not in';
    return test[op]?.(x, value) ?? false;
  });
}

/** A property of an event as text, the same in SQL and here. */
export const textOf = (value: unknown): string => (value === undefined || value === null ? '' : String(value));
export const textSql = (property: string): string => {
  const path = `properties.${property
    .split('.')
    .map((part) => `\`${part.replace(/[\\`]/g, '\\$&')}\``)
    .join('.')}`;
  return `if(isNull(${path}), '', toString(${path}))`;
};
/** Columns in which the event says what `matches` compares. */
export const matchColumns = (match: readonly Match[] | undefined): string =>
  match?.length ? `, [${match.map((m) => textSql(m.property)).join(', ')}] AS said` : ", CAST([], 'Array(String)') AS said";
/** Whether an event belongs to what let the person in. What the entry does not say matches nothing. */
export const matches = (match: readonly Match[] | undefined, said: readonly string[], data: EntryData | undefined): boolean =>
  (match ?? []).every((m, i) => {
    const wanted = textOf(propertyOf(data, m.entry));
    return wanted !== '' && said[i] === wanted;
  });

/** Whether a graph itself asks what the entry's event said. */
export const asksEntry = (graph: Graph): boolean =>
  graph.nodes.some(
    (n) => ('match' in n && (n.match?.length ?? 0) > 0) || (n.type === 'branch' && n.branches.some((b) => (b.entry?.length ?? 0) > 0)),
  );
/** Several events of one person may each let them in. */
export const takesEach = (entry: EntryNode): boolean => entry.key !== undefined || (entry.most ?? 1) > 1 || entry.over === 'replace';
