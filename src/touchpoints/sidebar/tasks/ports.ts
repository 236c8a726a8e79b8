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
  /** An app message in WeCom to members of staff; said twice under one key, it goes once. Whom it reached, and why it did not reach the others. */
  tell(workspaceNo: number, message: StaffWord & { staff: string[]; key: string }, by: string): Promise<{ told: string[]; why: string }>;
  /** How people are called, and how WeCom calls them. */
  cards(workspaceNo: number, people: readonly number[]): Promise<Map<number, { id: string; name: string; customer: string | null }>>;
}

export interface Waiting {
  content: string | null;
  customers: number;
  since: string;
}

export interface StaffWord {
  title: string;
  text: string;
  url?: string;
}

/** Customers whom their staff are to see to now. */
export interface HandOutAsk {
  people: readonly { personNo: number; text: string }[];
  by: string;
  /** What staff are told in WeCom; without it the tasks are only there to be seen. */
  message?: StaffWord;
}
export interface HandedOut {
  set: { personId: string; staffId: string }[];
  /** Theirs today already. */
  already: { personId: string; staffId: string }[];
  /** Nobody has them, or they are no longer there. */
  unbound: string[];
  told: string[];
  untold: { staffId: string; reason: string }[];
}

export interface TaskDeps {
  pg: Pg;
  clock: Clock;
  log: Log;
  events: Pick<Events, 'write'>;
  sources: TaskSources;
  /** A text as it is kept: without the phones and e-mails in it. */
  hide(workspaceNo: number, text: string): Promise<string>;
  /** Called at every commit boundary; a test stops there. */
  boundary?: (name: string) => void | Promise<void>;
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
