import type { Ch, Clock, Jobs, Log, Pg } from '../base/index.ts';
import type { OwnEvent } from '../events/index.ts';

/** A content that might be chosen. */
export interface Candidate {
  id: string;
  name: string;
  /** What it is about: interest of people is in the same words. */
  tags: string[];
  /** Why it may not be sent now (rights, review, channel); null where it may. */
  refused: string | null;
}

/** What the room needs of others; the composition root connects it. */
export interface MatchingDeps {
  pg: Pg;
  ch: Ch;
  clock: Clock;
  log: Log;
  jobs: Jobs;
  /** SQL of the events of a workspace; `columns`: further columns, read of the events themselves. */
  source(workspaceNo: number, columns?: readonly string[], people?: readonly number[]): string;
  /** SQL of the goods: `product_id, name, category, price_fen, stock`. */
  products(workspaceNo: number): string;
  write(workspaceNo: number, items: OwnEvent[]): Promise<unknown>;
  /** Keys of levels with their names, shallow to deep. */
  ladder(workspaceNo: number): Promise<{ key: string; name: { zh: string; en: string } }[]>;
  /** SQL of `person_no, level` of everyone as of an instant (ms). */
  levelsSql(workspaceNo: number, at: number): Promise<string>;
  /** The level of each of these people now; who has none is left out. */
  levelOf(workspaceNo: number, people: readonly number[]): Promise<ReadonlyMap<number, string>>;
  /** SQL of `person_no, topic, score`: interest with decay, as of an instant (ms). */
  interestSql(workspaceNo: number, at: number, people?: readonly number[]): Promise<string>;
  /** What may be sent over a channel at an instant; without `among` the whole library. */
  contents(workspaceNo: number, among: readonly string[] | undefined, channel: string, at: Date): Promise<Candidate[]>;
  personNo(workspaceNo: number, id: string): Promise<number | undefined>;
  personId(personNo: number): string;
  zone(workspaceNo: number): Promise<string>;
  workspaces(): Promise<{ no: number }[]>;
}
