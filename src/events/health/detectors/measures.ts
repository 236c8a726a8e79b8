import type { History, MeasureSeries } from '../history.ts';
import { between } from '../running.ts';
import { type Shift, shiftOf } from '../shares.ts';

/** Hourly measures over the last so many hours, against the 14 days before; the surest of the lengths. */
export function measureShift(
  history: History,
  k: readonly MeasureSeries[],
  n: readonly Float64Array[],
  options: { lengths: readonly number[]; least: number; side: 'more' | 'less' },
): { shift: Shift; hours: number; marked: number } | undefined {
  const { start, end, begins, unlike } = history;
  const sum = (arrays: readonly Float64Array[], from: number, to: number): number => {
    let total = 0;
    for (const array of arrays) total += between(array, from - start, to - start);
    return total;
  };
  const ks = k.map((s) => s.count);
  let best: { shift: Shift; hours: number; marked: number } | undefined;
  for (const hours of options.lengths) {
    const days = [];
    for (let d = 1; d <= 14; d++) {
      const to = end - Math.max(24, hours) - 24 * (d - 1);
      if (to - 24 >= begins && !unlike[to - 12 - start]) days.push({ k: sum(ks, to - 24, to), n: sum(n, to - 24, to) });
    }
    const marked = sum(ks, end - hours, end);
    const shift = shiftOf([{ key: '', k: marked, n: sum(n, end - hours, end), days: pooled(days) }], { n: options.least });
    if (!shift) continue;
    const far = options.side === 'more' ? shift.strays : -shift.strays;
    if (!best || far > (options.side === 'more' ? best.shift.strays : -best.shift.strays)) best = { shift, hours, marked };
  }
  return best;
}

/** Days of very few are put together with the next, so that a share of them says something. */
function pooled(days: readonly { k: number; n: number }[]): { k: number; n: number }[] {
  const result: { k: number; n: number }[] = [];
  let open = { k: 0, n: 0 };
  for (const day of days) {
    open = { k: open.k + day.k, n: open.n + day.n };
    if (open.n >= 10) {
      result.push(open);
      open = { k: 0, n: 0 };
    }
  }
  return result;
}
