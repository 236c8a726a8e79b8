import type { Accounts } from '../accounts.ts';
import { readLimits } from '../limits/limits.ts';
import { readPolicy } from '../policy.ts';
import type { Deps } from '../ports.ts';
import { accountOpener } from '../wecom/account.ts';
import { followMoments } from './follow-moments.ts';
import { cancelMoment, checkMoment, customersOf, listMoments, makeMoment, momentChoices, momentsBetween, readMoment } from './moments.ts';
import type { StaffDeps } from './ports.ts';
import type {
  MomentCheck,
  MomentChoices,
  MomentDetail,
  MomentList,
  MomentMade,
  MomentView,
  NewMoment,
  NewStaffMessage,
  StaffMessage,
  StaffMessageSent,
  WaitingTask,
} from './schema.ts';
import { staffMessages, tellStaff } from './tell.ts';
import { remind, remindDue, waitingTasks } from './waiting.ts';

export interface StaffWork {
  /** Mass messages that staff have not confirmed. */
  waiting(workspaceNo: number): Promise<WaitingTask[]>;
  remind(workspaceNo: number, msgid: string, by: string): Promise<void>;
  /** Reminds where the policy says so and it is time; how many. */
  remindDue(): Promise<number>;
  /** Tells staff something in WeCom, now; under one key once. Who has had too many is left out, and named. */
  tell(workspaceNo: number, message: NewStaffMessage, by: string): Promise<StaffMessageSent>;
  told(workspaceNo: number): Promise<StaffMessage[]>;
  moments: {
    check(workspaceNo: number, moment: NewMoment): Promise<MomentCheck>;
    /** How many may see what these staff publish, or all of them. */
    customers(workspaceNo: number, staff?: readonly string[] | null): Promise<number>;
    /** `id`: its own, where it must be there once however often it is asked for. */
    make(workspaceNo: number, moment: NewMoment, by: string, id?: string): Promise<MomentMade>;
    between(workspaceNo: number, from: Date, to: Date): Promise<MomentView[]>;
    list(workspaceNo: number, cursor?: string): Promise<MomentList>;
    get(workspaceNo: number, id: string): Promise<MomentDetail>;
    cancel(workspaceNo: number, id: string): Promise<MomentDetail>;
    choices(workspaceNo: number): Promise<MomentChoices>;
    /** Reads what came of them; when to look again. */
    follow(): Promise<number | undefined>;
  };
}

export function createStaffWork(given: Deps, accounts: Pick<Accounts, 'one'>): StaffWork {
  const { pg, clock, log, events, content, lists } = given;
  const open = lists && accountOpener((config) => lists.client(config));
  const deps: StaffDeps = {
    ...{ pg, clock, log, events, content },
    limits: (workspaceNo) => readLimits(pg, workspaceNo),
    open: async (workspaceNo) => open?.(await accounts.one(workspaceNo, 'wecom')),
    policy: (workspaceNo) => readPolicy(pg, workspaceNo),
    workspaces: given.workspaces,
  };
  return staffWork(deps);
}

export function staffWork(deps: StaffDeps): StaffWork {
  return {
    waiting: (workspaceNo) => waitingTasks(deps, workspaceNo),
    remind: (workspaceNo, msgid, by) => remind(deps, workspaceNo, msgid, by),
    remindDue: () => remindDue(deps),
    tell: (workspaceNo, message, by) => tellStaff(deps, workspaceNo, message, by),
    told: (workspaceNo) => staffMessages(deps, workspaceNo),
    moments: {
      check: (workspaceNo, moment) => checkMoment(deps, workspaceNo, moment),
      customers: async (workspaceNo, staff) => {
        const account = await deps.open(workspaceNo);
        return account ? customersOf(deps, workspaceNo, account.config.corpId, staff ?? undefined) : 0;
      },
      make: (workspaceNo, moment, by, id) => makeMoment(deps, workspaceNo, moment, by, id),
      between: (workspaceNo, from, to) => momentsBetween(deps, workspaceNo, from, to),
      list: (workspaceNo, cursor) => listMoments(deps, workspaceNo, cursor),
      get: (workspaceNo, id) => readMoment(deps, workspaceNo, id),
      cancel: (workspaceNo, id) => cancelMoment(deps, workspaceNo, id),
      choices: (workspaceNo) => momentChoices(deps, workspaceNo),
      follow: () => followMoments(deps),
    },
  };
}
