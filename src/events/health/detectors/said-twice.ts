import type { History } from '../history.ts';
import type { Known, Suspicion } from '../suspicion.ts';
import { marked } from './marked.ts';

/** The same event of the same person at the same instant with the same content under another id: counted twice, which no id can prevent. Method and threshold: `marked.ts`; growth of the share at least 0.05, 15 such events. */
export const saidTwice = (history: History, known: readonly Known[]): Suspicion[] =>
  marked(history, { detector: 'said_twice', flag: 'repeats', severity: 'critical', growth: 0.05, least: 15 }, known);
