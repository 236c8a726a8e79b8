import type { Migration } from '../../base/index.ts';

/**
 * `group_plans` what groups of a purpose are told when; `group_plan_groups` how far each group has come; `group_sends` what each group gets, once for
 * plan, step and time; `group_tasks` the journal of what was asked of the platform; `group_welcomes` what newcomers are greeted with; `group_handovers` who takes which group over.
 */
export const groupPlanMigrations: Migration[] = [
  {
    room: 'channels.groups',
    n: 1,
    name: 'plans of groups, what each group gets, welcomes',
    pg: `
CREATE TABLE group_plans (
  workspace_no int NOT NULL, id text PRIMARY KEY, name text NOT NULL, purpose text NOT NULL, steps jsonb NOT NULL, reminders int NOT NULL DEFAULT 2,
  remind_after int NOT NULL DEFAULT 60, state text NOT NULL CHECK (state IN ('draft', 'running', 'paused')), started_at timestamptz,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, made_by text NOT NULL);
CREATE INDEX group_plans_workspace ON group_plans (workspace_no, purpose);
CREATE TABLE group_plan_groups (
  workspace_no int NOT NULL, plan_id text NOT NULL REFERENCES group_plans (id) ON DELETE CASCADE, chat_id text NOT NULL,
  planned_until timestamptz NOT NULL, next_at timestamptz, PRIMARY KEY (plan_id, chat_id));
CREATE INDEX group_plan_groups_next ON group_plan_groups (plan_id, next_at);
CREATE TABLE group_tasks (
  workspace_no int NOT NULL, id text PRIMARY KEY, plan_id text NOT NULL, step_id text NOT NULL, due_at timestamptz NOT NULL, owner text NOT NULL,
  chat_ids text[] NOT NULL, text text NOT NULL, link jsonb, state text NOT NULL CHECK (state IN ('calling', 'made', 'refused', 'over')),
  started_at timestamptz NOT NULL, msgid text, reminded int NOT NULL DEFAULT 0, reminded_at timestamptz, confirmed_at timestamptz, look_at timestamptz);
CREATE INDEX group_tasks_look ON group_tasks (workspace_no, look_at) WHERE state IN ('calling', 'made');
CREATE INDEX group_tasks_entry ON group_tasks (plan_id, step_id, due_at);
CREATE TABLE group_sends (
  workspace_no int NOT NULL, plan_id text NOT NULL, step_id text NOT NULL, chat_id text NOT NULL, due_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('due', 'asking', 'asked', 'sent', 'failed', 'skipped', 'unsent')),
  reason text, owner text NOT NULL DEFAULT '', task_id text, not_before timestamptz, asked_at timestamptz, sent_at timestamptz,
  PRIMARY KEY (plan_id, step_id, due_at, chat_id));
CREATE INDEX group_sends_due ON group_sends (workspace_no, due_at) WHERE state = 'due';
CREATE INDEX group_sends_group ON group_sends (workspace_no, chat_id, asked_at) WHERE state IN ('asking', 'asked', 'sent');
CREATE INDEX group_sends_day ON group_sends (workspace_no, due_at);
CREATE INDEX group_sends_task ON group_sends (task_id) WHERE task_id IS NOT NULL;
CREATE TABLE group_welcomes (
  workspace_no int NOT NULL, id text PRIMARY KEY, name text NOT NULL, purpose text NOT NULL, text text NOT NULL, link jsonb, template_id text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, error text);
CREATE INDEX group_welcomes_workspace ON group_welcomes (workspace_no);`,
  },
  {
    room: 'channels.groups',
    n: 2,
    name: 'groups that pass from owner to owner, and what waits for another day',
    pg: `
CREATE TABLE group_handovers (
  workspace_no int NOT NULL, corp_id text NOT NULL, id text PRIMARY KEY, no int NOT NULL, chat_id text NOT NULL, from_owner text NOT NULL, to_owner text NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'moving', 'moved', 'failed', 'over')), code int,
  asked_at timestamptz NOT NULL, made_by text NOT NULL, moved_at timestamptz, lease timestamptz, ended_at timestamptz);
CREATE UNIQUE INDEX group_handovers_open ON group_handovers (workspace_no, corp_id, chat_id) WHERE state IN ('waiting', 'moving');
CREATE INDEX group_handovers_day ON group_handovers (workspace_no, moved_at);
CREATE INDEX group_handovers_ended ON group_handovers (workspace_no, ended_at);`,
  },
];
