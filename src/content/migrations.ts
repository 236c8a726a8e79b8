import type { Migration } from '../base/index.ts';

export const migrations: Migration[] = [
  {
    room: 'content',
    n: 1,
    name: 'content items',
    pg: `
CREATE TABLE content_items (
  id text PRIMARY KEY, workspace_no int NOT NULL, name text NOT NULL, purpose text, body text NOT NULL, link jsonb,
  version int NOT NULL DEFAULT 1, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz);
CREATE INDEX content_items_list ON content_items (workspace_no, id DESC) WHERE deleted_at IS NULL;`,
  },
  {
    room: 'content',
    n: 2,
    name: 'pictures, and cards that go along with the words',
    pg: `
ALTER TABLE content_items ADD COLUMN card jsonb;
CREATE TABLE content_pictures (
  workspace_no int NOT NULL, id text PRIMARY KEY, mime text NOT NULL, bytes bytea NOT NULL, made_at timestamptz NOT NULL);`,
  },
  {
    room: 'content',
    n: 3,
    name: 'the library: kinds, versions, variants, authors and rights, review, search, files, twins',
    pg: `
ALTER TABLE content_items
  ADD COLUMN kind text NOT NULL DEFAULT 'text', ADD COLUMN detail jsonb NOT NULL DEFAULT '{}', ADD COLUMN variants jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN scenes text[] NOT NULL DEFAULT '{}', ADD COLUMN products text[] NOT NULL DEFAULT '{}', ADD COLUMN audiences text[] NOT NULL DEFAULT '{}',
  ADD COLUMN topics text[] NOT NULL DEFAULT '{}', ADD COLUMN answers text[] NOT NULL DEFAULT '{}',
  ADD COLUMN author jsonb, ADD COLUMN rights jsonb, ADD COLUMN rights_until timestamptz,
  ADD COLUMN review text NOT NULL DEFAULT 'draft', ADD COLUMN review_note text, ADD COLUMN reviewed_by text, ADD COLUMN reviewed_at timestamptz,
  ADD COLUMN approved_version int, ADD COLUMN key text, ADD COLUMN page_key text NOT NULL DEFAULT replace(gen_random_uuid()::text, '-', ''),
  ADD COLUMN made_by text, ADD COLUMN changed_by text,
  ADD COLUMN words tsvector NOT NULL DEFAULT '', ADD COLUMN plain text NOT NULL DEFAULT '', ADD COLUMN bands int[] NOT NULL DEFAULT '{}',
  ADD COLUMN files text[] NOT NULL DEFAULT '{}',
  ADD COLUMN found_as int NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX content_items_key ON content_items (workspace_no, key) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX content_items_page ON content_items (page_key);
CREATE INDEX content_items_words ON content_items USING gin (words) WHERE deleted_at IS NULL;
CREATE INDEX content_items_bands ON content_items USING gin (bands) WHERE deleted_at IS NULL;
CREATE INDEX content_items_files ON content_items USING gin (files) WHERE deleted_at IS NULL;
CREATE INDEX content_items_rights ON content_items (workspace_no, rights_until) WHERE deleted_at IS NULL AND rights_until IS NOT NULL;
CREATE TABLE content_versions (
  workspace_no int NOT NULL, item_id text NOT NULL, version int NOT NULL, item jsonb NOT NULL, changed text[] NOT NULL, at timestamptz NOT NULL, by text,
  PRIMARY KEY (workspace_no, item_id, version));
INSERT INTO content_versions SELECT workspace_no, id, version, jsonb_build_object('kind', 'text', 'name', name, 'purpose', purpose, 'body', body, 'link', link, 'card', card,
  'detail', '{}'::jsonb, 'variants', '{}'::jsonb, 'scenes', '[]'::jsonb, 'products', '[]'::jsonb, 'audiences', '[]'::jsonb, 'topics', '[]'::jsonb, 'answers', '[]'::jsonb,
  'author', NULL, 'rights', NULL), '{}', updated_at, NULL FROM content_items;
CREATE TABLE content_files (
  workspace_no int NOT NULL, id text PRIMARY KEY, kind text NOT NULL, mime text NOT NULL, name text NOT NULL DEFAULT '', bytes bigint NOT NULL, sha256 bytea NOT NULL,
  width int, height int, duration_ms int, looks bit(64), made_at timestamptz NOT NULL, made_by text,
  /* What was taken in before files had a store of their own. */
  held bytea);
CREATE INDEX content_files_same ON content_files (workspace_no, sha256);
INSERT INTO content_files (workspace_no, id, kind, mime, bytes, sha256, made_at, held)
  SELECT workspace_no, id, 'image', mime, length(bytes), sha256(bytes), made_at, bytes FROM content_pictures;
DROP TABLE content_pictures;
CREATE TABLE content_twins (
  workspace_no int NOT NULL, a text NOT NULL, b text NOT NULL, what text NOT NULL, likeness real NOT NULL, found_at timestamptz NOT NULL, dismissed_at timestamptz,
  PRIMARY KEY (workspace_no, a, b, what));
CREATE INDEX content_twins_other ON content_twins (workspace_no, b);
CREATE TABLE content_settings (workspace_no int PRIMARY KEY, only_approved boolean NOT NULL);`,
  },
  {
    room: 'content',
    n: 4,
    name: 'posters',
    pg: `
CREATE TABLE posters (
  id text PRIMARY KEY, workspace_no int NOT NULL, key text, page_key text NOT NULL UNIQUE DEFAULT replace(gen_random_uuid()::text, '-', ''), name text NOT NULL,
  version int NOT NULL DEFAULT 1, doc jsonb NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, changed_by text, deleted_at timestamptz);
CREATE UNIQUE INDEX posters_key ON posters (workspace_no, key) WHERE deleted_at IS NULL;
CREATE INDEX posters_list ON posters (workspace_no, updated_at DESC) WHERE deleted_at IS NULL;
CREATE TABLE poster_versions (
  workspace_no int NOT NULL, poster_id text NOT NULL, version int NOT NULL, name text NOT NULL, doc jsonb NOT NULL, at timestamptz NOT NULL, by text,
  PRIMARY KEY (workspace_no, poster_id, version));
CREATE TABLE poster_batches (
  id text PRIMARY KEY, workspace_no int NOT NULL, poster_id text NOT NULL, poster_name text NOT NULL, version int NOT NULL, audience_id text NOT NULL,
  audience_name text NOT NULL, before_no int, state text NOT NULL DEFAULT 'running', done int NOT NULL DEFAULT 0, failed int NOT NULL DEFAULT 0,
  total int NOT NULL, job_id text, created_at timestamptz NOT NULL, done_at timestamptz);
CREATE INDEX poster_batches_list ON poster_batches (workspace_no, id DESC);
/* Whom a batch is for, in the order of its parts. The pictures lie with the people. */
CREATE TABLE poster_batch_people (
  workspace_no int NOT NULL, batch_id text NOT NULL, n int NOT NULL, person_no int NOT NULL, first_no int NOT NULL, PRIMARY KEY (batch_id, person_no));
CREATE INDEX poster_batch_people_n ON poster_batch_people (batch_id, n);
CREATE INDEX poster_batch_people_person ON poster_batch_people (workspace_no, person_no);`,
  },
];
