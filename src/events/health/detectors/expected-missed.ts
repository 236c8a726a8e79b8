import type { History } from '../history.ts';
import { between } from '../running.ts';
import { interval, logTail } from '../statistics.ts';
import { covers, sumOf } from '../subjects.ts';
import type { Known, Suspicion } from '../suspicion.ts';

/** What the catalogue says is to be expected of an event. */
export interface Expectation {
  type: string;
  event: string;
  perDay: number | null;
  sources: readonly string[];
  /** Epoch hour from which on it is said. */
  since: number;
}

/** A declared rate is a round number, and days differ. */
const looseness = 0.1;
const chance = -4;
/** Of fewer, none at all would be no news with that stray. */
const leastExpected = 24;
const sourceHours = 72;

/**
 * Less than the catalogue says is to be expected of an event, or none of it from a source that is named there. Needs no pattern: it holds from the first day.
 *
 * Method: the last 24 hours (72, or a week, where that is fewer than 24 events) against the declared rate, by the tail of a negative binomial with a stray of a third.
 * A named source: none of the event for 72 hours. Threshold: chance one in ten thousand, which is about a quarter of a large rate. Not in announced times, nor what is missed already for a better reason.
 */
export function expectedMissed(history: History, known: readonly Known[], expectations: readonly Expectation[]): Suspicion[] {
  const { start, end } = history;
  const found: Suspicion[] = [];
  for (const e of expectations) {
    const subject = `event:${e.type}/${e.event}`;
    if (known.some((k) => k.open && k.subject === subject && (k.detector === 'event_silent' || k.detector === 'volume_gap'))) continue;
    const cells = history.cells.filter((c) => c.source !== 'yutang' && covers(subject, c));
    const clear = (hours: number) =>
      end - hours >= Math.max(e.since, start) && !history.expected.subarray(end - hours - start, end - start).includes(1);
    const told = { detector: 'expected_missed', subject, severity: 'warning', to: end, unit: 'events' } as const;
    const hours = [24, 72, 168].find((h) => ((e.perDay ?? 0) * h) / 24 >= leastExpected);
    if (e.perDay !== null && hours !== undefined && clear(hours)) {
      const mean = (e.perDay * hours) / 24;
      const observed = between(sumOf(history, cells), end - hours - start, end - start);
      const certainty = logTail(observed, mean, looseness, 'lower');
      const [low, high] = interval(mean, looseness);
      if (certainty < chance) {
        found.push({ ...told, from: end - hours, observed, expected: mean, low, high, certainty, details: { declared: e.perDay } });
        continue;
      }
    }
    if (!clear(sourceHours)) continue;
    const missing = e.sources.filter(
      (source) =>
        !cells.some(
          (c) =>
            (c.source === source || c.carrier === source || c.sdk === source) &&
            between(c.count, end - sourceHours - start, end - start) > 0,
        ),
    );
    if (missing.length > 0)
      found.push({ ...told, from: end - sourceHours, observed: 0, expected: 1, low: 1, high: 1, certainty: chance, by: missing });
  }
  return found;
}
