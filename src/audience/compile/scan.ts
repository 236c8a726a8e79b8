import { sqlString, sqlStrings } from '../../base/index.ts';
import { ANY_EVENT, passiveEvents, type Step, type Where } from '../rule.ts';
import { type Branch, branches, type Cell, type Selector } from './cells.ts';
import { instantSql, predicate, reader } from './predicate.ts';
import { type Interval, NEVER } from './window.ts';
import { bucketSql, COUNT_BITS, COUNT_SLOTS, edgesOf, SEEN_BITS, wordSql, wordsOf } from './words.ts';

/** What a person has of an aggregate, and how that of several branches becomes one. */
interface Aggregate {
  name: string;
  sql: string;
  branch: Branch | 'all';
  /** What stands for it where a branch does not have it; `none` for 0. */
  none: string;
  /** The function that joins the branches. */
  join: 'max' | 'min' | 'sum';
}
interface Column {
  name: string;
  sql: string;
}
/** A bit of a row's or a person's words. */
interface Place {
  word: string;
  index: number;
}
/** What is read in one branch, and what is made of it. */
interface Read {
  used: boolean;
  names: Set<string>;
  everything: boolean;
  floor: number;
  columns: Map<string, Column>;
  seen: Cell[];
  /** Cells that only aggregates ask of a row. */
  flags: Cell[];
  counts: Cell[];
}

/**
 * Collects what one pass over the events must find out, each thing once, and writes the pass.
 *
 * A row is turned into machine words: for a word, its name gives a bit for each cell whose selector it fits and its time one for each
 * cell whose interval it lies in; their AND says which cells the row belongs to. Words are OR-ed per person (seen at all?) or added
 * (how often? 32 bits a cell). So the cost grows with words, not with rules. Each branch has its own words and is brought down to a row a
 * person by itself, so that what few rows need is not carried through all of them.
 */
export function createScan(rowsBefore: number) {
  const selectors = new Map<string, Selector>();
  const at = new Map<string, number>();
  const aggregates = new Map<string, Aggregate>();
  const dues = new Map<number, Set<Selector>>();
  const fresh = (): Read => ({
    used: false,
    names: new Set(),
    everything: false,
    floor: Number.POSITIVE_INFINITY,
    columns: new Map(),
    seen: [],
    flags: [],
    counts: [],
  });
  const reads: Record<Branch, Read> = { plain: fresh(), json: fresh(), identify: fresh() };

  const clip = (i: Interval): Interval => ({ lo: i.lo, hi: i.hi >= rowsBefore ? Number.POSITIVE_INFINITY : i.hi });
  /** A column of a row, by its SQL over the event table; the same SQL is one column. */
  const column = (sql: string, branch: Branch): string => {
    const { columns } = reads[branch];
    const known = columns.get(sql);
    if (known) return known.name;
    const made = { name: `v${branch[0]}${columns.size}`, sql };
    columns.set(sql, made);
    reads[branch].used = true;
    return made.name;
  };
  const aggregate = (sql: string, branch: Branch | 'all', none = '0', join: Aggregate['join'] = 'max'): string => {
    const id = `${branch} ${sql}`;
    const found = aggregates.get(id) ?? { name: `a${aggregates.size}`, sql, branch, none, join };
    aggregates.set(id, found);
    return found.name;
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
      const text = any || wheres.length !== 1 ? undefined : textOf(step.where![0]!);
      if (text) found.text = text;
      else if (any || wheres.length) found.sql = [who, ...wheres].join(' AND ');
      selectors.set(id, found);
    }
    return found;
  };
  const cell = (kind: 'seen' | 'flags' | 'counts', sel: Selector, interval: Interval, branch: Branch): number => {
    const i = clip(interval);
    const id = `${kind}:${branch}:${sel.id}:${i.lo}:${i.hi}`;
    let index = at.get(id);
    if (index === undefined) {
      const list = reads[branch][kind];
      index = list.length;
      at.set(id, index);
      list.push({ selector: sel, interval: i });
      need(branch, sel.event, i.lo);
      const sql = sel.text?.sql ?? sel.sql;
      if (sql !== undefined) sel.columns[branch] ??= column(sql, branch);
    }
    return index;
  };
  const bit = ({ word, index }: Place): string => `bitTest(${word}${Math.floor(index / SEEN_BITS)}, ${index % SEEN_BITS})`;
  /** Where a row of the branch says whether it is such a row. */
  const place = (sel: Selector, interval: Interval, branch: Branch): Place => {
    // A selector by property can only be told where its properties are read.
    const where = sel.branch === 'json' ? 'json' : branch;
    const { lo, hi } = clip(interval);
    const known = at.get(`seen:${where}:${sel.id}:${lo}:${hi}`);
    return known === undefined ? { word: 'f', index: cell('flags', sel, interval, where) } : { word: 's', index: known };
  };
  /** Whether a row is in any of these places: one look a word, however many places. */
  const anyOf = (places: readonly Place[]): string => {
    const masks = new Map<string, bigint>();
    for (const { word, index } of places) {
      const name = `${word}${Math.floor(index / SEEN_BITS)}`;
      masks.set(name, (masks.get(name) ?? 0n) | (1n << BigInt(index % SEEN_BITS)));
    }
    return [...masks].map(([name, mask]) => `bitAnd(${name}, ${mask}) != 0`).join(' OR ');
  };

  return {
    selector,
    column,
    aggregate,
    /** Per person: was there such a row? */
    seen: (sel: Selector, interval: Interval): string => bit({ word: `S${sel.branch[0]}`, index: cell('seen', sel, interval, sel.branch) }),
    /** Per row: is it such a row, when read in the branch? To be used inside `aggregate`. */
    flag: (sel: Selector, interval: Interval, branch: Branch): string => bit(place(sel, interval, branch)),
    /** Per person: how many such rows? */
    count: (sel: Selector, interval: Interval): string => {
      const index = cell('counts', sel, interval, sel.branch);
      const word = `C${sel.branch[0]}${Math.floor(index / COUNT_SLOTS)}`;
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

  /** The pass: one row a person, with words Sp0…, Cp0… (by branch), aggregates a0… and, if asked, `due`. `source` makes the relation with further columns. */
  function write(
    source: (columns: readonly string[]) => string,
    range: { from: number; to: number } | undefined,
    dueAsOf: number | undefined,
  ): string {
    const due = (branch: Branch) => (dueAsOf === undefined ? undefined : dueColumn(dueAsOf, branch));
    const dueRows = { plain: due('plain'), json: due('json'), identify: due('identify') };
    const words = branches.flatMap((branch) => {
      const { seen, counts } = reads[branch];
      const b = branch[0]!;
      return [
        ...wordsOf(seen, SEEN_BITS, 1).map((w, i) => ({ ...w, branch, row: `s${i}`, name: `S${b}${i}`, by: 'groupBitOr' })),
        ...wordsOf(counts, COUNT_SLOTS, COUNT_BITS).map((w, i) => ({ ...w, branch, row: `c${i}`, name: `C${b}${i}`, by: 'sum' })),
      ];
    });
    const used = branches.filter((b) => reads[b].used);
    const parts = (used.length ? used : (['plain'] as const)).map((branch): string => {
      const read = reads[branch];
      const edges = edgesOf([...read.seen, ...read.flags, ...read.counts]);
      const columns = [...read.columns.values()];
      const mine = words.filter((w) => w.branch === branch);
      const flags = wordsOf(read.flags, SEEN_BITS, 1).map((w, i) => ({ ...w, row: `f${i}` }));
      const inside = [
        'person_no',
        'time',
        'event',
        'key',
        ...(edges.length ? [`${bucketSql(edges)} AS bucket`] : []),
        ...columns.map((c) => c.name),
      ];
      const rows = [
        'person_no',
        'time',
        'key',
        ...columns.map((c) => c.name),
        ...[...mine, ...flags].map((w) => `${wordSql(w.cells, w.width, edges, branch)} AS ${w.row}`),
      ];
      const from = source(columns.map((c) => `${c.sql} AS ${c.name}`));
      const perPerson = [
        'person_no',
        ...words.map((w) => `${w.branch === branch ? `${w.by}(${w.row})` : 'toUInt64(0)'} AS ${w.name}`),
        ...[...aggregates.values()].map((a) => `${a.branch === branch || a.branch === 'all' ? a.sql : a.none} AS ${a.name}`),
        ...(dueRows[branch] === undefined ? [] : [`min(${dueRows[branch]}) AS due`]),
      ];
      return `SELECT ${perPerson.join(',\n  ')}
FROM (SELECT ${rows.join(',\n  ')}
FROM (SELECT ${inside.join(', ')}
FROM ${from}${filter(branch, range, dueAsOf)}))
GROUP BY person_no`;
    });
    if (parts.length === 1) return parts[0]!;
    const joined = [
      'person_no',
      ...words.map((w) => `${w.by}(b.${w.name}) AS ${w.name}`),
      ...[...aggregates.values()].map((a) => `${a.join}(b.${a.name}) AS ${a.name}`),
      ...(dueAsOf === undefined ? [] : ['min(b.due) AS due']),
    ];
    return `SELECT ${joined.join(',\n  ')}\nFROM (${parts.join('\nUNION ALL\n')}) AS b\nGROUP BY person_no`;
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

  /** Per row of the branch: the first asOf at which this row, by growing older, can change a rule. */
  function dueColumn(asOf: number, branch: Branch): string {
    const arms = [...dues]
      .sort(([a], [b]) => a - b)
      .flatMap(([span, sels]) => {
        const young = [...sels]
          .filter((s) => s.branch === branch)
          .map((s) => place(s, { lo: asOf - span, hi: Number.POSITIVE_INFINITY }, branch));
        return young.length ? [anyOf(young), `toUnixTimestamp64Milli(time) + ${span + 1}`] : [];
      });
    const future = [`time >= ${instantSql(asOf)}`, 'toUnixTimestamp64Milli(time) + 1'];
    return `multiIf(${[...future, ...arms].join(', ')}, toInt64(${NEVER}))`;
  }
}

/** A condition that is "this text" or "one of these texts". The empty text stands for a missing one in the shared look, so it cannot be asked there. */
function textOf(w: Where): Selector['text'] {
  const values = w.op === '=' ? [w.value] : w.op === 'in' ? (w.value as unknown[]) : [];
  if (values.length === 0 || !values.every((v): v is string => typeof v === 'string' && v !== '')) return undefined;
  return { sql: `ifNull(${reader(w.property).text}, '')`, values };
}

export type Scan = ReturnType<typeof createScan>;
