import type { Random } from './model.ts';
import { gammaDraw } from './random.ts';
import { gammaLn } from './special.ts';

/** Customers with the same number of repeat purchases and the same mean of their amounts. */
export interface Spends {
  x: Float64Array;
  mean: Float64Array;
  n: Float64Array;
}

/**
 * Gamma-gamma: each purchase's amount varies about the customer's own mean (gamma: p), and these vary between customers (gamma: q, v).
 * Fader & Hardie, "The Gamma-Gamma Model of Monetary Value" (note 025, 2013), after Fader, Hardie & Lee, "RFM and CLV", J. of Marketing Research 42 (2005).
 */
export const gammaGamma = {
  names: ['p', 'q', 'v'] as const,
  starts: [
    [6, 4, 15],
    [1, 3, 50],
    [2, 2, 1],
  ],
  /** Equation (1a) of the note. */
  logLikelihood: ({ x, mean, n }: Spends) => {
    const counts = new Map<number, number>();
    let constant = 0;
    for (let i = 0; i < x.length; i++) {
      counts.set(x[i]!, (counts.get(x[i]!) ?? 0) + n[i]!);
      constant += n[i]! * Math.log(mean[i]!);
    }
    return ([p, q, v]: readonly number[]): number => {
      let sum = -constant;
      for (const [k, times] of counts) sum += times * (gammaLn(p! * k + q!) - gammaLn(p! * k) - gammaLn(q!) + q! * Math.log(v!));
      for (let i = 0; i < x.length; i++) {
        const total = x[i]! * mean[i]!;
        const power = p! * x[i]!;
        sum += n[i]! * (power * Math.log(total) - (power + q!) * Math.log(v! + total));
      }
      return sum;
    };
  },
  /** E[M | x, mean]: equation (5). Undefined where the model has no mean: somebody without a repeat, when q ≤ 1. */
  expected: ([p, q, v]: readonly number[], x: number, mean: number): number | undefined => {
    const below = p! * x + q! - 1;
    return below > 0 ? (p! * (v! + x * (x > 0 ? mean : 0))) / below : undefined;
  },
  /** The sum of `count` purchases of somebody in one world that fits what is known. */
  simulate: ([p, q, v]: readonly number[], x: number, mean: number, count: number, random: Random): number => {
    if (count === 0) return 0;
    const rate = gammaDraw(p! * x + q!, random) / (v! + x * (x > 0 ? mean : 0));
    return gammaDraw(p! * count, random) / rate;
  },
};
