import { sqlStrings } from '../base/index.ts';
import { carriers } from '../events/index.ts';

/** Room for every carrier's number and for "not known", which is 0. */
export const carrierSlots = 16;

const numbers = carriers.map((_, i) => i + 1);

/** The number of a row's carrier: numbers are quicker to keep a person than names. */
export const carrierIndexSql = `transform(toString(carrier), [${sqlStrings(carriers)}], [${numbers}], 0)`;

/** The name of a carrier by its number. */
export function carrierNameSql(number: string): string {
  return `transform(toUInt8(${number}), [${numbers}], [${sqlStrings(carriers)}], '')`;
}
