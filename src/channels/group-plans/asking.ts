import { newId } from '../../base/index.ts';
import { numberOf, readLimits } from '../limits/limits.ts';
import { allowance } from '../limits/period.ts';
import { WecomError, WecomUnreachable } from '../wecom/index.ts';
import { LATE_MS } from './planning.ts';
import type { PlanDeps, Platform } from './ports.ts';
import type { Step } from './schema.ts';

/** Asks owners, through the platform, to send to their groups. A task is written down before the platform is asked and again after. */

export interface Task {
  id: string;
  plan_id: string;
  step_id: string;
  due_at: Date;
  owner: string;
  chat_ids: string[];
  text: string;
  link: { url: string; title: string } | null;
  started_at: Date;
  msgid: string | null;
}

interface Due {
  plan_id: string;
  step_id: string;
  due_at: Date;
  chat_id: string;
  owner: string | null;
  dissolved: boolean;
  used: number;
  steps: Step[] | null;
  paused: boolean | null;
}

const AT_ONCE = 5_000;

export async function askDue(deps: PlanDeps, workspaceNo: number, platform: Platform): Promise<number> {
  const tasks = await journal(deps, workspaceNo, platform);
  await deps.boundary('groups.task.journalled');
  for (const task of tasks) await make(deps, workspaceNo, platform, task);
  return tasks.length;
}

/** What is due and may go, as tasks: one for an owner, a step and its time. What may not go is passed over with the reason. */
async function journal({ pg, clock }: PlanDeps, workspaceNo: number, { corpId }: Platform): Promise<Task[]> {
  const limits = await readLimits(pg, workspaceNo);
  const { most, from } = allowance(limits.get('wecom.mass.perGroup'), clock.ms());
  const perTask = numberOf(limits, 'wecom.mass.groupsPerTask');
  return pg.tx(async (tx) => {
    // One process at a time, so that what a group has had is counted whole.
    await tx.query('SELECT pg_advisory_xact_lock(7124, $1)', [workspaceNo]);
    const due = await tx.query<Due>(
      `SELECT s.plan_id, s.step_id, s.due_at, s.chat_id, nullif(g.owner, '') AS owner, g.dismissed_at IS NOT NULL AS dissolved, p.steps,
         p.state = 'paused' AS paused,
         (SELECT count(*) FROM group_sends o WHERE o.workspace_no = $1 AND o.chat_id = s.chat_id AND o.state IN ('asking', 'asked', 'sent') AND o.asked_at >= $3)
           AS used
       FROM group_sends s JOIN wecom_groups g ON g.workspace_no = $1 AND g.corp_id = $4 AND g.chat_id = s.chat_id
       LEFT JOIN group_plans p ON p.id = s.plan_id
       WHERE s.workspace_no = $1 AND s.state = 'due' AND s.due_at <= $2 AND (s.not_before IS NULL OR s.not_before <= $2)
       ORDER BY s.due_at, s.plan_id, s.step_id, g.owner, s.chat_id LIMIT ${AT_ONCE}`,
      [workspaceNo, clock.now(), from, corpId],
    );
    const skipped: { one: Due; reason: string }[] = [];
    const used = new Map<string, number>();
    const tasks = new Map<string, Task[]>();
    for (const one of due) {
      const step = one.steps?.find((s) => s.id === one.step_id);
      const had = used.get(one.chat_id) ?? one.used;
      const reason = step === undefined ? 'step_removed' : whyNot(one, had < most, clock.ms());
      if (reason !== undefined || one.owner === null || step === undefined) {
        skipped.push({ one, reason: reason ?? 'no_owner' });
        continue;
      }
      used.set(one.chat_id, had + 1);
      const key = [one.plan_id, one.step_id, one.due_at.getTime(), one.owner].join('\n');
      const parts = tasks.get(key) ?? [];
      tasks.set(key, parts);
      let task = parts.at(-1);
      if (!task || task.chat_ids.length >= perTask) {
        task = {
          ...{ id: newId('gt', clock.ms()), plan_id: one.plan_id, step_id: one.step_id, due_at: one.due_at, owner: one.owner },
          ...{ chat_ids: [], text: step.text, link: step.link ?? null, started_at: clock.now(), msgid: null },
        };
        parts.push(task);
      }
      task.chat_ids.push(one.chat_id);
    }
    const all = [...tasks.values()].flat();
    const column = <T>(list: readonly T[], of: (one: T) => unknown) => list.map(of);
    await tx.query(
      `UPDATE group_sends s SET state = 'skipped', reason = t.r FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[]) AS t (p, st, d, c, r)
       WHERE s.plan_id = t.p AND s.step_id = t.st AND s.due_at = t.d AND s.chat_id = t.c`,
      [
        ...[column(skipped, (s) => s.one.plan_id), column(skipped, (s) => s.one.step_id), column(skipped, (s) => s.one.due_at)],
        ...[column(skipped, (s) => s.one.chat_id), column(skipped, (s) => s.reason)],
      ],
    );
    for (const task of all) {
      await tx.query(
        `INSERT INTO group_tasks (workspace_no, id, plan_id, step_id, due_at, owner, chat_ids, text, link, state, started_at, look_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'calling', $10, $10)`,
        [
          ...[workspaceNo, task.id, task.plan_id, task.step_id, task.due_at, task.owner, task.chat_ids, task.text],
          ...[task.link === null ? null : JSON.stringify(task.link), task.started_at],
        ],
      );
      await tx.query(
        `UPDATE group_sends SET state = 'asking', task_id = $1, owner = $2, asked_at = $3, not_before = NULL
         WHERE plan_id = $4 AND step_id = $5 AND due_at = $6 AND chat_id = ANY ($7)`,
        [task.id, task.owner, task.started_at, task.plan_id, task.step_id, task.due_at, task.chat_ids],
      );
    }
    return all;
  });
}

function whyNot(one: Due, allowed: boolean, now: number): string | undefined {
  if (one.dissolved) return 'dissolved';
  if (one.owner === null) return 'no_owner';
  if (one.paused) return 'paused';
  // What the platform would not take at its time is not asked for in the night.
  if (one.due_at.getTime() < now - LATE_MS) return 'late';
  return allowed ? undefined : 'platform_cap';
}

async function make(deps: PlanDeps, workspaceNo: number, { client }: Platform, task: Task): Promise<void> {
  // Many tasks are made one after another: of what another process has looked for and not found meanwhile, the groups are due again.
  const [mine] = await deps.pg.query("UPDATE group_tasks SET started_at = $2 WHERE id = $1 AND state = 'calling' RETURNING 1", [
    ...[task.id, deps.clock.now()],
  ]);
  if (!mine) return;
  try {
    const made = await client.call('externalcontact.add_msg_template', {
      chat_type: 'group',
      chat_id_list: task.chat_ids,
      sender: task.owner,
      text: { content: task.text },
      ...(task.link ? { attachments: [{ msgtype: 'link' as const, link: task.link }] } : {}),
    });
    await deps.boundary('groups.task.made');
    await taskMade(deps, task, made.msgid, made.fail_list);
  } catch (error) {
    if (error instanceof WecomUnreachable) {
      // It may have been made all the same: the platform's list will tell.
      if (error.inDoubt) return;
      await taskRefused(deps, task, undefined, new Date(deps.clock.ms() + 30_000));
    } else if (error instanceof WecomError) {
      deps.log.warn({ workspace: workspaceNo, errcode: error.errcode }, 'a message to groups was refused');
      if (error.class === 'D') await taskRefused(deps, task, `wecom_${error.errcode}`);
      else await taskRefused(deps, task, undefined, error.retryAt ?? new Date(deps.clock.ms() + 60_000));
    } else throw error;
  }
}

const FIRST_LOOK_MS = 5 * 60_000;

export async function taskMade({ pg, clock }: PlanDeps, task: Task, msgid: string, refused: readonly string[]): Promise<void> {
  await pg.tx(async (tx) => {
    await tx.query(`UPDATE group_tasks SET state = 'made', msgid = $2, look_at = $3 WHERE id = $1`, [
      ...[task.id, msgid, new Date(clock.ms() + FIRST_LOOK_MS)],
    ]);
    await tx.query(
      `UPDATE group_sends SET state = CASE WHEN chat_id = ANY ($2) THEN 'failed' ELSE 'asked' END, reason = CASE WHEN chat_id = ANY ($2) THEN 'not_reachable' END
       WHERE task_id = $1 AND state = 'asking'`,
      [task.id, refused],
    );
  });
}

/** It certainly was not made: the groups get it later, or not at all. */
export async function taskRefused({ pg }: PlanDeps, task: Task, reason?: string, again?: Date): Promise<void> {
  await pg.tx(async (tx) => {
    await tx.query(`UPDATE group_tasks SET state = 'refused', look_at = NULL WHERE id = $1 AND state = 'calling'`, [task.id]);
    if (reason === undefined)
      await tx.query(
        `UPDATE group_sends SET state = 'due', task_id = NULL, asked_at = NULL, not_before = $2 WHERE task_id = $1 AND state = 'asking'`,
        [task.id, again ?? null],
      );
    else await tx.query(`UPDATE group_sends SET state = 'failed', reason = $2 WHERE task_id = $1 AND state = 'asking'`, [task.id, reason]);
  });
}
