import type { Answer, MetricResult } from './schema.ts';

/** The one thing that is said first. */
export function answerOf(of: {
  primary: MetricResult;
  counted: number;
  planned: number | null;
  alarm: boolean;
  broken: boolean;
  running: boolean;
  effect: number;
}): Answer {
  const { primary, counted, planned } = of;
  const up = primary.better === 'up';
  const best = [...primary.comparisons].sort((a, b) => (up ? 1 : -1) * (b.difference.value - a.difference.value))[0];
  const answer = (kind: Answer['kind'], one = best): Answer => ({
    ...{ kind, arm: one?.arm ?? null, metric: primary.key, have: counted, need: planned },
    difference: one?.difference ?? null,
    relative: one?.relative ?? null,
  });
  if (of.alarm) return answer('untrustworthy');
  if (of.broken) return answer('guard');
  if (!best) return answer('not_enough');
  if (best.says === 'better') return answer('better');
  // Of several arms one may still be open while another is known to be worse.
  if (primary.comparisons.every((c) => c.says === 'worse')) return answer('worse');
  if (planned !== null && counted >= planned) {
    const within = best.relative && Math.max(Math.abs(best.relative.low), Math.abs(best.relative.high)) < of.effect;
    return answer(within ? 'no_difference' : 'unclear');
  }
  return answer(of.running ? 'not_enough' : 'unclear');
}
