import { chances, fitLogistic, type Logistic, type Quality, qualityOf, type Sample } from './logistic.ts';

/** Looks back at weeks of the past; the latest of them are kept apart to be foretold. */
export interface Training {
  width: number;
  /** How many of a row's numbers are features. */
  columns: number;
  penalty: number;
  features: Float32Array;
  labels: Uint8Array;
  /** Rows from here on are the later weeks. */
  later: number;
}

export interface Trained {
  /** Of all weeks: what is used. */
  model: Logistic;
  base: number;
  /** What a model of the earlier weeks said of the later ones. */
  quality: Quality;
}

/** The model of the earlier weeks is judged by the later ones; then all weeks make the one that is used. */
export function train({ width, columns, penalty, features, labels, later }: Training): Trained {
  const part = (from: number, to: number): Sample => ({
    width,
    features: features.subarray(from * width, to * width),
    labels: labels.subarray(from, to),
  });
  const early = part(0, later);
  const late = part(later, labels.length);
  const share = (list: Uint8Array) => list.reduce((a, b) => a + b, 0) / Math.max(1, list.length);
  const judged = fitLogistic(early, columns, penalty);
  return {
    model: fitLogistic({ width, features, labels }, columns, penalty),
    base: share(labels),
    quality: qualityOf(chances(late, judged), late.labels, share(early.labels)),
  };
}
