import { betaLn, logAdd } from './special.ts';

/** People with `x` gifts in `n` chances, the last at `tx`; `count` of them. */
export interface Chances {
  x: number;
  tx: number;
  n: number;
  count: number;
}

/** ln of one history's likelihood under BG/BB: equation (6). */
function lnLikelihood([alpha, beta, gamma, delta]: readonly number[], x: number, tx: number, n: number): number {
  const base = betaLn(alpha!, beta!) + betaLn(gamma!, delta!);
  let sum = betaLn(alpha! + x, beta! + n - x) + betaLn(gamma!, delta! + n) - base;
  for (let i = 0; i < n - tx; i++) sum = logAdd(sum, betaLn(alpha! + x, beta! + tx - x + i) + betaLn(gamma! + 1, delta! + tx + i) - base);
  return sum;
}

/**
 * BG/BB: for buying that is possible only at set times (a yearly gift, a weekly box).
 * Fader, Hardie & Shang, "Customer-Base Analysis in a Discrete-Time Noncontractual Setting", Marketing Science 29 (2010). Equations by their numbers there.
 */
export const bgbb = {
  names: ['alpha', 'beta', 'gamma', 'delta'] as const,
  logLikelihood: (rows: readonly Chances[]) => (parameters: readonly number[]) =>
    rows.reduce((sum, { x, tx, n, count }) => sum + count * lnLikelihood(parameters, x, tx, n), 0),
  /** P(alive at chance n + 1): equation (11). */
  alive: (parameters: readonly number[], { x, tx, n }: Omit<Chances, 'count'>): number => {
    const [alpha, beta, gamma, delta] = parameters as [number, number, number, number];
    const here = betaLn(alpha + x, beta + n - x) - betaLn(alpha, beta) + betaLn(gamma, delta + n + 1) - betaLn(gamma, delta);
    return Math.exp(here - lnLikelihood(parameters, x, tx, n));
  },
  /** Gifts to be expected in the next `more` chances: equation (13), as the sum over them. */
  conditional: (parameters: readonly number[], more: number, { x, tx, n }: Omit<Chances, 'count'>): number => {
    const [alpha, beta, gamma, delta] = parameters as [number, number, number, number];
    const all = lnLikelihood(parameters, x, tx, n) + betaLn(alpha, beta) + betaLn(gamma, delta);
    let sum = 0;
    for (let k = 1; k <= more; k++) sum += Math.exp(betaLn(alpha + x + 1, beta + n - x) + betaLn(gamma, delta + n + k) - all);
    return sum;
  },
};
