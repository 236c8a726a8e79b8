import type { History, PropertySeries } from '../history.ts';
import { shiftOf } from '../shares.ts';
import type { Suspicion } from '../suspicion.ts';
import { strays } from './marked.ts';
import { propertiesOf, stratum, subjectOfProperty, versionsOf, windowsOf } from './properties.ts';

const growth = 0.02;
const least = 8;
const steady = 0.95;

/**
 * A property that had one type and now comes with another: sums and filters silently leave those events out.
 * Method: the share of values that are not of the property's usual type (held by 95 % of the 14 days before) in 6 and 24 hours.
 * Threshold: six standard deviations, 2 % of the values, 8 of them.
 */
export function typeClash(history: History): Suspicion[] {
  const windows = windowsOf(history);
  return propertiesOf(history).flatMap((property) => {
    const series = [...property.sdks.values()].flatMap((s) => s.kinds);
    if (new Set(series.map((s) => s.kind)).size < 2) return [];
    let best: Suspicion | undefined;
    for (const window of windows) {
      const before = (list: readonly PropertySeries[]) => list.reduce((sum, s) => sum + window.days(s.count).reduce((a, b) => a + b, 0), 0);
      const byKind = [...Map.groupBy(series, (s) => s.kind)].map(([kind, list]) => ({ kind, list, n: before(list) }));
      const all = byKind.reduce((sum, k) => sum + k.n, 0);
      const usual = byKind.reduce((a, b) => (b.n > a.n ? b : a));
      if (all < 50 || usual.n / all < steady) continue;
      const others = series.filter((s) => s.kind !== usual.kind);
      const s = stratum(
        '',
        window,
        others.map((one) => one.count),
        series.map((one) => one.count),
      );
      const shift = shiftOf([s], { n: 15 });
      if (!shift || s.k < least || shift.strays < strays || shift.observed - shift.expected < growth) continue;
      if (best && best.certainty <= -shift.strays) continue;
      const { observed, expected, low, high, of } = shift;
      const kinds = [...new Set(others.filter((o) => window.now(o.count) > 0).map((o) => o.kind))];
      best = {
        ...{ detector: 'type_clash', subject: subjectOfProperty(property), severity: 'critical', from: window.from, to: window.to },
        ...{ observed, expected, low, high, of, unit: 'share', certainty: -shift.strays, by: versionsOf(others, window) },
        details: { usual: usual.kind, now: kinds },
      };
    }
    return best ? [best] : [];
  });
}
