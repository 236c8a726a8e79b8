import { badInput, sqlString } from '../base/index.ts';
import type { Where } from './schema.ts';

/**
 * Property conditions of one step as a SQL truth value over a row of events, with the rule language's meaning:
 * a missing property satisfies only `not exists`, `!=` and `not in`; a clash of types is false.
 */
export function conditionsSql(where: readonly Where[], field: string): string {
  if (where.length === 0) return '1';
  return where.map((w, i) => `ifNull(${conditionSql(w, `${field}.${i}`)}, 0)`).join(' AND ');
}

/** The SQL of a property's value, typed; NULL when it is of another type or missing. */
export function propertySql(property: string, type: 'String' | 'Int64' | 'Float64' | 'Bool'): string {
  return `${anyPropertySql(property)}.:${type}`;
}

/** The SQL of a property's value of whatever type. */
export function anyPropertySql(property: string): string {
  return `properties.${quotePath(property)}`;
}

function quotePath(property: string): string {
  return property
    .split('.')
    .map((part) => `\`${part.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``)
    .join('.');
}

const numberSql = (p: string) => `coalesce(toFloat64(${propertySql(p, 'Int64')}), ${propertySql(p, 'Float64')})`;
const instantSql = (p: string) => `parseDateTime64BestEffortOrNull(${propertySql(p, 'String')}, 3, 'UTC')`;

type Scalar = string | number | boolean;

/** The property as a value's own type, and the value; NULL where the property is of another type or missing. */
function sides(property: string, value: Scalar): [string, string] {
  if (typeof value === 'number') return [numberSql(property), String(value)];
  if (typeof value === 'boolean') return [propertySql(property, 'Bool'), String(value)];
  return [propertySql(property, 'String'), sqlString(value)];
}

function conditionSql({ property, op, value }: Where, field: string): string {
  const missing = `isNull(${anyPropertySql(property)})`;
  const refuse = (reason: string): never => {
    throw badInput([{ field: `${field}.value`, reason }]);
  };
  const one = (): Scalar => (value === undefined || Array.isArray(value) ? refuse(`must be one value for "${op}"`) : value);
  const text = (): string => {
    const v = one();
    return typeof v === 'string' ? v : refuse(`must be text for "${op}"`);
  };
  const any = (values: Scalar[]) => `(${values.map((v) => sides(property, v).join(' = ')).join(' OR ')})`;
  const list = (): Scalar[] => (Array.isArray(value) && value.length > 0 ? value : refuse(`must be a list of values for "${op}"`));
  // NULL (another type) counts as false in every comparison; a missing property is the exception for the negative ones.
  const none = (values: Scalar[]) =>
    `(${missing} OR (ifNull(${values.map((v) => `isNotNull(${sides(property, v)[0]})`).join(' OR ')}, 0) AND NOT ifNull(${any(values)}, 0)))`;
  switch (op) {
    case 'exists':
      return `NOT ${missing}`;
    case 'not exists':
      return missing;
    case '=':
      return any([one()]);
    case '!=':
      return none([one()]);
    case 'in':
      return any(list());
    case 'not in':
      return none(list());
    case '>':
    case '>=':
    case '<':
    case '<=':
      return sides(property, one()).join(` ${op} `);
    case 'contains':
      return `(position(${propertySql(property, 'String')}, ${sqlString(text())}) > 0)`;
    case 'starts with':
      return `startsWith(${propertySql(property, 'String')}, ${sqlString(text())})`;
    case 'before':
    case 'after': {
      const at = Date.parse(text());
      if (Number.isNaN(at)) return refuse('must be an instant such as 2026-01-31T08:00:00Z');
      return `(${instantSql(property)} ${op === 'before' ? '<' : '>'} fromUnixTimestamp64Milli(toInt64(${at}), 'UTC'))`;
    }
  }
}
