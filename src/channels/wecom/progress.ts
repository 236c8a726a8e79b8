import type { Clock, Log, Pg } from '../../base/index.ts';
import type { EventWriter } from './events.ts';

export interface ReconcileDeps {
  pg: Pg;
  clock: Clock;
  log: Log;
  events: EventWriter;
}

/** What is counted on the way. */
export interface Counted {
  friends: number;
  added: number;
  ended: number;
  groups: number;
  joined: number;
  gone: number;
}

export interface Sync {
  startedAt: Date;
  doneAt: Date | null;
  phase: 'friends' | 'groups' | 'done';
  /** Staff whose lists are read. */
  members: string[];
  /** How many of them are done. */
  at: number;
  cursor: string;
  friends: number;
  added: number;
  ended: number;
  groups: number;
  joined: number;
  gone: number;
}

export interface Progress {
  readonly now: Sync;
  /** Notes how far it has come, and what was counted on the way. */
  step(to: Partial<Pick<Sync, 'phase' | 'at' | 'cursor'>>, counted?: Partial<Counted>): Promise<void>;
}
