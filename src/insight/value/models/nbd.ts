import type { Cells } from './cells.ts';
import type { TransactionModel } from './model.ts';
import { gammaDraw, poissonDraw } from './random.ts';
import { gammaLn } from './special.ts';

/**
 * NBD: everyone buys at a rate of their own (gamma), and nobody leaves. Ehrenberg, "The Pattern of Consumer Purchases", Applied Statistics 8 (1959).
 * What is left of the other models when the data show no drop-out.
 */
export const nbd: TransactionModel = {
  key: 'nbd',
  name: 'NBD',
  names: ['r', 'alpha'],
  starts: [
    [0.5, 10],
    [2, 30],
  ],
  logLikelihood: (cells: Cells) => {
    return ([r, alpha]) => {
      const byX = Float64Array.from(cells.xs, (x) => gammaLn(r! + x) - gammaLn(r!) + r! * Math.log(alpha!));
      const logT = Float64Array.from(cells.times, (t) => Math.log(alpha! + t));
      let sum = 0;
      for (let i = 0; i < cells.size; i++) sum += cells.n[i]! * (byX[cells.xOf[i]!]! - (r! + cells.x[i]!) * logT[cells.TOf[i]!]!);
      return sum;
    };
  },
  alive: () => 1,
  expected: ([r, alpha], t) => (r! / alpha!) * t,
  conditional: ([r, alpha], t, { x, T }) => ((r! + x) / (alpha! + T)) * t,
  simulate: ([r, alpha], t, { x, T }, random) => poissonDraw(gammaDraw(r! + x, random) * (t / (alpha! + T)), random),
};
