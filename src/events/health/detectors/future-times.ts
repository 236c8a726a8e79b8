import type { History } from '../history.ts';
import type { Known, Suspicion } from '../suspicion.ts';
import { marked } from './marked.ts';

/** Events whose time lies more than ten minutes ahead of their arrival: a wrong clock. Method and threshold: `marked.ts`; growth of the share at least 0.05, 10 such events. */
export const futureTimes = (history: History, known: readonly Known[]): Suspicion[] =>
  marked(
    history,
    { detector: 'future_times', flag: 'future', severity: 'warning', growth: 0.05, least: 10, unless: ['shifted_times'] },
    known,
  );
