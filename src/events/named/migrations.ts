import type { Migration } from '../../base/index.ts';

export const namedMigrations: Migration[] = [
  {
    room: 'events.named',
    n: 1,
    name: 'names for captured elements',
    pg: `
CREATE TABLE named_events (
  id text PRIMARY KEY, workspace_no int NOT NULL, name text NOT NULL, rule jsonb NOT NULL, created_at timestamptz NOT NULL, archived_at timestamptz);
CREATE UNIQUE INDEX named_events_name ON named_events (workspace_no, name) WHERE archived_at IS NULL;`,
  },
];
