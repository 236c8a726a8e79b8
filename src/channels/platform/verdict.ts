import type { Clock } from '../../base/index.ts';

/** How working off one callback ended. */
export type Verdict = { state: 'done' | 'ignored'; error?: string } | { again: Date; error: string };

export const done: Verdict = { state: 'done' };
export const later = (clock: Clock, ms: number, error: string): Verdict => ({ again: new Date(clock.ms() + ms), error });
