import { sqlString } from '../../base/index.ts';
import { INSTANT_PATTERN, instantMs } from '../instant.ts';
import { missingSatisfies, type Op, type Scalar, type Value } from '../rule.ts';

/**
 * How a value inside the `properties` JSON is read. A path has one column per type that was seen; a typed column is null
 * where the value is missing or of another type, so that a clash is false without any cast that could fail.
 */
export interface Reader {
  any: string;
  text: string;
  number: string;
  truth: string;
  texts: string;
  numbers: string;
}

export function jsonPath(path: string): string {
  return ['properties', ...path.split('.').map((p) => `\`${p.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``)].join('.');
}

export function reader(path: string): Reader {
  const p = jsonPath(path);
  return {
    any: p,
    text: `${p}.:String`,
    // All numbers compare as 64-bit floats, as in the JSON that rules are written in.
    number: `ifNull(toFloat64(${p}.:Int64), ${p}.:Float64)`,
    truth: `${p}.:Bool`,
    texts: `${p}.:\`Array(Nullable(String))\``,
    numbers: `arrayConcat(arrayMap(x -> toFloat64(x), ${p}.:\`Array(Nullable(Int64))\`), ${p}.:\`Array(Nullable(Float64))\`)`,
  };
}

export function literal(value: Scalar): string {
  if (typeof value === 'string') return sqlString(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return number(value);
}

export function number(value: number): string {
  return `toFloat64('${Object.is(value, -0) ? 0 : value}')`;
}

export function instantSql(ms: number): string {
  return `fromUnixTimestamp64Milli(toInt64(${ms}), 'UTC')`;
}

/**
 * SQL, never null, of "the value at this path satisfies op". `missing: false` leaves the missing case to the caller
 * (a trait's newest value is never missing).
 */
export function predicate(r: Reader, op: Op, value: Value | undefined, missing = true): string {
  const holds = (sql: string) => `ifNull(${sql}, 0)`;
  const orMissing = (sql: string) => (missing && missingSatisfies(op) ? `(isNull(${r.any}) OR ${sql})` : sql);
  const typed = (v: Scalar) => (typeof v === 'string' ? r.text : typeof v === 'number' ? r.number : r.truth);
  switch (op) {
    case 'exists':
      return `isNotNull(${r.any})`;
    case 'not exists':
      return `isNull(${r.any})`;
    case '=':
    case '!=':
    case '>':
    case '>=':
    case '<':
    case '<=': {
      const v = value as Scalar;
      return orMissing(holds(`${typed(v)} ${op} ${literal(v)}`));
    }
    case 'in':
    case 'not in': {
      const list = value as Scalar[];
      const column = typed(list[0]!);
      const members = list.map(literal).join(', ');
      return orMissing(`(isNotNull(${column}) AND ${holds(`${column} ${op === 'in' ? 'IN' : 'NOT IN'} (${members})`)})`);
    }
    case 'contains':
      return typeof value === 'string'
        ? `(${holds(`position(${r.text}, ${literal(value)}) > 0`)} OR has(${r.texts}, ${literal(value)}))`
        : `has(${r.numbers}, ${literal(value as number)})`;
    case 'starts with':
      return holds(`startsWith(${r.text}, ${literal(value as string)})`);
    case 'before':
    case 'after': {
      const instant = `if(match(ifNull(${r.text}, ''), ${sqlString(INSTANT_PATTERN)}), parseDateTime64BestEffortOrNull(ifNull(${r.text}, ''), 3, 'UTC'), NULL)`;
      return holds(`${instant} ${op === 'before' ? '<' : '>'} ${instantSql(instantMs(value as string)!)}`);
    }
  }
}

/** SQL, never null, of a comparison of a number that may be null where `mayMiss`. */
export function compareSql(column: string, op: Op, value: Value | undefined, mayMiss: boolean): string {
  if (op === 'exists') return mayMiss ? `isNotNull(${column})` : '1';
  if (op === 'not exists') return mayMiss ? `isNull(${column})` : '0';
  const sql =
    op === 'in' || op === 'not in'
      ? `toFloat64(${column}) ${op === 'in' ? 'IN' : 'NOT IN'} (${(value as number[]).map(number).join(', ')})`
      : `${column} ${op} ${Number.isSafeInteger(value) ? String(value) : number(value as number)}`;
  if (!mayMiss) return `(${sql})`;
  return `ifNull(${sql}, ${missingSatisfies(op) ? 1 : 0})`;
}

/** A number by which two values are the same or not: of different types they differ, numbers by their size. */
export function identityOf(r: Reader): string {
  const of = (tag: string, v: string) => `cityHash64('${tag}', assumeNotNull(${v}))`;
  return `multiIf(isNotNull(${r.text}), ${of('t', r.text)}, isNotNull(${r.number}), ${of('n', r.number)}, isNotNull(${r.any}), ${of('o', `toString(${r.any})`)}, NULL)`;
}
