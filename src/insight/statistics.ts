/** z for a two-sided 95 % interval. */
export const z95 = 1.959963984540054;

/** Below so many people a share is not shown as an estimate. */
export const enoughPeople = 30;

export interface Interval {
  low: number;
  high: number;
}

/** A share with its 95 % interval; `enough` is false where the people are too few to say anything by it. */
export interface Proportion {
  part: number;
  of: number;
  share: number | null;
  low: number | null;
  high: number | null;
  enough: boolean;
}

/**
 * The score interval of one proportion.
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927) 209–212:
 * (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n).
 */
export function wilson(part: number, of: number, z = z95): Interval {
  if (!(of > 0)) return { low: 0, high: 1 };
  const p = part / of;
  const z2 = z * z;
  const centre = p + z2 / (2 * of);
  const half = z * Math.sqrt((p * (1 - p)) / of + z2 / (4 * of * of));
  const scale = 1 + z2 / of;
  // At the ends the formula is exactly 0 or 1; rounding must not push it past.
  return {
    low: part === 0 ? 0 : Math.max(0, (centre - half) / scale),
    high: part === of ? 1 : Math.min(1, (centre + half) / scale),
  };
}

/** `part` of `of` as a share with its Wilson interval. */
export function proportion(part: number, of: number, least = enoughPeople): Proportion {
  if (!(of > 0)) return { part, of, share: null, low: null, high: null, enough: false };
  return { part, of, share: part / of, ...wilson(part, of), enough: of >= least };
}

/**
 * The interval of the difference a − b of two independent proportions.
 * Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven
 * methods", Statistics in Medicine 17 (1998) 873–890, method 10 (square-and-add of the two Wilson intervals, no continuity correction).
 */
export function newcombe(a: { part: number; of: number }, b: { part: number; of: number }, z = z95): Interval & { difference: number } {
  const pa = a.of > 0 ? a.part / a.of : 0;
  const pb = b.of > 0 ? b.part / b.of : 0;
  const wa = wilson(a.part, a.of, z);
  const wb = wilson(b.part, b.of, z);
  const difference = pa - pb;
  return {
    difference,
    low: Math.max(-1, difference - Math.sqrt((pa - wa.low) ** 2 + (wb.high - pb) ** 2)),
    high: Math.min(1, difference + Math.sqrt((wa.high - pa) ** 2 + (pb - wb.low) ** 2)),
  };
}

/**
 * The q-quantile, with linear interpolation between the two nearest ranks.
 * Source: R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", The American Statistician 50 (1996) 361–365, type 7
 * (the default of R, NumPy, and ClickHouse's quantileExactInclusive).
 */
export function quantile(values: readonly number[], q: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((x, y) => x - y);
  const at = (sorted.length - 1) * Math.min(1, Math.max(0, q));
  const below = Math.floor(at);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (at - below);
}

export function median(values: readonly number[]): number | null {
  return quantile(values, 0.5);
}

export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, v) => sum + v, 0) / values.length;
}

/** The unbiased sample variance (divisor n − 1). Source: B. P. Welford, Technometrics 4 (1962) 419–420, one pass without cancellation. */
export function variance(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  let centre = 0;
  let squares = 0;
  values.forEach((v, i) => {
    const delta = v - centre;
    centre += delta / (i + 1);
    squares += delta * (v - centre);
  });
  return squares / (values.length - 1);
}
