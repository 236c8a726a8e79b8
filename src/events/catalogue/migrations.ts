import type { Migration } from '../../base/index.ts';

/** Room `catalogue` in the list of migrations: a part of events with numbers of its own. */
export const catalogueMigrations: Migration[] = [
  {
    room: 'catalogue',
    n: 1,
    name: 'what is declared of events, properties and traits',
    pg: `
      CREATE TABLE catalogue_entries (
        workspace_no int NOT NULL,
        kind text NOT NULL CHECK (kind IN ('event', 'property', 'trait')),
        type text NOT NULL DEFAULT '', event text NOT NULL DEFAULT '', name text NOT NULL DEFAULT '',
        value_type text, owner text, meaning_zh text, meaning_en text, personal boolean,
        expected jsonb, status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'deprecated', 'blocked')),
        updated_at timestamptz NOT NULL, updated_by text,
        PRIMARY KEY (workspace_no, kind, type, event, name));`,
  },
];
