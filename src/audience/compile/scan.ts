import { sqlString, sqlStrings } from '../../base/index.ts';
import { ANY_EVENT, passiveEvents, type Step } from '../rule.ts';
import { instantSql, predicate, reader } from './predicate.ts';
import type { Interval } from './window.ts';

/** A cell: "a row of this selector in this interval". Everything that a scan learns of events is about cells. */
interface Cell {
  selector: number;
  interval: Interval;
}
interface Selector {
  event: string;
  /** Row condition where the name alone does not decide. */
  sql?: string;
}

const SEEN_BITS = 64;
const COUNT_SLOTS = 2;
const COUNT_BITS = 32;

/**
 * Collects what one pass over the events must find out, each thing once, and writes the pass.
 *
 * A row is turned into machine words: for a word, `names` has a bit for each cell whose selector the row fits and `times` one for each
 * cell whose interval it lies in; their AND says which cells the row belongs to. Words are OR-ed per person (seen at all?) or added
 * (how often? 32 bits a cell). So the cost grows with words, not with rules.
 */
export function createScan(rowsBefore: number) {
  const selectors: Selector[] = [];
  const selectorAt = new Map<string, number>();
  const seen: Cell[] = [];
  const flags: Cell[] = [];
  const counts: Cell[] = [];
  const at = new Map<string, number>();
  const columns = new Map<string, string>();
  const aggregates = new Map<string, string>();
  const names = new Set<string>();
  const dues = new Map<number, Set<number>>();
  const need = { everything: false, identify: false, floor: Number.POSITIVE_INFINITY };

  const clip = (i: Interval): Interval => ({ lo: i.lo, hi: i.hi >= rowsBefore ? Number.POSITIVE_INFINITY : i.hi });
  const once = (map: Map<string, string>, prefix: string, sql: string): string => {
    let name = map.get(sql);
    if (!name) {
      name = `${prefix}${map.size}`;
      map.set(sql, name);
    }
    return name;
  };
  /** A column of a row, by its SQL over the event table; the same SQL is one column. */
  const column = (sql: string): string => once(columns, 'v', sql);
  const aggregate = (sql: string): string => once(aggregates, 'a', sql);

  const selector = (step: Step): number => {
    const wheres = (step.where ?? []).map((w) => predicate(reader(w.property), w.op, w.value)).sort();
    const id = JSON.stringify([step.event, wheres]);
    let index = selectorAt.get(id);
    if (index === undefined) {
      index = selectors.length;
      selectorAt.set(id, index);
      const who =
        step.event === ANY_EVENT
          ? `type IN ('track', 'page', 'screen') AND event NOT IN (${sqlStrings(passiveEvents)})`
          : `event = ${sqlString(step.event)}`;
      const plain = step.event !== ANY_EVENT && wheres.length === 0;
      selectors.push({ event: step.event, ...(plain ? {} : { sql: column([who, ...wheres].join(' AND ')) }) });
    }
    if (step.event === ANY_EVENT) need.everything = true;
    else names.add(step.event);
    return index;
  };
  const cell = (kind: string, list: Cell[], sel: number, interval: Interval): number => {
    const i = clip(interval);
    const id = `${kind}:${sel}:${i.lo}:${i.hi}`;
    let index = at.get(id);
    if (index === undefined) {
      index = list.length;
      at.set(id, index);
      list.push({ selector: sel, interval: i });
      need.floor = Math.min(need.floor, i.lo);
    }
    return index;
  };
  const bit = (word: string, index: number): string => `bitTest(${word}${Math.floor(index / SEEN_BITS)}, ${index % SEEN_BITS})`;

  return {
    selector,
    column,
    aggregate,
    /** Per person: was there such a row? */
    seen: (sel: number, interval: Interval): string => bit('S', cell('s', seen, sel, interval)),
    /** Per row: is it such a row? To be used inside `aggregate`. */
    flag: (sel: number, interval: Interval): string => {
      const known = at.get(`s:${sel}:${clip(interval).lo}:${clip(interval).hi}`);
      return known === undefined ? bit('f', cell('f', flags, sel, interval)) : bit('s', known);
    },
    /** Per person: how many such rows? */
    count: (sel: number, interval: Interval): string => {
      const index = cell('c', counts, sel, interval);
      const word = `C${Math.floor(index / COUNT_SLOTS)}`;
      const slot = index % COUNT_SLOTS;
      return slot === 0 ? `bitAnd(${word}, ${2 ** COUNT_BITS - 1})` : `bitShiftRight(${word}, ${COUNT_BITS * slot})`;
    },
    /** Rows that must be read besides those of the cells. */
    needNames: (...more: string[]) => {
      for (const n of more) names.add(n);
      need.floor = Number.NEGATIVE_INFINITY;
    },
    needIdentify: () => {
      need.identify = true;
      need.floor = Number.NEGATIVE_INFINITY;
    },
    needEverything: () => {
      need.everything = true;
      need.floor = Number.NEGATIVE_INFINITY;
    },
    /** Rows of the selector change a rule when they have become `span` old. */
    movesAt: (sel: number, span: number) => {
      const set = dues.get(span) ?? new Set();
      dues.set(span, set.add(sel));
    },
    write,
  };

  /** The pass: one row a person, with words S0…, C0…, aggregates a0… and, if asked, `due`. */
  function write(source: string, range: { from: number; to: number } | undefined, dueAsOf: number | undefined): string {
    const dueRow = dueAsOf === undefined ? undefined : dueColumn(dueAsOf);
    const words = [
      ...wordsOf(seen, SEEN_BITS, 1).map((w, i) => ({ row: `s${i}`, person: `groupBitOr(s${i}) AS S${i}`, ...w })),
      ...wordsOf(flags, SEEN_BITS, 1).map((w, i) => ({ row: `f${i}`, person: '', ...w })),
      ...wordsOf(counts, COUNT_SLOTS, COUNT_BITS).map((w, i) => ({ row: `c${i}`, person: `sum(c${i}) AS C${i}`, ...w })),
    ];
    const edges = [
      ...new Set([...seen, ...flags, ...counts].flatMap(({ interval }) => [interval.lo, interval.hi]).filter(Number.isFinite)),
    ].sort((x, y) => x - y);
    const bucket = edges.length ? [`${edges.map((ms) => `(time >= ${instantSql(ms)})`).join(' + ')} AS bucket`] : [];
    const inside = [...columns].map(([sql, name]) => `${sql} AS ${name}`);
    const rows = words.map((w) => `${wordSql(w.cells, w.width, edges)} AS ${w.row}`);
    const perPerson = [
      ...words.map((w) => w.person).filter(Boolean),
      ...[...aggregates].map(([sql, name]) => `${sql} AS ${name}`),
      ...(dueRow ? [`min(${dueRow}) AS due`] : []),
    ];
    return `SELECT ${['person_no', ...perPerson].join(',\n  ')}
FROM (SELECT ${['*', ...rows].join(',\n  ')}
FROM (SELECT ${['person_no', 'time', 'event', 'key', ...bucket, ...inside].join(', ')}
FROM ${source}${filter(range, dueAsOf)}))
GROUP BY person_no`;
  }

  function filter(range: { from: number; to: number } | undefined, dueAsOf: number | undefined): string {
    const conditions: string[] = [];
    if (range) conditions.push(`person_no >= ${range.from} AND person_no < ${range.to}`);
    if (!need.everything) {
      const either = [
        ...(names.size ? [`event IN (${sqlStrings([...names].sort())})`] : []),
        ...(need.identify ? ["type = 'identify'"] : []),
      ];
      conditions.push(either.length ? `(${either.join(' OR ')})` : '0');
    }
    if (Number.isFinite(need.floor)) conditions.push(`time >= ${instantSql(need.floor)}`);
    if (dueAsOf === undefined && Number.isFinite(rowsBefore)) conditions.push(`time < ${instantSql(rowsBefore)}`);
    return conditions.length ? ` WHERE ${conditions.join(' AND ')}` : '';
  }

  function wordSql(cells: Cell[], width: number, edges: number[]): string {
    const slot = (i: number) => 1n << BigInt(i * width);
    const masks = new Map<number, bigint>();
    cells.forEach((c, i) => {
      masks.set(c.selector, (masks.get(c.selector) ?? 0n) | slot(i));
    });
    const plain = [...masks].filter(([s]) => selectors[s]!.sql === undefined);
    const parts = [
      ...(plain.length
        ? [
            `transform(event, [${sqlStrings(plain.map(([s]) => selectors[s]!.event))}], CAST([${plain.map(([, m]) => m).join(',')}], 'Array(UInt64)'), toUInt64(0))`,
          ]
        : []),
      ...[...masks]
        .filter(([s]) => selectors[s]!.sql !== undefined)
        .map(([s, m]) => `if(${selectors[s]!.sql}, toUInt64(${m}), toUInt64(0))`),
    ];
    const byName = parts.reduce((a, b) => `bitOr(${a}, ${b})`);
    if (cells.every((c) => c.interval.lo === Number.NEGATIVE_INFINITY && c.interval.hi === Number.POSITIVE_INFINITY)) return byName;
    // Bucket b holds the instants from edge b-1 to edge b.
    const byTime = [Number.NEGATIVE_INFINITY, ...edges].map((from) =>
      cells.reduce((mask, c, i) => (from >= c.interval.lo && from < c.interval.hi ? mask | slot(i) : mask), 0n),
    );
    return `bitAnd(${byName}, transform(bucket, [${byTime.map((_, b) => b).join(',')}], CAST([${byTime.join(',')}], 'Array(UInt64)'), toUInt64(0)))`;
  }

  /** Per row: the first asOf at which this row, by growing older, can change a rule. */
  function dueColumn(asOf: number): string {
    const arms = [...dues]
      .sort(([a], [b]) => a - b)
      .map(([span, sels]) => {
        const flagsOf = [...sels].map((s) => bit('f', cell('f', flags, s, { lo: asOf - span, hi: Number.POSITIVE_INFINITY })));
        return [flagsOf.join(' OR '), `toUnixTimestamp64Milli(time) + ${span + 1}`];
      });
    const future = [`time >= ${instantSql(asOf)}`, 'toUnixTimestamp64Milli(time) + 1'];
    return `multiIf(${[future, ...arms].flat().join(', ')}, toInt64(${NEVER}))`;
  }
}

/** An instant that does not come: no rule changes by time alone. */
export const NEVER = 9_000_000_000_000_000;

export type Scan = ReturnType<typeof createScan>;

function wordsOf(cells: Cell[], size: number, width: number): { cells: Cell[]; width: number }[] {
  const words: { cells: Cell[]; width: number }[] = [];
  for (let i = 0; i < cells.length; i += size) words.push({ cells: cells.slice(i, i + size), width });
  return words;
}
