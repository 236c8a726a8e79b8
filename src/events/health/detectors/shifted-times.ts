import type { History } from '../history.ts';
import type { Known, Suspicion } from '../suspicion.ts';
import { marked } from './marked.ts';

/** Events seven to nine hours off, either way: a time of China written as UTC, or the other way round. Few go by alone with one of ten late events. Method and threshold: `marked.ts`; growth of the share at least 0.3, 15 such events. */
export const shiftedTimes = (history: History, known: readonly Known[]): Suspicion[] =>
  marked(history, { detector: 'shifted_times', flag: 'shifted', severity: 'critical', growth: 0.3, least: 15 }, known);
