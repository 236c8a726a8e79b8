/** What another way of choosing would have brought, from choices that were made with known chances. */

export interface Logged {
  /** The chance with which what was chosen was chosen. */
  propensity: number;
  /** The chance with which the other way would have chosen it. */
  target: number;
  /** What came of it: 1 or 0. */
  reward: number;
  /** Expected by a model of what was chosen, and of the other way's choice; the model has not seen this row. */
  modelled: number;
  modelledTarget: number;
}

export interface Estimate {
  value: number;
  low: number;
  high: number;
}
export type OffPolicy =
  | { state: 'refused'; why: 'choices' | 'effective'; choices: number; effective: number; least: typeof leastToSay }
  | {
      state: 'said';
      choices: number;
      /** So many choices of the other way's own would say as much. */
      effective: number;
      least: typeof leastToSay;
      /** What was in fact seen. */
      seen: Estimate;
      ips: Estimate;
      snips: Estimate;
      doublyRobust: Estimate;
    };

/** With less nothing is said. */
export const leastToSay = { choices: 200, effective: 100 };

const z = 1.959964;
function meanOf(values: readonly number[]): Estimate {
  const n = values.length;
  const value = values.reduce((a, b) => a + b, 0) / n;
  const sd = Math.sqrt(values.reduce((s, v) => s + (v - value) ** 2, 0) / Math.max(1, n - 1) / n);
  return { value, low: value - z * sd, high: value + z * sd };
}

/**
 * Inverse propensity (Horvitz & Thompson 1952), self-normalised (Swaminathan & Joachims, NeurIPS 2015; interval by the delta method for a ratio), and doubly
 * robust (Dudík, Langford & Li, ICML 2011). Effective sample size (Kish 1965): (Σw)² / Σw².
 */
export function offPolicy(rows: readonly Logged[]): OffPolicy {
  const weights = rows.map((r) => r.target / r.propensity);
  const sum = weights.reduce((a, b) => a + b, 0);
  const squares = weights.reduce((a, w) => a + w * w, 0);
  const effective = squares > 0 ? (sum * sum) / squares : 0;
  const said = { choices: rows.length, effective, least: leastToSay };
  if (rows.length < leastToSay.choices) return { state: 'refused', why: 'choices', ...said };
  if (effective < leastToSay.effective) return { state: 'refused', why: 'effective', ...said };
  const ips = meanOf(rows.map((r, i) => weights[i]! * r.reward));
  const snips = rows.reduce((s, r, i) => s + weights[i]! * r.reward, 0) / sum;
  const spread = z * (Math.sqrt(rows.reduce((s, r, i) => s + (weights[i]! * (r.reward - snips)) ** 2, 0)) / sum);
  return {
    state: 'said',
    ...said,
    seen: meanOf(rows.map((r) => r.reward)),
    ips,
    snips: { value: snips, low: snips - spread, high: snips + spread },
    doublyRobust: meanOf(rows.map((r, i) => r.modelledTarget + weights[i]! * (r.reward - r.modelled))),
  };
}
