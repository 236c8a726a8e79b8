import { sqlString, sqlStrings } from '../base/index.ts';
import { propertySql } from './conditions.ts';
import { before, instantSql, type Range } from './period.ts';

/** What makes a new person an active one, unless the question says otherwise. */
export const usualKeyEvents = ['Product Viewed', 'Coupon Issued', 'Coupon Redeemed', 'Message Clicked', 'Order Completed'];

const activationDays = 7;

/** What we do or decide about a person: it does not show that the person is there. */
const passive = [
  'Identity Merged',
  'Identity Split',
  'Tag Added',
  'Tag Removed',
  'Stage Changed',
  'Tier Changed',
  'Level Changed',
  'Audience Entered',
  'Audience Exited',
  'Message Queued',
  'Message Skipped',
  'Message Sent',
  'Message Delivered',
  'Message Failed',
  'Journey Entered',
  'Journey Branched',
  'Journey Converted',
  'Journey Exited',
  'Coupon Issued',
  'Coupon Expired',
  'Reward Granted',
  'Reward Revoked',
  'Friend Removed',
  'Group Left',
];

export interface AarrrPlan {
  source: string;
  range: Range;
  keyEvents: readonly string[];
  carrier?: string | undefined;
}

/** One row a person with all that the five stages need of them in one period. `carrier` is the one that they came in through: the first that is known. */
export function aarrrPeopleSql({ source, range, keyEvents, carrier }: AarrrPlan): string {
  const within = (r: Range, time = 'time') => `(${time} >= ${instantSql(r.from)} AND ${time} < ${instantSql(r.to)})`;
  const now = within(range);
  const active = `type IN ('track', 'page', 'screen') AND event NOT IN (${sqlStrings(passive)})`;
  const fen = `ifNull(${propertySql('revenue_fen', 'Int64')}, 0)`;
  const entered = carrier === undefined ? '' : ` WHERE carrier = ${sqlString(carrier)}`;
  return `SELECT p.*, is_new AND key_events > 0 AND key_at < first_at + INTERVAL ${activationDays} DAY AS activated,
      o.orders AS orders, o.paid AS paid, o.refunded AS refunded, o.refunds AS refunds
    FROM (
      SELECT person_no, min(time) AS first_at, toString(argMinIf(carrier, time, carrier != '')) AS carrier, ${within(range, 'first_at')} AS is_new,
        minIf(time, event IN (${sqlStrings(keyEvents)})) AS key_at, countIf(event IN (${sqlStrings(keyEvents)})) AS key_events,
        countIf(event = 'Friend Added' AND ${now}) AS friends, countIf(event = 'Group Joined' AND ${now}) AS groups,
        countIf(${active} AND ${now}) > 0 AS active, countIf(${active} AND ${within(before(range))}) > 0 AS active_before,
        countIf(event IN ('Content Shared', 'Product Shared') AND ${now}) AS shares, countIf(event = 'Invite Accepted' AND ${now}) AS accepted
      FROM ${source} WHERE time < ${instantSql(range.to + activationDays * 86_400_000)} GROUP BY person_no) AS p
    LEFT JOIN (
      SELECT person_no, countIf(event = 'Order Completed') AS orders, sumIf(${fen}, event = 'Order Completed') AS paid,
        countIf(event = 'Order Refunded') AS refunds, sumIf(abs(${fen}), event = 'Order Refunded') AS refunded
      FROM ${source} WHERE event IN ('Order Completed', 'Order Refunded') AND ${now} GROUP BY person_no) AS o ON p.person_no = o.person_no${entered}`;
}

export interface MetricPlan {
  stage: 'acquisition' | 'activation' | 'retention' | 'revenue' | 'referral';
  unit: 'people' | 'share' | 'fen' | 'count' | 'ratio';
  /** Whether a person is one of those behind the number. */
  member: string;
  /** The number over all rows; the number of members where nothing is said. */
  value?: string;
  /** For a share or a ratio: over what. */
  of?: string;
}

/** The numbers of the board. A share is members over `of`, an average is `value` over `of`. */
export const metrics = {
  'acquisition.new': { stage: 'acquisition', unit: 'people', member: 'is_new' },
  'acquisition.friends': { stage: 'acquisition', unit: 'people', member: 'friends > 0' },
  'acquisition.groups': { stage: 'acquisition', unit: 'people', member: 'groups > 0' },
  'activation.activated': { stage: 'activation', unit: 'share', member: 'activated', of: 'countIf(is_new)' },
  'retention.active': { stage: 'retention', unit: 'people', member: 'active' },
  'retention.returned_period': { stage: 'retention', unit: 'share', member: 'active AND active_before', of: 'countIf(active_before)' },
  'revenue.revenue': { stage: 'revenue', unit: 'fen', member: 'orders > 0 OR refunds > 0', value: 'sum(paid) - sum(refunded)' },
  'revenue.refunds': { stage: 'revenue', unit: 'fen', member: 'refunds > 0', value: 'sum(refunded)' },
  'revenue.orders': { stage: 'revenue', unit: 'count', member: 'orders > 0', value: 'sum(orders)' },
  'revenue.buyers': { stage: 'revenue', unit: 'people', member: 'orders > 0' },
  'revenue.repeat': { stage: 'revenue', unit: 'share', member: 'orders >= 2', of: 'countIf(orders > 0)' },
  'revenue.average': {
    stage: 'revenue',
    unit: 'fen',
    member: 'orders > 0 OR refunds > 0',
    value: 'sum(paid) - sum(refunded)',
    of: 'sum(orders)',
  },
  'referral.sharers': { stage: 'referral', unit: 'people', member: 'shares > 0' },
  'referral.accepted': { stage: 'referral', unit: 'count', member: 'accepted > 0', value: 'sum(accepted)' },
  'referral.k': { stage: 'referral', unit: 'ratio', member: 'accepted > 0', value: 'sum(accepted)', of: 'countIf(active)' },
} satisfies Record<string, MetricPlan>;

export type MetricKey = keyof typeof metrics;

export const metricKeys = Object.keys(metrics) as MetricKey[];

/** All numbers for each carrier and for all together, from the rows of people. */
export function aarrrSumsSql(people: string): string {
  const sums = metricKeys.flatMap((key, i) => {
    const plan: MetricPlan = metrics[key];
    return [
      `countIf(${plan.member}) AS people${i}`,
      ...(plan.value ? [`${plan.value} AS value${i}`] : []),
      ...(plan.of ? [`${plan.of} AS of${i}`] : []),
    ];
  });
  return `SELECT carrier, grouping(carrier) AS whole, ${sums.join(', ')} FROM (${people}) GROUP BY GROUPING SETS ((carrier), ()) ORDER BY whole DESC, people0 DESC, carrier`;
}
