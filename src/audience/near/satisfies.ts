import { compareNumber } from '../expand.ts';
import { instantMs } from '../instant.ts';
import { missingSatisfies, type Op, type Scalar, type Value } from '../rule.ts';
import type { Column, Columns, Facet } from './columns.ts';

/** Whether the value at a path satisfies the condition, in row i of what was read. The counterpart of `predicate` in SQL. */
export type Test = (columns: readonly Column[], i: number) => boolean;

export function valueTest(columns: Columns, path: string, op: Op, value: Value | undefined, missing = true): Test {
  const any = () => columns.place(path, 'any');
  const orMissing = (test: Test): Test => {
    if (!missing || !missingSatisfies(op)) return test;
    const at = any();
    return (c, i) => !c[at]![i] || test(c, i);
  };
  const typed = (v: Scalar): Facet => (typeof v === 'string' ? 'text' : typeof v === 'number' ? 'number' : 'truth');
  switch (op) {
    case 'exists':
    case 'not exists': {
      const at = any();
      return op === 'exists' ? (c, i) => Boolean(c[at]![i]) : (c, i) => !c[at]![i];
    }
    case 'in':
    case 'not in': {
      const list = value as Scalar[];
      const at = columns.place(path, typed(list[0]!));
      const members = new Set<unknown>(list);
      const wanted = op === 'in';
      return orMissing((c, i) => {
        const x = c[at]![i];
        return x !== null && members.has(x) === wanted;
      });
    }
    case 'contains': {
      const lists = columns.place(path, typeof value === 'string' ? 'texts' : 'numbers');
      const has: Test = (c, i) => (c[lists]![i] as unknown[]).includes(value);
      if (typeof value !== 'string') return has;
      const at = columns.place(path, 'text');
      return (c, i) => (c[at]![i] as string | null)?.includes(value) || has(c, i);
    }
    case 'starts with': {
      const at = columns.place(path, 'text');
      return (c, i) => (c[at]![i] as string | null)?.startsWith(value as string) ?? false;
    }
    case 'before':
    case 'after': {
      const at = columns.place(path, 'text');
      const limit = instantMs(value as string)!;
      return (c, i) => {
        const x = c[at]![i] as string | null;
        const instant = x === null ? null : instantMs(x);
        return instant !== null && (op === 'before' ? instant < limit : instant > limit);
      };
    }
    default: {
      const v = value as Scalar;
      const at = columns.place(path, typed(v));
      if (op === '=') return (c, i) => c[at]![i] === v;
      if (op === '!=') return orMissing((c, i) => c[at]![i] !== null && c[at]![i] !== v);
      if (typeof v === 'string') {
        const bytes = Buffer.from(v);
        return (c, i) => c[at]![i] !== null && compareNumber(Buffer.compare(Buffer.from(c[at]![i] as string), bytes), op, 0);
      }
      return (c, i) => c[at]![i] !== null && compareNumber(Number(c[at]![i]), op, Number(v));
    }
  }
}

/** The counterpart of `compareSql`: null is a measure that is missing. */
export function compare(x: number | null, op: Op, value: Value | undefined): boolean {
  if (x === null) return missingSatisfies(op);
  return op === 'not exists' ? false : compareNumber(x, op, value);
}
