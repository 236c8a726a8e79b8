/** A funnel worked out the long way, to check the fast one by: every chain of events of one person is tried. */
export interface SlowEvent {
  at: number;
  /** Which steps this event fits, from 1. */
  fits: number[];
}

export interface SlowResult {
  level: number;
  /** Per step from 2: ms from the first step and from the step before, at the first time it was reached. */
  total: Record<number, number>;
  gap: Record<number, number>;
}

export function slowFunnel(events: readonly SlowEvent[], steps: number, windowMs: number, range: { from: number; to: number }): SlowResult {
  const chains: number[][][] = Array.from({ length: steps + 1 }, () => []);
  const extend = (used: Set<SlowEvent>, times: number[]) => {
    const step = times.length + 1;
    if (times.length > 0) chains[times.length]!.push(times);
    if (step > steps) return;
    for (const event of events) {
      if (used.has(event) || !event.fits.includes(step)) continue;
      if (
        step === 1 ? event.at < range.from || event.at >= range.to : event.at < times[times.length - 1]! || event.at - times[0]! > windowMs
      )
        continue;
      extend(new Set([...used, event]), [...times, event.at]);
    }
  };
  extend(new Set(), []);
  const result: SlowResult = { level: 0, total: {}, gap: {} };
  for (let step = 1; step <= steps; step++) {
    const found = chains[step]!;
    if (found.length === 0) break;
    result.level = step;
    if (step === 1) continue;
    const firstAt = Math.min(...found.map((c) => c[step - 1]!));
    const then = found.filter((c) => c[step - 1] === firstAt);
    const start = Math.max(...then.map((c) => c[0]!));
    const previous = Math.max(...then.filter((c) => c[0] === start).map((c) => c[step - 2]!));
    result.total[step] = firstAt - start;
    result.gap[step] = firstAt - previous;
  }
  return result;
}
