import type { History } from '../history.ts';
import type { Suspicion } from '../suspicion.ts';
import { propertiesOf, stratum, subjectOfProperty, versionsOf, windowsOf } from './properties.ts';

const share = 0.2;
const least = 20;

/**
 * A property that an event never had. Nothing need be wrong; somebody should say what it means.
 * Method: in none of the events looked at on at least 5 of the 14 days before (200 or more), and now in a fifth of 6 or 24
 * hours' events, of all or of one SDK, 20 at least. Certain, so no false alarms but for properties that come only on some days; it is told as news, not as an alarm.
 */
export function propertyNew(history: History): Suspicion[] {
  const windows = windowsOf(history);
  return propertiesOf(history).flatMap((property) => {
    const sdks = [...property.sdks.values()];
    const kinds = sdks.flatMap((one) => one.kinds);
    for (const window of windows) {
      const counted = (of: typeof sdks) =>
        stratum(
          '',
          window,
          of.flatMap((one) => one.kinds.map((k) => k.count)),
          of.flatMap((one) => one.events.map((e) => e.count)),
        );
      const { days } = counted(sdks);
      const before = days.reduce((sum, d) => sum + d.n, 0);
      if (days.filter((d) => d.n > 0).length < 5 || before < 200 || days.some((d) => d.k > 0)) continue;
      // A new release of one app is seen at once, whatever share of all events it has.
      const [s] = [sdks, ...sdks.map((one) => [one])]
        .map(counted)
        .filter((of) => of.k >= least && of.k / of.n >= share)
        .sort((a, b) => b.k / b.n - a.k / a.n);
      if (!s) continue;
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
