import type { Migration } from '../base/index.ts';

/**
 * `journey_people`: one row per person and entry; `due_at` is set exactly while the person is inside. `journey_steps` is the log of what happened, only ever
 * added to, always under the workspace's lock: its numbers are in the order of commits, so `journey_progress.announced` can say how far it was told.
 */
export const migrations: Migration[] = [
  {
    room: 'journeys',
    n: 1,
    name: 'journeys, their versions, their people',
    pg: `
CREATE TABLE journeys (
  no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL UNIQUE, workspace_no int NOT NULL, name text NOT NULL, purpose text,
  state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'running', 'paused', 'archived')), version int NOT NULL DEFAULT 0, graph jsonb NOT NULL,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, launched_at timestamptz, archived_at timestamptz);
CREATE INDEX ON journeys (workspace_no, no DESC);
CREATE TABLE journey_versions (
  journey_no int NOT NULL, version int NOT NULL, graph jsonb NOT NULL, created_at timestamptz NOT NULL, PRIMARY KEY (journey_no, version));
CREATE TABLE journey_people (
  no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, workspace_no int NOT NULL, journey_no int NOT NULL, version int NOT NULL,
  person_no bigint NOT NULL, entry_no int NOT NULL, node text NOT NULL, branch text, due_at timestamptz,
  event_at timestamptz NOT NULL, entered_at timestamptz NOT NULL, moved_at timestamptz NOT NULL, left_at timestamptz, reason text,
  converted_at timestamptz, goal text, UNIQUE (journey_no, person_no, entry_no)) WITH (fillfactor = 70);
CREATE INDEX journey_people_due ON journey_people (workspace_no, due_at, no) WHERE due_at IS NOT NULL;
CREATE TABLE journey_steps (
  workspace_no int NOT NULL, no bigint GENERATED ALWAYS AS IDENTITY, journey_no int NOT NULL, pass_no bigint NOT NULL, version int NOT NULL,
  node text NOT NULL, kind text NOT NULL CHECK (kind IN ('enter', 'arrive', 'branch', 'convert', 'exit', 'leave')),
  branch text, reason text, at timestamptz NOT NULL, PRIMARY KEY (workspace_no, no));
CREATE INDEX journey_steps_node ON journey_steps (journey_no, node, pass_no);
CREATE TABLE journey_progress (workspace_no int PRIMARY KEY, announced bigint NOT NULL);`,
  },
];
