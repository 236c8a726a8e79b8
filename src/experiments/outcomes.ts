import type { Metric, MetricResult } from './schema.ts';
import { plainOf, type Side } from './sides.ts';
import { bestOf, betaBelief, normalBelief } from './statistics/best-of.ts';
import { enoughPeople } from './statistics/proportion.ts';
import { normalQuantile } from './statistics/special.ts';
import { moments } from './statistics/summary.ts';
import { wilson } from './statistics/wilson.ts';

/** What each arm came to by itself, and how likely it is the best of all. */
export function outcomes(arms: readonly (Side & { key: string })[], kind: Metric['kind'], better: Metric['better']): MetricResult['arms'] {
  const found = arms.map(({ key, n, sums }) => {
    const { mean, variance } = moments(plainOf({ n, sums }, kind));
    const se = Math.sqrt(variance / Math.max(1, n));
    const z = normalQuantile(0.975);
    const ends = kind === 'conversion' ? wilson(sums.y, n) : { low: mean - z * se, high: mean + z * se };
    const known = n >= enoughPeople;
    return { key, n, sums, mean, se, known, ends };
  });
  const comparable = found.every((f) => f.known && (kind === 'conversion' || f.se > 0));
  // Of what is better downwards the least is the best.
  const sign = better === 'up' ? 1 : -1;
  const best = comparable
    ? bestOf(
        found.map((f) => {
          if (kind !== 'conversion') return normalBelief(sign * f.mean, f.se);
          return better === 'up' ? betaBelief(f.sums.y, f.n - f.sums.y) : betaBelief(f.n - f.sums.y, f.sums.y);
        }),
      )
    : undefined;
  return found.map((f, i) => ({
    ...{ arm: f.key, people: f.n, did: f.sums.did, total: f.sums.y },
    mean: f.n > 0 ? f.mean : null,
    low: f.known ? f.ends.low : null,
    high: f.known ? f.ends.high : null,
    chanceBest: best?.chance[i] ?? null,
    expectedLoss: best?.loss[i] ?? null,
  }));
}
