import type { History } from '../history.ts';
import { shiftOf } from '../shares.ts';
import type { Suspicion } from '../suspicion.ts';
import { strays } from './marked.ts';
import { propertiesOf, stratum, subjectOfProperty, versionsOf, windowsOf } from './properties.ts';

const growth = 0.1;
const least = 10;

/**
 * A property that comes, but with nothing in it (an empty text, list or object; null is not kept and counts as lost).
 * Method: the share of empty values in 6 and 24 hours, by SDK, against the 14 days before. Threshold: six standard deviations, 0.1 of the values, 10 of them.
 */
export function emptyValues(history: History): Suspicion[] {
  const windows = windowsOf(history);
  return propertiesOf(history).flatMap((property) => {
    const kinds = [...property.sdks.values()].flatMap((s) => s.kinds);
    if (!kinds.some((s) => [...s.empty.values()].some((v) => v > 0))) return [];
    let best: Suspicion | undefined;
    for (const window of windows) {
      const strata = [...property.sdks].map(([sdk, s]) =>
        stratum(
          sdk,
          window,
          s.kinds.map((k) => k.empty),
          s.kinds.map((k) => k.count),
        ),
      );
      const shift = shiftOf(strata, { n: 15 });
      const k = strata.reduce((sum, s) => sum + s.k, 0);
      if (!shift || k < least || shift.strays < strays || shift.observed - shift.expected < growth) continue;
      if (best && best.certainty <= -shift.strays) continue;
      const { observed, expected, low, high, of } = shift;
      const empty = kinds.filter((s) => window.now(s.empty) > 0);
      best = {
        ...{ detector: 'empty_values', subject: subjectOfProperty(property), severity: 'warning', from: window.from, to: window.to },
        ...{ observed, expected, low, high, of, unit: 'share', certainty: -shift.strays, by: versionsOf(empty, window) },
      };
    }
    return best ? [best] : [];
  });
}
