/** Learning to put goods in order: one weight a feature, fitted to what people then bought. */

export interface RankSample {
  width: number;
  /** Rows of features, person by person. */
  rows: Float32Array;
  /** 1 where the person bought the good afterwards. */
  labels: Uint8Array;
  /** Where each person's rows begin, and the end of the last. */
  starts: Int32Array;
  /** Of each person all that was bought afterwards, also what was no candidate. */
  bought: Int32Array;
}

export const top = 10;
const discount = Float64Array.from({ length: top }, (_, i) => 1 / Math.log2(i + 2));

/** The best that a list of ten can have with so many goods that were bought. */
export const idealOf = (bought: number): number => {
  let sum = 0;
  for (let i = 0; i < Math.min(top, bought); i++) sum += discount[i]!;
  return sum;
};

/** Discounted gain of a list of what was bought (1) and what was not (0). */
export const gainOf = (hits: readonly (0 | 1 | boolean)[]): number =>
  hits.slice(0, top).reduce<number>((sum, hit, i) => sum + (hit ? discount[i]! : 0), 0);

/** Mean NDCG@10 of an order by scores. */
export function ndcgOf(sample: RankSample, scores: Float64Array): number {
  const { starts, labels, bought } = sample;
  const people = starts.length - 1;
  const best = new Float64Array(top);
  const hit = new Uint8Array(top);
  let total = 0;
  for (let u = 0; u < people; u++) {
    let n = 0;
    for (let i = starts[u]!; i < starts[u + 1]!; i++) {
      const s = scores[i]!;
      if (n === top && s <= best[top - 1]!) continue;
      let j = n < top ? n++ : top - 1;
      while (j > 0 && best[j - 1]! < s) {
        best[j] = best[j - 1]!;
        hit[j] = hit[j - 1]!;
        j--;
      }
      best[j] = s;
      hit[j] = labels[i]!;
    }
    let gain = 0;
    for (let j = 0; j < n; j++) if (hit[j]) gain += discount[j]!;
    const ideal = idealOf(bought[u]!);
    if (ideal > 0) total += gain / ideal;
  }
  return people > 0 ? total / people : 0;
}

const scoresOf = ({ width, rows, labels }: RankSample, weights: readonly number[]): Float64Array => {
  const out = new Float64Array(labels.length);
  for (let i = 0; i < out.length; i++) {
    let s = 0;
    for (let j = 0; j < width; j++) s += weights[j]! * rows[i * width + j]!;
    out[i] = s;
  }
  return out;
};

/**
 * First the softmax over each person's goods (ListNet's top-one likelihood: Cao et al., ICML 2007) by steps of Adam, which looks at all rows; then
 * coordinate ascent on NDCG@10 itself (Metzler & Croft, Information Retrieval 10, 2007) from there, which looks at the measure that counts. `give`: called every few milliseconds, so that others get their turn.
 */
export async function fitRanking(
  sample: RankSample,
  give: () => Promise<void> = async () => {},
): Promise<{ weights: number[]; ndcg: number }> {
  return ascend(sample, await softmaxFit(sample, give), give);
}

const steps = 80;
const penalty = 1e-3;

async function softmaxFit(sample: RankSample, give: () => Promise<void>): Promise<number[]> {
  const { width, rows, labels, starts } = sample;
  const people = starts.length - 1;
  const scale = new Float64Array(width);
  const n = labels.length;
  for (let j = 0; j < width; j++) {
    let mean = 0;
    let square = 0;
    for (let i = 0; i < n; i++) {
      const v = rows[i * width + j]!;
      mean += v / n;
      square += (v * v) / n;
    }
    scale[j] = square - mean * mean > 1e-12 ? 1 / Math.sqrt(square - mean * mean) : 0;
  }
  const w = new Float64Array(width);
  const m = new Float64Array(width);
  const v = new Float64Array(width);
  const chance = new Float64Array(n);
  for (let step = 1; step <= steps; step++) {
    await give();
    const slope = Float64Array.from(w, (x) => -penalty * x);
    for (let u = 0; u < people; u++) {
      const [from, to] = [starts[u]!, starts[u + 1]!];
      let most = Number.NEGATIVE_INFINITY;
      let hits = 0;
      for (let i = from; i < to; i++) {
        let s = 0;
        for (let j = 0; j < width; j++) s += w[j]! * scale[j]! * rows[i * width + j]!;
        chance[i] = s;
        if (s > most) most = s;
        hits += labels[i]!;
      }
      if (hits === 0) continue;
      let sum = 0;
      for (let i = from; i < to; i++) sum += chance[i] = Math.exp(chance[i]! - most);
      for (let i = from; i < to; i++) {
        const miss = (labels[i]! / hits - chance[i]! / sum) / people;
        if (Math.abs(miss) < 1e-9) continue;
        for (let j = 0; j < width; j++) slope[j]! += miss * scale[j]! * rows[i * width + j]!;
      }
    }
    for (let j = 0; j < width; j++) {
      m[j] = 0.9 * m[j]! + 0.1 * slope[j]!;
      v[j] = 0.999 * v[j]! + 0.001 * slope[j]! ** 2;
      w[j] = w[j]! + (0.15 * (m[j]! / (1 - 0.9 ** step))) / (Math.sqrt(v[j]! / (1 - 0.999 ** step)) + 1e-8);
    }
  }
  return Array.from(w, (x, j) => x * scale[j]!);
}

/** Tries each weight nearer and further while all others stand; takes what is better by more than chance would often make it. */
async function ascend(sample: RankSample, start: number[], give: () => Promise<void>): Promise<{ weights: number[]; ndcg: number }> {
  const { width, rows } = sample;
  const weights = [...start];
  const scores = scoresOf(sample, weights);
  let best = ndcgOf(sample, scores);
  const trial = new Float64Array(scores.length);
  for (let round = 0; round < 3; round++) {
    const before = best;
    for (let j = 0; j < width; j++) {
      for (const by of [-0.5, -0.2, 0.2, 0.5]) {
        const change = by * (Math.abs(weights[j]!) || 0.1);
        for (let i = 0; i < trial.length; i++) trial[i] = scores[i]! + change * rows[i * width + j]!;
        const got = ndcgOf(sample, trial);
        await give();
        if (got <= best + 1e-4) continue;
        best = got;
        weights[j]! += change;
        scores.set(trial);
      }
    }
    if (best < before + 5e-4) break;
  }
  return { weights, ndcg: best };
}
