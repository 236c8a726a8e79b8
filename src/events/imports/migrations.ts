import type { Migration } from '../../base/index.ts';

export const importMigrations: Migration[] = [
  {
    room: 'imports',
    n: 1,
    name: 'imports, uploads, imported orders, products',
    pg: `
      CREATE TABLE uploads (
        id text PRIMARY KEY, workspace_no int NOT NULL, file text NOT NULL, bytes bigint NOT NULL, layout jsonb NOT NULL,
        created_at timestamptz NOT NULL);
      CREATE TABLE imports (
        id text PRIMARY KEY, workspace_no int NOT NULL, kind text NOT NULL, state text NOT NULL DEFAULT 'queued',
        upload_id text NOT NULL, file text NOT NULL, layout jsonb NOT NULL, mapping jsonb NOT NULL, options jsonb NOT NULL,
        rows_read bigint NOT NULL DEFAULT 0, rows_accepted bigint NOT NULL DEFAULT 0,
        rows_duplicate bigint NOT NULL DEFAULT 0, rows_rejected bigint NOT NULL DEFAULT 0, rows_total bigint,
        totals jsonb NOT NULL DEFAULT '{}', reasons jsonb NOT NULL DEFAULT '{}',
        pages int, page int NOT NULL DEFAULT 0, unit int NOT NULL DEFAULT 0, rejected_bytes bigint NOT NULL DEFAULT 0,
        error text, created_by text, created_at timestamptz NOT NULL, finished_at timestamptz);
      CREATE INDEX ON imports (workspace_no, id DESC);
      CREATE INDEX ON imports (id) WHERE state IN ('queued', 'running');
      CREATE TABLE imported_orders (
        workspace_no int NOT NULL, order_key uuid NOT NULL, content uuid NOT NULL, import_id text NOT NULL,
        PRIMARY KEY (workspace_no, order_key));
      CREATE TABLE products (
        workspace_no int NOT NULL, product_id text NOT NULL, name text NOT NULL, category text, price_fen bigint, currency text,
        updated_at timestamptz NOT NULL, PRIMARY KEY (workspace_no, product_id));`,
  },
  {
    room: 'imports',
    n: 2,
    name: 'cost and stock of products, and products beside the events; dry runs; where an import came from',
    pg: `
      ALTER TABLE products ADD COLUMN cost_fen bigint, ADD COLUMN stock double precision;
      ALTER TABLE imports ADD COLUMN dry_run boolean NOT NULL DEFAULT false, ADD COLUMN result jsonb, ADD COLUMN pull_id text;
      CREATE INDEX ON imports (pull_id, id DESC) WHERE pull_id IS NOT NULL;`,
    ch: [
      `CREATE TABLE IF NOT EXISTS product_catalogue (
        workspace_no UInt32, product_id String, name String, category String, price_fen Nullable(Int64), cost_fen Nullable(Int64),
        stock Nullable(Float64), currency LowCardinality(String), updated_at DateTime64(3, 'UTC')
      ) ENGINE = ReplacingMergeTree(updated_at) ORDER BY (workspace_no, product_id)`,
    ],
  },
  {
    room: 'imports',
    n: 3,
    name: 'inbound webhooks and scheduled pulls',
    pg: `
      CREATE TABLE hooks (
        id text PRIMARY KEY, workspace_no int NOT NULL, name text NOT NULL, kind text NOT NULL, rows_path text NOT NULL,
        mapping jsonb NOT NULL, options jsonb NOT NULL, auth jsonb NOT NULL, secret text NOT NULL, enabled boolean NOT NULL DEFAULT true,
        refused bigint NOT NULL DEFAULT 0, refused_at timestamptz, refused_reason text,
        created_by text, created_at timestamptz NOT NULL);
      CREATE INDEX ON hooks (workspace_no, id DESC);
      CREATE TABLE hook_deliveries (
        id text PRIMARY KEY, hook_id text NOT NULL REFERENCES hooks ON DELETE CASCADE, workspace_no int NOT NULL, digest text NOT NULL,
        received_at timestamptz NOT NULL, bytes int NOT NULL, accepted int NOT NULL, duplicate int NOT NULL, rejected int NOT NULL,
        errors jsonb NOT NULL);
      CREATE INDEX ON hook_deliveries (hook_id, id DESC);
      CREATE UNIQUE INDEX ON hook_deliveries (hook_id, digest);
      CREATE TABLE pulls (
        id text PRIMARY KEY, workspace_no int NOT NULL, name text NOT NULL, source jsonb NOT NULL, secret text NOT NULL, query text NOT NULL,
        cursor_column text NOT NULL, kind text NOT NULL, mapping jsonb NOT NULL, options jsonb NOT NULL, schedule jsonb NOT NULL,
        enabled boolean NOT NULL DEFAULT true, watermark jsonb, next_at timestamptz, created_by text, created_at timestamptz NOT NULL);
      CREATE INDEX ON pulls (workspace_no, id DESC);
      CREATE INDEX ON pulls (next_at) WHERE enabled;
      CREATE TABLE pull_runs (
        id text PRIMARY KEY, pull_id text NOT NULL REFERENCES pulls ON DELETE CASCADE, workspace_no int NOT NULL,
        state text NOT NULL DEFAULT 'queued', import_ids text[] NOT NULL DEFAULT '{}', next_watermark jsonb, fetched bigint NOT NULL DEFAULT 0,
        error text, started_at timestamptz NOT NULL, finished_at timestamptz);
      CREATE INDEX ON pull_runs (pull_id, id DESC);`,
  },
];
