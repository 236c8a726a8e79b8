import { wilson } from './wilson.ts';

/** Below so many people a share is not shown as an estimate. */
export const enoughPeople = 30;

/** A share with its 95 % interval; `enough` is false where the people are too few to say anything by it. */
export interface Proportion {
  part: number;
  of: number;
  share: number | null;
  low: number | null;
  high: number | null;
  enough: boolean;
}

/** `part` of `of` as a share with its Wilson interval. */
export function proportion(part: number, of: number, least = enoughPeople): Proportion {
  if (!(of > 0)) return { part, of, share: null, low: null, high: null, enough: false };
  return { part, of, share: part / of, ...wilson(part, of), enough: of >= least };
}
