import { type PlanRow, planColumns } from './plans.ts';
import type { PlanDeps } from './ports.ts';
import { nextOccurrence, occurrences } from './times.ts';

/** What fell due longer ago is not sent any more: a good morning at night is worse than none. */
export const LATE_MS = 2 * 3_600_000;
const AT_ONCE = 1_000;

interface GroupRow {
  chat_id: string;
  owner: string;
  created_at: Date | null;
  planned_until: Date | null;
}

/**
 * Writes down what groups get whose time has come, and when each is to be looked at next, in one transaction: who dies in between has done nothing, and
 * what was written stands once, whoever comes to it again.
 */
export async function planDue(deps: PlanDeps, workspaceNo: number, zone: string, corpId: string): Promise<number> {
  const { pg, clock } = deps;
  const plans = await pg.query<PlanRow>(`SELECT ${planColumns} FROM group_plans WHERE workspace_no = $1 AND state <> 'draft' ORDER BY id`, [
    workspaceNo,
  ]);
  let written = 0;
  for (const plan of plans)
    for (let more = true; more; ) {
      const done = await pg.tx(async (tx) => {
        // One process at a time works on a plan; its state is read again under the lock.
        const [now] = await tx.query<PlanRow>(`SELECT ${planColumns} FROM group_plans WHERE id = $1 FOR UPDATE SKIP LOCKED`, [plan.id]);
        if (!now || now.state === 'draft') return { groups: 0, sends: 0 };
        const ms = clock.ms();
        const groups = await tx.query<GroupRow>(
          `SELECT g.chat_id, g.owner, g.created_at, p.planned_until FROM wecom_groups g
           LEFT JOIN group_plan_groups p ON p.plan_id = $2 AND p.chat_id = g.chat_id
           WHERE g.workspace_no = $1 AND g.corp_id = $6 AND g.purpose = $3 AND g.dismissed_at IS NULL AND (p.plan_id IS NULL OR p.next_at <= $4)
           ORDER BY g.chat_id LIMIT $5`,
          [workspaceNo, now.id, now.purpose, new Date(ms), AT_ONCE, corpId],
        );
        const sends: { stepId: string; chatId: string; at: number; owner: string }[] = [];
        const next: (Date | null)[] = [];
        for (const group of groups) {
          const created = group.created_at?.getTime() ?? now.started_at?.getTime() ?? ms;
          // Who is met for the first time gets what was for lately, and nothing of the days before the plan began.
          const since = Math.max(now.started_at?.getTime() ?? ms, ms - LATE_MS, created - 1);
          const from = group.planned_until?.getTime() ?? since;
          for (const { stepId, at } of occurrences(now.steps, created, from, ms, zone))
            sends.push({ stepId, chatId: group.chat_id, at, owner: group.owner });
          const after = nextOccurrence(now.steps, created, ms, zone);
          next.push(after === undefined ? null : new Date(after));
        }
        await tx.query(
          `INSERT INTO group_sends (workspace_no, plan_id, step_id, chat_id, due_at, owner, state, reason)
           SELECT $1, $2, s, c, a, o, CASE WHEN $7 = 'paused' OR a < $8 THEN 'skipped' ELSE 'due' END,
             CASE WHEN $7 = 'paused' THEN 'paused' WHEN a < $8 THEN 'late' END
           FROM unnest($3::text[], $4::text[], $5::timestamptz[], $6::text[]) AS t (s, c, a, o) ON CONFLICT DO NOTHING`,
          [
            ...[workspaceNo, now.id, sends.map((s) => s.stepId), sends.map((s) => s.chatId), sends.map((s) => new Date(s.at))],
            ...[sends.map((s) => s.owner), now.state, new Date(ms - LATE_MS)],
          ],
        );
        await tx.query(
          `INSERT INTO group_plan_groups (workspace_no, plan_id, chat_id, planned_until, next_at)
           SELECT $1, $2, c, $4, n FROM unnest($3::text[], $5::timestamptz[]) AS t (c, n)
           ON CONFLICT (plan_id, chat_id) DO UPDATE SET planned_until = excluded.planned_until, next_at = excluded.next_at`,
          [workspaceNo, now.id, groups.map((g) => g.chat_id), new Date(ms), next],
        );
        return { groups: groups.length, sends: sends.length };
      });
      await deps.boundary('groups.planned');
      written += done.sends;
      more = done.groups === AT_ONCE;
    }
  return written;
}
