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
];
