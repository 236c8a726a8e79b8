import type { Migration } from '../base/index.ts';

export const migrations: Migration[] = [
  {
    room: 'audience',
    n: 1,
    name: 'definitions, audiences, person_state',
    pg: `
      CREATE TABLE definition_sets (workspace_no int PRIMARY KEY, version bigint NOT NULL, since timestamptz NOT NULL);
      CREATE TABLE definitions (
        workspace_no int NOT NULL, id text NOT NULL, kind text NOT NULL CHECK (kind IN ('stage', 'tier', 'level', 'tag')),
        key text NOT NULL, name jsonb NOT NULL, rule jsonb, position int NOT NULL, version int NOT NULL,
        created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
        PRIMARY KEY (workspace_no, id), UNIQUE (workspace_no, kind, key) DEFERRABLE INITIALLY DEFERRED);
      CREATE TABLE audiences (
        workspace_no int NOT NULL, id text NOT NULL, name text NOT NULL, rule jsonb NOT NULL, live boolean NOT NULL, version int NOT NULL,
        created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, PRIMARY KEY (workspace_no, id));
      CREATE TABLE definition_versions (
        workspace_no int NOT NULL, id text NOT NULL, version int NOT NULL, kind text NOT NULL, name jsonb NOT NULL, rule jsonb,
        changed_at timestamptz NOT NULL, PRIMARY KEY (workspace_no, id, version));`,
    ch: [
      `CREATE TABLE IF NOT EXISTS person_state (
        workspace_no UInt32, person_no UInt32,
        stage LowCardinality(String), tier LowCardinality(String), level LowCardinality(String),
        tags Array(LowCardinality(String)), audiences Array(LowCardinality(String)),
        since Map(LowCardinality(String), Int64), next_due Int64, version UInt64, deleted UInt8
      ) ENGINE = ReplacingMergeTree(version, deleted) ORDER BY (workspace_no, person_no)
      SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
    ],
  },
];
