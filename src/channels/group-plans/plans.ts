import { newId, notFound, problem } from '../../base/index.ts';
import { asksApproval } from './approval.ts';
import type { PlanDeps } from './ports.ts';
import type { PlanBody, PlanChange, PlanList, PlanView, Step } from './schema.ts';

export interface PlanRow {
  id: string;
  name: string;
  purpose: string;
  steps: Step[];
  reminders: number;
  remind_after: number;
  state: PlanView['state'];
  started_at: Date | null;
  created_at: Date;
  made_by: string;
}

export const planColumns = 'id, name, purpose, steps, reminders, remind_after, state, started_at, created_at, made_by';

const viewed = `SELECT ${planColumns},
  (SELECT count(*) FROM wecom_groups g WHERE g.workspace_no = p.workspace_no AND g.purpose = p.purpose AND g.dismissed_at IS NULL) AS groups,
  (SELECT count(*) FROM group_sends s WHERE s.plan_id = p.id AND s.state = 'sent') AS sent,
  (SELECT count(*) FROM group_sends s WHERE s.plan_id = p.id AND s.state IN ('asking', 'asked')) AS waiting FROM group_plans p`;

const viewOf = (row: PlanRow & { groups: number; sent: number; waiting: number }): PlanView => ({
  ...{ id: row.id, name: row.name, purpose: row.purpose, steps: row.steps, reminders: row.reminders, remindAfter: row.remind_after },
  ...{ state: row.state, startedAt: row.started_at?.toISOString() ?? null, createdAt: row.created_at.toISOString(), by: row.made_by },
  ...{ groups: row.groups, sent: row.sent, waiting: row.waiting },
});

/** Plans, and what they are doing. */
export function createPlans({ pg, clock, approvals }: Pick<PlanDeps, 'pg' | 'clock' | 'approvals'>) {
  const get = async (workspaceNo: number, id: string): Promise<PlanView> => {
    const [row] = await pg.query<Parameters<typeof viewOf>[0]>(`${viewed} WHERE p.workspace_no = $1 AND p.id = $2`, [workspaceNo, id]);
    if (!row) throw notFound('This plan');
    return viewOf(row);
  };
  /** Where each group stands is worked out anew from where it had come. */
  const lookAgain = (planId: string) => pg.query('UPDATE group_plan_groups SET next_at = planned_until WHERE plan_id = $1', [planId]);

  const turn = async (workspaceNo: number, id: string, from: PlanView['state'][], to: PlanView['state']): Promise<PlanView> => {
    const now = clock.now();
    const [row] = await pg.query(
      `UPDATE group_plans SET state = $4, started_at = coalesce(started_at, CASE WHEN $4 = 'running' THEN $5::timestamptz END), updated_at = $5
       WHERE workspace_no = $1 AND id = $2 AND state = ANY($3) RETURNING 1`,
      [workspaceNo, id, from, to, now],
    );
    const plan = await get(workspaceNo, id);
    if (!row && plan.state !== to) throw problem(409, `This plan is ${plan.state}`, { detail: `It cannot become ${to} now.` });
    return plan;
  };

  const launch = (workspaceNo: number, id: string) => turn(workspaceNo, id, ['draft'], 'running');
  const change = async (workspaceNo: number, id: string, wanted: PlanChange): Promise<PlanView> => {
    const now = { ...(await get(workspaceNo, id)), ...wanted };
    await pg.query(
      `UPDATE group_plans SET name = $3, purpose = $4, steps = $5, reminders = $6, remind_after = $7, updated_at = $8 WHERE workspace_no = $1 AND id = $2`,
      [workspaceNo, id, now.name, now.purpose, JSON.stringify(now.steps), now.reminders, now.remindAfter, clock.now()],
    );
    await lookAgain(id);
    return get(workspaceNo, id);
  };
  const gate = asksApproval({ pg, approvals }, { get, launch, change });

  return {
    get,
    foresee: gate.foresee,
    list: async (workspaceNo: number): Promise<PlanList> => {
      const [rows, purposes] = await Promise.all([
        pg.query<Parameters<typeof viewOf>[0]>(`${viewed} WHERE p.workspace_no = $1 ORDER BY p.id DESC LIMIT 200`, [workspaceNo]),
        pg.query<PlanList['purposes'][number]>(
          `SELECT purpose, count(*) AS groups FROM wecom_groups WHERE workspace_no = $1 AND purpose <> '' AND dismissed_at IS NULL
           GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 200`,
          [workspaceNo],
        ),
      ]);
      return { items: rows.map(viewOf), purposes };
    },
    add: async (workspaceNo: number, body: PlanBody, by: string): Promise<PlanView> => {
      const id = newId('gpl', clock.ms());
      const { name, purpose, steps, reminders, remindAfter } = body;
      await pg.query(
        `INSERT INTO group_plans (workspace_no, id, name, purpose, steps, reminders, remind_after, state, created_at, updated_at, made_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'draft', $8, $8, $9)`,
        [workspaceNo, id, name, purpose, JSON.stringify(steps), reminders, remindAfter, clock.now(), by],
      );
      return get(workspaceNo, id);
    },
    change: async (workspaceNo: number, id: string, wanted: PlanChange): Promise<PlanView> => {
      await gate.beforeChange(workspaceNo, id, wanted);
      return change(workspaceNo, id, wanted);
    },
    /** What was not asked for yet is never asked for; what was stays in the books of the platform. */
    remove: async (workspaceNo: number, id: string): Promise<void> => {
      await get(workspaceNo, id);
      await pg.tx(async (tx) => {
        await tx.query("DELETE FROM group_sends WHERE workspace_no = $1 AND plan_id = $2 AND state = 'due'", [workspaceNo, id]);
        await tx.query('DELETE FROM group_plans WHERE workspace_no = $1 AND id = $2', [workspaceNo, id]);
      });
    },
    launch: async (workspaceNo: number, id: string): Promise<PlanView> => {
      await approvals.pass(workspaceNo, 'groups.launch', id, {});
      return launch(workspaceNo, id);
    },
    /** What falls due meanwhile is passed over, and said so. */
    pause: (workspaceNo: number, id: string) => turn(workspaceNo, id, ['running'], 'paused'),
    resume: (workspaceNo: number, id: string) => turn(workspaceNo, id, ['paused'], 'running'),
  };
}
