import type { History } from '../history.ts';
import { shiftOf } from '../shares.ts';
import { usualShare } from '../statistics.ts';
import type { Suspicion } from '../suspicion.ts';
import { strays } from './marked.ts';
import { propertiesOf, stratum, subjectOfProperty, versionsOf, windowsOf } from './properties.ts';

const drop = 0.2;
const usual = 0.3;

/**
 * A property that an event had and has no more, or far less often: a field renamed or forgotten in a release.
 * Method: the share of events with it in the last 6 and 24 hours, for each SDK and version, against the median of its 14 days before; a new version is
 * held against the others of its SDK. Threshold: six standard deviations and 0.2 of the events, of a property that at least 0.3 of them had.
 */
export function propertyLost(history: History): Suspicion[] {
  const windows = windowsOf(history);
  return propertiesOf(history).flatMap((property) => {
    let best: Suspicion | undefined;
    for (const window of windows) {
      for (const [sdk, { kinds, events }] of property.sdks) {
        for (const version of [undefined, ...new Set(events.map((e) => e.version))]) {
          const of = (list: typeof kinds) => list.filter((s) => version === undefined || s.version === version);
          const all = stratum(
            sdk,
            window,
            kinds.map((s) => s.count),
            events.map((s) => s.count),
          );
          const now = stratum(
            sdk,
            window,
            of(kinds).map((s) => s.count),
            of(events).map((s) => s.count),
          );
          const shift = shiftOf([usualShare(now.days) ? now : { ...all, k: now.k, n: now.n }], { n: 15 });
          if (!shift || shift.strays > -strays || shift.expected < usual || shift.expected - shift.observed < drop) continue;
          if (best && best.certainty <= shift.strays) continue;
          const { observed, expected, low, high, of: n } = shift;
          best = {
            ...{ detector: 'property_lost', subject: subjectOfProperty(property), severity: 'critical', from: window.from, to: window.to },
            ...{ observed, expected, low, high, of: n, unit: 'share', certainty: shift.strays, by: versionsOf(of(events), window) },
          };
        }
      }
    }
    return best ? [best] : [];
  });
}
