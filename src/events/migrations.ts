import type { Migration } from '../base/index.ts';

export const migrations: Migration[] = [
  {
    room: 'events',
    n: 1,
    name: 'events, batches, consumers',
    pg: `
      CREATE TABLE event_batches (
        id bigserial PRIMARY KEY, state text NOT NULL CHECK (state IN ('writing', 'landed', 'dropped')),
        workspaces int[] NOT NULL, rows int NOT NULL, created_at timestamptz NOT NULL);
      CREATE INDEX event_batches_open ON event_batches (id) WHERE state = 'writing';
      CREATE TABLE event_consumers (name text PRIMARY KEY, through bigint NOT NULL);
      CREATE TABLE person_moves (
        workspace_no int NOT NULL, from_no bigint NOT NULL, to_no bigint NOT NULL,
        state text NOT NULL CHECK (state IN ('open', 'copied', 'done')), PRIMARY KEY (workspace_no, from_no));
      CREATE INDEX person_moves_open ON person_moves (workspace_no) WHERE state <> 'done';`,
    ch: [
      `CREATE TABLE IF NOT EXISTS events (
        workspace_no UInt32, person_no UInt32, time DateTime64(3, 'UTC'), type LowCardinality(String), event LowCardinality(String),
        message_id String, key UInt64, batch UInt64, received_at DateTime64(3, 'UTC'), source LowCardinality(String),
        carrier LowCardinality(String), properties JSON(max_dynamic_paths = 256), context String CODEC(ZSTD(1)), moved_from UInt32,
        INDEX by_batch batch TYPE minmax GRANULARITY 1
      ) ENGINE = ReplacingMergeTree PARTITION BY toStartOfQuarter(time) ORDER BY (workspace_no, person_no, time, key)
      SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000`,
    ],
  },
  {
    room: 'events',
    n: 2,
    name: 'which identity brought an event; splits',
    pg: `
      CREATE TABLE split_moves (
        id bigint PRIMARY KEY, workspace_no int NOT NULL, to_no bigint NOT NULL, through_batch bigint NOT NULL, parts jsonb NOT NULL,
        state text NOT NULL CHECK (state IN ('open', 'copied', 'done')));
      CREATE INDEX split_moves_open ON split_moves (workspace_no) WHERE state <> 'done';`,
    ch: ['ALTER TABLE events ADD COLUMN IF NOT EXISTS via UInt64'],
  },
  {
    room: 'events',
    n: 3,
    name: 'events: parts are merged more of them at a time, so each row is written again less often',
    ch: ['ALTER TABLE events MODIFY SETTING merge_selector_base = 8'],
  },
  {
    room: 'events',
    n: 4,
    name: 'what people did, where a look-up finds it; those known before are counted at the next start',
    pg: `
      CREATE TABLE person_activity (
        person_no bigint PRIMARY KEY, workspace_no int NOT NULL, first_ms bigint NOT NULL, last_ms bigint NOT NULL, orders int NOT NULL,
        gross_fen float8 NOT NULL, back_fen float8 NOT NULL, last_order_ms bigint NOT NULL) WITH (fillfactor = 60);
      CREATE TABLE person_recounts (workspace_no int NOT NULL, from_no bigint NOT NULL, to_no bigint NOT NULL, PRIMARY KEY (workspace_no, from_no));
      INSERT INTO person_recounts SELECT DISTINCT workspace_no, person_no / 50000 * 50000, (person_no / 50000 + 1) * 50000 FROM people;`,
  },
  {
    room: 'events',
    n: 5,
    name: 'events: merges go column by column and in small steps, in a third of the memory',
    ch: ['ALTER TABLE events MODIFY SETTING vertical_merge_algorithm_min_rows_to_activate = 1, merge_max_block_size = 2048'],
  },
  {
    room: 'events',
    n: 6,
    name: 'consumers that only count, and are waited for by nobody',
    pg: `
      ALTER TABLE event_consumers ADD COLUMN counts boolean NOT NULL DEFAULT false;
      UPDATE event_consumers SET counts = true WHERE name = 'health';`,
  },
];
