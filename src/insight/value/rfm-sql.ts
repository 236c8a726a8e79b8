import { badInput } from '../../base/index.ts';
import type { Asker } from '../deps.ts';
import { startOfDay } from '../period.ts';
import { customersSql } from './customers-sql.ts';
import type { ModelDeps } from './deps.ts';
import type { ValueQuestion } from './schema.ts';

type Rules = Pick<ValueQuestion, 'bands' | 'ties' | 'refunds' | 'asOf'>;

/** The instant as of which figures are counted. */
export function rfmInstant(deps: Pick<ModelDeps, 'clock'>, asker: Asker, { asOf }: Rules): number {
  if (asOf === undefined) return deps.clock.ms() + 1;
  const at = startOfDay(asOf, asker.timezone);
  if (at > deps.clock.ms() + 2 * 365 * 86_400_000) throw badInput([{ field: 'asOf', reason: 'must not lie years ahead' }]);
  return at;
}

/**
 * One row a buyer: days since the last order (counted from 1), orders, money, and the band of each: the highest for the most recent, most frequent, largest.
 * Bands hold the same number of people each; people of equal figures are parted by their number (as NTILE in SQL does) or stay together.
 */
export function rfmSql(deps: Pick<ModelDeps, 'source' | 'clock'>, asker: Asker, rules: Rules): string {
  const asOf = rfmInstant(deps, asker, rules);
  const { bands, ties } = rules;
  const customers = customersSql({
    source: (columns, people) => deps.source(asker.workspaceNo, columns, people),
    ...{ zone: asker.timezone, asOf, refunds: rules.refunds },
  });
  const cut = (order: string) =>
    ties === 'split'
      ? `ntile(${bands}) OVER (ORDER BY ${order}, person_no ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)`
      : `least(${bands}, 1 + intDiv((rank() OVER (ORDER BY ${order}) - 1) * ${bands}, count() OVER ()))`;
  return `SELECT person_no, recency, frequency, money, toUInt8(${cut('recency DESC')}) AS r, toUInt8(${cut('frequency')}) AS f, toUInt8(${cut('money')}) AS m
    FROM (SELECT person_no, toUInt32(intDiv(${asOf} - toUnixTimestamp64Milli(last_order_at), 86400000) + 1) AS recency, orders AS frequency, round(total) AS money FROM (${customers}))`;
}
