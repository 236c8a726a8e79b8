import type { Migration } from '../base/index.ts';

/**
 * Who is in which arm is not here but in the events `Experiment Assigned`: they follow merges, splits and erasures like all events.
 * `enrol_below`: those of the audience with smaller numbers are still to be assigned. `looked_at`: when guards and the rule for a winner were last asked.
 */
export const migrations: Migration[] = [
  {
    room: 'experiments',
    n: 1,
    name: 'experiments',
    pg: `
CREATE TABLE experiments (
  no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL UNIQUE, workspace_no int NOT NULL, name text NOT NULL,
  state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'running', 'stopped', 'decided')), definition jsonb NOT NULL,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, launched_at timestamptz, stopped_at timestamptz, stopped jsonb,
  decided_at timestamptz, decision jsonb, enrol_below bigint, looked_at timestamptz);
CREATE INDEX ON experiments (workspace_no, no DESC);`,
  },
];
