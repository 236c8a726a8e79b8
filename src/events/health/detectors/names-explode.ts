import type { History } from '../history.ts';
import { median, spread } from '../statistics.ts';
import type { Suspicion } from '../suspicion.ts';

const least = 20;

/**
 * Event names without end: an id or a title got into the name.
 * Method: names within 24 hours that were not there in the 14 days before, for each source; against how many of them the days before had.
 * Threshold: at least 20 new ones, and more than the usual by ten robust deviations and by five times.
 */
export function namesExplode(history: History): Suspicion[] {
  const { start, end, begins } = history;
  const bySource = Map.groupBy(
    history.cells.filter((c) => c.type === 'track' && c.source !== 'yutang'),
    (c) => c.source,
  );
  return [...bySource].flatMap(([source, cells]): Suspicion[] => {
    const names = Map.groupBy(cells, (c) => c.event);
    const firsts: { name: string; first: number }[] = [];
    for (const [name, list] of names) {
      const first = Math.min(...list.map((c) => c.count.findIndex((v) => v > 0)).filter((i) => i >= 0)) + start;
      firsts.push({ name, first });
    }
    const fresh = firsts.filter((f) => f.first >= end - 24 && f.first < end);
    const days: number[] = [];
    for (let d = 1; d <= 14; d++) {
      const to = end - 24 * d;
      if (to - 24 >= begins + 48) days.push(firsts.filter((f) => f.first >= to - 24 && f.first < to).length);
    }
    if (days.length < 5 || fresh.length < least) return [];
    const usual = median(days);
    const high = Math.max(least, usual + 10 * Math.max(1, spread(days, usual)), 5 * usual);
    if (fresh.length < high) return [];
    const from = Math.min(...fresh.map((f) => f.first));
    return [
      {
        ...{
          detector: 'names_explode',
          subject: `source:${source}`,
          severity: 'warning',
          from,
          to: end,
          observed: fresh.length,
          expected: usual,
          low: 0,
          high,
        },
        ...{ unit: 'names', certainty: -10, by: fresh.slice(0, 5).map((f) => f.name) },
      },
    ];
  });
}
