import type { Migration } from '../../base/index.ts';

export const privacyMigrations: Migration[] = [
  {
    room: 'privacy',
    n: 1,
    name: 'keys, personal values, erasures, exports',
    pg: `
      CREATE TABLE vault_keys (
        workspace_no int NOT NULL, no int NOT NULL, purpose text NOT NULL CHECK (purpose IN ('data', 'index')),
        wrapped bytea NOT NULL, wrapped_by text NOT NULL, created_at timestamptz NOT NULL, PRIMARY KEY (workspace_no, purpose, no));
      CREATE TABLE personal_values (
        workspace_no int NOT NULL, token text COLLATE "C" NOT NULL, key_no int NOT NULL, sealed bytea NOT NULL,
        PRIMARY KEY (workspace_no, token));
      CREATE INDEX personal_values_key ON personal_values (workspace_no, key_no);
      CREATE TABLE erasures (
        id text PRIMARY KEY, workspace_no int NOT NULL, person_no bigint NOT NULL, numbers bigint[] NOT NULL,
        state text NOT NULL CHECK (state IN ('asked', 'removed', 'done')), asked_at timestamptz NOT NULL, done_at timestamptz,
        by_kind text NOT NULL, by_id text NOT NULL, by_name text NOT NULL, reason text,
        job_id text, removed jsonb NOT NULL DEFAULT '{}', epoch bigint UNIQUE);
      CREATE SEQUENCE erasure_epochs;
      CREATE UNIQUE INDEX erasures_person ON erasures (workspace_no, person_no);
      CREATE INDEX erasures_open ON erasures (id) WHERE state <> 'done';
      CREATE TABLE exports (
        id text PRIMARY KEY, workspace_no int NOT NULL, person_no bigint NOT NULL, job_id text, asked_by text NOT NULL,
        asked_at timestamptz NOT NULL, ready_at timestamptz, bytes bigint);
      CREATE INDEX exports_person ON exports (workspace_no, person_no);`,
  },
  {
    room: 'privacy',
    n: 2,
    name: 'how far what stood in clear is sealed',
    pg: `
      CREATE TABLE sealings (
        workspace_no int PRIMARY KEY, names text NOT NULL, through bigint, steps text[] NOT NULL, sealed bigint NOT NULL,
        begun_at timestamptz NOT NULL, done_at timestamptz)`,
  },
];
