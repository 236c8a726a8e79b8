import type { Cells } from './cells.ts';
import type { History, TransactionModel } from './model.ts';
import { betaDraw, buysUntilGone, gammaDraw } from './random.ts';
import { betaLn, gammaLn, hyp2f1, softplus } from './special.ts';

/**
 * BG/NBD: purchases at a rate of one's own (gamma: r, alpha); after each, the customer leaves for good with a chance of one's own (beta: a, b).
 * Fader, Hardie & Lee, "Counting Your Customers the Easy Way", Marketing Science 24 (2005). Equations by their numbers there.
 */
export const bgnbd: TransactionModel = {
  key: 'bgnbd',
  name: 'BG/NBD',
  names: ['r', 'alpha', 'a', 'b'],
  starts: [
    [0.3, 5, 0.8, 2.5],
    [1, 1, 1, 1],
    [0.5, 20, 0.2, 5],
    [2, 50, 2, 10],
  ],
  logLikelihood,
  alive,
  expected: (parameters, t) => purchases(parameters, t, { x: 0, tx: 0, T: 0 }),
  conditional: (parameters, t, history) => purchases(parameters, t, history) * alive(parameters, history),
  simulate: (parameters, t, history, random) => {
    if (random() > alive(parameters, history)) return 0;
    const [r, alpha, a, b] = parameters as [number, number, number, number];
    const rate = gammaDraw(r + history.x, random) / (alpha + history.T);
    return buysUntilGone(rate, betaDraw(a, b + history.x, random), t, random);
  },
};

/** Equation (6), of customers in cells. */
function logLikelihood(cells: Cells) {
  return ([r, alpha, a, b]: readonly number[]): number => {
    const base = betaLn(a!, b!);
    const constant = r! * Math.log(alpha!) - gammaLn(r!);
    const byX = Float64Array.from(cells.xs, (x) => constant + gammaLn(r! + x) + betaLn(a!, b! + x) - base);
    const left = Float64Array.from(cells.xs, (x) => (x > 0 ? Math.log(a! / (b! + x - 1)) : Number.NEGATIVE_INFINITY));
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

/** P(alive | x, tx, T): Fader, Hardie & Lee, note "Computing P(alive) Using the BG/NBD Model" (2008). */
function alive([r, alpha, a, b]: readonly number[], { x, tx, T }: History): number {
  if (x === 0) return 1;
  return Math.exp(-softplus(Math.log(a! / (b! + x - 1)) + (r! + x) * (Math.log(alpha! + T) - Math.log(alpha! + tx))));
}

/** Equation (10) without its denominator: purchases in (T, T + t] of somebody who is alive at T. With x = 0 and T = 0 equation (9). */
function purchases(parameters: readonly number[], t: number, { x, T }: History): number {
  const [r, alpha, a, b] = parameters as [number, number, number, number];
  if (t <= 0) return 0;
  // At a = 1 and a + b + x = 1 the formula is 0 / 0; its limit is the mean of both sides.
  const hole = [a - 1, a + b + x - 1].some((v) => Math.abs(v) < 1e-6);
  if (hole) return [1e-5, -1e-5].reduce((sum, by) => sum + purchases([r, alpha, a + by * 1.1, b + by * 0.3], t, { x, tx: 0, T }) / 2, 0);
  const z = t / (alpha + T + t);
  const { sign, log } = hyp2f1(r + x, b + x, a + b + x - 1, z);
  const remaining = sign * Math.exp(log + (r + x) * Math.log1p(-z));
  return Math.max(0, ((a + b + x - 1) / (a - 1)) * (1 - remaining));
}

/** P(X(t) = x) for somebody new, x = 0 … most: equation (8). */
export function bgnbdProbabilities([r, alpha, a, b]: readonly number[], t: number, most: number): number[] {
  const stay = Math.log(alpha! / (alpha! + t));
  const go = Math.log(t / (alpha! + t));
  const nbdAt = (j: number) => Math.exp(gammaLn(r! + j) - gammaLn(r!) - gammaLn(j + 1) + r! * stay + j * go);
  const out: number[] = [];
  for (let x = 0; x <= most; x++) {
    const stays = Math.exp(betaLn(a!, b! + x) - betaLn(a!, b!)) * nbdAt(x);
    if (x === 0) {
      out.push(stays);
      continue;
    }
    // At least x purchases if nobody left: summed from x on, where one less the sum before x would lose its digits.
    let tail = 0;
    for (let j = x; ; j++) {
      const term = nbdAt(j);
      tail += term;
      if (j > x + 5 && term < 1e-17 * tail) break;
    }
    out.push(stays + Math.exp(betaLn(a! + 1, b! + x - 1) - betaLn(a!, b!)) * tail);
  }
  return out;
}
