import { sqlString, sqlStrings } from '../../base/index.ts';
import { instantSql } from '../period.ts';

/** How far back anything is looked at, and how far ahead an order is looked for. */
export const windowDays = 400;
export const aheadDays = 7;
/** Doings fade: half of what they say is gone after so many days. Two speeds, of which the fit takes what it needs. */
export const halfLives = { fast: 2, slow: 21 };
const order = 'Order Completed';

/** What of orders is looked at, after the two speeds of each intent. */
export const orderFeatures = ['bought', 'since', 'count', 'due', 'fresh', 'known'] as const;

export function featureCount(intents: readonly string[]): number {
  return intents.length * 2 + orderFeatures.length;
}
/** Besides the features: for each intent days since the last (−1: none) and how many in 30 days; then days since the last order, orders, mean days between them. */
export function columnCount(intents: readonly string[]): number {
  return featureCount(intents) + intents.length * 2 + 3;
}

export interface FeaturesPlan {
  source(columns?: readonly string[], people?: readonly number[]): string;
  intents: readonly string[];
  /** The instant from which is looked back. */
  at: number;
  /** Also whether there was an order in the week after: for the past. */
  labelled?: boolean;
  people?: readonly number[];
  /** Of a thousand people so many are looked at, always the same. */
  perMille?: number;
}

/** One row a person who did anything of interest before the instant: `features` and, for the past, `label`. */
export function featuresSql({ source, intents, at, labelled, people, perMille }: FeaturesPlan): string {
  const since = instantSql(at - windowDays * 86_400_000);
  const until = instantSql(labelled ? at + aheadDays * 86_400_000 : at);
  const some = perMille !== undefined && perMille < 1000 ? ` AND cityHash64(person_no) % 1000 < ${perMille}` : '';
  const kinds = `SELECT person_no, event, sumIf(exp2(-age / ${halfLives.fast}), age >= 0) AS fast, sumIf(exp2(-age / ${halfLives.slow}), age >= 0) AS slow,
      minIf(age, age >= 0) AS last, maxIf(age, age >= 0) AS first, countIf(age >= 0) AS times, countIf(age >= 0 AND age <= 30) AS lately, countIf(age < 0) AS after
    FROM (SELECT person_no, event, (${at} - toUnixTimestamp64Milli(time)) / 86400000 AS age FROM ${source([], people)}
      WHERE event IN (${sqlStrings([...intents, order])}) AND time >= ${since} AND time < ${until}${some})
    GROUP BY person_no, event`;
  const of = (column: string, event: string) => `sumIf(${column}, event = ${sqlString(event)})`;
  const lastOf = (event: string) => `if(${of('times', event)} > 0, ${of('last', event)}, -1)`;
  const features = [
    ...intents.flatMap((event) => [`log1p(${of('fast', event)})`, `log1p(${of('slow', event)})`]),
    'toFloat64(n > 0)',
    'if(n > 0, log1p(ago), 0)',
    'log1p(n)',
    'if(n > 1, exp(-pow(log((ago + 1) / (gap + 1)), 2)), 0)',
    'if(n > 0, exp2(-ago / 7), 0)',
    'log1p(greatest(0, max(first)))',
  ];
  const told = [...intents.flatMap((event) => [lastOf(event), of('lately', event)]), 'if(n > 0, ago, -1)', 'toFloat64(n)', 'gap'];
  return `SELECT person_no, arrayMap(v -> toFloat32(v), [${[...features, ...told].map((f) => `toFloat64(${f})`).join(', ')}]) AS features,
      toUInt8(${of('after', order)} > 0) AS label,
      ${of('times', order)} AS n, ${of('last', order)} AS ago, if(n > 1, (${of('first', order)} - ago) / (n - 1), 0) AS gap
    FROM (${kinds}) GROUP BY person_no HAVING sum(times) > 0`;
}
