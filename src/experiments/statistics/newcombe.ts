import { type Interval, z95 } from './interval.ts';
import { wilson } from './wilson.ts';

/**
 * The interval of the difference a − b of two independent proportions.
 * Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven
 * methods", Statistics in Medicine 17 (1998) 873–890, method 10 (square-and-add of the two Wilson intervals, no continuity correction).
 */
export function newcombe(a: { part: number; of: number }, b: { part: number; of: number }, z = z95): Interval & { difference: number } {
  const pa = a.of > 0 ? a.part / a.of : 0;
  const pb = b.of > 0 ? b.part / b.of : 0;
  const wa = wilson(a.part, a.of, z);
  const wb = wilson(b.part, b.of, z);
  const difference = pa - pb;
  return {
    difference,
    low: Math.max(-1, difference - Math.sqrt((pa - wa.low) ** 2 + (wb.high - pb) ** 2)),
    high: Math.min(1, difference + Math.sqrt((wa.high - pa) ** 2 + (pb - wb.low) ** 2)),
  };
}
