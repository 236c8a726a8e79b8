import type { Clock, FileKeys, Pg } from '../../base/index.ts';
import type { EventSink } from './store.ts';

export interface RunDeps {
  pg: Pg;
  clock: Clock;
  /** Folder of the imports' files. */
  dir: string;
  /** What a workspace's files are sealed with. */
  keys(workspaceNo: number): Promise<FileKeys>;
  events: EventSink;
  /** Who holds these identities, by `type|value`. */
  people(workspaceNo: number, identities: readonly { type: string; value: string }[]): Promise<Map<string, number>>;
  /** Stands in for the named commit boundaries in tests. */
  boundary?: (name: string) => void;
}

export interface RunControl {
  stopping(): boolean;
  progress(p: { done: number; total: number }): Promise<void>;
}
