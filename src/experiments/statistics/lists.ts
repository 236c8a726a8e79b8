import { mean } from './mean.ts';
import { normalTail, tQuantile, tTail } from './special.ts';
import type { MeanSums } from './summary.ts';
import { variance } from './variance.ts';

/** The sums of a list, around which everything else is worked out. */
export function sumsOf(values: readonly number[]): MeanSums {
  return { kind: 'mean', n: values.length, sum: values.reduce((a, b) => a + b, 0), squares: values.reduce((a, b) => a + b * b, 0) };
}

/** Student's t on the differences of pairs. Source: Student, Biometrika 6 (1908) 1–25. */
export function pairedT(first: readonly number[], second: readonly number[], alpha = 0.05) {
  const differences = first.map((v, i) => v - second[i]!);
  const n = differences.length;
  const spread = variance(differences);
  if (!spread) return null;
  const effect = mean(differences)!;
  const se = Math.sqrt(spread / n);
  const half = se * tQuantile(1 - alpha / 2, n - 1);
  return { effect, t: effect / se, df: n - 1, p: 2 * tTail(Math.abs(effect / se), n - 1), low: effect - half, high: effect + half };
}

/**
 * Mann and Whitney's U (Wilcoxon's rank sum) with mid-ranks, the normal approximation, corrected for ties and for continuity, as R's wilcox.test with exact = FALSE.
 * Source: H. B. Mann & D. R. Whitney, Annals of Mathematical Statistics 18 (1947) 50–60; ties: E. L. Lehmann, Nonparametrics (1975), 1.4.
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): { u: number; p: number } {
  const [m, n] = [first.length, second.length];
  const all = [...first.map((v) => ({ v, mine: true })), ...second.map((v) => ({ v, mine: false }))].sort((x, y) => x.v - y.v);
  let ranks = 0;
  let ties = 0;
  for (let i = 0; i < all.length; ) {
    let j = i;
    while (j < all.length && all[j]!.v === all[i]!.v) j += 1;
    ranks += ((i + j + 1) / 2) * all.slice(i, j).filter((x) => x.mine).length;
    ties += (j - i) ** 3 - (j - i);
    i = j;
  }
  const u = ranks - (m * (m + 1)) / 2;
  const spread = Math.sqrt(((m * n) / 12) * (m + n + 1 - ties / ((m + n) * (m + n - 1))));
  const off = Math.max(0, Math.abs(u - (m * n) / 2) - 0.5);
  return { u, p: spread === 0 ? 1 : Math.min(1, 2 * normalTail(off / spread)) };
}
