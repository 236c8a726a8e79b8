/** Shares with their uncertainty, at 95 %. */
const z = 1.959963984540054;

export interface Share {
  rate: number;
  low: number;
  high: number;
}

/** Wilson's interval: right also for small numbers and for shares near 0 and 1. */
export function wilson(hits: number, n: number): Share {
  if (n === 0) return { rate: 0, low: 0, high: 1 };
  const p = hits / n;
  const middle = p + (z * z) / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const whole = 1 + (z * z) / n;
  return { rate: p, low: hits === 0 ? 0 : (middle - half) / whole, high: hits === n ? 1 : (middle + half) / whole };
}

export interface Difference {
  value: number;
  low: number;
  high: number;
}

/** Newcombe's interval of the difference of two shares (his method 10, from Wilson's intervals). */
export function newcombe(hits: number, n: number, baseHits: number, baseN: number): Difference | null {
  if (n === 0 || baseN === 0) return null;
  const a = wilson(hits, n);
  const b = wilson(baseHits, baseN);
  const value = a.rate - b.rate;
  return {
    value,
    low: value - Math.sqrt((a.rate - a.low) ** 2 + (b.high - b.rate) ** 2),
    high: value + Math.sqrt((a.high - a.rate) ** 2 + (b.rate - b.low) ** 2),
  };
}
