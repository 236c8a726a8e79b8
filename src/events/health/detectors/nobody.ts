import type { History } from '../history.ts';
import type { Known, Suspicion } from '../suspicion.ts';
import { marked } from './marked.ts';

/** Events of people of whom nothing but an anonymous id is known: a sign-in or hand-over of identities that broke. Where more than usual comes, others come than usual (a campaign), so who they are is not judged. Method and threshold: `marked.ts`; growth of the share at least 0.2, 30 such events. */
export const nobody = (history: History, known: readonly Known[]): Suspicion[] =>
  marked(history, { detector: 'nobody', flag: 'nobody', severity: 'warning', growth: 0.2, least: 30, unless: ['volume_surge'] }, known);
