import type { History } from '../history.ts';
import type { Suspicion } from '../suspicion.ts';
import { propertiesOf, stratum, subjectOfProperty, versionsOf, windowsOf } from './properties.ts';

const share = 0.2;
const least = 20;

/**
 * A property that an event never had. Nothing need be wrong; somebody should say what it means.
 * Method: in none of the events looked at on at least 5 of the 14 days before (200 or more), and now in a fifth of 6 or 24 hours, 20 at least. Certain, so no false alarms but
 * for properties that come only on some days; it is told as news, not as an alarm.
 */
export function propertyNew(history: History): Suspicion[] {
  const windows = windowsOf(history);
  return propertiesOf(history).flatMap((property) => {
    const kinds = [...property.sdks.values()].flatMap((s) => s.kinds);
    const events = [...property.sdks.values()].flatMap((s) => s.events);
    for (const window of windows) {
      const s = stratum(
        '',
        window,
        kinds.map((one) => one.count),
        events.map((one) => one.count),
      );
      const before = s.days.reduce((sum, d) => sum + d.n, 0);
      if (s.days.filter((d) => d.n > 0).length < 5 || before < 200 || s.days.some((d) => d.k > 0)) continue;
      if (s.k < least || s.k / s.n < share) continue;
      return [
        {
          ...{
            detector: 'property_new' as const,
            subject: subjectOfProperty(property),
            severity: 'info' as const,
            from: window.from,
            to: window.to,
          },
          ...{
            observed: s.k / s.n,
            expected: 0,
            low: 0,
            high: 0,
            of: s.n,
            unit: 'share' as const,
            certainty: -s.k,
            by: versionsOf(kinds, window),
          },
        },
      ];
    }
    return [];
  });
}
