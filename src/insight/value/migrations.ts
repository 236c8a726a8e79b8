import type { Migration } from '../../base/index.ts';

export const valueMigrations: Migration[] = [
  {
    room: 'value',
    n: 1,
    name: 'fits of the value of customers, and what each says of people',
    pg: `CREATE TABLE value_fits (
      workspace_no int NOT NULL, no int NOT NULL, as_of timestamptz NOT NULL, settings jsonb NOT NULL, result jsonb NOT NULL,
      PRIMARY KEY (workspace_no, no));`,
    ch: [
      `CREATE TABLE IF NOT EXISTS person_values (
        workspace_no UInt32, fit UInt32, person_no UInt32, level LowCardinality(String), tier LowCardinality(String), cohort LowCardinality(String),
        orders UInt32, x UInt32, tx Float64, T Float64, mean_fen Float64, total_fen Float64,
        alive Float64, orders_90 Float64, orders_365 Float64, value_90 Float64, value_365 Float64, clv Float64,
        spread Float64, downline UInt32, own_band UInt8, spread_band UInt8
      ) ENGINE = MergeTree ORDER BY (workspace_no, fit, person_no) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
      `CREATE TABLE IF NOT EXISTS value_cells (
        workspace_no UInt32, fit UInt32, x UInt32, tx Int32, T Int32, alive Float64, orders_90 Float64, orders_365 Float64, discounted Float64
      ) ENGINE = MergeTree ORDER BY (workspace_no, fit, x, tx, T)`,
      `CREATE TABLE IF NOT EXISTS value_spread (
        workspace_no UInt32, fit UInt32, person_no UInt32, spread Float64, downline UInt32
      ) ENGINE = MergeTree ORDER BY (workspace_no, fit, person_no)`,
    ],
  },
];
