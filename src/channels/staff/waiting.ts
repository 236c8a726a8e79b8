import { notFound, Problem, problem } from '../../base/index.ts';
import { outboxId } from '../ids.ts';
import type { Limit } from '../limits/limits.ts';
import { ruleOf } from '../limits/limits.ts';
import { quietUntil } from '../quiet.ts';
import { WecomError } from '../wecom/errors.ts';
import { accountOf, refusal, type StaffDeps } from './ports.ts';
import type { WaitingTask } from './schema.ts';

/** Mass messages that staff have not confirmed, and reminding them of it as often as the platform allows. */

const spanOf = ({ period }: Limit): number => (period && 'minutes' in period ? period.minutes : 1_440) * 60_000;

export async function waitingTasks(deps: Pick<StaffDeps, 'pg' | 'clock' | 'limits'>, workspaceNo: number): Promise<WaitingTask[]> {
  const limit = (await deps.limits(workspaceNo)).get('wecom.mass.reminders');
  const now = deps.clock.ms();
  const rows = await deps.pg.query<{
    msgid: string;
    waiting: number;
    first: number;
    content_id: string;
    journey_id: string | null;
    text: string | null;
    since: Date;
    sender: string | null;
    receivers: number | null;
    reminded: Date[] | null;
  }>(
    `WITH open AS (
       SELECT o.provider_ref AS msgid, count(*) AS waiting, min(o.no) AS first, min(o.content_id) AS content_id, min(o.journey_id) AS journey_id,
         min(o.text) AS text, min(o.decided_at) AS since
       FROM outbox_waiting w JOIN outbox o ON o.workspace_no = w.workspace_no AND o.no = w.no
       WHERE w.workspace_no = $1 AND w.channel = 'wecom' AND w.what = 'submitted' AND o.state = 'submitted' AND o.provider_ref IS NOT NULL
       GROUP BY o.provider_ref)
     SELECT o.*, t.sender, cardinality(t.external_userids) AS receivers, r.reminded FROM open o
     LEFT JOIN LATERAL (SELECT sender, external_userids FROM wecom_mass_tasks t WHERE t.workspace_no = $1 AND t.msgid = o.msgid LIMIT 1) t ON true
     LEFT JOIN LATERAL (SELECT array_agg(at ORDER BY at) AS reminded FROM wecom_reminders r WHERE r.workspace_no = $1 AND r.msgid = o.msgid) r ON true
     ORDER BY o.since LIMIT 500`,
    [workspaceNo],
  );
  return rows.map((row) => {
    const all = row.reminded ?? [];
    const recent = all.filter((at) => at.getTime() > now - spanOf(limit));
    const left = Math.max(0, (limit.value ?? 0) - recent.length);
    return {
      id: row.msgid,
      userId: row.sender,
      waiting: row.waiting,
      receivers: row.receivers ?? row.waiting,
      contentId: row.content_id,
      journeyId: row.journey_id,
      messageId: outboxId(row.first),
      text: row.text,
      since: row.since.toISOString(),
      remindedAt: all.at(-1)?.toISOString() ?? null,
      remindersLeft: left,
      nextReminderAt: left > 0 || !recent[0] ? null : new Date(recent[0].getTime() + spanOf(limit)).toISOString(),
    };
  });
}

/** Reminds the staff member of one task; what was used up is written down before the platform is asked. */
export async function remind(deps: StaffDeps, workspaceNo: number, msgid: string, by: string): Promise<void> {
  const { pg, clock } = deps;
  const account = await accountOf(deps, workspaceNo);
  const [task] = await pg.query('SELECT 1 FROM wecom_mass_tasks WHERE workspace_no = $1 AND account_id = $2 AND msgid = $3', [
    workspaceNo,
    account.id,
    msgid,
  ]);
  if (!task) throw notFound('Mass message');
  const limit = (await deps.limits(workspaceNo)).get('wecom.mass.reminders');
  const now = clock.now();
  const tooOften = () => {
    const { name } = ruleOf(limit.key);
    return problem(409, 'Reminded often enough', {
      code: limit.key,
      detail: { zh: `${name.zh}：${limit.value}`, en: `${name.en}: ${limit.value}` },
    });
  };
  await pg.tx(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock(7151, hashtext($1))', [msgid]);
    const [row] = await tx.query<{ n: number }>(
      'SELECT count(*) AS n FROM wecom_reminders WHERE workspace_no = $1 AND msgid = $2 AND at > $3',
      [workspaceNo, msgid, new Date(now.getTime() - spanOf(limit))],
    );
    if (row!.n >= (limit.value ?? 0)) throw tooOften();
    await tx.query('INSERT INTO wecom_reminders (workspace_no, msgid, at, by_name) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', [
      workspaceNo,
      msgid,
      now,
      by,
    ]);
  });
  try {
    await account.client.call('externalcontact.remind_groupmsg_send', { msgid });
  } catch (error) {
    // Reminded elsewhere: the platform counts those too.
    if (error instanceof WecomError && error.errcode === 45009) throw tooOften();
    if (error instanceof WecomError)
      await pg.query('DELETE FROM wecom_reminders WHERE workspace_no = $1 AND msgid = $2 AND at = $3', [workspaceNo, msgid, now]);
    throw refusal(error) ?? error;
  }
}

/** What has waited for longer than the policy says, and was not reminded of for as long, in workspaces that are neither paused nor asleep. */
export async function remindDue(deps: StaffDeps): Promise<number> {
  let reminded = 0;
  const now = deps.clock.ms();
  for (const { no, timezone } of await deps.workspaces()) {
    const { paused, quietHours, remindAfterHours } = await deps.policy(no);
    if (remindAfterHours === null || paused || quietUntil(now, quietHours, timezone) !== undefined) continue;
    const before = now - remindAfterHours * 3_600_000;
    for (const task of await waitingTasks(deps, no)) {
      if (task.remindersLeft === 0 || Date.parse(task.remindedAt ?? task.since) > before) continue;
      try {
        await remind(deps, no, task.id, 'Yutang');
        reminded += 1;
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        deps.log.warn({ workspace: no, task: task.id, code: error.code }, 'staff could not be reminded');
      }
    }
  }
  return reminded;
}
