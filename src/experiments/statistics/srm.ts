import { chiSquareTail, lnGamma } from './special.ts';

export interface SampleRatio {
  /** Pearson's chi-squared at one look. */
  p: number;
  /** Valid however often one looks. */
  alwaysValidP: number;
}

/**
 * Are the arms as large as they were to be? If not, something decides who is in which arm besides the lot, and no result is to be trusted.
 * Source: A. Fabijan et al., "Diagnosing sample ratio mismatch in online controlled experiments" (KDD 2019); at many looks: M. Lindon & A. Malek,
 * "Anytime-valid inference for multinomial count data" (NeurIPS 2022), equation 5, with a Dirichlet around the weights.
 */
export function sampleRatio(people: readonly number[], weights: readonly number[]): SampleRatio {
  const n = people.reduce((a, b) => a + b, 0);
  const total = weights.reduce((a, b) => a + b, 0);
  if (n === 0 || total === 0) return { p: 1, alwaysValidP: 1 };
  const arms = people.flatMap((seen, i) => (weights[i]! > 0 ? [{ seen, share: weights[i]! / total }] : []));
  // Somebody in an arm that nobody was to be in.
  if (arms.reduce((sum, a) => sum + a.seen, 0) < n) return { p: 0, alwaysValidP: 0 };
  if (arms.length < 2) return { p: 1, alwaysValidP: 1 };
  const x = arms.reduce((sum, { seen, share }) => sum + (seen - n * share) ** 2 / (n * share), 0);
  const evidence = arms.reduce(
    (sum, { seen, share }) => sum + lnGamma(concentration * share + seen) - lnGamma(concentration * share) - seen * Math.log(share),
    lnGamma(concentration) - lnGamma(concentration + n),
  );
  return { p: chiSquareTail(x, arms.length - 1), alwaysValidP: Math.min(1, Math.exp(-evidence)) };
}

/** How close to the weights the mixture lies: some hundreds notice imbalances of a few points soonest, which is what broken assignment looks like. */
const concentration = 400;
