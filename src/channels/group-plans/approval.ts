import { z } from 'zod';
import type { Actor } from '../../access/index.ts';
import type { Pg } from '../../base/index.ts';
import { type ApprovalNeed, type Approvals, approvalNeed } from '../approvals/index.ts';
import { type PlanChange, type PlanView, planChange } from './schema.ts';

/** What a plan of groups would reach: how many people, and who of them would get the same in several groups. */
export const planForesight = z.object({
  groups: z.number(),
  /** Customers in them, each once. */
  people: z.number(),
  /** How many of them are in so many of the groups, and so get each message as often. */
  inGroups: z.array(z.object({ groups: z.number(), people: z.number() })),
  approval: approvalNeed,
});
export type PlanForesight = z.output<typeof planForesight>;

interface Plans {
  get(workspaceNo: number, id: string): Promise<PlanView>;
  launch(workspaceNo: number, id: string): Promise<PlanView>;
  change(workspaceNo: number, id: string, wanted: PlanChange): Promise<PlanView>;
}

const members = `FROM wecom_groups g JOIN wecom_group_members m ON m.workspace_no = g.workspace_no AND m.corp_id = g.corp_id AND m.chat_id = g.chat_id
  AND m.ended_at IS NULL WHERE g.workspace_no = $1 AND g.purpose = $2 AND g.dismissed_at IS NULL`;

/** What goes to groups of more people than the policy lets one member decide waits for another. */
export function asksApproval({ pg, approvals }: { pg: Pg; approvals: Pick<Approvals, 'define' | 'pass' | 'need'> }, plans: Plans) {
  const peopleOf = async (workspaceNo: number, purpose: string): Promise<number> => {
    const [row] = await pg.query<{ n: number }>(`SELECT count(DISTINCT (m.corp_id, m.external_userid)) AS n ${members}`, [
      workspaceNo,
      purpose,
    ]);
    return row!.n;
  };
  const weighed = async (workspaceNo: number, { name, purpose, steps, state }: PlanView) => ({
    ...{ name, people: await peopleOf(workspaceNo, purpose), print: { purpose, steps, draft: state === 'draft' } },
  });
  approvals.define('groups.launch', {
    permission: 'channels.write',
    ask: z.object({}),
    weigh: async (workspaceNo, id) => weighed(workspaceNo, await plans.get(workspaceNo, id)),
    act: (workspaceNo, id) => plans.launch(workspaceNo, id),
  });
  approvals.define('groups.change', {
    permission: 'channels.write',
    ask: planChange,
    weigh: async (workspaceNo, id, wanted) => {
      const now = await plans.get(workspaceNo, id);
      const purpose = wanted.purpose ?? now.purpose;
      return { ...(await weighed(workspaceNo, now)), people: await peopleOf(workspaceNo, purpose) };
    },
    act: (workspaceNo, id, wanted) => plans.change(workspaceNo, id, wanted),
  });
  return {
    /** Names and reminders say nothing to customers. */
    beforeChange: async (
      workspaceNo: number,
      id: string,
      { name: _, reminders: __, remindAfter: ___, ...said }: PlanChange,
    ): Promise<void> => {
      if (Object.keys(said).length > 0 && (await plans.get(workspaceNo, id)).state !== 'draft')
        await approvals.pass(workspaceNo, 'groups.change', id, said);
    },
    foresee: async (workspaceNo: number, id: string, actor?: Actor): Promise<PlanForesight> => {
      const plan = await plans.get(workspaceNo, id);
      const inGroups = await pg.query<PlanForesight['inGroups'][number]>(
        `SELECT n AS groups, count(*) AS people FROM (
           SELECT least(count(DISTINCT m.chat_id), 10)::int AS n ${members} GROUP BY m.corp_id, m.external_userid) x GROUP BY n ORDER BY n`,
        [workspaceNo, plan.purpose],
      );
      const approval: ApprovalNeed = await approvals.need(workspaceNo, 'groups.launch', id, {}, actor);
      return { groups: plan.groups, people: inGroups.reduce((sum, one) => sum + one.people, 0), inGroups, approval };
    },
  };
}
