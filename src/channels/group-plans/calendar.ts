import { z } from 'zod';
import { decodeCursor, encodeCursor, notFound, problem } from '../../base/index.ts';
import { remind } from './looking.ts';
import type { PlanRow } from './plans.ts';
import { planColumns } from './plans.ts';
import { type PlanDeps, platformOf } from './ports.ts';
import type { CalendarQuery, CalendarView, RemindAnswer, RemindBody, SendList, SendQuery } from './schema.ts';
import { addDays, instantOf, localDay, weekdayOf } from './times.ts';

/** Which groups get what on which day: what was, as it went, and what is to come, counted from the groups there are now. */

type Item = CalendarView['items'][number];
const none = { due: 0, asked: 0, sent: 0, failed: 0, skipped: 0, unsent: 0 };

export async function readCalendar(deps: PlanDeps, workspaceNo: number, zone: string, query: CalendarQuery): Promise<CalendarView> {
  const { pg, clock } = deps;
  const now = clock.ms();
  const today = localDay(now, zone);
  const from = query.from ?? addDays(today, 1 - weekdayOf(today));
  const days = Array.from({ length: query.days }, (_, i) => addDays(from, i));
  const [start, end] = [instantOf(from, '00:00', zone), instantOf(addDays(from, query.days), '00:00', zone)];
  const [plans, past, births, owners] = await Promise.all([
    pg.query<PlanRow>(`SELECT ${planColumns} FROM group_plans WHERE workspace_no = $1 ORDER BY id`, [workspaceNo]),
    pg.query<{ plan_id: string; step_id: string; due_at: Date; state: string; n: number; owners: number }>(
      `SELECT plan_id, step_id, due_at, CASE state WHEN 'asking' THEN 'asked' ELSE state END AS state, count(*) AS n,
         count(DISTINCT owner) FILTER (WHERE state IN ('asking', 'asked')) AS owners
       FROM group_sends WHERE workspace_no = $1 AND due_at >= $2 AND due_at < $3 GROUP BY 1, 2, 3, 4`,
      [workspaceNo, new Date(start), new Date(end)],
    ),
    pg.query<{ purpose: string; day: string; n: number }>(
      `SELECT purpose, to_char(coalesce(created_at, $3) AT TIME ZONE $2, 'YYYY-MM-DD') AS day, count(*) AS n FROM wecom_groups
       WHERE workspace_no = $1 AND purpose <> '' AND dismissed_at IS NULL GROUP BY 1, 2`,
      [workspaceNo, zone, new Date(now)],
    ),
    pg.query<{ owner: string; messages: number; groups: number; since: Date; reminded: number }>(
      `SELECT owner, count(*) AS messages, sum(cardinality(chat_ids))::int AS groups, min(started_at) AS since, sum(reminded)::int AS reminded
       FROM group_tasks WHERE workspace_no = $1 AND state = 'made' GROUP BY 1 ORDER BY 4 LIMIT 200`,
      [workspaceNo],
    ),
  ]);
  const byId = new Map(plans.map((plan) => [plan.id, plan]));
  const items = new Map<string, Item>();
  const itemOf = (planId: string, stepId: string, at: number, ahead: boolean): Item => {
    const key = `${planId}\n${stepId}\n${at}`;
    const plan = byId.get(planId);
    const step = plan?.steps.find((one) => one.id === stepId);
    const made = items.get(key) ?? {
      ...{ planId, plan: plan?.name ?? '', purpose: plan?.purpose ?? '', stepId, step: step?.name ?? '', text: step?.text ?? '' },
      ...{ day: localDay(at, zone), at: new Date(at).toISOString(), ahead, groups: 0, counts: { ...none }, waitingFor: 0 },
    };
    items.set(key, made);
    return made;
  };
  for (const row of past) {
    const item = itemOf(row.plan_id, row.step_id, row.due_at.getTime(), false);
    item.groups += row.n;
    item.counts[row.state as keyof typeof none] += row.n;
    item.waitingFor += row.owners;
  }
  for (const plan of plans.filter((one) => one.state === 'running')) {
    const born = births.filter((one) => one.purpose === plan.purpose);
    for (const { id, when } of plan.steps)
      for (const { day, n } of born)
        for (const on of when.kind === 'day' ? [addDays(day, when.day)] : days.filter((one) => weekdayOf(one) === when.weekday)) {
          const at = instantOf(on, when.time, zone);
          if (at <= now || at < start || at >= end) continue;
          itemOf(plan.id, id, at, true).groups += n;
        }
  }
  return {
    ...{ timezone: zone, today, days },
    items: [...items.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.plan < b.plan ? -1 : 1)),
    owners: owners.map((one) => ({ ...one, since: one.since.toISOString() })),
  };
}

export async function listSends(deps: PlanDeps, workspaceNo: number, query: SendQuery): Promise<SendList> {
  const after = decodeCursor(query.cursor, z.string().max(100)) ?? '';
  const rows = await deps.pg.query<{
    chat_id: string;
    name: string;
    owner: string;
    state: string;
    reason: string | null;
    asked_at: Date | null;
    sent_at: Date | null;
    reminded: number;
  }>(
    `SELECT s.chat_id, coalesce(g.name, '') AS name, s.owner, CASE s.state WHEN 'asking' THEN 'asked' ELSE s.state END AS state, s.reason, s.asked_at, s.sent_at,
       coalesce(t.reminded, 0) AS reminded
     FROM group_sends s LEFT JOIN wecom_groups g ON g.workspace_no = $1 AND g.chat_id = s.chat_id LEFT JOIN group_tasks t ON t.id = s.task_id
     WHERE s.workspace_no = $1 AND s.plan_id = $2 AND s.step_id = $3 AND s.due_at = $4 AND s.chat_id > $5
       AND ($6::text IS NULL OR s.state = $6 OR ($6 = 'asked' AND s.state = 'asking')) ORDER BY s.chat_id LIMIT $7`,
    [workspaceNo, query.planId, query.stepId, new Date(query.at), after, query.state ?? null, query.limit + 1],
  );
  const items = rows.slice(0, query.limit).map((row) => ({
    ...{ chatId: row.chat_id, group: row.name, owner: row.owner, state: row.state, reason: row.reason, reminded: row.reminded },
    ...{ askedAt: row.asked_at?.toISOString() ?? null, sentAt: row.sent_at?.toISOString() ?? null },
  }));
  return { items, nextCursor: rows.length > query.limit ? encodeCursor(items.at(-1)!.chatId) : null };
}

/** Reminds by hand those who have not sent. */
export async function remindOwners(deps: PlanDeps, workspaceNo: number, ask: RemindBody): Promise<RemindAnswer> {
  const [plan] = await deps.pg.query('SELECT 1 FROM group_plans WHERE workspace_no = $1 AND id = $2', [workspaceNo, ask.planId]);
  if (!plan) throw notFound('This plan');
  const platform = await platformOf(deps, workspaceNo);
  if (!platform) throw problem(409, 'WeCom is not set up', { detail: 'Enter its settings under Settings, Channels.' });
  const tasks = await deps.pg.query<{ id: string; msgid: string }>(
    `SELECT id, msgid FROM group_tasks WHERE workspace_no = $1 AND plan_id = $2 AND step_id = $3 AND due_at = $4 AND state = 'made'
     AND ($5::text IS NULL OR owner = $5) ORDER BY id LIMIT 500`,
    [workspaceNo, ask.planId, ask.stepId, new Date(ask.at), ask.owner ?? null],
  );
  const answer = { reminded: 0, refused: 0 };
  for (const task of tasks) answer[(await remind(deps, workspaceNo, platform, task)) ? 'reminded' : 'refused'] += 1;
  return answer;
}
