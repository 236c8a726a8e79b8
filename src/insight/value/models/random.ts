import { gammaDraw, type Random } from '../../../experiments/index.ts';

export { betaDraw, gammaDraw, normalDraw, seeded } from '../../../experiments/index.ts';

export function exponentialDraw(rate: number, random: Random): number {
  return rate > 0 ? -Math.log(random()) / rate : Number.POSITIVE_INFINITY;
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
