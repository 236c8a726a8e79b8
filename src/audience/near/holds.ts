import { type Interval, intersect, intervalOf } from '../compile/window.ts';
import type { Expanded } from '../expand.ts';
import {
  type EventRule,
  type Measured,
  missingSatisfies,
  type Op,
  oppositeOf,
  type SequenceRule,
  spanMs,
  type TraitRule,
  type Value,
} from '../rule.ts';
import type { History, Selector } from './history.ts';
import { compare, type Test, valueTest } from './satisfies.ts';

/** Whether it holds of the person whose history is at hand. */
export type Holds = () => boolean;

/**
 * Turns rules into functions over one person's history: the same meaning as the compiled SQL, for when there are so few people that ClickHouse would
 * spend far longer on understanding the statement than on running it. `moves` hears of each selector whose rows change a rule by growing older.
 */
export function createHolds(history: History, asOf: number, moves: (selector: Selector, span: number) => void = () => {}) {
  const known = new Map<string, Holds>();

  const rule = (r: Expanded): Holds => {
    if ('all' in r) {
      const parts = r.all.map(rule);
      return () => parts.every((p) => p());
    }
    if ('any' in r) {
      const parts = r.any.map(rule);
      return () => parts.some((p) => p());
    }
    if ('not' in r) {
      const part = rule(r.not);
      return () => !part();
    }
    const id = 'ref' in r ? `ref ${r.ref}` : JSON.stringify(r);
    let made = known.get(id);
    if (!made) {
      made = history.once('ref' in r ? rule(r.body) : leaf(r));
      known.set(id, made);
    }
    return made;
  };
  const leaf = (r: Exclude<Expanded, { all: unknown } | { any: unknown } | { not: unknown } | { ref: unknown }>): Holds => {
    if ('handTag' in r) return (r.many ? handTagOfMany : handTag)(r.handTag, r.op, r.value);
    if ('trait' in r) return trait(r);
    if ('sequence' in r) return sequence(r);
    return eventRule(r);
  };

  const within = (rows: readonly number[], i: Interval): { a: number; b: number } => {
    const a = i.lo === Number.NEGATIVE_INFINITY ? 0 : history.firstAt(rows, i.lo);
    return { a, b: Math.max(a, history.firstAt(rows, i.hi)) };
  };
  /** The newest of rows before the instant; -1 for none. */
  const newest = (rows: readonly number[]): number => rows[history.firstAt(rows, asOf) - 1] ?? -1;

  const trait = (r: TraitRule): Holds => {
    const stated = history.filtered(history.statements, [valueTest(history.columns, r.trait, 'exists', undefined)]);
    const test = valueTest(history.columns, r.trait, r.op, r.value, false);
    return () => {
      const i = newest(stated());
      return i < 0 ? missingSatisfies(r.op) : test(history.values(), i);
    };
  };
  const handTag = (key: string, op: Op, value: Value | undefined): Holds => {
    const where = [
      { property: 'key', op: '=' as const, value: key },
      { property: 'by', op: '!=' as const, value: 'rule' },
    ];
    const added = history.selector({ event: 'Tag Added', where });
    const removed = history.selector({ event: 'Tag Removed', where });
    const test = valueTest(history.columns, 'value', op, value);
    return () => {
      const i = newest(added.rows());
      const has = i > newest(removed.rows());
      if (op === 'exists') return has;
      if (op === 'not exists') return !has;
      return has ? test(history.values(), i) : missingSatisfies(op);
    };
  };

  /** Each value has its own newest word; removed without a value is a word on all. */
  const handTagOfMany = (key: string, op: Op, value: Value | undefined): Holds => {
    const where = [
      { property: 'key', op: '=' as const, value: key },
      { property: 'by', op: '!=' as const, value: 'rule' },
    ];
    const added = history.selector({ event: 'Tag Added', where });
    const removed = history.selector({ event: 'Tag Removed', where });
    const opposite = oppositeOf[op];
    const test: Test = op === 'exists' || opposite === 'exists' ? () => true : valueTest(history.columns, 'value', opposite ?? op, value);
    const which = history.columns.place('value', 'identity');
    return () => {
      const before = (rows: readonly number[]) => rows.slice(0, history.firstAt(rows, asOf));
      const gone = new Set(before(removed.rows()));
      const held = new Map<unknown, number>();
      for (const row of [...before(added.rows()), ...gone].sort((a, b) => a - b)) {
        const of = history.value(which, row);
        if (!gone.has(row)) held.set(of, row);
        else if (of === null) held.clear();
        else held.delete(of);
      }
      const any = [...held.values()].some((row) => test(history.values(), row));
      return opposite ? !any : any;
    };
  };

  const eventRule = (r: EventRule): Holds => {
    const { interval, moves: span } = intervalOf(r.within, asOf);
    const sel = history.selector(r);
    if (span !== undefined) moves(sel, span);
    if (r.first || r.last) {
      const inner = intervalOf(r.first ?? r.last, asOf);
      if (inner.moves !== undefined) moves(sel, inner.moves);
      const hit = intersect(interval, inner.interval);
      return () => {
        const rows = sel.rows();
        const { a, b } = within(rows, interval);
        if (a >= b) return false;
        const time = history.time(rows[r.first ? a : b - 1]!);
        return time >= hit.lo && time < hit.hi;
      };
    }
    if (r.count) {
      const { op, value } = r.count;
      return () => {
        const { a, b } = within(sel.rows(), interval);
        return compare(b - a, op, value);
      };
    }
    return measure(r, sel, interval);
  };

  const measure = (r: EventRule, sel: Selector, interval: Interval): Holds => {
    const m: Measured = (r.sum ?? r.avg ?? r.min ?? r.max ?? r.distinct)!;
    const column = history.columns.place(m.property, r.distinct ? 'identity' : 'number');
    const values = (): number[] => {
      const rows = sel.rows();
      const { a, b } = within(rows, interval);
      const found: number[] = [];
      for (let i = a; i < b; i++) {
        const v = history.value(column, rows[i]!);
        if (v !== null) found.push(v as number);
      }
      return found;
    };
    const sum = (list: number[]) => list.reduce((x, y) => x + y, 0);
    const of = (list: number[]): number | null => {
      if (r.sum) return sum(list);
      if (r.distinct) return new Set(list).size;
      if (list.length === 0) return null;
      if (r.avg) return sum(list) / list.length;
      return list.reduce((x, y) => (r.min ? Math.min(x, y) : Math.max(x, y)));
    };
    return () => compare(of(values()), m.op, m.value);
  };

  /** Going through the rows once, for each step the latest start of a chain that has come so far: a later start leaves the most time. */
  const sequence = (r: SequenceRule): Holds => {
    const { interval, moves: span } = intervalOf(r.during, asOf);
    const sels = r.sequence.map((s) => history.selector(s));
    if (span !== undefined) for (const s of sels) moves(s, span);
    const most = spanMs(r.within);
    return () => {
      const fits = new Map<number, number>();
      for (const [step, sel] of sels.entries()) {
        const rows = sel.rows();
        const { a, b } = within(rows, interval);
        // Only who did every step is gone through.
        if (a >= b) return false;
        for (let i = a; i < b; i++) fits.set(rows[i]!, (fits.get(rows[i]!) ?? 0) | (1 << step));
      }
      const starts: number[] = sels.map(() => Number.NEGATIVE_INFINITY);
      for (const row of [...fits.keys()].sort((x, y) => x - y)) {
        const time = history.time(row);
        const fit = fits.get(row)!;
        // From the last step to the first, so that one row is not two steps.
        for (let step = sels.length - 1; step > 0; step--) {
          const start = starts[step - 1]!;
          if (fit & (1 << step) && time - start <= most) starts[step] = Math.max(starts[step]!, start);
        }
        if (fit & 1) starts[0] = time;
      }
      return starts.at(-1)! !== Number.NEGATIVE_INFINITY;
    };
  };

  return { rule };
}
