import { type Expanded, holdsOfNobody } from '../expand.ts';
import { type EventRule, missingSatisfies, type Op, oppositeOf, type SequenceRule, spanMs, type Value } from '../rule.ts';
import type { Selector } from './cells.ts';
import { compareSql, identityOf, instantSql, predicate, reader } from './predicate.ts';
import { createScan, type Scan } from './scan.ts';
import { intersect, intervalOf, isEmpty } from './window.ts';

export interface CompileItem {
  rule: Expanded;
  /** Milliseconds; only events before it count. Items of one scan may look from different instants. */
  asOf: number;
}
export interface CompileOptions {
  /** FROM-able text of the workspace's events, or of some people's, with further columns (SQL over the event table, named). */
  source: (columns: readonly string[]) => string;
  /** Only people with these numbers, `to` exclusive. */
  range?: { from: number; to: number };
  /** Also the first asOf after this one at which time alone can change any rule: column `due`, in milliseconds. Items must then share this asOf. */
  dueAfter?: number;
}
export interface Compiled {
  /** One row a person: `person_no`, `r0` … `rN` (0 or 1) in the order of the items, `due`. People of whom no rule holds may be left out. */
  sql: string;
}

/** Many rules in one scan of the events. */
export function compileRules(items: readonly CompileItem[], options: CompileOptions): Compiled {
  const due = options.dueAfter !== undefined;
  const last = Math.max(...items.map((i) => i.asOf));
  const scan = createScan(due ? Number.POSITIVE_INFINITY : last);
  const writer = createWriter(scan);
  // Whoever came only after an item's instant was not there yet, whatever the rule says of nobody.
  const here = (item: CompileItem) =>
    (due || item.asOf < last) && holdsOfNobody(item.rule)
      ? `(${scan.aggregate('min(time)', 'all', '0', 'min')} < ${instantSql(item.asOf)}) AND `
      : '';
  const results = items.map((item, i) => `${here(item)}${writer.rule(item.rule, item.asOf)} AS r${i}`);
  if (due || items.some((i) => holdsOfNobody(i.rule))) scan.needEveryone();
  const names = [...items.map((_, i) => `r${i}`), ...(due ? ['due'] : [])];
  const pass = scan.write(options.source, options.range, options.dueAfter);
  return {
    sql: `SELECT ${['person_no', ...names].join(', ')}
FROM (SELECT ${['person_no', ...writer.shared(), ...results, ...(due ? ['due'] : [])].join(',\n  ')}
FROM (${pass}))
SETTINGS ${leaveAsIs}`,
  };
}

/**
 * Rewritings that ClickHouse tries on a statement. None of them finds anything to do in a pass, and on one of many rules the trying takes longer than the
 * rest of understanding it: without them a statement of 60 rules is understood in a third of the time.
 */
const leaveAsIs = [
  'and_compare_chain',
  'extract_common_expressions',
  'multiif_to_if',
  'time_filter_with_preimage',
  'arithmetic_operations_in_aggregate_functions',
  'aggregators_of_group_by_keys',
  'rewrite_sum_if_to_count_if',
  'rewrite_aggregate_function_with_if',
  'group_by_function_keys',
  'normalize_count_variants',
  'injective_functions_in_group_by',
  'uniq_to_count',
  'functions_to_subcolumns',
  'rewrite_regexp_functions',
  'or_like_chain',
  'injective_functions_inside_uniq',
]
  .map((name) => `optimize_${name} = 0`)
  .join(', ');

function createWriter(scan: Scan) {
  const refs = new Map<string, string>();
  const refSql: string[] = [];
  const leaves = new Map<string, string>();

  /** Truth of a rule from what the scan found out about a person; 0 or 1, never null. */
  const rule = (r: Expanded, asOf: number): string => {
    if ('all' in r) return r.all.length ? `(${r.all.map((x) => rule(x, asOf)).join(' AND ')})` : '1';
    if ('any' in r) return r.any.length ? `(${r.any.map((x) => rule(x, asOf)).join(' OR ')})` : '0';
    if ('not' in r) return `(NOT ${rule(r.not, asOf)})`;
    if ('ref' in r) {
      const id = `${r.ref}@${asOf}`;
      let name = refs.get(id);
      if (!name) {
        const sql = rule(r.body, asOf);
        name = `d${refs.size}`;
        refs.set(id, name);
        refSql.push(`${sql} AS ${name}`);
      }
      return name;
    }
    const id = `${asOf}${JSON.stringify(r)}`;
    let sql = leaves.get(id);
    if (sql === undefined) {
      sql = leaf(r, asOf);
      leaves.set(id, sql);
    }
    return sql;
  };
  const leaf = (r: Exclude<Expanded, { all: unknown } | { any: unknown } | { not: unknown } | { ref: unknown }>, asOf: number): string => {
    if ('handTag' in r) return r.many ? handTagOfMany(r.handTag, r.op, r.value, asOf) : handTag(r.handTag, r.op, r.value, asOf);
    if ('trait' in r) return trait(r.trait, r.op, r.value, asOf);
    if ('sequence' in r) return sequence(r, asOf);
    return eventRule(r, asOf);
  };

  /**
   * The newest row's verdict: bit 0 "there was one", bit 1 the predicate. The verdict is made on the row, so that what is kept a person is
   * one small number whatever the value's type. Rows of one instant are ordered by their key.
   */
  const newest = (branch: 'json' | 'identify', when: string, verdict: string, asOf: number): string => {
    const value = scan.column(`toUInt8(1 + 2 * (${verdict}))`, branch);
    return scan.aggregate(`argMaxIf(${value}, (time, key), ${scan.column(when, branch)} AND time < ${instantSql(asOf)})`, branch);
  };

  const trait = (key: string, op: Op, value: Value | undefined, asOf: number): string => {
    const r = reader(key);
    const present = `type = 'identify' AND isNotNull(${r.any})`;
    if (op === 'exists' || op === 'not exists') return `(${newest('identify', present, '1', asOf)} ${op === 'exists' ? '!=' : '='} 0)`;
    const verdict = newest('identify', present, predicate(r, op, value, false), asOf);
    return missingSatisfies(op) ? `(${verdict} != 1)` : `(${verdict} = 3)`;
  };

  const handTag = (key: string, op: Op, value: Value | undefined, asOf: number): string => {
    for (const event of ['Tag Added', 'Tag Removed']) scan.needEvent(event);
    const ours = `event IN ('Tag Added', 'Tag Removed') AND ${predicate(reader('key'), '=', key)} AND ${predicate(reader('by'), '!=', 'rule')}`;
    // A tag without a value, like one that is not there, has a missing value.
    const has = op === 'exists' || op === 'not exists' ? '1' : predicate(reader('value'), op, value);
    const verdict = newest('json', ours, `if(event = 'Tag Added', ${has}, ${missingSatisfies(op) && op !== 'not exists' ? 1 : 0})`, asOf);
    if (op === 'not exists') return `(${verdict} != 3)`;
    return missingSatisfies(op) ? `(${verdict} != 1)` : `(${verdict} = 3)`;
  };

  /**
   * A tag with several values at once: each value has its own newest word, and `Tag Removed` without a value is a word on all. A condition holds if any value
   * satisfies it; `!=`, `not in` and `not exists` if none satisfies the opposite.
   */
  const handTagOfMany = (key: string, op: Op, value: Value | undefined, asOf: number): string => {
    for (const event of ['Tag Added', 'Tag Removed']) scan.needEvent(event);
    const opposite = oppositeOf[op];
    const of = reader('value');
    const ours = `event IN ('Tag Added', 'Tag Removed') AND ${predicate(reader('key'), '=', key)} AND ${predicate(reader('by'), '!=', 'rule')}`;
    const which = scan.column(`ifNull(${identityOf(of)}, 0)`, 'json');
    const fits = scan.column(
      `toUInt8(event = 'Tag Added') + 2 * toUInt8(${opposite === 'exists' || op === 'exists' ? '1' : predicate(of, opposite ?? op, value)})`,
      'json',
    );
    const words = scan.aggregate(
      `arraySort(groupArrayIf((time, key, ${fits}, ${which}), ${scan.column(ours, 'json')} AND time < ${instantSql(asOf)}))`,
      'json',
      '[]',
    );
    const later = `arrayExists((y, j) -> j > i AND (y.4 = x.4 OR (y.4 = 0 AND bitTest(y.3, 0) = 0)), ${words}, arrayEnumerate(${words}))`;
    return `(arrayExists((x, i) -> x.3 = 3 AND NOT ${later}, ${words}, arrayEnumerate(${words})) = ${opposite ? 0 : 1})`;
  };

  const eventRule = (r: EventRule, asOf: number): string => {
    const { interval, moves } = intervalOf(r.within, asOf);
    const empty = isEmpty(interval);
    const sel = scan.selector(r);
    if (moves !== undefined) scan.movesAt(sel, moves);
    if (r.first || r.last) {
      const inner = intervalOf(r.first ?? r.last, asOf);
      if (inner.moves !== undefined) scan.movesAt(sel, inner.moves);
      const hit = intersect(interval, inner.interval);
      if (isEmpty(hit)) return '0';
      // First in the window = one in it and none before it; last = one in it and none after it.
      const outside = r.first ? { lo: interval.lo, hi: hit.lo } : { lo: hit.hi, hi: interval.hi };
      const there = scan.seen(sel, hit);
      return isEmpty(outside) ? there : `(${there} AND NOT ${scan.seen(sel, outside)})`;
    }
    if (r.count) return countRule(sel, interval, empty, r.count.op, r.count.value);
    const measured = (r.sum ?? r.avg ?? r.min ?? r.max ?? r.distinct)!;
    const value = reader(measured.property);
    const flag = empty ? '0' : scan.flag(sel, interval, 'json');
    if (r.sum) {
      const amount = scan.column(`ifNull(${value.number}, 0)`, 'json');
      return compareSql(scan.aggregate(`sumIf(${amount}, ${flag})`, 'json', '0', 'sum'), measured.op, measured.value, false);
    }
    if (r.distinct)
      return compareSql(
        scan.aggregate(`uniqExactIf(${scan.column(identityOf(value), 'json')}, ${flag})`, 'json'),
        measured.op,
        measured.value,
        false,
      );
    const fn = r.avg ? 'avg' : r.min ? 'min' : 'max';
    return compareSql(
      scan.aggregate(`${fn}If(${scan.column(value.number, 'json')}, ${flag})`, 'json', 'NULL'),
      measured.op,
      measured.value,
      true,
    );
  };

  const countRule = (sel: Selector, interval: { lo: number; hi: number }, empty: boolean, op: Op, value: Value | undefined): string => {
    if (empty) return compareSql('0', op, value, false);
    const n = value as number;
    // Whether there is any is a bit; only other thresholds need a number.
    if ((op === '>=' && n === 1) || (op === '>' && n === 0) || (op === '!=' && n === 0)) return scan.seen(sel, interval);
    if ((op === '<' && n === 1) || (op === '<=' && n === 0) || (op === '=' && n === 0)) return `(NOT ${scan.seen(sel, interval)})`;
    return compareSql(scan.count(sel, interval), op, value, false);
  };

  /**
   * Steps in order, each by a later row (later by time, then by key). Going through the rows once, for each step the latest start of a chain
   * that has come so far is kept: a later start leaves the most time, so no chain is missed.
   */
  const sequence = (r: SequenceRule, asOf: number): string => {
    const { interval, moves } = intervalOf(r.during, asOf);
    const sels = r.sequence.map((s) => scan.selector(s));
    if (moves !== undefined) for (const s of sels) scan.movesAt(s, moves);
    if (isEmpty(interval)) return '0';
    if (sels.length === 1) return scan.seen(sels[0]!, interval);
    // One event must not come in twice, as this step and as that: all steps are looked for in one branch.
    const branch = sels.some((x) => x.branch === 'json') ? 'json' : 'plain';
    const fits = sels.map((x, i) => `${scan.flag(x, interval, branch)} * ${2 ** i}`).join(' + ');
    const found = scan.aggregate(`groupArrayIf((toUnixTimestamp64Milli(time), key, toUInt16(${fits})), (${fits}) != 0)`, branch, '[]');
    // Only who did every step is gone through.
    const every = sels.map((x) => scan.seen(x, interval)).join(' AND ');
    const rows = `arraySort(arrayResize(${found}, if(${every}, length(${found}), 0)))`;
    const none = `toInt64(${-NO_START})`;
    const next = sels.map((_, i) => {
      const fit = `bitTest(x.3, ${i})`;
      if (i === 0) return `if(${fit}, x.1, a.1)`;
      return `if(${fit} AND a.${i} != ${none} AND x.1 - a.${i} <= ${spanMs(r.within)}, greatest(a.${i + 1}, a.${i}), a.${i + 1})`;
    });
    const start = `(${sels.map(() => none).join(', ')})`;
    return `(arrayFold((a, x) -> (${next.join(', ')}), ${rows}, ${start}).${sels.length} != ${none})`;
  };

  return { rule, shared: () => refSql };
}

const NO_START = 9_000_000_000_000_000;
