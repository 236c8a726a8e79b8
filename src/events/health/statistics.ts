/** Small statistics that the detectors share. All deterministic, none needs more than counts. */

export function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A robust standard deviation: 1.4826 × the median distance from the median. */
export function spread(values: readonly number[], around = median(values)): number {
  return 1.4826 * median(values.map((v) => Math.abs(v - around)));
}

function lnGamma(x: number): number {
  // Lanczos, g = 7.
  const c = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
    -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - lnGamma(1 - x);
  let sum = c[0]!;
  for (let i = 1; i < 9; i++) sum += c[i]! / (x - 1 + i);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** ln P(X = k) of a negative binomial with this mean, whose variance is mean + phi × mean². */
function lnNb(k: number, mean: number, phi: number): number {
  const r = 1 / Math.max(phi, 1e-6);
  return lnGamma(k + r) - lnGamma(r) - lnGamma(k + 1) + r * Math.log(r / (r + mean)) + k * Math.log(mean / (r + mean));
}

/**
 * log10 of the tail of a negative binomial: of seeing `observed` or fewer (`lower`), or `observed` or more. Where the terms beyond the observed
 * fall off like a geometric series their sum is taken from the first term and the ratio of the next.
 */
export function logTail(observed: number, mean: number, phi: number, side: 'lower' | 'upper'): number {
  if (mean <= 0) return side === 'upper' && observed > 0 ? -Infinity : 0;
  if (side === 'lower' ? observed >= mean : observed <= mean) return 0;
  const step = side === 'lower' ? -1 : 1;
  const top = lnNb(observed, mean, phi);
  let sum = 0;
  for (let k = observed, i = 0; k >= 0 && i < 5_000; k += step, i++) {
    const term = Math.exp(lnNb(k, mean, phi) - top);
    sum += term;
    if (term < 1e-9 * sum) break;
  }
  return (top + Math.log(sum)) / Math.LN10;
}

/** Bounds between which a count of this mean and spread stays all but about once in so many tries. */
export function interval(mean: number, phi: number, sigmas = 3): [number, number] {
  const sd = Math.sqrt(mean + phi * mean * mean);
  return [Math.max(0, mean - sigmas * sd), mean + sigmas * sd];
}

export interface ShareBase {
  /** The usual share. */
  share: number;
  /** How far it strays from day to day beyond chance. */
  stray: number;
  days: number;
  /** Of how many, on a middling day. Who comes, comes with several events: of fewer, the share strays more. */
  usualOf: number;
}

/** What is usual of a share, from days: their median, and how much more than by chance they differ. */
export function usualShare(days: readonly { k: number; n: number }[], leastOf = 10): ShareBase | undefined {
  const usable = days.filter((d) => d.n >= leastOf);
  const n = usable.reduce((sum, d) => sum + d.n, 0);
  if (usable.length < 5 || n < 50) return undefined;
  const shares = usable.map((d) => d.k / d.n);
  const pooled = usable.reduce((sum, d) => sum + d.k, 0) / n;
  const middle = median(shares);
  // Where most days have none, the median hides the few that have some.
  const share = middle === 0 ? Math.min(pooled, 0.5) : middle;
  const usualOf = median(usable.map((d) => d.n));
  const chance = (share * (1 - share)) / usualOf;
  const stray = Math.sqrt(Math.max(0, spread(shares, middle) ** 2 - chance));
  return { share, stray, days: usable.length, usualOf };
}
