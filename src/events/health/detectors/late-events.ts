import type { History } from '../history.ts';
import type { Known, Suspicion } from '../suspicion.ts';
import { marked } from './marked.ts';

/** Events that come more than six hours after they happened. Eight hours off is a time zone, see `shifted-times.ts`. Method and threshold: `marked.ts`; growth of the share at least 0.1, 10 such events. */
export const lateEvents = (history: History, known: readonly Known[]): Suspicion[] =>
  marked(history, { detector: 'late_events', flag: 'late', severity: 'warning', growth: 0.1, least: 10, unless: ['shifted_times'] }, known);
