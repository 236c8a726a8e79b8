import type { Ch, Clock } from '../base/index.ts';

/** How many people went from one level to another between two dates; null: not in the pool then. */
export interface LadderLink {
  from: string | null;
  to: string | null;
  count: number;
}

/** What this room needs of others; the composition root connects it. */
export interface InsightDeps {
  ch: Ch;
  clock: Clock;
  /** The events of a workspace as SQL that can stand after FROM, with merged people under the number that is left. */
  source(workspaceNo: number): string;
  /** Cards of people, in the order of the numbers given. */
  people(workspaceNo: number, personNos: number[]): Promise<unknown[]>;
  /** The ladder as of an instant: SQL of (person_no, level) that can stand after FROM; people outside the pool are not in it. */
  levels(workspaceNo: number, at: Date): Promise<string> | string;
  /** The levels of the ladder, shallow to deep. */
  ladder(workspaceNo: number): Promise<{ key: string; name: { zh: string; en: string } }[]>;
}

/** Who asks: the workspace and the zone in which its days begin. */
export interface Asker {
  workspaceNo: number;
  timezone: string;
}
