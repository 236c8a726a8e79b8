import { betaCdf, normalCdf } from './special.ts';

/** What is believed of a number: its mean, how likely it is below a value, and places along where it may be. */
export interface Belief {
  mean: number;
  cdf(x: number): number;
  places(): number[];
}

/**
 * A share after `hits` of `hits + misses`, with a beta prior (uniform where none is given). Source: A. Gelman et al., Bayesian Data Analysis, 3rd
 * edition, 2.4: the posterior is Beta(a + hits, b + misses).
 */
export function betaBelief(hits: number, misses: number, prior = { a: 1, b: 1 }): Belief {
  const a = prior.a + hits;
  const b = prior.b + misses;
  // On the scale of log odds a beta is close to normal; these are places to look at, not what is believed.
  const centre = Math.log(a / b);
  const sd = Math.sqrt(1 / a + 1 / (2 * a * a) + 1 / b + 1 / (2 * b * b));
  return { mean: a / (a + b), cdf: (x) => betaCdf(x, a, b), places: () => steps.map((z) => 1 / (1 + Math.exp(-centre - z * sd))) };
}

export function normalBelief(mean: number, sd: number): Belief {
  return { mean, cdf: (x) => normalCdf((x - mean) / sd), places: () => steps.map((z) => mean + z * sd) };
}

const steps = Array.from({ length: 201 }, (_, i) => (i - 100) * 0.064);

/**
 * Of independent beliefs: how likely each is the greatest, and what is to be expected to be lost by taking it though another is greater.
 * P(k is greatest) = ∫ Π F_j dF_k over j ≠ k; E(max) = ∫ x dΠ F_j; loss = E(max) − mean. Source: C. Stucchio, Bayesian A/B Testing at VWO (2015), 5 and 6.
 * Integrated by trapezes over the places of all, so that narrow beliefs and wide ones are followed alike: no draws, the same answer every time.
 */
export function bestOf(beliefs: readonly Belief[]): { chance: number[]; loss: number[] } {
  if (beliefs.length === 1) return { chance: [1], loss: [0] };
  const grid = Float64Array.from(new Set(beliefs.flatMap((b) => b.places()))).sort();
  const cdfs = beliefs.map((b) => Float64Array.from(grid, (x) => b.cdf(x)));
  const chance = beliefs.map(() => 0);
  let expected = grid[0]!;
  const others = (at: number, but: number): number => cdfs.reduce((product, cdf, j) => (j === but ? product : product * cdf[at]!), 1);
  const before = beliefs.map((_, k) => others(0, k));
  for (let i = 1; i < grid.length; i++) {
    const width = grid[i]! - grid[i - 1]!;
    const all = [i - 1, i].map((at) => others(at, -1));
    expected += width * (1 - (all[0]! + all[1]!) / 2);
    for (const [k, cdf] of cdfs.entries()) {
      const rest = others(i, k);
      chance[k]! += ((before[k]! + rest) / 2) * (cdf[i]! - cdf[i - 1]!);
      before[k] = rest;
    }
  }
  const sum = chance.reduce((a, b) => a + b, 0);
  return { chance: chance.map((c) => c / sum), loss: beliefs.map((b) => Math.max(0, expected - b.mean)) };
}
