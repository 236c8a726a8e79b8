import type { Random } from './model.ts';

/** A small generator with a seed (mulberry32): the same interval is drawn again for the same person and fit. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
}

export function normalDraw(random: Random): number {
  return Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
}

export function exponentialDraw(rate: number, random: Random): number {
  return rate > 0 ? -Math.log(random()) / rate : Number.POSITIVE_INFINITY;
}

/** Gamma with scale 1. Marsaglia & Tsang, ACM Transactions on Mathematical Software 26 (2000). */
export function gammaDraw(shape: number, random: Random): number {
  if (shape < 1) return gammaDraw(shape + 1, random) * random() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const z = normalDraw(random);
    const v = (1 + c * z) ** 3;
    if (v > 0 && Math.log(random()) < 0.5 * z * z + d - d * v + d * Math.log(v)) return d * v;
  }
}

export function betaDraw(a: number, b: number, random: Random): number {
  const x = gammaDraw(a, random);
  const y = gammaDraw(b, random);
  return x + y > 0 ? x / (x + y) : a / (a + b);
}

export function poissonDraw(mean: number, random: Random): number {
  if (!(mean > 0)) return 0;
  // Large means in halves by a gamma draw, so that no power underflows (Ahrens & Dieter 1974).
  if (mean > 30) {
    const m = Math.floor((7 * mean) / 8);
    const g = gammaDraw(m, random);
    if (g <= mean) return m + poissonDraw(mean - g, random);
    let hits = 0;
    for (let i = 1; i < m; i++) if (random() < mean / g) hits += 1;
    return hits;
  }
  const floor = Math.exp(-mean);
  let n = -1;
  for (let product = 1; product > floor; n++) product *= random();
  return Math.max(0, n);
}

/** Purchases at a rate until t or until one leaves, which may be after each with a chance. */
export function buysUntilGone(rate: number, leaves: number, t: number, random: Random): number {
  let count = 0;
  for (let at = exponentialDraw(rate, random); at <= t && count < 100_000; at += exponentialDraw(rate, random)) {
    count += 1;
    if (random() < leaves) break;
  }
  return count;
}
