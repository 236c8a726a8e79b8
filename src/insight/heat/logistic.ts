import { invertPositive } from '../value/models/optimise.ts';

/** Rows of features side by side, and what came of each. */
export interface Sample {
  width: number;
  features: Float32Array;
  labels: Uint8Array;
}

export interface Logistic {
  intercept: number;
  /** Per unit of a feature as it is. */
  weights: number[];
  means: number[];
}

export const chanceOf = (log: number): number => 1 / (1 + Math.exp(-log));

/**
 * Logistic regression with a quadratic penalty on standardised coefficients (ridge: le Cessie & van Houwelingen, Applied Statistics 41, 1992), by Newton's steps.
 * `columns`: how many of each row's numbers are features.
 */
export function fitLogistic({ width, features, labels }: Sample, columns: number, penalty: number): Logistic {
  const rows = labels.length;
  const means = new Array<number>(columns).fill(0);
  const spreads = new Array<number>(columns).fill(0);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) means[j]! += features[i * width + j]! / rows;
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) spreads[j]! += (features[i * width + j]! - means[j]!) ** 2 / rows;
  // A feature that never varies says nothing.
  const scale = spreads.map((v) => (v > 1e-12 ? 1 / Math.sqrt(v) : 0));
  const size = columns + 1;
  const base = Math.min(1 - 1e-6, Math.max(1e-6, labels.reduce((a, b) => a + b, 0) / rows));
  let beta = [Math.log(base / (1 - base)), ...new Array<number>(columns).fill(0)];
  const x = new Float64Array(size);
  for (let step = 0; step < 30; step++) {
    const bend = Array.from({ length: size }, (_, j) => Array.from({ length: size }, (_, k) => (j === k ? (j === 0 ? 1e-9 : penalty) : 0)));
    const slope = beta.map((b, j) => (j === 0 ? 0 : -penalty * b));
    x[0] = 1;
    for (let i = 0; i < rows; i++) {
      let log = beta[0]!;
      for (let j = 0; j < columns; j++) {
        const v = (features[i * width + j]! - means[j]!) * scale[j]!;
        x[j + 1] = v;
        log += beta[j + 1]! * v;
      }
      const chance = chanceOf(log);
      const weight = chance * (1 - chance);
      const miss = labels[i]! - chance;
      for (let j = 0; j < size; j++) {
        slope[j]! += miss * x[j]!;
        const row = bend[j]!;
        const w = weight * x[j]!;
        for (let k = 0; k <= j; k++) row[k]! += w * x[k]!;
      }
    }
    for (let j = 0; j < size; j++) for (let k = 0; k < j; k++) bend[k]![j] = bend[j]![k]!;
    const inverse = invertPositive(bend);
    if (!inverse) break;
    const move = inverse.map((row) => row.reduce((sum, v, j) => sum + v * slope[j]!, 0));
    // Far steps from a flat start are halved in reach, so that none overshoots.
    const longest = Math.max(...move.map(Math.abs));
    const part = longest > 4 ? 4 / longest : 1;
    beta = beta.map((b, j) => b + part * move[j]!);
    if (longest < 1e-8) break;
  }
  const weights = beta.slice(1).map((b, j) => b * scale[j]!);
  return { intercept: beta[0]! - weights.reduce((sum, w, j) => sum + w * means[j]!, 0), weights, means };
}

/** The chance of each row. */
export function chances({ width, features, labels }: Sample, { intercept, weights }: Logistic): Float64Array {
  return Float64Array.from(labels, (_, i) => {
    let log = intercept;
    for (let j = 0; j < weights.length; j++) log += weights[j]! * features[i * width + j]!;
    return chanceOf(log);
  });
}

export interface Quality {
  rows: number;
  orders: number;
  /** Mean squared miss, and that of saying the usual chance of everyone. */
  brier: number;
  brierOfBase: number;
  /** The chance that somebody who orders is ranked above somebody who does not. */
  auc: number;
  /** Tenths by foretold chance: what was said and what happened. */
  tenths: { people: number; orders: number; foretold: number; happened: number }[];
}

/** How chances stand against what came of it. `base`: the usual chance as it was known beforehand. */
export function qualityOf(said: Float64Array, labels: Uint8Array, base: number): Quality {
  const rows = labels.length;
  const order = Array.from(said.keys()).sort((a, b) => said[a]! - said[b]!);
  const orders = labels.reduce((a, b) => a + b, 0);
  let brier = 0;
  let plain = 0;
  for (let i = 0; i < rows; i++) {
    brier += (said[i]! - labels[i]!) ** 2 / rows;
    plain += (base - labels[i]!) ** 2 / rows;
  }
  // Ranks of those who ordered; equals share theirs (Mann & Whitney).
  let ranks = 0;
  for (let i = 0; i < rows; ) {
    let j = i;
    let hits = 0;
    while (j < rows && said[order[j]!] === said[order[i]!]) hits += labels[order[j++]!]!;
    ranks += (hits * (i + 1 + j)) / 2;
    i = j;
  }
  const tenths = Array.from({ length: 10 }, (_, k) => {
    const part = order.slice(Math.floor((k * rows) / 10), Math.floor(((k + 1) * rows) / 10));
    const hits = part.reduce((sum, i) => sum + labels[i]!, 0);
    const sum = part.reduce((total, i) => total + said[i]!, 0);
    return { people: part.length, orders: hits, foretold: sum / Math.max(1, part.length), happened: hits / Math.max(1, part.length) };
  });
  const others = rows - orders;
  return {
    ...{ rows, orders, brier, brierOfBase: plain, tenths },
    auc: orders > 0 && others > 0 ? (ranks - (orders * (orders + 1)) / 2) / (orders * others) : 0.5,
  };
}
