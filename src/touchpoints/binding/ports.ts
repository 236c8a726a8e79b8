import type { Ch, Clock, Jobs, Log, Pg } from '../../base/index.ts';
import type { Events } from '../../events/index.ts';

export interface BindingDeps {
  pg: Pg;
  ch: Ch;
  clock: Clock;
  log: Log;
  jobs: Pick<Jobs, 'define' | 'start'>;
  events: Pick<Events, 'source' | 'write'>;
  /** A text as it is kept: without the phones and e-mails in it. */
  hide?(workspaceNo: number, text: string): Promise<string>;
  /** The platform where staff have friends. A workspace without one has no hand-over. */
  platform?: StaffPlatform;
}

/** What the binding asks of WeCom. Each may be missing there; then it is said, and done by hand. */
export interface StaffPlatform {
  /** Departments and members, as the platform lists them. undefined: this workspace has no account there. */
  directory?(workspaceNo: number): Promise<Directory | undefined>;
  /** Customers with whom this staff member is a friend, of these people. */
  friendsOf(workspaceNo: number, people: readonly number[], staffId: string): Promise<Map<number, string>>;
  /** Asks for customers to be handed over: an answer for each, 0 where it began. */
  transfer?(workspaceNo: number, ask: TransferAsk): Promise<Map<string, number>>;
  /** How a hand-over that began stands now. */
  transferResult?(workspaceNo: number, ask: { from: string; to: string; resigned: boolean }): Promise<Map<string, TransferStatus>>;
}

export interface TransferAsk {
  from: string;
  to: string;
  /** At most 100. */
  externalUserIds: string[];
  resigned: boolean;
  message?: string;
}

/** As the platform numbers them: 1 done, 2 waiting, 3 refused by the customer, 4 the new member holds too many, 5 no record. */
export type TransferStatus = 1 | 2 | 3 | 4 | 5;

export interface Directory {
  departments: { id: string; parentId: string | null; name: string; order?: number }[];
  users: { id: string; name: string; departments: string[]; position?: string; active: boolean }[];
}
