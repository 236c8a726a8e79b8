import type { History, NumberSeries } from '../history.ts';
import type { Suspicion } from '../suspicion.ts';
import { type Window, windowsOf } from './properties.ts';

const least = 12;
const money = /price|revenue|total|amount|value|cost|fee|tax|discount|shipping|paid|金额|价/i;
/** Quarter powers of ten: eight are a factor of a hundred. */
const far = 5;

/**
 * Amounts in another unit: fen where there were yuan (×100), or thousands.
 * Method: numbers are counted in quarter powers of ten. The middle of those of 6 and 24 hours, by SDK version, against the middle of each of the 14 days before; and no more
 * than a tenth of the days' values lie as far out as the middle lies now. Threshold: a factor of 18 or more, at least 12 values.
 * A price list that moves does not move by such a factor, so false alarms come from events of few values alone, hence the number.
 */
export function unitChange(history: History): Suspicion[] {
  const windows = windowsOf(history);
  const groups = Map.groupBy(
    history.numbers.filter((n) => money.test(n.name) && n.name !== 'revenue_fen'),
    (n) => JSON.stringify([n.event, n.name]),
  );
  return [...groups.values()].flatMap((series): Suspicion[] => {
    const { event, name } = series[0]!;
    const before = bucketsOf(series, (bins, w) => w.days(bins).reduce((a, b) => a + b, 0), windows[1]!);
    const usual = middleOf(before);
    const all = [...before.values()].reduce((a, b) => a + b, 0);
    if (usual === undefined || all < 100) return [];
    for (const window of windows) {
      for (const version of new Set(series.map((s) => `${s.sdk}@${s.version}`))) {
        const now = bucketsOf(
          series.filter((s) => `${s.sdk}@${s.version}` === version),
          (bins, w) => w.now(bins),
          window,
        );
        const n = [...now.values()].reduce((a, b) => a + b, 0);
        const middle = middleOf(now);
        if (n < least || middle === undefined || Math.abs(middle - usual) < far) continue;
        const beyond = [...before].filter(([b]) => (middle > usual ? b >= middle - 1 : b <= middle + 1)).reduce((sum, [, c]) => sum + c, 0);
        if (beyond / all > 0.1) continue;
        const [low, high] = [quantile(before, 0.02), quantile(before, 0.98)].map((b) => 10 ** (b / 4)) as [number, number];
        return [
          {
            ...{
              detector: 'unit_change',
              subject: `property:track/${event}.${name}`,
              severity: 'critical',
              from: window.from,
              to: window.to,
            },
            ...{
              observed: 10 ** (middle / 4),
              expected: 10 ** (usual / 4),
              low,
              high,
              of: n,
              unit: 'value',
              certainty: -Math.abs(middle - usual),
              by: version === '@' ? [] : [version],
            },
            details: { factor: 10 ** Math.round((middle - usual) / 4) },
          },
        ];
      }
    }
    return [];
  });
}

function bucketsOf(
  series: readonly NumberSeries[],
  of: (bins: Map<number, number>, w: Window) => number,
  window: Window,
): Map<number, number> {
  const sums = new Map<number, number>();
  for (const s of series) for (const [bucket, bins] of s.buckets) sums.set(bucket, (sums.get(bucket) ?? 0) + of(bins, window));
  return sums;
}

const middleOf = (buckets: ReadonlyMap<number, number>): number | undefined => {
  const middle = quantile(buckets, 0.5);
  return Number.isNaN(middle) ? undefined : middle;
};

function quantile(buckets: ReadonlyMap<number, number>, q: number): number {
  const total = [...buckets.values()].reduce((a, b) => a + b, 0);
  let sum = 0;
  for (const [bucket, n] of [...buckets].sort(([a], [b]) => a - b)) {
    sum += n;
    if (total > 0 && sum >= q * total) return bucket;
  }
  return Number.NaN;
}
