import type { Migration } from '../../base/index.ts';

export const positionMigrations: Migration[] = [
  {
    room: 'position',
    n: 1,
    name: 'what the pool is for, each version kept',
    pg: `
CREATE TABLE pool_statements (
  workspace_no int NOT NULL, version int NOT NULL, statement jsonb NOT NULL, created_by text NOT NULL, created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_no, version));`,
  },
];
