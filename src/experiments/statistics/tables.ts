import type { Interval } from './interval.ts';
import { betaQuantile, chiSquareTail, lnGamma, normalQuantile } from './special.ts';

interface Share {
  part: number;
  of: number;
}

/**
 * Are the shares of two or more groups the same? Pearson's chi-squared; with two groups the square of the pooled z test, with Yates's correction where asked.
 * Source: R. G. Newcombe (1998) and R's prop.test, whose interval (Wald, with the same correction) of the difference first − second it gives for two.
 */
export function sameShares(groups: readonly Share[], options: { corrected?: boolean; alpha?: number } = {}) {
  const { corrected = false, alpha = 0.05 } = options;
  const part = groups.reduce((sum, g) => sum + g.part, 0);
  const of = groups.reduce((sum, g) => sum + g.of, 0);
  const share = part / of;
  const [a, b] = groups as [Share, Share];
  const difference = groups.length === 2 ? a.part / a.of - b.part / b.of : null;
  const inverse = groups.reduce((sum, g) => sum + 1 / g.of, 0);
  const yates = difference !== null && corrected ? Math.min(0.5, Math.abs(difference) / inverse) : 0;
  const chiSquare = groups.reduce((sum, g) => {
    const off = Math.abs(g.part - g.of * share) - yates;
    return sum + off ** 2 / (g.of * share) + off ** 2 / (g.of * (1 - share));
  }, 0);
  let interval: Interval | null = null;
  if (difference !== null) {
    const spread = groups.reduce((sum, g) => sum + ((g.part / g.of) * (1 - g.part / g.of)) / g.of, 0);
    const half = normalQuantile(1 - alpha / 2) * Math.sqrt(spread) + yates * inverse;
    interval = { low: Math.max(-1, difference - half), high: Math.min(1, difference + half) };
  }
  return { chiSquare, p: chiSquareTail(chiSquare, groups.length - 1), difference, interval };
}

/** The exact interval of a share. Source: C. J. Clopper & E. S. Pearson, Biometrika 26 (1934) 404–413, by beta quantiles. */
export function clopperPearson(part: number, of: number, alpha = 0.05): Interval {
  if (!(of > 0)) return { low: 0, high: 1 };
  return {
    low: part === 0 ? 0 : betaQuantile(alpha / 2, part, of - part + 1),
    high: part === of ? 1 : betaQuantile(1 - alpha / 2, part + 1, of - part),
  };
}

/**
 * Fisher's exact test of two small groups, two-sided: all tables as rare as this one or rarer. `odds`: the conditional estimate of greatest likelihood.
 * Source: A. Agresti, Categorical Data Analysis, 3rd edition, 3.5 and 16.6.4; as R's fisher.test.
 */
export function fisher([[a, b], [c, d]]: readonly [readonly [number, number], readonly [number, number]]): { p: number; odds: number } {
  const [row, other, column] = [a + b, c + d, a + c];
  const choose = (n: number, k: number): number => lnGamma(n + 1) - lnGamma(k + 1) - lnGamma(n - k + 1);
  const low = Math.max(0, column - other);
  const high = Math.min(row, column);
  const tables = Array.from({ length: high - low + 1 }, (_, i) => ({
    x: low + i,
    ln: choose(row, low + i) + choose(other, column - low - i),
  }));
  const weightsAt = (lnOdds: number): number[] => {
    const raw = tables.map((t) => t.ln + lnOdds * t.x);
    const top = Math.max(...raw);
    const sum = raw.reduce((s, r) => s + Math.exp(r - top), 0);
    return raw.map((r) => Math.exp(r - top) / sum);
  };
  const even = weightsAt(0);
  const seen = even[a - low]!;
  const p = Math.min(
    1,
    even.filter((w) => w <= seen * (1 + 1e-7)).reduce((s, w) => s + w, 0),
  );
  if (a === low) return { p, odds: low === high ? 1 : 0 };
  if (a === high) return { p, odds: Number.POSITIVE_INFINITY };
  let [from, to] = [-60, 60];
  for (let i = 0; i < 200; i++) {
    const at = (from + to) / 2;
    const mean = weightsAt(at).reduce((s, w, k) => s + w * tables[k]!.x, 0);
    if (mean < a) from = at;
    else to = at;
  }
  return { p, odds: Math.exp((from + to) / 2) };
}
