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

const steps = Array.from({ length: 81 }, (_, i) => (i - 40) * 0.16);

/**
 * Of independent beliefs: how likely each is the greatest, and what is to be expected to be lost by taking it though another is greater.
 * P(k is greatest) = ∫ Π F_j dF_k over j ≠ k; E(max) = ∫ x dΠ F_j; loss = E(max) − mean. Source: C. Stucchio, Bayesian A/B Testing at VWO (2015), 5 and 6.
 * Integrated by trapezes over the places of all, halved once and extrapolated (Richardson): narrow beliefs and wide ones are followed alike, without draws,
 * so the answer is the same every time.
 */
export function bestOf(beliefs: readonly Belief[]): { chance: number[]; loss: number[] } {
  if (beliefs.length === 1) return { chance: [1], loss: [0] };
  const coarse = Float64Array.from(new Set(beliefs.flatMap((b) => b.places()))).sort();
  const fine = Float64Array.from({ length: coarse.length * 2 - 1 }, (_, i) => (coarse[i >> 1]! + coarse[(i + 1) >> 1]!) / 2);
  const cdfs = beliefs.map((b) => Float64Array.from(fine, (x) => b.cdf(x)));
  const wide = integrals(fine, cdfs, 2);
  const narrow = integrals(fine, cdfs, 1);
  const better = (of: number, from: number): number => of + (of - from) / 3;
  const chance = narrow.chance.map((c, k) => Math.max(0, better(c, wide.chance[k]!)));
  const sum = chance.reduce((a, b) => a + b, 0);
  const greatest = better(narrow.greatest, wide.greatest);
  return { chance: chance.map((c) => c / sum), loss: beliefs.map((b) => Math.max(0, greatest - b.mean)) };
}

function integrals(grid: Float64Array, cdfs: readonly Float64Array[], stride: number): { chance: number[]; greatest: number } {
  const product = (at: number, but: number): number => cdfs.reduce((all, cdf, j) => (j === but ? all : all * cdf[at]!), 1);
  const chance = cdfs.map(() => 0);
  let greatest = grid[0]!;
  for (let i = stride; i < grid.length; i += stride) {
    const j = i - stride;
    greatest += (grid[i]! - grid[j]!) * (1 - (product(i, -1) + product(j, -1)) / 2);
    for (const [k, cdf] of cdfs.entries()) chance[k]! += ((product(i, k) + product(j, k)) / 2) * (cdf[i]! - cdf[j]!);
  }
  return { chance, greatest };
}
