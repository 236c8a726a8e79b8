import type { Audience, Rule } from '../audience/index.ts';
import type { Ch, Clock, Log, Pg } from '../base/index.ts';
import type { Events } from '../events/index.ts';

/** What this room needs of others; the composition root connects it. */
export interface ExperimentsDeps {
  pg: Pg;
  ch: Pick<Ch, 'query'>;
  clock: Clock;
  log: Log;
  events: Pick<Events, 'source' | 'write'>;
  audience: Pick<Audience, 'members' | 'stateOf' | 'audience' | 'compile'>;
  /** Conditions on events with personal values replaced by what stands for them in the events, to be kept. `before`: what is being replaced. */
  hidden?(workspaceNo: number, steps: readonly Rule[], before: readonly Rule[]): Promise<Rule[]>;
  /** The branches of a split of a journey, with their weights; null where there is no such split. */
  split(workspaceNo: number, journeyId: string, nodeId: string): Promise<{ key: string; name: string; weight: number }[] | null>;
  /** Cards of people, in the order of the numbers given. */
  people(workspaceNo: number, personNos: readonly number[]): Promise<unknown[]>;
  /** Who many ids stand for now; those that stand for nobody are left out. */
  personNos(workspaceNo: number, ids: readonly string[]): Promise<Map<string, number>>;
  workspaces(): Promise<{ no: number }[]>;
  /** Runs work during which no two people become one. */
  steady?: <T>(work: () => Promise<T>) => Promise<T>;
}

/** The event that says who is in which arm. Written once for a person; it is what every result is worked out from. */
export const ASSIGNED = 'Experiment Assigned';
