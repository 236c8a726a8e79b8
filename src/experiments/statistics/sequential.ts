/**
 * Looks that stay valid however often one looks: asymptotic confidence sequences.
 * Source: I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy, A. Ramdas, "Time-uniform central limit theory and asymptotic confidence sequences", Annals of
 * Statistics 52 (2024) 2613–2640: theorem 2.2 (two-sided), proposition B.1 (one-sided), and appendix B.2 for the tuning; H. Robbins' normal mixture beneath
 * (Annals of Mathematical Statistics 41, 1970). `se` is the standard error of the estimate from all `n` people together, so se²·n is the variance of one.
 */

/** How the mixture is set so that the interval is narrowest at so many people. */
export function tuningRho(alpha: number, tuning: number): number {
  const l = -2 * Math.log(alpha);
  return Math.sqrt((l + Math.log(l + 1)) / tuning);
}

export function twoSidedHalfWidth(se: number, n: number, rho: number, alpha: number): number {
  const t = n * rho ** 2 + 1;
  return se * Math.sqrt(n) * Math.sqrt((2 * t * Math.log(Math.sqrt(t) / alpha)) / (n * rho) ** 2);
}

/** The smallest alpha at which the sequence leaves out nought: one over the mixture's e-value. */
export function twoSidedP(effect: number, se: number, n: number, rho: number): number {
  const t = n * rho ** 2 + 1;
  return Math.min(1, Math.exp(0.5 * Math.log(t) - evidence(effect, se, n, rho, t)));
}

export function oneSidedHalfWidth(se: number, n: number, rho: number, alpha: number): number {
  const t = n * rho ** 2 + 1;
  return se * Math.sqrt(n) * Math.sqrt((2 * t * Math.log1p(Math.sqrt(t) / (2 * alpha))) / (n * rho) ** 2);
}

/** The one-sided sequence says nothing at an alpha of a half and more. */
const most = 0.4999;
const least = 1e-5;

/**
 * The smallest alpha at which the one-sided bound leaves out nought. Solved it is √t ÷ 2(eᵉ − 1); above 1e-5 it is searched by halving until the bound lies
 * within 1e-6 of nought, so that figures agree with GrowthBook's to the last place though they are that loose.
 */
export function oneSidedP(effect: number, se: number, n: number, rho: number): number {
  const bound = (alpha: number): number => effect - oneSidedHalfWidth(se, n, rho, alpha);
  if (bound(most) < 0) return most;
  if (bound(least) > 0) {
    const t = n * rho ** 2 + 1;
    return Math.sqrt(t) / (2 * Math.expm1(evidence(effect, se, n, rho, t)));
  }
  let [low, high] = [least, most];
  for (let i = 0; i < 100; i++) {
    const alpha = (low + high) / 2;
    const off = bound(alpha);
    if (off < 0) low = alpha;
    else high = alpha;
    if (Math.abs(off) < 1e-6) break;
  }
  return (low + high) / 2;
}

const evidence = (effect: number, se: number, n: number, rho: number, t: number): number =>
  (effect ** 2 * n * rho ** 2) / (2 * t * se ** 2);
