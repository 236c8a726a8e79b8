import type { Ch, Clock } from '../base/index.ts';

/** What people stand on, one of each kind at a time: levels of the ladder, stages of life, tiers of value. */
export type Standing = 'level' | 'stage' | 'tier';

/** What this room needs of others; the composition root connects it. */
export interface InsightDeps {
  ch: Ch;
  clock: Clock;
  /**
   * The events of a workspace as SQL that can stand after FROM, with merged people under the number that is left.
   * `people`: only theirs. `columns`: further columns, as SQL over the table with their names; what is asked of `properties` must be asked here, where a path is read alone.
   */
  source(workspaceNo: number, columns?: readonly string[], people?: readonly number[]): string;
  /** The number of who an id stands for now, merged people followed; undefined when nobody of this workspace. */
  personNo(workspaceNo: number, id: string): Promise<number | undefined>;
  /** Who many ids stand for now: ids of people, or user ids. Those that stand for nobody are left out. */
  personNos?(workspaceNo: number, ids: readonly string[]): Promise<Map<string, number>>;
  /** Cards of people, in the order of the numbers given. */
  people(workspaceNo: number, personNos: number[]): Promise<unknown[]>;
  /** The ladder as of two instants: SQL of rows (person_no, from_level, to_level); '' is "not in the pool yet". */
  levels(workspaceNo: number, from: Date, to: Date): Promise<{ sql: string }>;
  /** SQL of `person_no, r0, r1, …`: whether each rule holds for a person now. Throws 400 where a rule names what is not there. */
  rules(workspaceNo: number, rules: readonly ({ tag: string } | { audience: string })[]): Promise<{ sql: string }>;
  /** How many people were erased since an instant. */
  erased?(workspaceNo: number, since: Date): Promise<number>;
  /** Steps with personal values replaced by what stands for them in the events. `keep`: they are kept, so the values must be shown again. */
  hidden?<T>(workspaceNo: number, steps: T[], keep: boolean): Promise<T[]>;
  /** SQL of `person_no, standings`: where each person stood as of each instant, an array of keys; '' is "not in the pool yet". */
  standings(workspaceNo: number, of: Standing, instants: readonly number[]): Promise<{ sql: string }>;
  /** The levels of the ladder (stages, tiers), shallow to deep. */
  ladder(workspaceNo: number, of?: Standing): Promise<{ key: string; name: { zh: string; en: string } }[]>;
  /** What the library holds, as far as its effect is set apart by it. */
  contents?(workspaceNo: number): Promise<readonly { id: string; name: string; kind: string; scenes: readonly string[] }[]>;
  /** Contents and journeys by their names. */
  things?(workspaceNo: number): Promise<readonly { kind: string; id: string; name: string }[]>;
}

/** Who asks: the workspace and the zone in which its days begin. */
export interface Asker {
  workspaceNo: number;
  timezone: string;
}
