import { sqlStrings } from '../../base/index.ts';
import { ANY_EVENT, passiveEvents, type Step } from '../rule.ts';
import { type Column, createColumns } from './columns.ts';
import { type Test, valueTest } from './satisfies.ts';

/** Rows of one selector in the history at hand, in order. */
export interface Selector {
  id: number;
  rows(): readonly number[];
}

/** Kinds of rows: by the person, stating traits, or neither. */
const DID = 1;
const STATES = 2;

/**
 * One person's events in order of time, then key, as rules see them. Rules say beforehand what they need (`selector`, `columns`); a reading then holds
 * the rows of several people one after the other, and `turnTo` makes one of them the one that is asked about.
 */
export function createHistory() {
  const columns = createColumns();
  const names = new Map<string, number>();
  const selectors = new Map<string, Selector>();
  let reading: Reading = { people: [], time: [], name: [], kind: [], values: [] };
  let turn = 0;
  let [from, to] = [0, 0];
  const byName: number[][] = [[]];
  let did: number[] = [];
  let states: number[] = [];

  /** Where rows of this name are kept. */
  const nameOf = (event: string): number => {
    const known = names.get(event);
    if (known !== undefined) return known;
    names.set(event, byName.length);
    byName.push([]);
    return byName.length - 1;
  };
  const kept = (make: () => readonly number[]): (() => readonly number[]) => {
    let at = -1;
    let list: readonly number[] = [];
    return () => {
      if (at !== turn) {
        list = make();
        at = turn;
      }
      return list;
    };
  };
  /** Rows out of those that pass every test. */
  const filtered = (base: () => readonly number[], tests: readonly Test[]) =>
    tests.length ? kept(() => base().filter((i) => tests.every((t) => t(reading.values, i)))) : base;
  const rowsNamed = (event: string): (() => readonly number[]) => {
    if (event === ANY_EVENT) return () => did;
    const name = nameOf(event);
    return () => byName[name]!;
  };

  return {
    columns,
    filtered,
    rowsNamed,
    statements: () => states as readonly number[],
    selector(step: Step): Selector {
      const wheres = [...new Set((step.where ?? []).map((w) => JSON.stringify([w.property, w.op, w.value])))].sort();
      const id = JSON.stringify([step.event, wheres]);
      let found = selectors.get(id);
      if (!found) {
        const tests = (step.where ?? []).map((w) => valueTest(columns, w.property, w.op, w.value));
        found = { id: selectors.size, rows: filtered(rowsNamed(step.event), tests) };
        selectors.set(id, found);
      }
      return found;
    },
    time: (i: number): number => reading.time[i]!,
    value: (column: number, i: number): unknown => reading.values[column]![i],
    values: (): readonly Column[] => reading.values,
    /** The first place in rows, which are in order, whose time is not before the instant. */
    firstAt(rows: readonly number[], instant: number): number {
      let [a, b] = [0, rows.length];
      while (a < b) {
        const middle = (a + b) >>> 1;
        if (reading.time[rows[middle]!]! < instant) a = middle + 1;
        else b = middle;
      }
      return a;
    },
    /** A value that is worked out once a person. */
    once<T>(make: () => T): () => T {
      let at = -1;
      let value: T;
      return () => {
        if (at !== turn) {
          value = make();
          at = turn;
        }
        return value;
      };
    },
    /** Whether the person at hand was there before this instant. */
    begun: (instant: number): boolean => from < to && reading.time[from]! < instant,
    /** The first instant after this one, or at it, at which the person at hand has an event. */
    nextFrom(instant: number): number | undefined {
      let next: number | undefined;
      for (let i = to - 1; i >= from && reading.time[i]! >= instant; i--) next = reading.time[i]!;
      return next;
    },
    /** SELECT of the rows of a relation that the rules need; `all`: every row, for rules that turn on nothing having happened. */
    sql(source: (columns: readonly string[]) => string, options: { all: boolean; before?: string; most: number }): string {
      const list = [...names.keys()];
      const name = list.length ? `transform(toString(event), [${sqlStrings(list)}], [${list.map((_, i) => i + 1).join(', ')}], 0)` : '0';
      const kind = `multiIf(type = 'identify', ${STATES}, type IN ('track', 'page', 'screen') AND event NOT IN (${sqlStrings(passiveEvents)}), ${DID}, 0)`;
      const wheres = [
        ...(options.all ? [] : [`(event IN (${sqlStrings(list) || "''"}) OR type = 'identify')`]),
        ...(options.before ? [`time < ${options.before}`] : []),
      ];
      return `SELECT person_no, toFloat64(toUnixTimestamp64Milli(time)), ${name}, ${kind}${columns.sql.map((_, i) => `, v${i}`).join('')}
FROM ${source(columns.sql.map((sql, i) => `${sql} AS v${i}`))}${wheres.length ? ` WHERE ${wheres.join(' AND ')}` : ''}
ORDER BY person_no, time, key LIMIT ${options.most}`;
    },
    /** Takes what the SELECT gave, column by column, and hands back where each person's rows lie. */
    take(result: Column[]): Map<number, { from: number; to: number }> {
      const [people = [], time = [], name = [], kind = [], ...values] = result as [number[], number[], number[], number[], ...Column[]];
      reading = { people, time, name, kind, values };
      const found = new Map<number, { from: number; to: number }>();
      for (let i = 0; i < people.length; ) {
        const start = i;
        while (people[i] === people[start]) i++;
        found.set(people[start]!, { from: start, to: i });
      }
      return found;
    },
    turnTo(place: { from: number; to: number }): void {
      turn++;
      ({ from, to } = place);
      for (const list of byName) list.length = 0;
      did = [];
      states = [];
      for (let i = from; i < to; i++) {
        if (reading.name[i]) byName[reading.name[i]!]!.push(i);
        if (reading.kind[i] === DID) did.push(i);
        else if (reading.kind[i] === STATES) states.push(i);
      }
    },
  };
}
export type History = ReturnType<typeof createHistory>;

interface Reading {
  people: number[];
  time: number[];
  name: number[];
  kind: number[];
  values: Column[];
}
