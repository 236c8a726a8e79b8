import type { Cells } from './cells.ts';
import type { History, TransactionModel } from './model.ts';
import { betaDraw, buysUntilGone, gammaDraw } from './random.ts';
import { betaLn, gammaLn, hyp2f1, softplus } from './special.ts';

/**
 * MBG/NBD: as BG/NBD, but one may also leave right after the first purchase.
 * Batislam, Denizel & Filiztekin, "Empirical validation and comparison of models for customer base analysis", Int. J. of Research in Marketing 24 (2007); Hoppe & Wagner (2007).
 */
export const mbgnbd: TransactionModel = {
  key: 'mbgnbd',
  name: 'MBG/NBD',
  names: ['r', 'alpha', 'a', 'b'],
  starts: [
    [0.5, 6, 0.9, 1.6],
    [1, 1, 1, 1],
    [0.5, 20, 0.2, 5],
    [2, 50, 2, 10],
  ],
  logLikelihood,
  alive,
  expected: (parameters, t) => {
    const [, , a, b] = parameters as [number, number, number, number];
    return (b / (a + b)) * purchases(parameters, t, { x: 0, tx: 0, T: 0 });
  },
  conditional: (parameters, t, history) => purchases(parameters, t, history) * alive(parameters, history),
  simulate: (parameters, t, history, random) => {
    if (random() > alive(parameters, history)) return 0;
    const [r, alpha, a, b] = parameters as [number, number, number, number];
    const rate = gammaDraw(r + history.x, random) / (alpha + history.T);
    return buysUntilGone(rate, betaDraw(a, b + history.x + 1, random), t, random);
  },
};

function logLikelihood(cells: Cells) {
  return ([r, alpha, a, b]: readonly number[]): number => {
    const base = betaLn(a!, b!);
    const constant = r! * Math.log(alpha!) - gammaLn(r!);
    const byX = Float64Array.from(cells.xs, (x) => constant + gammaLn(r! + x) + betaLn(a!, b! + x + 1) - base);
    const left = Float64Array.from(cells.xs, (x) => Math.log(a! / (b! + x)));
    const logTime = Float64Array.from(cells.times, (t) => Math.log(alpha! + t));
    let sum = 0;
    for (let i = 0; i < cells.size; i++) {
      const k = cells.xOf[i]!;
      const power = r! + cells.x[i]!;
      const end = logTime[cells.TOf[i]!]!;
      sum += cells.n[i]! * (byX[k]! - power * end + softplus(left[k]! + power * (end - logTime[cells.txOf[i]!]!)));
    }
    return sum;
  };
}

function alive([r, alpha, a, b]: readonly number[], { x, tx, T }: History): number {
  return Math.exp(-softplus(Math.log(a! / (b! + x)) + (r! + x) * (Math.log(alpha! + T) - Math.log(alpha! + tx))));
}

/** Purchases in (T, T + t] of somebody who is alive at T. */
function purchases(parameters: readonly number[], t: number, { x, T }: History): number {
  const [r, alpha, a, b] = parameters as [number, number, number, number];
  if (t <= 0) return 0;
  // At a = 1 the formula is 0 / 0; its limit is the mean of both sides.
  if (Math.abs(a - 1) < 1e-6) return [1e-5, -1e-5].reduce((sum, by) => sum + purchases([r, alpha, 1 + by, b], t, { x, tx: 0, T }) / 2, 0);
  const z = t / (alpha + T + t);
  const { sign, log } = hyp2f1(r + x, b + x + 1, a + b + x, z);
  const remaining = sign * Math.exp(log + (r + x) * Math.log1p(-z));
  return Math.max(0, ((a + b + x) / (a - 1)) * (1 - remaining));
}
