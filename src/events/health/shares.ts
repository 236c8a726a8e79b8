import { type ShareBase, usualShare } from './statistics.ts';

/** A kind of event within which a share is steady, say one event of one SDK: what changes only because the mix of kinds changes is no news. */
export interface Stratum {
  key: string;
  /** Marked and all, in the piece of time looked at. */
  k: number;
  n: number;
  /** The same by day before it, latest first. */
  days: { k: number; n: number }[];
}

export interface Shift {
  observed: number;
  expected: number;
  low: number;
  high: number;
  of: number;
  /** Standard deviations. */
  strays: number;
  /** The strata that moved, most first. */
  by: string[];
}

/**
 * How far the share of marked events is from what these kinds of events usually have. Each stratum has its own usual share (median of its days); their
 * chance adds up, and so does how much the whole strayed from day to day before. Undefined where too little is known or seen.
 */
export function shiftOf(strata: readonly Stratum[], least: { n: number }): Shift | undefined {
  const known: (Stratum & { base: ShareBase })[] = [];
  for (const s of strata) {
    const base = s.n > 0 ? usualShare(s.days) : undefined;
    if (base) known.push({ ...s, base });
  }
  const n = sum(known, (s) => s.n);
  if (n < least.n) return undefined;
  const k = sum(known, (s) => s.k);
  const mean = sum(known, (s) => s.n * clamp(s.base.share, s.n));
  const chance = sum(known, (s) => s.n * clamp(s.base.share, s.n) * (1 - clamp(s.base.share, s.n)));
  const stray = sum(known, (s) => s.n * s.base.stray * Math.sqrt(Math.max(1, s.base.usualOf / s.n)));
  const sd = Math.sqrt(Math.max(chance, 0.5) + stray ** 2);
  const moved = known.map((s) => ({ key: s.key, by: Math.abs(s.k - s.n * s.base.share) })).sort((a, b) => b.by - a.by);
  const most = moved[0]?.by ?? 0;
  return {
    observed: k / n,
    expected: sum(known, (s) => s.n * s.base.share) / n,
    low: Math.max(0, (mean - 3 * sd) / n),
    high: Math.min(1, (mean + 3 * sd) / n),
    of: n,
    strays: (k - mean) / sd,
    by: moved
      .filter((m) => m.by >= most / 4 && m.by > 0)
      .slice(0, 5)
      .map((m) => m.key),
  };
}

const sum = <T>(list: readonly T[], of: (one: T) => number): number => list.reduce((total, one) => total + of(one), 0);
const clamp = (p: number, n: number): number => Math.min(Math.max(p, 0.5 / (n + 20)), 1 - 0.5 / (n + 20));
