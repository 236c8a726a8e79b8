import type { Migration } from '../../base/index.ts';

export const approvalMigrations: Migration[] = [
  {
    room: 'channels.approvals',
    n: 1,
    name: 'what waits until somebody else has looked at it',
    pg: `
CREATE TABLE approvals (
  workspace_no int NOT NULL, id text PRIMARY KEY, kind text NOT NULL, subject text NOT NULL, name text NOT NULL, ask jsonb NOT NULL, print text NOT NULL,
  people int NOT NULL, above int NOT NULL, why text, asked_by jsonb NOT NULL, asked_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'approved', 'refused', 'withdrawn', 'lapsed')), decided_by jsonb, decided_at timestamptz, word text);
CREATE INDEX approvals_of ON approvals (workspace_no, state, id);
CREATE UNIQUE INDEX approvals_waiting ON approvals (workspace_no, kind, subject) WHERE state = 'waiting' AND subject <> '';`,
  },
];
