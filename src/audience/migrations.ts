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
  {
    room: 'audience',
    n: 2,
    name: 'where people stand, where a look-up finds it; what was known before is filled in at the next start',
    pg: `
      CREATE TABLE person_standing (
        person_no bigint PRIMARY KEY, workspace_no int NOT NULL, stage text NOT NULL, tier text NOT NULL, level text NOT NULL,
        tags jsonb NOT NULL, audiences jsonb NOT NULL) WITH (fillfactor = 70);
      CREATE TABLE person_given_tags (
        person_no bigint NOT NULL, workspace_no int NOT NULL, key text NOT NULL, value text NOT NULL, by text NOT NULL, at_ms bigint NOT NULL,
        message bigint NOT NULL, PRIMARY KEY (person_no, key));
      CREATE TABLE person_standing_open (workspace_no int PRIMARY KEY, people bigint[]);
      INSERT INTO person_standing_open (workspace_no) SELECT workspace_no FROM definition_sets;`,
  },
  {
    room: 'audience',
    n: 3,
    name: 'what tags and audiences are beside their rules; versions say who and what; how interest is reckoned; files of audiences',
    pg: `
      ALTER TABLE definitions ADD COLUMN about jsonb NOT NULL DEFAULT '{}';
      ALTER TABLE audiences ADD COLUMN about jsonb NOT NULL DEFAULT '{}';
      ALTER TABLE definition_versions ADD COLUMN changed_by jsonb, ADD COLUMN what jsonb, ADD COLUMN action text NOT NULL DEFAULT 'changed';
      CREATE TABLE interest_settings (workspace_no int PRIMARY KEY, settings jsonb NOT NULL, changed_at timestamptz NOT NULL);
      CREATE TABLE audience_files (
        workspace_no int NOT NULL, id text NOT NULL, audience_id text NOT NULL, format text NOT NULL, columns jsonb NOT NULL, personal boolean NOT NULL,
        state text NOT NULL, rows int, asked_by jsonb NOT NULL, asked_at timestamptz NOT NULL, ready_at timestamptz, job_id text,
        PRIMARY KEY (workspace_no, id));`,
  },
];
