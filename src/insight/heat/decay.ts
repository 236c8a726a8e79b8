import { type Proportion, proportion } from '../../experiments/index.ts';

/** People by how many days ago something was, and how many of them ordered in the week after. */
export interface DecayPoint {
  /** Days ago: from inclusive, to exclusive; null: longer ago, or never. */
  from: number;
  to: number | null;
  ordered: Proportion;
}

const edges = [0, 1, 2, 3, 5, 7, 14, 30, 60, 90];

/** `ago`: days since, below 0 for never. */
export function decayOf(ago: Float32Array, labels: Uint8Array): DecayPoint[] {
  const people = new Array<number>(edges.length).fill(0);
  const orders = new Array<number>(edges.length).fill(0);
  for (let i = 0; i < ago.length; i++) {
    const at = ago[i]! < 0 ? edges.length - 1 : edges.findLastIndex((edge) => ago[i]! >= edge);
    people[at]! += 1;
    orders[at]! += labels[i]!;
  }
  return edges.map((from, k) => ({ from, to: edges[k + 1] ?? null, ordered: proportion(orders[k]!, people[k]!) }));
}
