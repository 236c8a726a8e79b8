import type { Cells } from './cells.ts';
import type { History, TransactionModel } from './model.ts';
import { exponentialDraw, gammaDraw, poissonDraw } from './random.ts';
import { gammaLn, hyp2f1One, logAdd } from './special.ts';

/**
 * Pareto/NBD: purchases at a rate of one's own (gamma: r, alpha) until one leaves, unseen, at a rate of one's own (gamma: s, beta).
 * Schmittlein, Morrison & Colombo, "Counting Your Customers", Management Science 33 (1987); likelihood after Fader & Hardie,
 * "A Note on Deriving the Pareto/NBD Model and Related Expressions" (2005).
 */
export const pareto: TransactionModel = {
  key: 'pnbd',
  name: 'Pareto/NBD',
  names: ['r', 'alpha', 's', 'beta'],
  starts: [
    [0.5, 10, 0.6, 12],
    [1, 1, 1, 1],
    [0.5, 20, 0.2, 50],
    [2, 50, 2, 100],
  ],
  logLikelihood,
  alive,
  expected: ([r, alpha, s, beta], t) => (r! / alpha!) * lifetime(s!, beta!, t),
  conditional: (parameters, t, history) => {
    const [r, alpha, s, beta] = parameters as [number, number, number, number];
    const { x, T } = history;
    return alive(parameters, history) * ((r + x) / (alpha + T)) * lifetime(s, beta + T, t);
  },
  simulate: (parameters, t, history, random) => {
    if (random() > alive(parameters, history)) return 0;
    const [r, alpha, s, beta] = parameters as [number, number, number, number];
    const rate = gammaDraw(r + history.x, random) / (alpha + history.T);
    const leaves = exponentialDraw(gammaDraw(s, random) / (beta + history.T), random);
    return poissonDraw(rate * Math.min(t, leaves), random);
  },
};

/** How long of (0, t] somebody is expected to be there who leaves at a gamma-distributed rate: ∫ (beta / (beta + u))^s du, also where s is 1. */
function lifetime(s: number, beta: number, t: number): number {
  const span = Math.log1p(t / beta);
  const v = -(s - 1) * span;
  return beta * (Math.abs(v) < 1e-8 ? span * (1 + v / 2) : (Math.expm1(v) / v) * span);
}

/**
 * ln ∫ from u on of (alpha + v)^−(r+x) (beta + v)^−(s+1) dv: leaving after u, no purchase since.
 * As ₂F₁ with a first parameter of 1 after Euler's transformation: its terms only fall, whatever x is.
 */
function lnGone(r: number, alpha: number, s: number, beta: number, x: number, u: number): number {
  const power = r + s + x;
  if (alpha >= beta) {
    const z = (alpha - beta) / (alpha + u);
    return -power * Math.log(alpha + u) - Math.log(power) - s * Math.log1p(-z) + Math.log(hyp2f1One(r + x, power + 1, z));
  }
  const z = (beta - alpha) / (beta + u);
  return -power * Math.log(beta + u) - Math.log(power) + (1 - r - x) * Math.log1p(-z) + Math.log(hyp2f1One(s + 1, power + 1, z));
}

/** ln(e^a − e^b), a > b up to rounding. */
function logSubtract(a: number, b: number): number {
  return b >= a ? Number.NEGATIVE_INFINITY : a + Math.log(-Math.expm1(b - a));
}

function logLikelihood(cells: Cells) {
  return ([r, alpha, s, beta]: readonly number[]): number => {
    const constant = r! * Math.log(alpha!) + s! * Math.log(beta!) - gammaLn(r!);
    const byX = Float64Array.from(cells.xs, (x) => constant + gammaLn(r! + x));
    const logA = Float64Array.from(cells.times, (t) => Math.log(alpha! + t));
    const logB = Float64Array.from(cells.times, (t) => s! * Math.log(beta! + t));
    const gone = new Float64Array(cells.pairX.length);
    for (let k = 0; k < gone.length; k++)
      gone[k] = lnGone(r!, alpha!, s!, beta!, cells.xs[cells.pairX[k]!]!, cells.times[cells.pairTime[k]!]!);
    const logS = Math.log(s!);
    let sum = 0;
    for (let i = 0; i < cells.size; i++) {
      const end = cells.TOf[i]!;
      const stays = -(r! + cells.x[i]!) * logA[end]! - logB[end]!;
      const leaves = logS + logSubtract(gone[cells.pairTx[i]!]!, gone[cells.pairT[i]!]!);
      sum += cells.n[i]! * (byX[cells.xOf[i]!]! + logAdd(stays, leaves));
    }
    return sum;
  };
}

/** P(alive | x, tx, T): equation (26) of the note. */
function alive([r, alpha, s, beta]: readonly number[], { x, tx, T }: History): number {
  const stays = -(r! + x) * Math.log(alpha! + T) - s! * Math.log(beta! + T);
  const leaves = Math.log(s!) + logSubtract(lnGone(r!, alpha!, s!, beta!, x, tx), lnGone(r!, alpha!, s!, beta!, x, T));
  return Math.exp(stays - logAdd(stays, leaves));
}
