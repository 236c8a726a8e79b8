import type { Cell, Flag, History } from '../history.ts';
import { between } from '../running.ts';
import { type Shift, type Stratum, shiftOf } from '../shares.ts';
import { covers, type Dimension, groupsOf } from '../subjects.ts';
import type { DetectorName, Known, Severity, Suspicion } from '../suspicion.ts';

export interface Marked {
  detector: DetectorName;
  flag: Flag;
  severity: Severity;
  /** The share must have grown by this much at least. */
  growth: number;
  /** Marked events that are too few to speak of. */
  least: number;
  /** Findings of these say the same with a better reason. */
  unless?: readonly DetectorName[];
}

/** Standard deviations beyond which a share has changed: with the day-to-day stray in them, below one false alarm in some years of a workspace. */
export const strays = 6;
const dimensions: Dimension[] = ['version', 'sdk', 'source', 'event', 'all'];
const windows = [6, 24];
const separator = ' · ';

/**
 * The share of events with a mark (late, anonymous, sent again …) against what it usually is, for what comes from an SDK, version, source or event.
 *
 * Method: the last 6 and 24 hours against the median of the 14 days before, within kinds of events (event × SDK × source), so that a change of the mix is no news.
 * Threshold: six standard deviations, with the stray between days among them, and the stated growth and number. Narrowest subject that holds most of it.
 */
export function marked(history: History, what: Marked, known: readonly Known[]): Suspicion[] {
  const found: Suspicion[] = [];
  const open = new Set(known.filter((k) => k.open && k.detector === what.detector).map((k) => k.subject));
  const explained = known.filter((k) => k.open && what.unless?.includes(k.detector)).map((k) => k.subject);
  const whole = shift(
    history,
    history.cells.filter((c) => c.source !== 'yutang'),
    what,
    explained,
  );
  const candidates = groupsOf(history, dimensions).flatMap((group) => {
    if (!group.cells.some((c) => c.flags[what.flag])) return [];
    const seen = shift(history, group.cells, what, explained);
    if (!seen || seen.shift.strays < strays || seen.shift.observed - seen.shift.expected < what.growth) return [];
    return seen.marked >= what.least ? [{ ...group, ...seen }] : [];
  });
  if (candidates.length === 0) return [];
  // The one with the highest share among those which hold most of what there is too much of; then what it leaves.
  const excess = (c: { shift: Shift }) => (c.shift.observed - c.shift.expected) * c.shift.of;
  const most = Math.max(...candidates.map(excess), whole ? excess(whole) : 0);
  const order = candidates.sort(
    (a, b) =>
      Number(open.has(b.subject)) - Number(open.has(a.subject)) ||
      Number(excess(b) >= 0.8 * most) - Number(excess(a) >= 0.8 * most) ||
      Math.round(10 * (b.shift.observed - a.shift.observed)) ||
      dimensions.indexOf(a.dimension) - dimensions.indexOf(b.dimension),
  );
  const taken: string[] = [];
  for (const c of order) {
    const rest = c.cells.filter((cell) => !taken.some((subject) => covers(subject, cell)));
    const left = rest.length === c.cells.length ? c : shift(history, rest, what, explained);
    if (!left || left.shift.strays < strays || left.shift.observed - left.shift.expected < what.growth || left.marked < what.least)
      continue;
    taken.push(c.subject);
    const { observed, expected, low, high, of, strays: certainty, by } = c.shift;
    const time = { from: history.end - c.hours, to: history.end };
    found.push({
      ...{ detector: what.detector, subject: c.subject, severity: what.severity, ...time, observed, expected, low, high, of },
      ...{ unit: 'share', certainty: -certainty, by },
    });
  }
  return found;
}

function shift(
  history: History,
  cells: readonly Cell[],
  what: Marked,
  explained: readonly string[],
): { shift: Shift; marked: number; hours: number } | undefined {
  let best: { shift: Shift; marked: number; hours: number } | undefined;
  const usable = cells.filter((cell) => !explained.some((subject) => covers(subject, cell)));
  for (const hours of windows) {
    const strata = new Map<string, Stratum>();
    let count = 0;
    for (const cell of usable) {
      const key = [cell.event || cell.type, cell.sdk || cell.source].join(separator);
      const s = strata.get(key) ?? { key, k: 0, n: 0, days: Array.from({ length: 14 }, () => ({ k: 0, n: 0 })) };
      strata.set(key, s);
      const flag = cell.flags[what.flag];
      // What was sent again stands beside the events, not among them.
      const beside = what.flag === 'duplicates';
      const add = (into: { k: number; n: number }, from: number, to: number): void => {
        const k = flag ? between(flag, from - history.start, to - history.start) : 0;
        into.k += k;
        into.n += between(cell.count, from - history.start, to - history.start) + (beside ? k : 0);
      };
      const before = s.k;
      add(s, history.end - hours, history.end);
      count += s.k - before;
      s.days.forEach((day, d) => {
        const to = history.end - 24 * (d + 1);
        if (to - 24 >= history.begins && !history.unlike[to - 12 - history.start]) add(day, to - 24, to);
      });
    }
    const seen = shiftOf([...strata.values()], { n: 20 });
    if (seen && (!best || seen.strays > best.shift.strays)) best = { shift: seen, marked: count, hours };
  }
  return best;
}
