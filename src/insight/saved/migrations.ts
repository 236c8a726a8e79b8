import type { Migration } from '../../base/index.ts';

export const questionMigrations: Migration[] = [
  {
    room: 'insight.saved',
    n: 1,
    name: 'saved questions',
    pg: `
CREATE TABLE insight_questions (
  workspace_no int NOT NULL, id text NOT NULL, name text NOT NULL, kind text NOT NULL, question jsonb NOT NULL, days int,
  created_by text NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_no, id));`,
  },
  {
    room: 'insight.saved',
    n: 2,
    name: 'whose a saved question is',
    pg: "ALTER TABLE insight_questions ADD COLUMN owner text NOT NULL DEFAULT '';",
  },
];
