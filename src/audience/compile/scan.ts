import { sqlString, sqlStrings } from '../../base/index.ts';
import { ANY_EVENT, passiveEvents, type Step } from '../rule.ts';
import { instantSql, predicate, reader } from './predicate.ts';
import { type Interval, NEVER } from './window.ts';
import { COUNT_BITS, COUNT_SLOTS, SEEN_BITS, wordSql, wordsOf } from './words.ts';

/**
 * Reading a path of the JSON costs many times what reading a name and a time does. So rows are read in up to three branches: `plain` without
 * the JSON, `json` only the rows of events whose properties matter, `identify` only those that state traits. A row may come in more than one,
 * but each cell is looked for in one branch only.
 */
export type Branch = 'plain' | 'json' | 'identify';

/** A cell: "a row of this selector in this interval". Everything that a scan learns of events is about cells. */
export interface Cell {
  selector: Selector;
  interval: Interval;
  branch: Branch;
}
export interface Selector {
  id: number;
  event: string;
  branch: Branch;
  /** Whether a row fits, where the name alone does not decide. */
  sql?: string;
  /** The column that says so, by branch. */
  columns: Partial<Record<Branch, string>>;
}
interface Column {
  name: string;
  sql: string;
  branch: Branch;
  /** What rows of the other branches have there. */
  other: '0' | 'NULL';
}

/**
 * Collects what one pass over the events must find out, each thing once, and writes the pass.
 *
 * A row is turned into machine words: for a word, its name gives a bit for each cell whose selector it fits and its time one for each
 * cell whose interval it lies in; their AND says which cells the row belongs to. Words are OR-ed per person (seen at all?) or added
 * (how often? 32 bits a cell). So the cost grows with words, not with rules.
 */
export function createScan(rowsBefore: number) {
  const selectors = new Map<string, Selector>();
  const seen: Cell[] = [];
  const flags: Cell[] = [];
  const counts: Cell[] = [];
  const at = new Map<string, number>();
  const columns = new Map<string, Column>();
  const aggregates = new Map<string, string>();
  const dues = new Map<number, Set<Selector>>();
  const fresh = () => ({ names: new Set<string>(), everything: false, floor: Number.POSITIVE_INFINITY, used: false });
  const reads = { plain: fresh(), json: fresh(), identify: fresh() };

  const clip = (i: Interval): Interval => ({ lo: i.lo, hi: i.hi >= rowsBefore ? Number.POSITIVE_INFINITY : i.hi });
  /** A column of a row, by its SQL over the event table; the same SQL is one column. */
  const column = (sql: string, branch: Branch, other: Column['other'] = '0'): string => {
    const known = columns.get(`${branch} ${sql}`);
    if (known) return known.name;
    const made = { name: `v${columns.size}`, sql, branch, other };
    columns.set(`${branch} ${sql}`, made);
    reads[branch].used = true;
    return made.name;
  };
  const aggregate = (sql: string): string => {
    const name = aggregates.get(sql) ?? `a${aggregates.size}`;
    aggregates.set(sql, name);
    return name;
  };
  const need = (branch: Branch, event: string, floor: number) => {
    const read = reads[branch];
    read.used = true;
    read.floor = Math.min(read.floor, floor);
    if (event === ANY_EVENT) read.everything = true;
    else read.names.add(event);
  };

  const selector = (step: Step): Selector => {
    const wheres = (step.where ?? []).map((w) => predicate(reader(w.property), w.op, w.value)).sort();
    const id = JSON.stringify([step.event, wheres]);
    let found = selectors.get(id);
    if (!found) {
      const any = step.event === ANY_EVENT;
      const branch: Branch = wheres.length ? 'json' : 'plain';
      const who = any
        ? `type IN ('track', 'page', 'screen') AND event NOT IN (${sqlStrings(passiveEvents)})`
        : `event = ${sqlString(step.event)}`;
      found = { id: selectors.size, event: step.event, branch, columns: {} };
      if (any || wheres.length) found.sql = [who, ...wheres].join(' AND ');
      selectors.set(id, found);
    }
    return found;
  };
  const cell = (kind: string, list: Cell[], sel: Selector, interval: Interval, branch: Branch): number => {
    const i = clip(interval);
    const id = `${kind}:${branch}:${sel.id}:${i.lo}:${i.hi}`;
    let index = at.get(id);
    if (index === undefined) {
      index = list.length;
      at.set(id, index);
      list.push({ selector: sel, interval: i, branch });
      need(branch, sel.event, i.lo);
      if (sel.sql !== undefined) sel.columns[branch] ??= column(sel.sql, branch);
    }
    return index;
  };
  const bit = (word: string, index: number): string => `bitTest(${word}${Math.floor(index / SEEN_BITS)}, ${index % SEEN_BITS})`;
  const flag = (sel: Selector, interval: Interval, branch: Branch = sel.branch): string => {
    // A selector by property can only be told where its properties are read.
    const where = sel.branch === 'json' ? 'json' : branch;
    const { lo, hi } = clip(interval);
    const known = at.get(`s:${where}:${sel.id}:${lo}:${hi}`);
    return known === undefined ? bit('f', cell('f', flags, sel, interval, where)) : bit('s', known);
  };

  return {
    selector,
    column,
    aggregate,
    /** Per person: was there such a row? */
    seen: (sel: Selector, interval: Interval): string => bit('S', cell('s', seen, sel, interval, sel.branch)),
    /** Per row: is it such a row, when read in the branch? To be used inside `aggregate`. */
    flag,
    /** Per person: how many such rows? */
    count: (sel: Selector, interval: Interval): string => {
      const index = cell('c', counts, sel, interval, sel.branch);
      const word = `C${Math.floor(index / COUNT_SLOTS)}`;
      const slot = index % COUNT_SLOTS;
      return slot === 0 ? `bitAnd(${word}, ${2 ** COUNT_BITS - 1})` : `bitShiftRight(${word}, ${COUNT_BITS * slot})`;
    },
    /** All rows of an event, with their properties. */
    needEvent: (event: string) => need('json', event, Number.NEGATIVE_INFINITY),
    /** Whoever has any row must have one in the answer. */
    needEveryone: () => need('plain', ANY_EVENT, Number.NEGATIVE_INFINITY),
    /** Rows of the selector change a rule when they have become `span` old. */
    movesAt: (sel: Selector, span: number) => {
      dues.set(span, (dues.get(span) ?? new Set()).add(sel));
    },
    write,
  };

  /** The pass: one row a person, with words S0…, C0…, aggregates a0… and, if asked, `due`. `source` makes the relation with further columns. */
  function write(
    source: (columns: readonly string[]) => string,
    range: { from: number; to: number } | undefined,
    dueAsOf: number | undefined,
  ): string {
    const dueRow = dueAsOf === undefined ? undefined : dueColumn(dueAsOf);
    const words = [
      ...wordsOf(seen, SEEN_BITS, 1).map((w, i) => ({ row: `s${i}`, person: `groupBitOr(s${i}) AS S${i}`, ...w })),
      ...wordsOf(flags, SEEN_BITS, 1).map((w, i) => ({ row: `f${i}`, person: '', ...w })),
      ...wordsOf(counts, COUNT_SLOTS, COUNT_BITS).map((w, i) => ({ row: `c${i}`, person: `sum(c${i}) AS C${i}`, ...w })),
    ];
    const branchSql = (branch: Branch): string => {
      const mine = [seen, flags, counts].flatMap((list) => list.filter((c) => c.branch === branch));
      const edges = [...new Set(mine.flatMap(({ interval }) => [interval.lo, interval.hi]).filter(Number.isFinite))].sort((x, y) => x - y);
      const bucket = edges.length
        ? [`toLowCardinality(toUInt16(${edges.map((ms) => `(time >= ${instantSql(ms)})`).join(' + ')})) AS bucket`]
        : [];
      const read = [...columns.values()].filter((c) => c.branch === branch);
      const inside = ['person_no', 'time', 'event', 'key', ...bucket, ...read.map((c) => c.name)];
      const out = [
        'person_no',
        'time',
        'key',
        ...[...columns.values()].map((c) => (c.branch === branch ? c.name : `${c.other} AS ${c.name}`)),
        ...words.map((w) => `${wordSql(w.cells, w.width, edges, branch)} AS ${w.row}`),
      ];
      const from = source(read.map((c) => `${c.sql} AS ${c.name}`));
      return `SELECT ${out.join(',\n  ')}\nFROM (SELECT ${inside.join(', ')}\nFROM ${from}${filter(branch, range, dueAsOf)})`;
    };
    const used = (['plain', 'json', 'identify'] as const).filter((b) => reads[b].used);
    const perPerson = [
      ...words.map((w) => w.person).filter(Boolean),
      ...[...aggregates].map(([sql, name]) => `${sql} AS ${name}`),
      ...(dueRow ? [`min(${dueRow}) AS due`] : []),
    ];
    const rows = (used.length ? used : (['plain'] as const)).map(branchSql).join('\nUNION ALL\n');
    return `SELECT ${['person_no', ...perPerson].join(',\n  ')}\nFROM (${rows})\nGROUP BY person_no`;
  }

  function filter(branch: Branch, range: { from: number; to: number } | undefined, dueAsOf: number | undefined): string {
    const { names, everything, floor } = reads[branch];
    const conditions: string[] = [];
    if (range) conditions.push(`person_no >= ${range.from} AND person_no < ${range.to}`);
    if (branch === 'identify') conditions.push("type = 'identify'");
    else if (!everything) conditions.push(names.size ? `event IN (${sqlStrings([...names].sort())})` : '0');
    if (Number.isFinite(floor) && branch !== 'identify') conditions.push(`time >= ${instantSql(floor)}`);
    if (dueAsOf === undefined && Number.isFinite(rowsBefore)) conditions.push(`time < ${instantSql(rowsBefore)}`);
    return conditions.length ? ` WHERE ${conditions.join(' AND ')}` : '';
  }

  /** Per row: the first asOf at which this row, by growing older, can change a rule. */
  function dueColumn(asOf: number): string {
    const arms = [...dues]
      .sort(([a], [b]) => a - b)
      .map(([span, sels]) => {
        const young = [...sels].map((s) => flag(s, { lo: asOf - span, hi: Number.POSITIVE_INFINITY }));
        return [young.join(' OR '), `toUnixTimestamp64Milli(time) + ${span + 1}`];
      });
    const future = [`time >= ${instantSql(asOf)}`, 'toUnixTimestamp64Milli(time) + 1'];
    return `multiIf(${[future, ...arms].flat().join(', ')}, toInt64(${NEVER}))`;
  }
}

export type Scan = ReturnType<typeof createScan>;
