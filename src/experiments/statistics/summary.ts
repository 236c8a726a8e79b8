/** What is known of one arm by its sums alone: so millions of people are compared by a row each. */
export interface MeanSums {
  kind: 'mean';
  n: number;
  sum: number;
  squares: number;
}
/** Yes or no for each person. */
export interface ShareSums {
  kind: 'proportion';
  n: number;
  sum: number;
}
/** A quotient of two sums, such as revenue over orders, where people are the unit. */
export interface RatioSums {
  kind: 'ratio';
  n: number;
  top: Sums;
  bottom: Sums;
  products: number;
}
/** A number and the same number before the experiment. */
export interface CupedSums {
  kind: 'cuped';
  n: number;
  after: Sums;
  before: Sums;
  products: number;
}
export type Sums = Omit<MeanSums, 'n'> | Omit<ShareSums, 'n'>;
export type Summary = MeanSums | ShareSums | RatioSums | CupedSums;

/** A summary as a comparison takes it. */
export interface Moments {
  n: number;
  /** What is compared; with CUPED less what was to be expected from before. */
  mean: number;
  variance: number;
  /** Without CUPED: what a relative difference is relative to. */
  plain: number;
}

const meanOf = (s: Sums, n: number): number => (n > 0 ? s.sum / n : 0);

function varianceOf(s: Sums, n: number): number {
  if (s.kind === 'proportion') return meanOf(s, n) * (1 - meanOf(s, n));
  return n > 1 ? (s.squares - (s.sum * s.sum) / n) / (n - 1) : 0;
}

function covarianceOf(a: Sums, b: Sums, products: number, n: number): number {
  if (n <= 1) return 0;
  const around = products - (a.sum * b.sum) / n;
  return around / (a.kind === 'proportion' && b.kind === 'proportion' ? n : n - 1);
}

const joined = (a: Sums, b: Sums): Sums =>
  a.kind === 'proportion' || b.kind === 'proportion'
    ? { kind: 'proportion', sum: a.sum + b.sum }
    : { kind: 'mean', sum: a.sum + b.sum, squares: a.squares + b.squares };

/**
 * How much of what was before is taken off: the slope over both arms together. Source: A. Deng, Y. Xu, R. Kohavi, T. Walker, "Improving the sensitivity
 * of online controlled experiments by utilizing pre-experiment data" (WSDM 2013), equation 4: θ = cov(Y, X) / var(X).
 */
export function cupedSlope(a: CupedSums, b: CupedSums): number {
  const n = a.n + b.n;
  const before = joined(a.before, b.before);
  const spread = varianceOf(before, n);
  return spread > 0 ? covarianceOf(joined(a.after, b.after), before, a.products + b.products, n) / spread : 0;
}

/**
 * Mean and variance of a summary. Of a ratio by the delta method: var(M/D) = var(M)/D² + var(D)·M²/D⁴ − 2·cov(M, D)·M/D³; source: A. Deng, U. Knoblich,
 * J. Lu, "Applying the delta method in metric analytics" (KDD 2018), section 3.
 */
export function moments(s: Summary, slope = 0): Moments {
  const { n } = s;
  if (s.kind === 'mean' || s.kind === 'proportion') {
    const mean = meanOf(s, n);
    return { n, mean, variance: varianceOf(s, n), plain: mean };
  }
  if (s.kind === 'ratio') {
    const [m, d] = [meanOf(s.top, n), meanOf(s.bottom, n)];
    if (d === 0) return { n, mean: 0, variance: 0, plain: 0 };
    const variance =
      varianceOf(s.top, n) / d ** 2 +
      (varianceOf(s.bottom, n) * m ** 2) / d ** 4 -
      (2 * covarianceOf(s.top, s.bottom, s.products, n) * m) / d ** 3;
    return { n, mean: m / d, variance, plain: m / d };
  }
  const plain = meanOf(s.after, n);
  const together = covarianceOf(s.after, s.before, s.products, n);
  return {
    n,
    mean: plain - slope * meanOf(s.before, n),
    variance: n > 1 ? varianceOf(s.after, n) + slope ** 2 * varianceOf(s.before, n) - 2 * slope * together : 0,
    plain,
  };
}

/** The variance of a relative difference with CUPED: the control's mean stands above and below the line. */
export function relativeCupedVariance(a: CupedSums, b: CupedSums, slope: number): number {
  const base = meanOf(a.after, a.n);
  const ratio = meanOf(b.after, b.n) / base;
  const control =
    ratio ** 2 * varianceOf(a.after, a.n) -
    2 * slope * ratio * covarianceOf(a.after, a.before, a.products, a.n) +
    slope ** 2 * varianceOf(a.before, a.n);
  return moments(b, slope).variance / (b.n * base ** 2) + control / (a.n * base ** 2);
}
