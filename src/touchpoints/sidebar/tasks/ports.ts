import type { Clock, Log, Pg } from '../../../base/index.ts';
import type { Events } from '../../../events/index.ts';

/** What is known elsewhere of whom a staff member should see to. */
export interface TaskSources {
  /** Who became their friend since then, and has had no word from anybody at the sidebar. */
  newFriends(workspaceNo: number, staffId: string, since: Date): Promise<number[]>;
  /** Of these, who is ready to buy now: the readiest first. */
  ready(workspaceNo: number, people: readonly number[], limit: number): Promise<{ personNo: number; chance: number }[]>;
  /** Mass messages that wait for them to confirm in WeCom. */
  waiting(workspaceNo: number, staffId: string): Promise<Waiting[]>;
  /** How people are called, and how WeCom calls them. */
  cards(workspaceNo: number, people: readonly number[]): Promise<Map<number, { id: string; name: string; customer: string | null }>>;
}

export interface Waiting {
  content: string | null;
  customers: number;
  since: string;
}

export interface TaskDeps {
  pg: Pg;
  clock: Clock;
  log: Log;
  events: Pick<Events, 'write'>;
  sources: TaskSources;
  /** A text as it is kept: without the phones and e-mails in it. */
  hide(workspaceNo: number, text: string): Promise<string>;
}

/** `follow_up`: set by hand; `greet`: a new friend; `act`: likely to buy now. */
export type TaskKind = 'follow_up' | 'greet' | 'act';

export interface Task {
  id: string;
  kind: TaskKind;
  personId: string;
  name: string;
  /** Their id at WeCom, with which their chat is opened. */
  customer: string | null;
  text: string;
  /** The day, in the workspace's zone. */
  due: string;
  overdue: boolean;
  /** Of an order within a week. */
  chance?: number;
}

export interface Today {
  day: string;
  items: Task[];
  waiting: Waiting[];
  /** Follow-ups of later days. */
  later: number;
}
