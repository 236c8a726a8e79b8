import type { Migration } from '../../base/index.ts';

const settings = 'SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000';

export const healthMigrations: Migration[] = [
  {
    room: 'health',
    n: 1,
    name: 'hourly counts of what arrives, findings, expected periods, alarms',
    pg: `
      CREATE TABLE health_progress (name text PRIMARY KEY, through bigint NOT NULL, pending bigint);
      CREATE TABLE health_checks (workspace_no int PRIMARY KEY, through timestamptz NOT NULL, learned_from timestamptz);
      CREATE TABLE health_findings (
        id text PRIMARY KEY, workspace_no int NOT NULL, detector text NOT NULL, subject text NOT NULL,
        state text NOT NULL CHECK (state IN ('open', 'closed')), handling text NOT NULL DEFAULT 'new'
          CHECK (handling IN ('new', 'acknowledged', 'muted', 'expected')),
        severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
        first_at timestamptz NOT NULL, last_at timestamptz NOT NULL, opened_at timestamptz NOT NULL, closed_at timestamptz,
        evidence jsonb NOT NULL, note text, handled_by text, handled_at timestamptz,
        told_open boolean NOT NULL DEFAULT false, told_closed boolean NOT NULL DEFAULT false);
      CREATE UNIQUE INDEX health_findings_open ON health_findings (workspace_no, detector, subject) WHERE state = 'open';
      CREATE INDEX ON health_findings (workspace_no, last_at DESC, id);
      CREATE TABLE health_expected (
        id text PRIMARY KEY, workspace_no int NOT NULL, from_at timestamptz NOT NULL, to_at timestamptz NOT NULL, note text,
        created_by text, created_at timestamptz NOT NULL);
      CREATE INDEX ON health_expected (workspace_no, to_at);
      CREATE TABLE health_mutes (
        workspace_no int NOT NULL, detector text NOT NULL, subject text NOT NULL, until timestamptz,
        created_by text, created_at timestamptz NOT NULL, PRIMARY KEY (workspace_no, detector, subject));`,
    ch: [
      `CREATE TABLE IF NOT EXISTS health_hours (
        workspace_no UInt32, hour DateTime('UTC'), type LowCardinality(String), event LowCardinality(String), source LowCardinality(String),
        sdk LowCardinality(String), version LowCardinality(String), carrier LowCardinality(String), count UInt64, nobody UInt64, late UInt64,
        future UInt64, shifted UInt64, repeats UInt64, duplicates UInt64
      ) ENGINE = SummingMergeTree ORDER BY (workspace_no, hour, type, event, source, sdk, version, carrier) ${settings}`,
      `CREATE TABLE IF NOT EXISTS health_properties (
        workspace_no UInt32, hour DateTime('UTC'), type LowCardinality(String), event LowCardinality(String), name String,
        kind LowCardinality(String), sdk LowCardinality(String), version LowCardinality(String), count UInt64, empty UInt64,
        distinct_count UInt64, distinct_of UInt64
      ) ENGINE = SummingMergeTree ORDER BY (workspace_no, hour, type, event, name, kind, sdk, version) ${settings}`,
      `CREATE TABLE IF NOT EXISTS health_numbers (
        workspace_no UInt32, hour DateTime('UTC'), event LowCardinality(String), name String, sdk LowCardinality(String),
        version LowCardinality(String), bucket Int16, count UInt64
      ) ENGINE = SummingMergeTree ORDER BY (workspace_no, hour, event, name, sdk, version, bucket) ${settings}`,
      `CREATE TABLE IF NOT EXISTS health_measures (
        workspace_no UInt32, hour DateTime('UTC'), measure LowCardinality(String), subject String, count UInt64, of UInt64
      ) ENGINE = SummingMergeTree ORDER BY (workspace_no, hour, measure, subject) ${settings}`,
      `CREATE TABLE IF NOT EXISTS catalogue_seen (
        workspace_no UInt32, type LowCardinality(String), event LowCardinality(String), people AggregateFunction(uniq, UInt32),
        first SimpleAggregateFunction(min, DateTime64(3, 'UTC')), last SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
      ) ENGINE = AggregatingMergeTree ORDER BY (workspace_no, type, event)`,
    ],
  },
  {
    room: 'health',
    n: 2,
    name: 'what the doors took and refused by sender, and findings that opened again',
    pg: `
      CREATE TABLE health_refused_examples (
        workspace_no int NOT NULL, door text NOT NULL, key_id text NOT NULL, field text NOT NULL, reason text NOT NULL,
        at timestamptz NOT NULL, example jsonb NOT NULL, PRIMARY KEY (workspace_no, door, key_id, field, reason));
      ALTER TABLE health_findings ADD COLUMN reopened_at timestamptz, ADD COLUMN told_again boolean NOT NULL DEFAULT true;`,
    ch: [
      `CREATE TABLE IF NOT EXISTS health_doors (
        workspace_no UInt32, hour DateTime('UTC'), door LowCardinality(String), key_id LowCardinality(String), accepted UInt64, refused UInt64
      ) ENGINE = SummingMergeTree ORDER BY (workspace_no, hour, door, key_id) ${settings}`,
      `CREATE TABLE IF NOT EXISTS health_refused (
        workspace_no UInt32, hour DateTime('UTC'), door LowCardinality(String), key_id LowCardinality(String), field LowCardinality(String),
        reason LowCardinality(String), type LowCardinality(String), event String, sdk LowCardinality(String), version LowCardinality(String), count UInt64
      ) ENGINE = SummingMergeTree ORDER BY (workspace_no, hour, door, key_id, field, reason, type, event, sdk, version)
      TTL hour + INTERVAL 90 DAY ${settings}`,
    ],
  },
];
