import { type Difference, effectOf } from './compare.ts';
import { normalCdf, normalDensity, normalQuantile } from './special.ts';
import type { Summary } from './summary.ts';

export interface Posterior {
  effect: number;
  se: number;
  low: number;
  high: number;
  /** How likely the treatment is better than the control. */
  chance: number;
  /** What is to be expected to be lost by taking the control, and by taking the treatment, in the unit of the effect. */
  risk: [control: number, treatment: number];
}

/**
 * What is to be believed of the difference after it was seen, with a normal prior of the difference (none: flat).
 * Source: A. Gelman et al., Bayesian Data Analysis, 3rd edition, 2.5 (precisions add up); risk: the mean of a normal cut off at nought.
 */
export function bayesian(
  control: Summary,
  treatment: Summary,
  options: { difference?: Difference; prior?: { mean: number; variance: number }; alpha?: number } = {},
): Posterior | null {
  const { difference = 'relative', prior, alpha = 0.05 } = options;
  const found = effectOf(control, treatment, difference);
  if (!found) return null;
  const seen = 1 / found.se ** 2;
  const before = prior ? 1 / prior.variance : 0;
  const effect = (found.effect * seen + (prior?.mean ?? 0) * before) / (seen + before);
  const se = Math.sqrt(1 / (seen + before));
  const z = effect / se;
  const half = se * normalQuantile(1 - alpha / 2);
  const gain = effect * normalCdf(z) + se * normalDensity(z);
  return { effect, se, low: effect - half, high: effect + half, chance: normalCdf(z), risk: [gain, gain - effect] };
}
