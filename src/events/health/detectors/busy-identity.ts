import type { History } from '../history.ts';
import type { Suspicion } from '../suspicion.ts';

const least = 60;
const times = 4;

/**
 * One person who does more in an hour than people can: a bot, a test device, or an identity that many share.
 * Method: events of one person within an hour against the busiest hour that anybody had in the 14 days before (the second busiest person's, should one have been found before).
 * Threshold: four times that, 60 at least. A record is broken by a little many times; by four times hardly ever.
 */
export function busyIdentity(history: History, since: number): Suspicion[] {
  const { start, end, begins } = history;
  if (end - begins < 7 * 24) return [];
  const busy = history.measures.filter((m) => m.measure === 'busy');
  const from = Math.max(since, end - 6);
  const peaks = busy
    .map((m) => Math.max(0, ...m.count.subarray(Math.max(0, end - 15 * 24 - start), Math.max(0, from - start))))
    .sort((a, b) => b - a);
  const usual = Math.max(15, peaks[1] ?? 0);
  return busy.flatMap((m): Suspicion[] => {
    let [observed, at] = [0, 0];
    for (let h = from; h < end; h++) if (m.count[h - start]! > observed) [observed, at] = [m.count[h - start]!, h];
    if (observed < least || observed < times * usual) return [];
    return [
      {
        ...{
          detector: 'busy_identity',
          subject: `person:${m.subject}`,
          severity: 'warning',
          from: at,
          to: end,
          observed,
          expected: usual,
          low: 0,
          high: times * usual,
        },
        ...{ unit: 'events', certainty: -10 },
      },
    ];
  });
}
