import { features, type KocModel, type KocSettings } from './schema.ts';

/** People with the same counts, and how many of them became KOCs. */
export interface Group {
  f: number[];
  n: number;
  positive: number;
}

/** Fewer KOCs than this say nothing of how one becomes one. */
export const enoughKocs = 20;

function standard(groups: readonly Group[]): { mean: number; sd: number }[] {
  const total = groups.reduce((sum, g) => sum + g.n, 0);
  return features.map((_, k) => {
    const mean = total > 0 ? groups.reduce((sum, g) => sum + g.n * Math.log1p(g.f[k]!), 0) / total : 0;
    const variance = total > 0 ? groups.reduce((sum, g) => sum + g.n * (Math.log1p(g.f[k]!) - mean) ** 2, 0) / total : 0;
    return { mean, sd: variance > 1e-12 ? Math.sqrt(variance) : 1 };
  });
}

/** Standard deviations from the usual, each times its weight; the weights add up to 3, so that the best stand out on the curve. */
export function weighed(groups: readonly Group[], weights: KocSettings['weights']): KocModel {
  const sum = features.reduce((total, f) => total + weights[f], 0) || 1;
  const terms = standard(groups).map((s, k) => ({ feature: features[k]!, ...s, coefficient: (3 * weights[features[k]!]) / sum }));
  return { kind: 'weights', intercept: 0, terms };
}

/** Logistic regression by Newton's steps, with a ridge that keeps what few KOCs say small. */
export function fitted(groups: readonly Group[], ridge = 1): KocModel & { standardErrors: number[]; positives: number; people: number } {
  const scale = standard(groups);
  const rows = groups.map((g) => ({ ...g, x: [1, ...scale.map((s, k) => (Math.log1p(g.f[k]!) - s.mean) / s.sd)] }));
  const size = features.length + 1;
  let beta = new Array<number>(size).fill(0);
  let inverse: number[][] = [];
  for (let step = 0; step < 50; step++) {
    const gradient = beta.map((b, i) => (i === 0 ? 0 : -ridge * b));
    const hessian = beta.map((_, i) => beta.map((__, j) => (i === j && i > 0 ? ridge : 0)));
    for (const { x, n, positive } of rows) {
      const p = 1 / (1 + Math.exp(-x.reduce((sum, v, i) => sum + v * beta[i]!, 0)));
      const w = Math.max(n * p * (1 - p), 1e-12);
      for (let i = 0; i < size; i++) {
        gradient[i]! += x[i]! * (positive - n * p);
        for (let j = 0; j < size; j++) hessian[i]![j]! += w * x[i]! * x[j]!;
      }
    }
    inverse = invert(hessian);
    const move = inverse.map((row) => row.reduce((sum, v, j) => sum + v * gradient[j]!, 0));
    const length = Math.max(...move.map(Math.abs));
    const calm = length > 4 ? 4 / length : 1;
    beta = beta.map((b, i) => b + calm * move[i]!);
    if (length < 1e-10) break;
  }
  return {
    kind: 'logistic',
    intercept: beta[0]!,
    terms: scale.map((s, k) => ({ feature: features[k]!, ...s, coefficient: beta[k + 1]! })),
    standardErrors: inverse.map((row, i) => Math.sqrt(Math.max(0, row[i]!))),
    positives: groups.reduce((sum, g) => sum + g.positive, 0),
    people: groups.reduce((sum, g) => sum + g.n, 0),
  };
}

function invert(matrix: readonly (readonly number[])[]): number[][] {
  const n = matrix.length;
  const m = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let i = 0; i < n; i++) {
    const pivot = m.slice(i).reduce((best, row, k) => (Math.abs(row[i]!) > Math.abs(m[best]![i]!) ? i + k : best), i);
    [m[i], m[pivot]] = [m[pivot]!, m[i]!];
    const scale = m[i]![i]! || 1e-12;
    m[i] = m[i]!.map((v) => v / scale);
    for (let k = 0; k < n; k++) {
      if (k === i) continue;
      const factor = m[k]![i]!;
      m[k] = m[k]!.map((v, j) => v - factor * m[i]![j]!);
    }
  }
  return m.map((row) => row.slice(n));
}
