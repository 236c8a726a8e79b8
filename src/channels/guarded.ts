import type { Accounts } from './accounts.ts';
import { type Approvals, createApprovals } from './approvals/index.ts';
import { readPolicy } from './policy.ts';
import type { Deps } from './ports.ts';
import type { StaffWork } from './staff/index.ts';
import { newMoment } from './staff/schema.ts';
import type { WebhookAdapter } from './webhook/index.ts';

/** Approval as this room has it: the size is the policy's, and the webhook is told. */
export const openApprovals = (deps: Deps, accounts: Pick<Accounts, 'one'>, webhook: WebhookAdapter | undefined): Approvals =>
  createApprovals({
    ...{ pg: deps.pg, clock: deps.clock, log: deps.log },
    above: async (workspaceNo) => (await readPolicy(deps.pg, workspaceNo)).approvalAbove,
    approvers: async (workspaceNo) => (await deps.approvers?.(workspaceNo)) ?? [],
    audit: async (entry) => deps.audit?.(entry),
    notify: async (workspaceNo, key, approval) => {
      const account = await accounts.one(workspaceNo, 'webhook');
      if (account) await webhook?.notify(account, key, { approval });
    },
  });

/** Moments that wait for approval where many see them. `made`: one has been made. */
export function guardMoments(approvals: Approvals, { moments }: Pick<StaffWork, 'moments'>, made: () => void): StaffWork['moments'] {
  const make: typeof moments.make = async (workspaceNo, ask, by, id) => {
    const one = await moments.make(workspaceNo, ask, by, id);
    made();
    return one;
  };
  approvals.define('moments.make', {
    permission: 'messages.write',
    ask: newMoment,
    weigh: async (workspaceNo, _subject, ask) => {
      const { text, customers } = await moments.check(workspaceNo, ask);
      return { name: text.slice(0, 40), people: customers, print: text };
    },
    act: (workspaceNo, _subject, ask, by) => make(workspaceNo, ask, by.name),
  });
  return {
    ...moments,
    make: async (workspaceNo, ask, by, id) => {
      // What was planned under an id of its own was looked at when it was planned.
      if (id === undefined) await approvals.pass(workspaceNo, 'moments.make', '', ask);
      return make(workspaceNo, ask, by, id);
    },
  };
}
