import { ANY_EVENT, eventCondition } from '../audience/index.ts';
import { sqlStrings } from '../base/index.ts';
import { eventValueSql } from './breakdown.ts';
import { type FunnelPlan, fitsColumn, namesSql } from './funnel-sql.ts';
import { instantSql } from './period.ts';

/** Where in an event's mask the exclusions begin, and the bit of those in which a funnel may start. */
export const firstExclusionBit = 10;
export const inRangeBit = 20;

/**
 * One row a person: `es`, the events that matter in order of time, each (ms, order, mask, value). In the mask there is a bit for every step that
 * the event fits, from 0; for every exclusion, from 10; and one for those in the range. Events of one millisecond stand in the order of the steps,
 * an excluded one before them. `everything`: also what the person did besides.
 */
export function collectSql({ source, question, range, windowMs }: FunnelPlan, everything: boolean): string {
  const { steps, exclude } = question;
  const all = [...steps, ...exclude];
  const value = eventValueSql(question.breakdown);
  const events = source([...all.map((one, i) => fitsColumn(one, `fits_${i + 1}`)), ...(value ? [`${value} AS split`] : [])]);
  const numbers = steps.map((_, i) => i + 1);
  const bits = [
    ...numbers.map((k) => `fits_${k} * ${2 ** (k - 1)}`),
    ...exclude.map((_, i) => `fits_${steps.length + i + 1} * ${2 ** (firstExclusionBit + i)}`),
    `(time < ${instantSql(range.to)}) * ${2 ** inRangeBit}`,
  ];
  const choose = (order: number[]) => `multiIf(${order.map((k) => `fits_${k}, ${k}`).join(', ')}, 0)`;
  const order = `16 * ${choose([...numbers].reverse())} + ${choose(numbers)}`;
  const names = new Set(all.map((one) => one.event).filter((name) => name !== ANY_EVENT));
  const wanted = everything
    ? `((${eventCondition({ event: ANY_EVENT })})${names.size > 0 ? ` OR event IN (${sqlStrings(names)})` : ''})`
    : `${namesSql(all)} AND (${all.map((_, i) => `fits_${i + 1}`).join(' OR ')})`;
  return `SELECT person_no, arraySort(groupArray((toInt64(toUnixTimestamp64Milli(time)), toUInt16(${order}), toUInt32(${bits.join(' + ')}), ${value ? 'split' : "''"}))) AS es
    FROM ${events} WHERE time >= ${instantSql(range.from)} AND time < ${instantSql(range.to + windowMs + 1)} AND ${wanted}
    GROUP BY person_no`;
}
