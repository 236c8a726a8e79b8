import type { Way } from './way.ts';

/** What a pass carries with it. */
export interface PassData {
  /** Properties of the event that let it in, or what was given at the door. */
  entry?: Record<string, unknown>;
  coupon?: { code: string; issueId: string };
  group?: { url: string; name: string };
  /** How often it went back by each jump, and when last (milliseconds). */
  jumps?: Record<string, number>;
  jumped?: Record<string, number>;
  /** How many journeys led it here without an event in between. */
  hops?: number;
}

/** One person's way through a journey, at the moment it is moved. */
export interface Pass {
  no: number;
  personNo: number;
  entryNo: number;
  node: string;
  branch: string | null;
  data: PassData | null;
  /** When it was let in; the time of the event that did it. */
  enteredAt: Date;
  eventAt: Date;
  /** From when a wait for an event counts, and how long it waits at most. */
  since: Date | null;
  until: Date | null;
  /** It comes to its node now, rather than leaving it. */
  arrives: boolean;
}

/** Where a pass stands when no more can be done at once. */
export interface Stand {
  no: number;
  personNo: number;
  node: string;
  branch: string | null;
  /** When it is looked at again; null: it has left. */
  dueAt: Date | null;
  reason: string | null;
  since: Date | null;
  until: Date | null;
  /** What it carries, where that has changed. */
  data?: PassData;
  /** What it did to get there. */
  way: Way;
}

/** How often a pass has gone back: it comes to a node once in each lap. */
export const lapOf = (data: PassData | null): number => Object.values(data?.jumps ?? {}).reduce((sum, n) => sum + n, 0);

/** Columns of a pass, as `toPass` reads them. */
export const passColumns =
  'p.no, p.person_no, p.entry_no, p.journey_no, p.version, p.node, p.branch, p.data, p.entered_at, p.event_at, p.since_at, p.until_at, p.due_at, p.arrives';
export interface PassRow {
  no: number;
  person_no: number;
  entry_no: number;
  journey_no: number;
  version: number;
  node: string;
  branch: string | null;
  data: PassData | null;
  entered_at: Date;
  event_at: Date;
  since_at: Date | null;
  until_at: Date | null;
  due_at: Date | null;
  arrives: boolean | null;
}
export const toPass = (r: PassRow): Pass => ({
  no: r.no,
  personNo: r.person_no,
  entryNo: r.entry_no,
  node: r.node,
  branch: r.branch,
  data: r.data,
  enteredAt: r.entered_at,
  eventAt: r.event_at,
  since: r.since_at,
  until: r.until_at,
  arrives: r.arrives === true,
});
