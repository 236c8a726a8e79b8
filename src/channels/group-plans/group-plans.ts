import { askDue } from './asking.ts';
import { listSends, readCalendar, remindOwners } from './calendar.ts';
import { handOverGroups, moveDue } from './handover.ts';
import { dropHandovers, listHandovers } from './handovers.ts';
import { lookAtTasks } from './looking.ts';
import { planDue } from './planning.ts';
import { createPlans } from './plans.ts';
import { type PlanDeps, platformOf } from './ports.ts';
import type { CalendarQuery, HandoverBody, RemindBody, SendQuery } from './schema.ts';
import { createWelcomes } from './welcomes.ts';

/** What groups are told when, who has sent it, how newcomers are greeted, and who takes groups over. */
export function createGroupPlans(deps: PlanDeps) {
  return {
    plans: createPlans(deps),
    welcomes: createWelcomes(deps),
    calendar: (workspaceNo: number, zone: string, query: CalendarQuery) => readCalendar(deps, workspaceNo, zone, query),
    sends: (workspaceNo: number, query: SendQuery) => listSends(deps, workspaceNo, query),
    remind: (workspaceNo: number, ask: RemindBody) => remindOwners(deps, workspaceNo, ask),
    handOver: (workspaceNo: number, ask: HandoverBody, by: string) => handOverGroups(deps, workspaceNo, ask, by),
    handovers: (workspaceNo: number) => listHandovers(deps, workspaceNo),
    dropHandovers: (workspaceNo: number, from: string) => dropHandovers(deps, workspaceNo, from),
    /** Does what is due now: plans, asks, looks, reminds, hands over. */
    tick: async (): Promise<number> => {
      let did = 0;
      for (const { no, timezone } of await deps.workspaces()) {
        const platform = await platformOf(deps, no);
        if (!platform) continue;
        did += await planDue(deps, no, timezone, platform.corpId);
        did += await lookAtTasks(deps, no, platform);
        did += await askDue(deps, no, platform);
        did += (await moveDue(deps, no, platform)).length;
      }
      return did;
    },
  };
}
export type GroupPlans = ReturnType<typeof createGroupPlans>;
