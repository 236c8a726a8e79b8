import type { Migration } from '../base/index.ts';

export const migrations: Migration[] = [
  {
    room: 'content',
    n: 1,
    name: 'content items',
    pg: `
CREATE TABLE content_items (
  id text PRIMARY KEY, workspace_no int NOT NULL, name text NOT NULL, purpose text, body text NOT NULL, link jsonb,
  version int NOT NULL DEFAULT 1, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz);
CREATE INDEX content_items_list ON content_items (workspace_no, id DESC) WHERE deleted_at IS NULL;`,
  },
];
