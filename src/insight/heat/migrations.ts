import type { Migration } from '../../base/index.ts';

export const heatMigrations: Migration[] = [
  {
    room: 'heat',
    n: 1,
    name: 'fits of the readiness to buy, and looks at everyone by them',
    pg: `CREATE TABLE heat_fits (
      workspace_no int NOT NULL, no int NOT NULL, as_of timestamptz NOT NULL, settings jsonb NOT NULL, result jsonb NOT NULL,
      PRIMARY KEY (workspace_no, no));
    CREATE TABLE heat_looks (workspace_no int PRIMARY KEY, look int NOT NULL, fit int NOT NULL, at timestamptz NOT NULL);`,
    ch: [
      `CREATE TABLE IF NOT EXISTS person_heat (
        workspace_no UInt32, look UInt32, person_no UInt32, chance Float64, band LowCardinality(String), features Array(Float32)
      ) ENGINE = MergeTree ORDER BY (workspace_no, look, person_no) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
    ],
  },
];
