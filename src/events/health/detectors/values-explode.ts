import type { History } from '../history.ts';
import { median } from '../statistics.ts';
import type { Suspicion } from '../suspicion.ts';
import { propertiesOf, stratum, subjectOfProperty, versionsOf, windowsOf } from './properties.ts';

const few = 0.5;
const nearlyAll = 0.85;
const least = 60;

/**
 * A property of few values that suddenly has a new one in nearly every event: an id or a time stamp got into it, and nothing can be grouped by it any more.
 * Method: distinct values in the ranges that were counted together, of the values in them, by day. Threshold: at most 0.5 on every one of five days or more before, and now
 * 0.85 of at least 60. Both are far from each other, so that chance alone does not get from one to the other.
 */
export function valuesExplode(history: History): Suspicion[] {
  const window = windowsOf(history).at(-1)!;
  return propertiesOf(history).flatMap((property) => {
    const kinds = [...property.sdks.values()].flatMap((s) => s.kinds);
    const s = stratum(
      '',
      window,
      kinds.map((k) => k.distinct),
      kinds.map((k) => k.distinctOf),
    );
    const days = s.days.filter((d) => d.n >= least).map((d) => d.k / d.n);
    if (s.n < least || days.length < 5 || Math.max(...days) > few || s.k / s.n < nearlyAll) return [];
    return [
      {
        ...{
          detector: 'values_explode' as const,
          subject: subjectOfProperty(property),
          severity: 'warning' as const,
          from: window.from,
          to: window.to,
        },
        ...{
          observed: s.k / s.n,
          expected: median(days),
          low: 0,
          high: few,
          of: s.n,
          unit: 'share' as const,
          certainty: -10,
          by: versionsOf(kinds, window),
        },
      },
    ];
  });
}
