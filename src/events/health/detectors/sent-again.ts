import type { History } from '../history.ts';
import type { Known, Suspicion } from '../suspicion.ts';
import { marked } from './marked.ts';

/** Messages sent again under an id that was counted. They do no harm, but say that a sender does not get, or does not heed, the answer. Method and threshold: `marked.ts`; growth of the share at least 0.1, 20 such events. */
export const sentAgain = (history: History, known: readonly Known[]): Suspicion[] =>
  marked(history, { detector: 'sent_again', flag: 'duplicates', severity: 'warning', growth: 0.1, least: 20 }, known);
