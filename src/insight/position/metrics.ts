import { metrics as board, type MetricPlan } from '../aarrr-sql.ts';
import { reachMetrics } from './reach-sql.ts';

/**
 * How a number lies in time: `flow` adds up from the start of a target; `window` is looked at over the last 30 days; `state` is what is there at a moment.
 */
export type Lies = 'flow' | 'window' | 'state';

export interface PoolMetric {
  key: string;
  /** Which question answers it. */
  family: 'aarrr' | 'ladder' | 'pool' | 'reach';
  lies: Lies;
  unit: MetricPlan['unit'];
  upIsGood: boolean;
  byCarrier: boolean;
}

export const windowDays = 30;

/** Sums of happenings; people are counted once a period, so their counts do not add up over longer ones. */
const sums = new Set([
  'acquisition.new',
  'acquisition.friends',
  'acquisition.groups',
  'revenue.revenue',
  'revenue.refunds',
  'revenue.orders',
  'referral.accepted',
]);

export const poolMetrics: PoolMetric[] = [
  { key: 'ladder.net', family: 'ladder', lies: 'flow', unit: 'people', upIsGood: true, byCarrier: false },
  { key: 'pool.people', family: 'pool', lies: 'state', unit: 'people', upIsGood: true, byCarrier: true },
  ...Object.entries(board as Record<string, MetricPlan>).map(
    ([key, { unit }]): PoolMetric => ({
      key,
      family: 'aarrr',
      lies: sums.has(key) ? 'flow' : 'window',
      unit,
      upIsGood: key !== 'revenue.refunds',
      byCarrier: true,
    }),
  ),
  ...reachMetrics.map(
    ({ key, upIsGood }): PoolMetric => ({ key, family: 'reach', lies: 'window', unit: 'share', upIsGood, byCarrier: false }),
  ),
];

const byKey = new Map(poolMetrics.map((m) => [m.key, m]));
export function metricOf(key: string): PoolMetric | undefined {
  return byKey.get(key);
}
