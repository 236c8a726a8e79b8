import type { Random } from '../../../experiments/index.ts';
import type { Cells } from './cells.ts';

export type { Random };

/** What is known of one customer: `x` repeat purchases, the last at `tx`, followed until `T`, in the unit of time in which the model was fitted. */
export interface History {
  x: number;
  tx: number;
  T: number;
}

/** A model of when a customer buys and when they are gone for good, with its parameters in the order of `names`. */
export interface TransactionModel {
  key: 'bgnbd' | 'pnbd' | 'mbgnbd' | 'nbd';
  name: string;
  names: readonly string[];
  /** Where looking for the parameters begins. */
  starts: readonly (readonly number[])[];
  /** The logarithm of the likelihood of all cells, as a function of the parameters. */
  logLikelihood(cells: Cells): (parameters: readonly number[]) => number;
  /** The chance that the customer is not gone at T. */
  alive(parameters: readonly number[], history: History): number;
  /** Purchases to be expected of somebody new by t. */
  expected(parameters: readonly number[], t: number): number;
  /** Purchases to be expected of this customer in (T, T + t]. */
  conditional(parameters: readonly number[], t: number, history: History): number;
  /** How often this customer buys in (T, T + t] in one world that fits what is known: for intervals. */
  simulate(parameters: readonly number[], t: number, history: History, random: Random): number;
}

/**
 * What the next weeks' purchases are worth today: expected(k) − expected(k − 1) in each, discounted by the yearly rate to the week's end.
 * With steps of several weeks each is discounted to its middle week's end.
 */
export function discounted(weeks: number, yearlyRate: number, expectedBy: (week: number) => number, step = 1): number {
  let sum = 0;
  let before = 0;
  for (let from = 0; from < weeks; from += step) {
    const to = Math.min(weeks, from + step);
    const by = expectedBy(to);
    sum += (by - before) / (1 + yearlyRate) ** ((from + 1 + to) / 2 / 52);
    before = by;
  }
  return sum;
}
