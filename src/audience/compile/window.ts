import { instantMs } from '../instant.ts';
import { spanMs, type Window } from '../rule.ts';

/** Instants in milliseconds; from inclusive, to exclusive. */
export interface Interval {
  lo: number;
  hi: number;
}
/** An instant that does not come: no rule changes by time alone. */
export const NEVER = 9_000_000_000_000_000;
export const always: Interval = { lo: Number.NEGATIVE_INFINITY, hi: Number.POSITIVE_INFINITY };

/** The instants that a window means as of `asOf` (which is itself excluded), and its span if the window moves with time. */
export function intervalOf(window: Window | undefined, asOf: number): { interval: Interval; moves?: number } {
  const now = { lo: Number.NEGATIVE_INFINITY, hi: asOf };
  if (!window) return { interval: now };
  if ('olderThan' in window) {
    const ms = spanMs(window.olderThan);
    return { interval: { ...now, hi: asOf - ms }, moves: ms };
  }
  if ('days' in window || 'hours' in window || 'minutes' in window) {
    const ms = spanMs(window);
    return { interval: { lo: asOf - ms, hi: asOf }, moves: ms };
  }
  const lo = window.from === undefined ? now.lo : instantMs(window.from)!;
  const hi = window.to === undefined ? asOf : Math.min(asOf, instantMs(window.to)!);
  return { interval: { lo, hi } };
}

export function intersect(a: Interval, b: Interval): Interval {
  return { lo: Math.max(a.lo, b.lo), hi: Math.min(a.hi, b.hi) };
}

export function isEmpty(i: Interval): boolean {
  return i.lo >= i.hi;
}
