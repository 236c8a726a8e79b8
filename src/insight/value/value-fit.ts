import type { Chosen } from './choose.ts';
import type { Margin } from './margin.ts';
import type { ValueSettings } from './schema.ts';

/** Fewer than these and the numbers would be guesses. */
export const least = { buyers: 100, repeaters: 30, days: 60 };

/** What a fit found, as it is kept and shown. */
export interface ValueFit {
  no: number;
  asOf: string;
  settings: ValueSettings;
  /** `model`: as fitted; `history`: too thin to fit, a year as each level's buyers had it so far. */
  state: 'model' | 'history';
  people: number;
  buyers: number;
  repeaters: number;
  /** From the first order to the last instant counted. */
  days: number;
  least: typeof least;
  margin: Margin;
  model: Omit<Chosen, 'cells'> | null;
  /** `gamma_gamma`: the amounts' model fits; `means`: it does not, and everyone's own mean stands. */
  spending: { by: 'gamma_gamma' | 'means'; mean: number; correlation: number | null };
  invites: { accepted: number; known: number };
}
