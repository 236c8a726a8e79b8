import type { Rule } from '../../audience/index.ts';
import type { Clock, Jobs, Pg } from '../../base/index.ts';
import type { OwnEvent } from '../../events/index.ts';
import type { InsightDeps } from '../deps.ts';

export interface KocDeps extends InsightDeps {
  pg: Pg;
  clock: Clock;
  jobs: Pick<Jobs, 'define' | 'start'>;
  /** SQL with a row a person: `person_no` and `r0` … for each rule. */
  compile(workspaceNo: number, rules: readonly Rule[]): Promise<{ sql: string }>;
  /** Throws 400 where a rule refers to what is not there. */
  check(workspaceNo: number, rules: readonly Rule[]): Promise<void>;
  /** Rules as they are kept: without personal values. */
  keep(workspaceNo: number, rules: readonly Rule[]): Promise<Rule[]>;
  write(workspaceNo: number, events: OwnEvent[]): Promise<unknown>;
}
