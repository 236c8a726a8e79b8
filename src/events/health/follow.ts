import type { Known, Suspicion } from './suspicion.ts';

/** A finding closes when nothing was suspicious for so long. */
export const quietHours = 6;
/** What comes back within this time is the same finding. */
export const sameHours = 24;
/** So long a finding explains others. */
export const knownHours = 72;

export interface Followed {
  opened: Suspicion[];
  /** The finding that was there, and what is said of it now. */
  continued: { before: Known; now: Suspicion }[];
  closed: Known[];
}

export const keyOf = (one: { detector: string; subject: string }): string => `${one.detector} ${one.subject}`;

/** What becomes of findings: one for each detector and subject, opened, continued (also once more within a day) or closed. */
export function follow(known: readonly Known[], suspicions: readonly Suspicion[], now: number): Followed {
  const result: Followed = { opened: [], continued: [], closed: [] };
  const latest = new Map<string, Known>();
  for (const k of known) {
    const other = latest.get(keyOf(k));
    if (!other || k.open || (!other.open && k.to > other.to)) latest.set(keyOf(k), k);
  }
  const told = new Set<string>();
  for (const s of suspicions) {
    const key = keyOf(s);
    if (told.has(key)) continue;
    told.add(key);
    const before = latest.get(key);
    if (before && (before.open || s.from <= before.to + sameHours)) result.continued.push({ before, now: s });
    else result.opened.push(s);
  }
  for (const k of known) if (k.open && !told.has(keyOf(k)) && now - k.to >= quietHours) result.closed.push(k);
  return result;
}
