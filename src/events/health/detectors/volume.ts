import type { Cell, History } from '../history.ts';
import { learn, type Pattern } from '../pattern.ts';
import { between } from '../running.ts';
import { interval, logTail } from '../statistics.ts';
import { covers, type Dimension, type Group, groupsOf, sumOf } from '../subjects.ts';
import type { DetectorName, Known, Suspicion } from '../suspicion.ts';

/** False alarms that all volume detectors together aim at in 60 days of a workspace. */
const falseAlarms = 0.5;
const lengths = [3, 6, 12, 24] as const;
/** Silence is waited for so long at most. */
const longest = 72;
const gapAtMost = 0.5;
const surgeAtLeast = 2;
/** So many events more than expected are worth a word. */
const leastMore = 25;

const dimensions: Dimension[] = ['all', 'source', 'carrier', 'sdk', 'version', 'event'];
const silentOf: Record<Dimension, DetectorName> = {
  all: 'source_silent',
  source: 'source_silent',
  carrier: 'carrier_silent',
  sdk: 'sdk_silent',
  version: 'sdk_silent',
  event: 'event_silent',
};

const silences: ReadonlySet<string> = new Set(Object.values(silentOf));
const less: ReadonlySet<string> = new Set(['volume_gap', ...silences]);
const more: ReadonlySet<string> = new Set(['volume_surge', 'busy_identity', 'said_twice', 'merge_burst']);
/** Many events of few people, wherever they belong to. */
const bursts: ReadonlySet<string> = new Set(['busy_identity', 'merge_burst']);
const goodPart = 0.15;
const ofVolume: ReadonlySet<string> = new Set([...less, 'volume_surge', 'said_twice']);

interface Series extends Group {
  counts: Float64Array;
  pattern: Pattern;
}

/**
 * Volume gap, surge and silence against the hour-of-week pattern (`pattern.ts`).
 *
 * Method: for every hour since the last look and windows of 3, 6, 12 and 24 hours that end there, the sum is held against its expectation by the tail
 * of a negative binomial whose spread was learned for sums of just that length. Silence: nothing at all since it was last seen, up to 72 hours, of
 * what came on at least 10 of the 14 days before.
 * Threshold: chance below `falseAlarms` shared among all series, windows and hours of 60 days (Bonferroni), and at most half (gap) or at least twice (surge) the expected.
 * Explained: the surest goes first; what remains of another after the cells and hours of those already found are taken out must be suspicious by itself.
 * A version that falls silent while its SDK goes on, or while others of it rise, was replaced, which is no fault.
 */
export function volume(history: History, since: number, known: readonly Known[], quiet: ReadonlySet<string>): Suspicion[] {
  const { end } = history;
  const before = Math.max(since, end - 24) - 24;
  const series: Series[] = groupsOf(history, dimensions).flatMap((group) => {
    if (quiet.has(group.subject)) return [];
    // What is seen once or twice a day or less has no pattern.
    if (group.cells.reduce((sum, cell) => sum + total(cell.count, before - 28 * 24 - history.start, before - history.start), 0) < 28)
      return [];
    const counts = sumOf(history, group.cells);
    // Where next to nothing is left without all that was ever found, what was found lately must do.
    const pattern =
      learn(history, counts, before, without(history, group, [...history.broken, ...known])) ??
      learn(history, counts, before, without(history, group, known));
    return pattern ? [{ ...group, counts, pattern }] : [];
  });
  const limit = Math.log10(falseAlarms / (Math.max(10, series.length) * (lengths.length + 1) * 2 * 60 * 24));
  const found: Suspicion[] = [];
  const candidates = series.flatMap((s) => judge(history, s, since, limit));
  candidates.sort(
    (a, b) =>
      Number(b.observed === 0) - Number(a.observed === 0) || (a.observed === 0 ? b.expected - a.expected : 0) || a.certainty - b.certainty,
  );
  for (const candidate of candidates) {
    const s = series.find((one) => one.subject === candidate.subject)!;
    if (s.dimension === 'version' && !wholeSdkFell(history, series, s, candidate)) continue;
    const own = known.find((k) => k.open && k.detector === candidate.detector && k.subject === candidate.subject);
    const explaining = [...found, ...known.filter((k) => k !== own).map((k) => ({ ...k, to: silentUntil(history, k) }))];
    if (found.some((f) => f.subject === candidate.subject)) continue;
    if (own || remains(history, s, candidate, explaining, limit)) found.push(candidate);
  }
  return found;
}

/** Hours that are no pattern for a series: those announced, and those in which a good part of it was found broken; of a finding that lasts, its first week. */
function without(history: History, group: Group, broken: History['broken']): Uint8Array {
  const mask = Uint8Array.from(history.unlike);
  const weight = (cells: readonly Cell[]) => cells.reduce((sum, cell) => sum + between(cell.count, 0, history.end - history.start), 0);
  const worth = goodPart * weight(group.cells);
  for (const k of broken) {
    const everywhere = bursts.has(k.detector);
    if (!everywhere && !ofVolume.has(k.detector)) continue;
    if (!everywhere && weight(group.cells.filter((cell) => covers(k.subject, cell))) < Math.max(1, worth)) continue;
    mask.fill(1, Math.max(0, k.from - history.start), Math.max(0, Math.min(k.to, k.from + 7 * 24) - history.start));
  }
  return mask;
}

function judge(history: History, s: Series, since: number, limit: number): Suspicion[] {
  const { end, start, expected: announced } = history;
  const results: Suspicion[] = [];
  const lastSeen = lastBefore(s.counts, end - start) + start;
  const silence = end - 1 - lastSeen;
  if (silence >= 3 && silence <= longest && regular(s.counts, lastSeen - start)) {
    let mean = 0;
    for (let h = lastSeen + 1; h < end; h++) mean += announced[h - start] ? 0 : s.pattern.mean(h);
    const phi = s.pattern.phi(24, mean);
    const certainty = logTail(0, mean, phi, 'lower');
    const [low, high] = interval(mean, phi);
    const whole = s.dimension !== 'event' && s.dimension !== 'version';
    if (certainty < limit)
      return [
        {
          ...{ detector: silentOf[s.dimension], subject: s.subject, severity: whole ? 'critical' : 'warning', from: lastSeen + 1, to: end },
          ...{ observed: 0, expected: mean, low, high, unit: 'events', certainty },
        },
      ];
  }
  // A new version is no surge.
  const sides = s.dimension === 'version' ? (['lower'] as const) : (['lower', 'upper'] as const);
  for (const side of sides) {
    let best: Suspicion | undefined;
    let [from, to] = [Number.POSITIVE_INFINITY, 0];
    for (let e = Math.max(since + 1, end - 24); e <= end; e++) {
      for (const length of lengths) {
        const sum = windowOf(history, s, e - length, e);
        if (!sum) continue;
        const ratio = sum.observed / sum.mean;
        if (side === 'lower' ? ratio > gapAtMost : ratio < surgeAtLeast) continue;
        if (side === 'upper' && sum.observed - sum.mean < leastMore) continue;
        const phi = s.pattern.phi(length, sum.mean);
        const certainty = logTail(sum.observed, sum.mean, phi, side);
        if (certainty >= limit) continue;
        from = Math.min(from, e - length);
        to = e;
        if (best && best.certainty <= certainty) continue;
        const [low, high] = interval(sum.mean, phi);
        const detector = side === 'lower' ? 'volume_gap' : 'volume_surge';
        const severity = side === 'lower' && s.dimension !== 'event' ? 'critical' : 'warning';
        best = {
          detector,
          subject: s.subject,
          severity,
          from: e - length,
          to: e,
          observed: sum.observed,
          expected: sum.mean,
          low,
          high,
          unit: 'events',
          certainty,
        };
      }
    }
    if (best) results.push({ ...best, from, to, details: { window: [best.from, best.to] } });
  }
  return results;
}

function windowOf(history: History, s: Series, from: number, to: number): { observed: number; mean: number } | undefined {
  if (from < history.start) return undefined;
  let [observed, mean] = [0, 0];
  for (let h = from; h < to; h++) {
    if (history.expected[h - history.start]) return undefined;
    observed += s.counts[h - history.start]!;
    mean += s.pattern.mean(h);
  }
  return mean > 0 ? { observed, mean } : undefined;
}

/** A silence that was open when it was last looked at went on until something came. */
function silentUntil(history: History, k: Known): number {
  if (!k.open || !silences.has(k.detector)) return k.to;
  const cells = history.cells.filter((cell) => cell.source !== 'yutang' && covers(k.subject, cell));
  let to = k.to;
  while (to < history.end && cells.every((cell) => cell.count[to - history.start] === 0)) to += 1;
  return to;
}

/** Whether it is still out of the ordinary without the hours of those cells that are found broken already. */
function remains(
  history: History,
  s: Series,
  c: Suspicion,
  explaining: readonly { detector: DetectorName; subject: string; from: number; to: number }[],
  limit: number,
): boolean {
  const [from, to] = (c.details?.window as [number, number] | undefined) ?? [c.from, c.to];
  const side = c.detector === 'volume_surge' ? 'upper' : 'lower';
  const relevant = explaining.filter((k) => k.from < to && k.to > from && (side === 'upper' ? more : less).has(k.detector));
  if (relevant.length === 0) return true;
  const weight = (cell: Cell) => total(cell.count, from - 15 * 24 - history.start, from - 24 - history.start);
  const all = s.cells.reduce((sum, cell) => sum + weight(cell), 0) || 1;
  let [observed, mean] = [0, 0];
  for (let h = from; h < to; h++) {
    const covered = s.cells.filter((cell) => relevant.some((k) => k.from <= h && h < k.to && covers(k.subject, cell)));
    const share = covered.reduce((sum, cell) => sum + weight(cell), 0) / all;
    observed += s.counts[h - history.start]! - covered.reduce((sum, cell) => sum + cell.count[h - history.start]!, 0);
    mean += s.pattern.mean(h) * (1 - share);
  }
  if (mean < 1) return false;
  const busy = relevant.filter((k) => k.detector === 'busy_identity').length > 0 && side === 'upper';
  const ratio = observed / mean;
  const far = side === 'lower' ? ratio <= gapAtMost : ratio >= surgeAtLeast;
  return !busy && far && logTail(observed, mean, s.pattern.phi(to - from, mean), side) < limit;
}

function wholeSdkFell(history: History, series: readonly Series[], version: Series, c: Suspicion): boolean {
  const sdk = series.find((s) => s.subject === `sdk:${version.cells[0]!.sdk}`);
  if (!sdk) return true;
  let [observed, mean] = [0, 0];
  const [from, to] = (c.details?.window as [number, number] | undefined) ?? [c.from, c.to];
  for (let h = from; h < to; h++) {
    observed += sdk.counts[h - history.start]!;
    mean += sdk.pattern.mean(h);
  }
  const phi = sdk.pattern.phi(to - from, mean);
  const others = Math.max(1, mean - c.expected);
  const replaced = logTail(observed - c.observed, others, phi, 'upper') < -3;
  // And by more than chance: a few of the last devices on an old version are not missed among the others.
  return !replaced && observed < mean - 0.6 * c.expected && logTail(observed, mean, phi, 'lower') < -3;
}

function lastBefore(counts: Float64Array, end: number): number {
  let i = end - 1;
  while (i >= 0 && counts[i] === 0) i--;
  return i;
}

/** Seen on at least 10 of the 14 days up to an hour. */
function regular(counts: Float64Array, upTo: number): boolean {
  let days = 0;
  for (let d = 0; d < 14; d++) if (total(counts, upTo - 24 * (d + 1) + 1, upTo - 24 * d + 1) > 0) days += 1;
  return days >= 10;
}

function total(counts: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = Math.max(0, from); i < to && i < counts.length; i++) sum += counts[i]!;
  return sum;
}
