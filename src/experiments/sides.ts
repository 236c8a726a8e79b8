import type { Metric } from './schema.ts';
import type { CupedSums, Summary } from './statistics/summary.ts';
import type { MetricSums } from './sums.ts';

/** One arm's sums of one metric. */
export interface Side {
  n: number;
  sums: MetricSums;
}

export const plainOf = ({ n, sums }: Side, kind: Metric['kind']): Summary =>
  kind === 'conversion' ? { kind: 'proportion', n, sum: sums.y } : { kind: 'mean', n, sum: sums.y, squares: sums.yy };

export const cupedOf = ({ n, sums }: Side): CupedSums => ({
  kind: 'cuped',
  n,
  after: { kind: 'mean', sum: sums.y, squares: sums.yy },
  before: { kind: 'mean', sum: sums.x, squares: sums.xx },
  products: sums.xy,
});
