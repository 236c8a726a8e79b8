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
  if (!history.cells.some((c) => c.flags[what.flag])) return [];
  const sums = sumsOf(history, what.flag);
  const shift = (cells: readonly Cell[]) => shiftAmong(cells, sums, explained);
  const whole = shift(history.cells.filter((c) => c.source !== 'yutang'));
  const candidates = groupsOf(history, dimensions).flatMap((group) => {
    if (!group.cells.some((c) => c.flags[what.flag])) return [];
    const seen = shift(group.cells);
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
    const left = rest.length === c.cells.length ? c : shift(rest);
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

interface Sums {
  k: number[];
  n: number[];
  days: { k: number; n: number }[];
}

/** What came and what of it is marked, of a cell: in each window, and on each of the 14 days before. */
function sumsOf(history: History, flag: Flag): (cell: Cell) => Sums {
  const { start, end, begins, unlike } = history;
  const known = new Map<Cell, Sums>();
  // What was sent again stands beside the events, not among them.
  const beside = flag === 'duplicates';
  return (cell) => {
    const found = known.get(cell);
    if (found) return found;
    const marks = cell.flags[flag];
    const one = (from: number, to: number) => {
      const k = marks ? between(marks, from - start, to - start) : 0;
      return { k, n: between(cell.count, from - start, to - start) + (beside ? k : 0) };
    };
    const now = windows.map((hours) => one(end - hours, end));
    const days = Array.from({ length: 14 }, (_, d) => {
      const to = end - 24 * (d + 1);
      return to - 24 >= begins && !unlike[to - 12 - start] ? one(to - 24, to) : { k: 0, n: 0 };
    });
    const made = { k: now.map((s) => s.k), n: now.map((s) => s.n), days };
    known.set(cell, made);
    return made;
  };
}

function shiftAmong(
  cells: readonly Cell[],
  sums: (cell: Cell) => Sums,
  explained: readonly string[],
): { shift: Shift; marked: number; hours: number } | undefined {
  const strata = new Map<string, Sums>();
  for (const cell of cells) {
    if (explained.some((subject) => covers(subject, cell))) continue;
    const key = [cell.event || cell.type, cell.sdk || cell.source].join(separator);
    const mine = sums(cell);
    const s = strata.get(key);
    if (!s) {
      strata.set(key, { k: [...mine.k], n: [...mine.n], days: mine.days.map((d) => ({ ...d })) });
      continue;
    }
    windows.forEach((_, w) => {
      s.k[w]! += mine.k[w]!;
      s.n[w]! += mine.n[w]!;
    });
    for (let d = 0; d < s.days.length; d++) {
      s.days[d]!.k += mine.days[d]!.k;
      s.days[d]!.n += mine.days[d]!.n;
    }
  }
  let best: { shift: Shift; marked: number; hours: number } | undefined;
  windows.forEach((hours, w) => {
    const list: Stratum[] = [...strata].map(([key, s]) => ({ key, k: s.k[w]!, n: s.n[w]!, days: s.days }));
    const seen = shiftOf(list, { n: 20 });
    if (seen && (!best || seen.strays > best.shift.strays)) best = { shift: seen, marked: list.reduce((sum, s) => sum + s.k, 0), hours };
  });
  return best;
}
