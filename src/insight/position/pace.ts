/** Where a number stood at some moments; the first is where the way began. */
export interface Stand {
  at: number;
  value: number;
}

export type PaceState = 'reached' | 'ahead' | 'onTrack' | 'atRisk' | 'behind' | 'missed' | 'unknown';

export interface Pace {
  state: PaceState;
  /** Where a straight way would have been by now. */
  expected: number | null;
  /** Where it ends if it goes on as it went, with 95 % of how unevenly it went. null: too little was seen. */
  projected: { value: number; low: number; high: number } | null;
}

const dayMs = 86_400_000;
/** Fewer stretches than this say nothing of how even the way is. */
const enoughStretches = 4;

/** A walk with a drift: what comes is as much a day as what was, and as uneven. */
export function pace(stands: readonly Stand[], target: { value: number; byMs: number }, upIsGood: boolean): Pace {
  const [first, last] = [stands[0], stands.at(-1)];
  if (!first || !last) return { state: 'unknown', expected: null, projected: null };
  const good = (value: number) => (upIsGood ? value >= target.value : value <= target.value);
  const part = Math.min(1, (last.at - first.at) / (target.byMs - first.at));
  const expected = first.value + (target.value - first.value) * part;
  if (good(last.value) && last.at > first.at) return { state: 'reached', expected, projected: null };
  if (last.at >= target.byMs) return { state: 'missed', expected, projected: null };
  const projected = project(stands, target.byMs);
  const state = !projected
    ? 'unknown'
    : good(projected.value)
      ? (upIsGood ? last.value >= expected : last.value <= expected)
        ? 'ahead'
        : 'onTrack'
      : good(upIsGood ? projected.high : projected.low)
        ? 'atRisk'
        : 'behind';
  return { state, expected, projected };
}

function project(stands: readonly Stand[], byMs: number): Pace['projected'] {
  const [first, last] = [stands[0]!, stands.at(-1)!];
  const elapsed = (last.at - first.at) / dayMs;
  const stretches = stands.slice(1).map((s, i) => ({ days: (s.at - stands[i]!.at) / dayMs, rise: s.value - stands[i]!.value }));
  const long = stretches.filter((s) => s.days > 0);
  if (long.length < enoughStretches) return null;
  const drift = (last.value - first.value) / elapsed;
  const perDay = long.reduce((sum, { days, rise }) => sum + (rise - drift * days) ** 2 / days, 0) / (long.length - 1);
  const left = (byMs - last.at) / dayMs;
  const half = 1.96 * Math.sqrt(perDay * (left + (left * left) / elapsed));
  const value = last.value + drift * left;
  return { value, low: value - half, high: value + half };
}
