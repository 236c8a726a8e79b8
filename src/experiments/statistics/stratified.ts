import { effectOf } from './compare.ts';
import type { Interval } from './interval.ts';
import { normalQuantile, normalTail } from './special.ts';
import type { Summary } from './summary.ts';

export interface Stratified extends Interval {
  effect: number;
  se: number;
  p: number;
  /** Strata that had too few in an arm to be compared, and are not in it. */
  left: number;
}

/**
 * The absolute difference as the mean over strata, each by its share of people: what chance put into one arm more than into the other falls out.
 * Source: L. Miratrix, J. Sekhon, B. Yu, "Adjusting treatment effect estimates by post-stratification in randomized experiments", JRSS B 75 (2013) 369–396.
 */
export function stratified(strata: readonly { control: Summary; treatment: Summary }[], alpha = 0.05): Stratified | null {
  const found = strata.flatMap(({ control, treatment }) => {
    const one = effectOf(control, treatment, 'absolute');
    return one ? [{ ...one, n: control.n + treatment.n }] : [];
  });
  const n = found.reduce((sum, f) => sum + f.n, 0);
  if (n === 0) return null;
  const effect = found.reduce((sum, f) => sum + (f.n / n) * f.effect, 0);
  const se = Math.sqrt(found.reduce((sum, f) => sum + ((f.n / n) * f.se) ** 2, 0));
  const half = se * normalQuantile(1 - alpha / 2);
  return {
    effect,
    se,
    p: Math.min(1, 2 * normalTail(Math.abs(effect) / se)),
    low: effect - half,
    high: effect + half,
    left: strata.length - found.length,
  };
}

/** What the arm brought that would not have come without it: the difference from the holdout for one, times those who were in it. */
export function incremental(difference: Interval & { effect: number }, people: number): Interval & { value: number } {
  return { value: difference.effect * people, low: difference.low * people, high: difference.high * people };
}
