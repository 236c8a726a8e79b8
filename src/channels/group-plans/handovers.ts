import { notFound } from '../../base/index.ts';
import { readLimits } from '../limits/limits.ts';
import { allowance } from '../limits/period.ts';
import { reasonOf } from './handover.ts';
import type { PlanDeps } from './ports.ts';
import type { HandoverList } from './schema.ts';

/** How hand-overs stand, by who gives: what has gone today, what waits for another day, what was refused of late. */

const DAY = 86_400_000;

export async function listHandovers({ pg, clock }: PlanDeps, workspaceNo: number): Promise<HandoverList> {
  const { most, from } = allowance((await readLimits(pg, workspaceNo)).get('wecom.groups.perOwner'), clock.ms());
  const rows = await pg.query<{
    from_owner: string;
    waiting: number;
    today: number;
    to: string[];
    by: string;
    asked_at: Date;
    failed: { chat: string; to: string; code: number }[] | null;
  }>(
    `SELECT from_owner, count(*) FILTER (WHERE state IN ('waiting', 'moving')) AS waiting, count(*) FILTER (WHERE moved_at >= $2) AS today,
       array_agg(DISTINCT to_owner ORDER BY to_owner) AS to, (array_agg(made_by ORDER BY asked_at DESC))[1] AS by, max(asked_at) AS asked_at,
       (jsonb_agg(jsonb_build_object('chat', chat_id, 'to', to_owner, 'code', code)) FILTER (WHERE state = 'failed')) AS failed
     FROM group_handovers WHERE workspace_no = $1 AND (state IN ('waiting', 'moving') OR moved_at >= $2 OR ended_at >= $3)
     GROUP BY 1 ORDER BY max(asked_at) DESC LIMIT 200`,
    [workspaceNo, from, new Date(clock.ms() - DAY)],
  );
  return {
    most,
    items: rows.map((row) => ({
      ...{ from: row.from_owner, to: row.to, waiting: row.waiting, today: row.today, by: row.by, askedAt: row.asked_at.toISOString() },
      failed: (row.failed ?? []).map(({ chat, to, code }) => ({ chatId: chat, to, code, reason: reasonOf(code) })),
    })),
  };
}

/** What has not gone stays where it is. */
export async function dropHandovers({ pg, clock }: PlanDeps, workspaceNo: number, from: string): Promise<{ dropped: number }> {
  const rows = await pg.query(
    `UPDATE group_handovers SET state = 'over', ended_at = $3 WHERE workspace_no = $1 AND from_owner = $2 AND state = 'waiting' RETURNING id`,
    [workspaceNo, from, clock.now()],
  );
  if (rows.length === 0) throw notFound('A hand-over that waits');
  return { dropped: rows.length };
}
