import { type Interval, z95 } from './interval.ts';

/**
 * The score interval of one proportion.
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927) 209–212:
 * (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n).
 */
export function wilson(part: number, of: number, z = z95): Interval {
  if (!(of > 0)) return { low: 0, high: 1 };
  const p = part / of;
  const z2 = z * z;
  const centre = p + z2 / (2 * of);
  const half = z * Math.sqrt((p * (1 - p)) / of + z2 / (4 * of * of));
  const scale = 1 + z2 / of;
  // At the ends the formula is exactly 0 or 1; rounding must not push it past.
  return {
    low: part === 0 ? 0 : Math.max(0, (centre - half) / scale),
    high: part === of ? 1 : Math.min(1, (centre + half) / scale),
  };
}
