import type { History } from '../history.ts';
import { between } from '../running.ts';
import { interval, logTail, median, spread } from '../statistics.ts';
import type { Suspicion } from '../suspicion.ts';

const least = 20;
const times = 4;
const share = 0.02;
const half = 0.5;
const chance = -8;
const lookedBack = 14;

/**
 * Messages of one sender (a write key at a door) that are refused, many more than were: a release that writes them wrongly, or a blocked event that is still sent.
 * Method: those refused in 3 and 24 hours against like pieces of the 14 days before (as many as there are: before it ever sent, a sender was refused nothing), by the tail
 * of a negative binomial with their stray, 0.3 at least. Threshold: chance one in a hundred million, four times the usual, 20 messages, 2 % of what it sent.
 */
export function refusedRise(history: History): Suspicion[] {
  const { start, end } = history;
  return history.measures
    .filter((m) => m.measure === 'refused')
    .flatMap((m): Suspicion[] => {
      for (const hours of [3, 24]) {
        const sum = (of: Float64Array, to: number) => between(of, to - hours - start, to - start);
        const pieces: number[] = [];
        for (let to = end - hours - 24; to - hours >= Math.max(start, end - (lookedBack + 1) * 24); to -= hours)
          pieces.push(sum(m.count, to));
        const sorted = [...pieces].sort((a, b) => a - b);
        const mean = Math.max(0.5, hours < 24 ? (sorted[Math.floor(0.9 * sorted.length)] ?? 0) : median(pieces));
        const phi = Math.max(0.3, (spread(pieces) / mean) ** 2);
        const [observed, of] = [sum(m.count, end), sum(m.of, end)];
        const certainty = logTail(observed, mean, phi, 'upper');
        if (observed < least || observed < times * mean || observed < share * of || certainty > chance) continue;
        let from = end - hours;
        while (m.count[from - start] === 0) from += 1;
        const [low, high] = interval(mean, phi);
        return [
          {
            ...{
              detector: 'refused_rise',
              subject: `sender:${m.subject}`,
              severity: observed >= half * of ? 'critical' : 'warning',
              from,
              to: end,
            },
            ...{ observed, expected: mean, low, high, of, unit: 'events', certainty },
          },
        ];
      }
      return [];
    });
}
