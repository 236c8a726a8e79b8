import { effectOf } from './compare.ts';
import { tuningRho, twoSidedHalfWidth } from './sequential.ts';
import { lnGamma, normalCdf, normalQuantile, normalTail, tQuantile } from './special.ts';
import type { Summary } from './summary.ts';

/**
 * People needed in each of two arms to see the one share turn into the other, two-sided. Source: J. L. Fleiss, Statistical Methods for Rates and
 * Proportions, 2nd edition (1981), 3.2, without correction; as R's power.prop.test.
 */
export function peopleForShares(p1: number, p2: number, { power = 0.8, alpha = 0.05 } = {}): number {
  const both = (p1 + p2) / 2;
  const under = normalQuantile(1 - alpha / 2) * Math.sqrt(2 * both * (1 - both));
  const other = normalQuantile(power) * Math.sqrt(p1 * (1 - p1) + p2 * (1 - p2));
  return ((under + other) / (p1 - p2)) ** 2;
}

/**
 * People needed in each of two arms to see a difference of means, by Student's t, two-sided, the rejection on the far side left out. Source: J. Cohen, Statistical Power
 * Analysis (1988), 2; as R's power.t.test.
 */
export function peopleForMeans(delta: number, sd: number, { power = 0.8, alpha = 0.05 } = {}): number {
  const z = normalQuantile(1 - alpha / 2) + normalQuantile(power);
  let low = 2;
  let high = Math.max(4, 4 * ((z * sd) / delta) ** 2 + 10);
  const powerAt = (n: number): number =>
    noncentralTail(tQuantile(1 - alpha / 2, 2 * n - 2), 2 * n - 2, (Math.sqrt(n / 2) * Math.abs(delta)) / sd);
  for (let i = 0; i < 60 && high - low > 1e-9 * high; i++) {
    const n = (low + high) / 2;
    if (powerAt(n) < power) low = n;
    else high = n;
  }
  return (low + high) / 2;
}

/** P(T > t) of the noncentral t: the normal's tail over the spread of the standard deviation, by Simpson's rule. Source: N. L. Johnson & B. L. Welch, Biometrika 31 (1940) 362–389. */
function noncentralTail(t: number, df: number, shift: number): number {
  const width = Math.min(1, 9 / Math.sqrt(2 * df));
  const [from, to] = [Math.max(1e-9, 1 - width), 1 + 9 / Math.sqrt(2 * df)];
  const steps = 800;
  const ln = Math.log(2) + (df / 2) * Math.log(df / 2) - lnGamma(df / 2);
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const s = from + ((to - from) * i) / steps;
    const density = Math.exp(ln + (df - 1) * Math.log(s) - (df * s * s) / 2);
    sum += (i === 0 || i === steps ? 1 : i % 2 ? 4 : 2) * density * normalCdf(shift - t * s);
  }
  return (sum * (to - from)) / steps / 3;
}

/** How many times as many people looks that stay valid need, if the interval is narrowest at the planned number: more, since one may stop at any look. */
export function sequentialFactor({ power = 0.8, alpha = 0.05 } = {}): number {
  const fixed = normalQuantile(1 - alpha / 2) + normalQuantile(power);
  // At the tuned number n·rho² is a constant, so the half-width is a fixed multiple of the standard error.
  const multiple = twoSidedHalfWidth(1, 1, tuningRho(alpha, 1), alpha);
  return ((multiple + normalQuantile(power)) / fixed) ** 2;
}

export interface MidwayOptions {
  /** The least effect worth seeing, in the unit of the difference. */
  effect: number;
  difference?: 'relative' | 'absolute';
  alpha?: number;
  power?: number;
  /** Comparisons that are made at once (arms less one, times metrics), and main metrics that must all be seen. */
  tests?: number;
  metrics?: number;
  sequential?: { tuning: number };
  prior?: { mean: number; variance: number };
}

/**
 * In the middle of an experiment: how many times the people there are now must still come until the effect is seen with this power; 0 when it is already.
 * Null where more than 2²⁷ times would be needed. Searched by doubling and halving until the power is met to 1e-5.
 */
export function stillNeeded(control: Summary, treatment: Summary, options: MidwayOptions): number | null {
  const { difference = 'relative', alpha = 0.05, power = 0.8, tests = 1, metrics = 1 } = options;
  const found = effectOf(control, treatment, difference);
  if (!found) return null;
  const n = control.n + treatment.n;
  const wanted = power ** (1 / metrics);
  const powerAt = (more: number): number => powerOf(found.se ** 2, n, more, { ...options, alpha: alpha / tests });
  if (powerAt(0) > wanted) return 0;
  let at = 1;
  for (let i = 0; i < 27 && powerAt(at) < wanted; i++) at *= 2;
  if (powerAt(at) < wanted) return null;
  let [low, high] = [0, at];
  let off = powerAt(at) - wanted;
  for (let i = 0; i < 100; i++) {
    if (off > 0) high = at;
    else low = at;
    at = (low + high) / 2;
    off = powerAt(at) - wanted;
    if (Math.abs(off) < 1e-5) break;
  }
  return at;
}

function powerOf(variance: number, n: number, more: number, { effect, alpha = 0.05, sequential, prior }: MidwayOptions): number {
  const size = Math.abs(effect);
  const then = variance / (1 + more);
  const se = Math.sqrt(then);
  const z = normalQuantile(1 - alpha / 2);
  if (prior) {
    const edge = then * Math.sqrt(1 / prior.variance + 1 / then) * z;
    const pull = (then * prior.mean) / prior.variance;
    return normalTail((edge - pull - size) / se) + normalCdf(-(edge + pull + size) / se);
  }
  const all = n * (1 + more);
  const half = sequential ? twoSidedHalfWidth(se, all, tuningRho(alpha, sequential.tuning), alpha) : z * se;
  return normalTail((half - size) / se) + normalCdf(-(half + size) / se);
}
