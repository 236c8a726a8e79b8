import { numberOf, readLimits } from '../limits/limits.ts';
import { pages } from '../platform/paging.ts';
import { WecomError, WecomUnreachable } from '../wecom/index.ts';
import { contentHash } from '../wecom/mass-tasks.ts';
import { type Task, taskMade, taskRefused } from './asking.ts';
import type { PlanDeps, Platform } from './ports.ts';

/** Looks what became of tasks: of calls without an answer whether they were made, of the others whether their owner has sent; and reminds. */

const SETTLE_MS = 15_000;
const MINUTE = 60_000;
/** A message whose owner has not sent it by then is taken back. */
const GIVEN_UP_MS = 3 * 24 * 60 * MINUTE;
const CONFIRMED = 2;

interface Open extends Task {
  state: 'calling' | 'made';
  reminded: number;
  reminded_at: Date | null;
  reminders: number | null;
  remind_after: number | null;
}

const columns =
  't.id, t.plan_id, t.step_id, t.due_at, t.owner, t.chat_ids, t.text, t.link, t.started_at, t.msgid, t.state, t.reminded, t.reminded_at';

export async function lookAtTasks(deps: PlanDeps, workspaceNo: number, platform: Platform): Promise<number> {
  const { pg, clock } = deps;
  const settled = new Date(clock.ms() - (deps.settleMs ?? SETTLE_MS));
  const tasks = await pg.query<Open>(
    `SELECT ${columns}, p.reminders, p.remind_after FROM group_tasks t LEFT JOIN group_plans p ON p.id = t.plan_id
     WHERE t.workspace_no = $1 AND t.look_at <= $2 AND (t.state = 'made' OR (t.state = 'calling' AND t.started_at <= $3)) ORDER BY t.look_at LIMIT 500`,
    [workspaceNo, clock.now(), settled],
  );
  for (const task of tasks) {
    try {
      await (task.state === 'calling' ? find(deps, workspaceNo, platform, task) : follow(deps, workspaceNo, platform, task));
    } catch (error) {
      if (!(error instanceof WecomError || error instanceof WecomUnreachable)) throw error;
      // A task that WeCom does not know any more is not asked after for ever.
      if (error instanceof WecomError && error.class === 'D' && task.state === 'made' && ageOf(deps, task) >= GIVEN_UP_MS) {
        await giveUp(deps, task);
        continue;
      }
      const at = (error instanceof WecomError ? error.retryAt : undefined) ?? new Date(clock.ms() + 2 * MINUTE);
      await pg.query('UPDATE group_tasks SET look_at = $2 WHERE id = $1', [task.id, at]);
    }
  }
  return tasks.length;
}

/** Ours is a task with the same words, whose owner and groups are ours, and that no other line of the journal has. */
async function find(deps: PlanDeps, workspaceNo: number, { client }: Platform, task: Open): Promise<void> {
  const started = Math.floor(task.started_at.getTime() / 1000);
  const window = { chat_type: 'group' as const, start_time: started - 60, end_time: started + 3600, filter_type: 2, limit: 100 };
  const wanted = contentHash({ text: task.text, ...(task.link ? { link: task.link } : {}) });
  const candidates: string[] = [];
  for await (const page of pages((cursor) =>
    client.call('externalcontact.get_groupmsg_list_v2', { ...window, ...(cursor ? { cursor } : {}) }),
  ))
    for (const one of page.group_msg_list) {
      const link = one.attachments.find((a) => a.msgtype === 'link')?.link as { url?: string; title?: string } | undefined;
      const said = { text: one.text?.content ?? '', ...(link ? { link: { url: link.url ?? '', title: link.title ?? '' } } : {}) };
      if (contentHash(said) === wanted) candidates.push(one.msgid);
    }
  const known = await deps.pg.query<{ msgid: string }>('SELECT msgid FROM group_tasks WHERE workspace_no = $1 AND msgid = ANY ($2)', [
    workspaceNo,
    candidates,
  ]);
  const taken = new Set(known.map((row) => row.msgid));
  for (const msgid of candidates.filter((one) => !taken.has(one))) {
    const results = await resultsOf({ client }, msgid, task.owner);
    const chats = results.map((one) => one.chatId);
    if (chats.length === 0 || !chats.every((id) => task.chat_ids.includes(id))) continue;
    await taskMade(
      deps,
      task,
      msgid,
      task.chat_ids.filter((id) => !chats.includes(id)),
    );
    return;
  }
  await taskRefused(deps, task);
}

async function resultsOf({ client }: Pick<Platform, 'client'>, msgid: string, userid: string) {
  const found: { chatId: string; status: number; sentAt: Date | null }[] = [];
  try {
    for await (const page of pages((cursor) =>
      client.call('externalcontact.get_groupmsg_send_result', { msgid, userid, limit: 1000, ...(cursor ? { cursor } : {}) }),
    ))
      for (const one of page.send_list)
        if (one.chat_id)
          found.push({ chatId: one.chat_id, status: one.status, sentAt: one.send_time ? new Date(one.send_time * 1000) : null });
  } catch (error) {
    // Of another owner's task this one has no results.
    if (error instanceof WecomError && error.class === 'D') return [];
    throw error;
  }
  return found;
}

async function follow(deps: PlanDeps, workspaceNo: number, platform: Platform, task: Open): Promise<void> {
  const { pg, clock } = deps;
  const msgid = task.msgid!;
  const parts = await platform.client.call('externalcontact.get_groupmsg_task', { msgid, limit: 1000 });
  const mine = parts.task_list.find((one) => one.userid === task.owner);
  const age = ageOf(deps, task);
  if (mine?.status === CONFIRMED) {
    const results = await resultsOf(platform, msgid, task.owner);
    await pg.tx(async (tx) => {
      await tx.query(
        `UPDATE group_sends s SET state = CASE t.st WHEN 1 THEN 'sent' WHEN 0 THEN 'unsent' ELSE 'failed' END,
           reason = CASE t.st WHEN 0 THEN 'left_out' WHEN 2 THEN 'dissolved' WHEN 3 THEN 'platform_cap' END, sent_at = CASE WHEN t.st = 1 THEN coalesce(t.at, $4) END
         FROM unnest($2::text[], $3::int[], $5::timestamptz[]) AS t (c, st, at) WHERE s.task_id = $1 AND s.chat_id = t.c AND s.state = 'asked'`,
        [task.id, results.map((r) => r.chatId), results.map((r) => r.status), clock.now(), results.map((r) => r.sentAt)],
      );
      const at = mine.send_time ? new Date(mine.send_time * 1000) : clock.now();
      await tx.query(`UPDATE group_tasks SET state = 'over', confirmed_at = $2, look_at = NULL WHERE id = $1`, [task.id, at]);
    });
    return;
  }
  if (age >= GIVEN_UP_MS) {
    await platform.client.call('externalcontact.cancel_groupmsg_send', { msgid });
    await giveUp(deps, task);
    return;
  }
  const due = task.started_at.getTime() + (task.reminded + 1) * (task.remind_after ?? 60) * MINUTE;
  if (task.reminders !== null && task.reminded < task.reminders && clock.ms() >= due) await remind(deps, workspaceNo, platform, task);
  const wait = age < 2 * 3_600_000 ? 5 : age < 24 * 3_600_000 ? 30 : 120;
  await pg.query('UPDATE group_tasks SET look_at = $2 WHERE id = $1', [task.id, new Date(clock.ms() + wait * MINUTE)]);
}

const ageOf = ({ clock }: PlanDeps, task: Task): number => clock.ms() - task.started_at.getTime();

async function giveUp({ pg }: PlanDeps, task: Task): Promise<void> {
  await pg.tx(async (tx) => {
    await tx.query(`UPDATE group_sends SET state = 'unsent', reason = 'not_sent' WHERE task_id = $1 AND state = 'asked'`, [task.id]);
    await tx.query(`UPDATE group_tasks SET state = 'over', look_at = NULL WHERE id = $1`, [task.id]);
  });
}

/** Reminds an owner, as often as the platform lets. It is written down before: who dies in between has reminded rather not than twice. */
export async function remind(
  deps: PlanDeps,
  workspaceNo: number,
  { client }: Platform,
  task: Pick<Open, 'id' | 'msgid'>,
): Promise<boolean> {
  const most = numberOf(await readLimits(deps.pg, workspaceNo), 'wecom.mass.reminders');
  const [may] = await deps.pg.query(
    `UPDATE group_tasks SET reminded = reminded + 1, reminded_at = $3 WHERE workspace_no = $1 AND id = $2 AND state = 'made' AND reminded < $4 RETURNING 1`,
    [workspaceNo, task.id, deps.clock.now(), most],
  );
  if (!may) return false;
  await deps.boundary('groups.reminded');
  try {
    await client.call('externalcontact.remind_groupmsg_send', { msgid: task.msgid! });
    return true;
  } catch (error) {
    if (error instanceof WecomError || error instanceof WecomUnreachable) return false;
    throw error;
  }
}
