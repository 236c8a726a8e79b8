import type { History } from '../history.ts';
import { between } from '../running.ts';
import { interval, logTail, median, spread } from '../statistics.ts';
import type { Suspicion } from '../suspicion.ts';

const least = 15;
const times = 4;
const chance = -8;

/**
 * Many people becoming one at once: an identity that is shared by all (a test number, a default), or a wrong hand-over.
 * Method: merges of 3 and 24 hours against those of like pieces of the 14 days before, by the tail of a negative binomial with their stray (rare events come in clusters, so
 * no less than 0.3). Threshold: chance 1 in a hundred million, four times the usual, 15 merges.
 */
export function mergeBurst(history: History): Suspicion[] {
  const merges = history.cells.filter((c) => c.event === 'Identity Merged' && c.source === 'yutang').map((c) => c.count);
  const seen = burstOf(history, merges);
  return seen ? [{ ...seen, detector: 'merge_burst', subject: 'event:track/Identity Merged', severity: 'critical' }] : [];
}

/** A burst of something rare, by hour. */
export function burstOf(
  history: History,
  counts: readonly Float64Array[],
): Omit<Suspicion, 'detector' | 'subject' | 'severity'> | undefined {
  const { start, end, begins } = history;
  const sum = (from: number, to: number): number => counts.reduce((total, one) => total + between(one, from - start, to - start), 0);
  for (const hours of [3, 24]) {
    const pieces: number[] = [];
    for (let to = end - hours - 24; to - hours >= Math.max(begins, end - 15 * 24); to -= hours) pieces.push(sum(to - hours, to));
    if (pieces.length < 7 || end - begins < 7 * 24) continue;
    // Hours of day have unlike numbers of merges; the upper part of them is what a piece may have.
    const sorted = [...pieces].sort((a, b) => a - b);
    const mean = Math.max(0.5, hours < 24 ? sorted[Math.floor(0.9 * sorted.length)]! : median(pieces));
    const phi = Math.max(0.3, (spread(pieces) / mean) ** 2);
    const observed = sum(end - hours, end);
    const certainty = logTail(observed, mean, phi, 'upper');
    if (observed < least || observed < times * mean || certainty > chance) continue;
    const [low, high] = interval(mean, phi);
    return { from: end - hours, to: end, observed, expected: mean, low, high, unit: 'people', certainty };
  }
  return undefined;
}
