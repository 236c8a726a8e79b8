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
  {
    room: 'content',
    n: 2,
    name: 'pictures, and cards that go along with the words',
    pg: `
ALTER TABLE content_items ADD COLUMN card jsonb;
CREATE TABLE content_pictures (
  workspace_no int NOT NULL, id text PRIMARY KEY, mime text NOT NULL, bytes bytea NOT NULL, made_at timestamptz NOT NULL);`,
  },
];
