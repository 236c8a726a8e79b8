import type { Migration } from '../../base/index.ts';

export const bindingMigrations: Migration[] = [
  {
    room: 'binding',
    n: 1,
    name: 'staff, stores, and who has which customer',
    pg: `
CREATE TABLE org_units (
  workspace_no int NOT NULL, id text NOT NULL, parent_id text, name text NOT NULL, kind text NOT NULL CHECK (kind IN ('department', 'store')),
  city text, place int NOT NULL DEFAULT 0, source text NOT NULL, gone boolean NOT NULL DEFAULT false, PRIMARY KEY (workspace_no, id));
CREATE TABLE staff (
  workspace_no int NOT NULL, id text NOT NULL, name text NOT NULL, unit_ids text[] NOT NULL DEFAULT '{}', position text, source text NOT NULL,
  state text NOT NULL CHECK (state IN ('active', 'left')), left_at timestamptz, updated_at timestamptz NOT NULL, PRIMARY KEY (workspace_no, id));
CREATE TABLE staff_successions (
  workspace_no int NOT NULL, id text NOT NULL, leaver_id text NOT NULL, heir_id text NOT NULL, at timestamptz NOT NULL, until_at timestamptz,
  actor text NOT NULL, reason text NOT NULL, PRIMARY KEY (workspace_no, id));
CREATE TABLE binding_rules (
  workspace_no int NOT NULL, n int NOT NULL, from_at timestamptz NOT NULL, rules jsonb NOT NULL, saved_at timestamptz NOT NULL, actor text NOT NULL,
  PRIMARY KEY (workspace_no, n));
CREATE TABLE bindings (
  workspace_no int NOT NULL, person_no bigint NOT NULL, staff_id text NOT NULL, since timestamptz NOT NULL, protected_until timestamptz NOT NULL,
  valid_until timestamptz, paused boolean NOT NULL, PRIMARY KEY (workspace_no, person_no));
CREATE INDEX bindings_staff ON bindings (workspace_no, staff_id, person_no);
CREATE INDEX bindings_due ON bindings (valid_until) WHERE NOT paused AND valid_until IS NOT NULL;
CREATE TABLE binding_history (
  workspace_no int NOT NULL, person_no bigint NOT NULL, key text NOT NULL, seq int NOT NULL, at timestamptz NOT NULL, kind text NOT NULL,
  staff_id text, before_id text, by_fact text NOT NULL, event text, protected_until timestamptz, valid_until timestamptz, actor text, reason text,
  late boolean NOT NULL, noted_at timestamptz NOT NULL, withdrawn_at timestamptz, told_as text NOT NULL DEFAULT '', untold boolean NOT NULL DEFAULT true,
  PRIMARY KEY (workspace_no, person_no, key));
CREATE INDEX binding_history_untold ON binding_history (workspace_no, person_no) WHERE untold;
CREATE TABLE binding_acts (
  workspace_no int NOT NULL, id text NOT NULL, person_no bigint NOT NULL, first_no bigint NOT NULL, staff_id text, at timestamptz NOT NULL,
  actor text NOT NULL, reason text NOT NULL, PRIMARY KEY (workspace_no, id));
CREATE INDEX binding_acts_person ON binding_acts (workspace_no, person_no);
CREATE TABLE binding_disputes (
  workspace_no int NOT NULL, id text NOT NULL, person_no bigint NOT NULL, first_no bigint NOT NULL, state text NOT NULL CHECK (state IN ('open', 'decided', 'withdrawn')),
  claimant_id text NOT NULL, holder_id text, reason text NOT NULL, evidence jsonb NOT NULL DEFAULT '[]', opened_at timestamptz NOT NULL, opened_by text NOT NULL,
  closed_at timestamptz, closed_by text, outcome_id text, note text, PRIMARY KEY (workspace_no, id));
CREATE INDEX binding_disputes_person ON binding_disputes (workspace_no, person_no);
CREATE TABLE customer_transfers (
  workspace_no int NOT NULL, id text NOT NULL, person_no bigint NOT NULL, first_no bigint NOT NULL, external_userid text NOT NULL, giver_id text NOT NULL, taker_id text NOT NULL,
  state text NOT NULL CHECK (state IN ('asked', 'waiting', 'done', 'refused', 'failed', 'cancelled')), resigned boolean NOT NULL, reason text NOT NULL, error text,
  asked_at timestamptz NOT NULL, actor text NOT NULL, ended_at timestamptz, PRIMARY KEY (workspace_no, id));
CREATE INDEX customer_transfers_person ON customer_transfers (workspace_no, person_no);
CREATE INDEX customer_transfers_open ON customer_transfers (workspace_no, state) WHERE state IN ('asked', 'waiting');`,
  },
  {
    room: 'binding',
    n: 2,
    name: 'several who take over',
    pg: `
ALTER TABLE staff_successions ADD COLUMN heirs text[] NOT NULL DEFAULT '{}';
UPDATE staff_successions SET heirs = ARRAY[heir_id];
ALTER TABLE staff_successions DROP COLUMN heir_id;`,
  },
];
