/** A good that might be next for a person, and what is known of the two. Sums that grow without end are logarithms already where they belong to the good alone. */
export interface Candidate {
  code: number;
  buys: number;
  /** Own orders, fading by half in 30 and in 120 days. */
  fresh: number;
  lasting: number;
  /** Days since the last order, the usual days between two, and how near the one is to the other. */
  since: number;
  every: number;
  due: number;
  /** How often the person, and whoever has the good, buys again (logarithms). */
  comesBack: number;
  rebought: number;
  /** How well it goes with what the person has, and with what they had lately; which good says so most. */
  knn: number;
  near: number;
  because: number;
  /** All that the person has says so much. */
  pull: number;
  hot: number;
  warm: number;
  share: number;
  look: number;
  affinity: number;
  /** How far from what the person pays. */
  distance: number;
}

/** What is known of a person and a good when it is asked how well they fit. The order is the order of the weights. */
export interface Feature {
  key: string;
  of(c: Candidate): number;
  /** Which reason it speaks for. */
  speaks: 'again' | 'together' | 'popular' | 'level' | 'looked' | 'category' | 'price';
}

const log1p = (x: number): number => (x > 0 ? Math.log1p(x) : 0);

/**
 * `due`: how near the time since the last order is to the person's own interval (drawn towards the good's, where the person's are few), as the density of a
 * log-normal around it.
 */
export const features: readonly Feature[] = [
  { key: 'owned', of: (c) => (c.buys > 0 ? 1 : 0), speaks: 'again' },
  { key: 'times', of: (c) => log1p(c.buys), speaks: 'again' },
  { key: 'fresh', of: (c) => log1p(c.fresh), speaks: 'again' },
  { key: 'lasting', of: (c) => log1p(c.lasting), speaks: 'again' },
  { key: 'due', of: (c) => (c.buys > 1 ? c.due : 0), speaks: 'again' },
  { key: 'dueOnce', of: (c) => (c.buys === 1 ? c.due : 0), speaks: 'again' },
  { key: 'comesBack', of: (c) => (c.buys > 0 ? c.comesBack : 0), speaks: 'again' },
  { key: 'isRebought', of: (c) => (c.buys > 0 ? c.rebought : 0), speaks: 'again' },
  { key: 'together', of: (c) => log1p((10 * c.knn) / Math.sqrt(c.pull + 1)), speaks: 'together' },
  { key: 'near', of: (c) => log1p(10 * c.near), speaks: 'together' },
  { key: 'hot', of: (c) => c.hot, speaks: 'popular' },
  { key: 'warm', of: (c) => c.warm, speaks: 'popular' },
  { key: 'level', of: (c) => c.share, speaks: 'level' },
  { key: 'looked', of: (c) => c.look, speaks: 'looked' },
  { key: 'category', of: (c) => Math.sqrt(c.affinity), speaks: 'category' },
  { key: 'price', of: (c) => c.distance, speaks: 'price' },
];
