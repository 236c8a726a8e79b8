import type { Migration } from '../../base/index.ts';

/** What staff are asked to do: reminders of mass messages, moments to publish, app messages to read. */
export const staffMigrations: Migration[] = [
  {
    room: 'channels.staff',
    n: 1,
    name: 'reminders, moments, app messages to staff',
    pg: `
CREATE TABLE wecom_reminders (
  workspace_no int NOT NULL, msgid text NOT NULL, at timestamptz NOT NULL, by_name text NOT NULL, PRIMARY KEY (workspace_no, msgid, at));
CREATE TABLE wecom_moments (
  workspace_no int NOT NULL, id text NOT NULL, account_id text NOT NULL, content_id text NOT NULL, text text NOT NULL, link jsonb,
  staff text[] NOT NULL, tags text[] NOT NULL,
  state text NOT NULL CHECK (state IN ('calling', 'making', 'made', 'failed', 'cancelled')),
  jobid text, moment_id text, problem text, made_at timestamptz NOT NULL, made_by text NOT NULL, look_at timestamptz,
  PRIMARY KEY (workspace_no, id));
CREATE INDEX wecom_moments_look ON wecom_moments (look_at) WHERE look_at IS NOT NULL;
CREATE TABLE wecom_moment_staff (
  workspace_no int NOT NULL, moment text NOT NULL, userid text NOT NULL, at timestamptz NOT NULL, refused boolean NOT NULL DEFAULT false,
  published_at timestamptz, customers int NOT NULL DEFAULT 0, likes int NOT NULL DEFAULT 0, comments int NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace_no, moment, userid));
CREATE INDEX wecom_moment_staff_at ON wecom_moment_staff (workspace_no, userid, at);
CREATE TABLE wecom_staff_messages (
  workspace_no int NOT NULL, id text NOT NULL, key text NOT NULL, staff text[] NOT NULL, refused text[] NOT NULL DEFAULT '{}',
  title text NOT NULL, text text NOT NULL, url text,
  state text NOT NULL CHECK (state IN ('calling', 'sent', 'failed', 'in_doubt')), reason text, msgid text, at timestamptz NOT NULL, by_name text NOT NULL,
  PRIMARY KEY (workspace_no, id), UNIQUE (workspace_no, key));
CREATE INDEX wecom_staff_messages_at ON wecom_staff_messages (workspace_no, at);`,
  },
  {
    room: 'channels.staff',
    n: 2,
    name: 'staff are reminded by themselves',
    pg: 'ALTER TABLE policies ADD COLUMN remind_after_hours int;',
  },
];
