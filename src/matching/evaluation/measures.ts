import { seeded } from '../../experiments/index.ts';
import { gainOf, idealOf, top } from '../products/rank-fit.ts';

export interface Measured {
  ndcg: number;
  low: number;
  high: number;
  recall: number;
  hit: number;
  /** Share of the goods known that are shown to anybody. */
  coverage: number;
}

/** Of each person: NDCG@10. */
export const ndcgEach = (lists: readonly (readonly string[])[], truth: readonly ReadonlySet<string>[]): Float64Array =>
  Float64Array.from(truth, (bought, i) => gainOf(lists[i]!.slice(0, top).map((item) => bought.has(item))) / idealOf(bought.size));

export function measure(lists: readonly (readonly string[])[], truth: readonly ReadonlySet<string>[], items: number): Measured {
  const each = ndcgEach(lists, truth);
  const tops = lists.map((list) => list.slice(0, top));
  const hits = tops.map((list, i) => list.filter((item) => truth[i]!.has(item)).length);
  const mean = (list: ArrayLike<number>): number => Array.from(list).reduce((a, b) => a + b, 0) / Math.max(1, list.length);
  const [low, high] = bootstrap(each);
  return {
    ndcg: mean(each),
    ...{ low, high },
    recall: mean(hits.map((n, i) => n / truth[i]!.size)),
    hit: mean(hits.map((n) => (n > 0 ? 1 : 0))),
    coverage: new Set(tops.flat()).size / Math.max(1, items),
  };
}

/** The 95 % interval of a mean over people, by drawing people again (Efron's percentile bootstrap). */
export function bootstrap(values: Float64Array, times = 1000): [number, number] {
  const random = seeded(1);
  const n = values.length;
  if (n === 0) return [0, 0];
  const means = Array.from({ length: times }, () => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[Math.floor(random() * n)]!;
    return sum / n;
  }).sort((a, b) => a - b);
  return [means[Math.floor(times * 0.025)]!, means[Math.floor(times * 0.975)]!];
}
