import type { History } from '../history.ts';
import type { Suspicion } from '../suspicion.ts';
import { burstOf } from './merge-burst.ts';

/** Many identities that stand between people at once: a shared device or default id, or a wrong hand-over. Method and threshold as for merges. */
export function conflictBurst(history: History): Suspicion[] {
  const counts = history.measures.filter((m) => m.measure === 'conflict').map((m) => m.count);
  const seen = burstOf(history, counts);
  return seen ? [{ ...seen, detector: 'conflict_burst', subject: 'all', severity: 'warning' }] : [];
}
