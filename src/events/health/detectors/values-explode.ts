import type { History } from '../history.ts';
import { median } from '../statistics.ts';
import type { Suspicion } from '../suspicion.ts';
import { propertiesOf, stratum, subjectOfProperty, versionsOf, windowsOf } from './properties.ts';

const few = 0.75;
const nearlyAll = 0.95;
const least = 60;

/**
 * A property of few values that suddenly has a new one in nearly every event: an id or a time stamp got into it, and nothing can be grouped by it any more.
 * Method: distinct values in the ranges that were counted together (of 8 values or more), of the values in them, by day. Threshold: at most 0.75 on every one of five days or
 * more before, and now 0.95 of at least 60. Fewer values are more unlike each other, so there must be half as many as on a usual day: an outage does not look like this.
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
    const usable = s.days.filter((d) => d.n >= least);
    const days = usable.map((d) => d.k / d.n);
    if (s.n < Math.max(least, median(usable.map((d) => d.n)) / 2) || days.length < 5 || Math.max(...days) > few || s.k / s.n < nearlyAll)
      return [];
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
