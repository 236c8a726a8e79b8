import type { Migration } from '../base/index.ts';

export const migrations: Migration[] = [
  {
    room: 'touchpoints',
    n: 1,
    name: 'touchpoints, their targets and seats',
    pg: `
CREATE TABLE touchpoints (
  id text PRIMARY KEY, workspace_no int NOT NULL, key text NOT NULL UNIQUE, kind text NOT NULL, name text NOT NULL, carrier text NOT NULL,
  place text NOT NULL DEFAULT '', owner text NOT NULL DEFAULT '', purpose text, campaign text NOT NULL DEFAULT '',
  tags text[] NOT NULL DEFAULT '{}', entry jsonb NOT NULL DEFAULT '{}', cost jsonb, url text, code jsonb,
  content text, provide jsonb, made jsonb, picture bytea, fault text, expires_at timestamptz, scan_limit int, members int, batch_id text,
  state text NOT NULL DEFAULT 'live', created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, archived_at timestamptz);
CREATE INDEX touchpoints_list ON touchpoints (workspace_no, id DESC) WHERE archived_at IS NULL;
CREATE INDEX touchpoints_batch ON touchpoints (batch_id, id) WHERE batch_id IS NOT NULL;
CREATE INDEX touchpoints_expiry ON touchpoints (workspace_no, expires_at) WHERE expires_at IS NOT NULL AND archived_at IS NULL;
CREATE TABLE touchpoint_targets (
  workspace_no int NOT NULL, touchpoint_id text NOT NULL, no int NOT NULL, kind text NOT NULL, name text NOT NULL, settings jsonb NOT NULL,
  cap int, taken int NOT NULL DEFAULT 0, members int NOT NULL DEFAULT 0, state text NOT NULL, made jsonb, content text, picture bytea, fault text,
  PRIMARY KEY (touchpoint_id, no)) WITH (fillfactor = 70);
CREATE TABLE touchpoint_seats (
  workspace_no int NOT NULL, touchpoint_id text NOT NULL, visitor text NOT NULL, target_no int NOT NULL, at timestamptz NOT NULL,
  PRIMARY KEY (touchpoint_id, visitor));
CREATE INDEX touchpoint_seats_target ON touchpoint_seats (touchpoint_id, target_no, at);
CREATE TABLE touchpoint_batches (
  id text PRIMARY KEY, workspace_no int NOT NULL, name text NOT NULL, request jsonb NOT NULL, codes int NOT NULL, bytes bigint,
  job_id text, created_at timestamptz NOT NULL, done_at timestamptz);
CREATE TABLE code_logos (workspace_no int PRIMARY KEY, logo text NOT NULL);
CREATE TABLE code_trials (
  id text PRIMARY KEY, workspace_no int NOT NULL, key text NOT NULL UNIQUE, name text NOT NULL, live_id text NOT NULL, static_id text NOT NULL,
  text text NOT NULL DEFAULT '', state text NOT NULL DEFAULT 'running', created_at timestamptz NOT NULL, ended_at timestamptz);
CREATE INDEX code_trials_list ON code_trials (workspace_no, id DESC);`,
  },
  {
    room: 'touchpoints',
    n: 2,
    name: 'codes that platforms made for us',
    pg: `
CREATE TABLE touchpoint_codes (
  no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, workspace_no int NOT NULL, touchpoint_id text NOT NULL, target_no int,
  way text NOT NULL, handle text NOT NULL, wish jsonb NOT NULL, made_at timestamptz NOT NULL, expires_at timestamptz,
  ended_at timestamptz, gone_at timestamptz, tries int NOT NULL DEFAULT 0, fault text);
CREATE UNIQUE INDEX touchpoint_codes_of ON touchpoint_codes (touchpoint_id, coalesce(target_no, 0)) WHERE ended_at IS NULL;
CREATE INDEX touchpoint_codes_ended ON touchpoint_codes (workspace_no, no) WHERE ended_at IS NOT NULL AND gone_at IS NULL;
CREATE INDEX touchpoint_codes_expiry ON touchpoint_codes (workspace_no, expires_at) WHERE expires_at IS NOT NULL AND ended_at IS NULL;
INSERT INTO touchpoint_codes (workspace_no, touchpoint_id, way, handle, wish, made_at)
  SELECT workspace_no, id, CASE kind WHEN 'channel_code' THEN 'contact_way' WHEN 'group_code' THEN 'join_way' WHEN 'oa_code' THEN 'scene' ELSE 'mini_code' END,
    made->>'handle', '{}', created_at FROM touchpoints WHERE made IS NOT NULL;
INSERT INTO touchpoint_codes (workspace_no, touchpoint_id, target_no, way, handle, wish, made_at)
  SELECT t.workspace_no, t.touchpoint_id, t.no, CASE t.kind WHEN 'staff' THEN 'contact_way' WHEN 'group' THEN 'join_way' WHEN 'oa' THEN 'scene' ELSE 'mini_code' END,
    t.made->>'handle', '{}', p.created_at FROM touchpoint_targets t JOIN touchpoints p ON p.id = t.touchpoint_id WHERE t.made IS NOT NULL;`,
  },
  {
    room: 'touchpoints',
    n: 3,
    name: 'whether who comes inside WeChat is known',
    pg: 'CREATE TABLE touchpoint_settings (workspace_no int PRIMARY KEY, know_in_wechat boolean NOT NULL, domain_file text);',
  },
  {
    room: 'touchpoints',
    n: 4,
    name: 'codes that a platform is being asked for',
    pg: `
CREATE TABLE touchpoint_makings (
  workspace_no int NOT NULL, touchpoint_id text NOT NULL, target_no int NOT NULL, way text NOT NULL, state text NOT NULL, at timestamptz NOT NULL,
  PRIMARY KEY (workspace_no, touchpoint_id, target_no));`,
  },
  {
    room: 'touchpoints',
    n: 5,
    name: 'codes of people',
    pg: `
CREATE TABLE personal_codes (
  key text PRIMARY KEY, workspace_no int NOT NULL, touchpoint_id text NOT NULL, picture bytea, made_at timestamptz NOT NULL);
/* Whose a code is. Who is erased is gone from here, and the code goes on leading in. */
CREATE TABLE personal_code_owners (
  no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL UNIQUE, workspace_no int NOT NULL, touchpoint_id text NOT NULL,
  person_no int NOT NULL, first_no int NOT NULL, UNIQUE (touchpoint_id, first_no));
CREATE INDEX personal_code_owners_person ON personal_code_owners (workspace_no, person_no, touchpoint_id);`,
  },
];
