import type { Migration } from '../../base/index.ts';

export const sidebarMigrations: Migration[] = [
  {
    room: 'sidebar',
    n: 1,
    name: 'tasks of staff, and pictures as the platform knows them',
    pg: `
CREATE TABLE staff_tasks (
  workspace_no int NOT NULL, id text NOT NULL, staff_id text NOT NULL, person_no bigint NOT NULL, first_no bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('follow_up', 'greet', 'act')), text text NOT NULL DEFAULT '', due date NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'done')), made_at timestamptz NOT NULL, made_by text NOT NULL, ended_at timestamptz, PRIMARY KEY (workspace_no, id));
CREATE INDEX staff_tasks_open ON staff_tasks (workspace_no, staff_id, due) WHERE state = 'open';
CREATE INDEX staff_tasks_person ON staff_tasks (workspace_no, person_no);
CREATE TABLE staff_task_acts (
  workspace_no int NOT NULL, no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, person_no bigint NOT NULL, event text NOT NULL, at timestamptz NOT NULL,
  properties jsonb NOT NULL);
CREATE TABLE sidebar_media (
  workspace_no int NOT NULL, account_id text NOT NULL, picture text NOT NULL, media_id text NOT NULL, until_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_no, account_id, picture));`,
  },
  { room: 'sidebar', n: 2, name: 'what the platform knows of pictures is kept where it is spoken with', pg: 'DROP TABLE sidebar_media;' },
];
