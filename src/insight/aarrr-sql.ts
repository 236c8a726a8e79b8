import { ANY_EVENT, eventCondition } from '../audience/index.ts';
import { sqlString, sqlStrings } from '../base/index.ts';
import { carrierIndexSql, carrierNameSql, carrierSlots } from './carriers-sql.ts';
import { before, instantSql, type Range } from './period.ts';
import type { Source } from './source.ts';

/** What makes a new person an active one, unless the question says otherwise. */
export const usualKeyEvents = ['Product Viewed', 'Coupon Issued', 'Coupon Redeemed', 'Message Clicked', 'Order Completed'];

const activationDays = 7;

export interface AarrrPlan {
  source: Source;
  range: Range;
  keyEvents: readonly string[];
  carrier?: string | undefined;
}

/** The period asked about, and the one of equal length before, which it is compared with. */
export const periods = ['now', 'previous'] as const;
export type PeriodName = (typeof periods)[number];

/** What an event can show about a person, a bit each. */
const shows = { active: 1, friend: 2, group: 4, share: 8 };
const bitsAPeriod = 4;

/** One row a person with all that the five stages need of them in both periods. `carrier` is the one that they came in through: the first that is known. */
export function aarrrPeopleSql({ source, range, keyEvents, carrier }: AarrrPlan): string {
  const ranges = { now: range, previous: before(range) };
  // Being back in the earlier period is seen against one more.
  const earliest = before(ranges.previous);
  const within = (r: Range, time = 'time') => `(${time} >= ${instantSql(r.from)} AND ${time} < ${instantSql(r.to)})`;
  const each = (columns: (period: PeriodName) => string[]) => periods.flatMap(columns).join(',\n      ');
  const isKey = `event IN (${sqlStrings(keyEvents)})`;
  // One word a row, OR-ed per person: what the event shows, in the bits of the period in which it lies.
  const shown = `if(${eventCondition({ event: ANY_EVENT })}, ${shows.active}, 0)
        + multiIf(event = 'Friend Added', ${shows.friend}, event = 'Group Joined', ${shows.group}, event IN ('Content Shared', 'Product Shared'), ${shows.share}, 0)`;
  const shift = [range, ranges.previous, earliest].map((r, i) => `time >= ${instantSql(r.from)}, ${2 ** (i * bitsAPeriod)}`).join(', ');
  const word = `toUInt16(if(time < ${instantSql(range.to)}, (${shown}) * multiIf(${shift}, 0), 0))`;
  const bit = (of: keyof typeof shows, age: number) => `bitTest(word, ${age * bitsAPeriod + Math.log2(shows[of])})`;
  const inPeriod = (name: string, period: PeriodName) => `event = '${name}' AND ${within(ranges[period])}`;
  const entered = carrier === undefined ? '' : ` WHERE carrier = ${sqlString(carrier)}`;
  return `SELECT person_no, if(came = ${never}, '', ${carrierNameSql(`came % ${carrierSlots}`)}) AS carrier,
      ${each((p) => {
        const age = periods.indexOf(p);
        return [
          `${within(ranges[p], 'first_at')} AS is_new_${p}`,
          `is_new_${p} AND key_events > 0 AND key_at < first_at + INTERVAL ${activationDays} DAY AS activated_${p}`,
          `${bit('friend', age)} AS friend_${p}, ${bit('group', age)} AS joined_${p}, ${bit('share', age)} AS shared_${p}`,
          `${bit('active', age)} AS active_${p}, ${bit('active', age + 1)} AS before_${p}`,
          `bitAnd(trade_${p}, 0xFFFFFFFF) AS orders_${p}, bitShiftRight(trade_${p}, 32) AS refunds_${p}`,
          `accepted_${p}, paid_${p}, refunded_${p}`,
        ];
      })}
    FROM (SELECT person_no, min(time) AS first_at,
      min(if(carrier = '', ${never}, toUInt64(toUnixTimestamp64Milli(time)) * ${carrierSlots} + ${carrierIndexSql})) AS came,
      countIf(${isKey}) AS key_events, minIf(time, ${isKey}) AS key_at, groupBitOr(${word}) AS word,
      ${each((p) => [
        // Two counts in one word: how often ordered, and how often given back.
        `sum(toUInt64(if(${inPeriod('Order Completed', p)}, 1, 0)) + if(${inPeriod('Order Refunded', p)}, ${2 ** 32}, 0)) AS trade_${p}`,
        `sumIf(fen, ${inPeriod('Order Completed', p)}) AS paid_${p}`,
        `sumIf(abs(fen), ${inPeriod('Order Refunded', p)}) AS refunded_${p}`,
        `countIf(${inPeriod('Invite Accepted', p)}) AS accepted_${p}`,
      ])}
    FROM ${source(['ifNull(properties.revenue_fen.:Int64, 0) AS fen'])} WHERE time < ${instantSql(range.to + activationDays * 86_400_000)} GROUP BY person_no)${entered}`;
}

/** Later than any instant. */
const never = 2 ** 62;

export interface MetricPlan {
  stage: 'acquisition' | 'activation' | 'retention' | 'revenue' | 'referral';
  unit: 'people' | 'share' | 'fen' | 'count' | 'ratio';
  /** Whether a person is one of those behind the number. `$` stands for the period. */
  member: string;
  /** The number over all rows; the number of members where nothing is said. */
  value?: string;
  /** For a share, a mean or a ratio: over what. */
  of?: string;
}

const net = 'sum(paid_$) - sum(refunded_$)';

/** The numbers of the board. A share is members over `of`, an average is `value` over `of`. */
export const metrics = {
  'acquisition.new': { stage: 'acquisition', unit: 'people', member: 'is_new_$' },
  'acquisition.friends': { stage: 'acquisition', unit: 'people', member: 'friend_$' },
  'acquisition.groups': { stage: 'acquisition', unit: 'people', member: 'joined_$' },
  'activation.activated': { stage: 'activation', unit: 'share', member: 'activated_$', of: 'countIf(is_new_$)' },
  'retention.active': { stage: 'retention', unit: 'people', member: 'active_$' },
  'retention.returned_period': { stage: 'retention', unit: 'share', member: 'active_$ AND before_$', of: 'countIf(before_$)' },
  'revenue.revenue': { stage: 'revenue', unit: 'fen', member: 'orders_$ > 0 OR refunds_$ > 0', value: net },
  'revenue.refunds': { stage: 'revenue', unit: 'fen', member: 'refunds_$ > 0', value: 'sum(refunded_$)' },
  'revenue.orders': { stage: 'revenue', unit: 'count', member: 'orders_$ > 0', value: 'sum(orders_$)' },
  'revenue.buyers': { stage: 'revenue', unit: 'people', member: 'orders_$ > 0' },
  'revenue.repeat': { stage: 'revenue', unit: 'share', member: 'orders_$ >= 2', of: 'countIf(orders_$ > 0)' },
  'revenue.average': { stage: 'revenue', unit: 'fen', member: 'orders_$ > 0 OR refunds_$ > 0', value: net, of: 'sum(orders_$)' },
  'referral.sharers': { stage: 'referral', unit: 'people', member: 'shared_$' },
  'referral.accepted': { stage: 'referral', unit: 'count', member: 'accepted_$ > 0', value: 'sum(accepted_$)' },
  'referral.k': { stage: 'referral', unit: 'ratio', member: 'accepted_$ > 0', value: 'sum(accepted_$)', of: 'countIf(active_$)' },
} satisfies Record<string, MetricPlan>;

export type MetricKey = keyof typeof metrics;

export const metricKeys = Object.keys(metrics) as MetricKey[];

/** A metric's SQL for one of the periods. */
export function ofPeriod(sql: string, period: PeriodName): string {
  return sql.replaceAll('$', period);
}

/** All numbers of both periods for each carrier and for all together, from the rows of people. */
export function aarrrSumsSql(people: string): string {
  const sums = periods.flatMap((p) =>
    metricKeys.flatMap((key, i) => {
      const plan: MetricPlan = metrics[key];
      const named = (sql: string | undefined, name: string) => (sql ? [`${ofPeriod(sql, p)} AS ${name}_${p}_${i}`] : []);
      return [...named(`countIf(${plan.member})`, 'people'), ...named(plan.value, 'value'), ...named(plan.of, 'of')];
    }),
  );
  return `SELECT carrier, grouping(carrier) AS whole, ${sums.join(', ')} FROM (${people}) GROUP BY GROUPING SETS ((carrier), ()) ORDER BY whole DESC, people_now_0 DESC, carrier`;
}
