import type { Migration } from '../base/index.ts';

/**
 * The `auth_*` tables are better-auth's schema (1.7, printed once by its own generator with the names mapped in `sessions.ts`);
 * kept here as text so that they are numbered and transactional like all the others.
 */
export const migrations: Migration[] = [
  {
    room: 'access',
    n: 1,
    name: 'sign-in',
    pg: `
CREATE TABLE auth_users (
  id text PRIMARY KEY, name text NOT NULL, email text NOT NULL UNIQUE, email_verified boolean NOT NULL, image text,
  created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP, updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE auth_sessions (
  id text PRIMARY KEY, expires_at timestamptz NOT NULL, token text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP, updated_at timestamptz NOT NULL,
  ip_address text, user_agent text, user_id text NOT NULL REFERENCES auth_users (id) ON DELETE CASCADE);
CREATE TABLE auth_accounts (
  id text PRIMARY KEY, account_id text NOT NULL, provider_id text NOT NULL,
  user_id text NOT NULL REFERENCES auth_users (id) ON DELETE CASCADE,
  access_token text, refresh_token text, id_token text, access_token_expires_at timestamptz, refresh_token_expires_at timestamptz,
  scope text, password text, created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP, updated_at timestamptz NOT NULL);
CREATE TABLE auth_verifications (
  id text PRIMARY KEY, identifier text NOT NULL, value text NOT NULL, expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP, updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP);
CREATE INDEX auth_sessions_user_id_idx ON auth_sessions (user_id);
CREATE INDEX auth_accounts_user_id_idx ON auth_accounts (user_id);
CREATE INDEX auth_verifications_identifier_idx ON auth_verifications (identifier);
CREATE TABLE auth_attempts (key text PRIMARY KEY, since timestamptz NOT NULL, failures int NOT NULL);
CREATE INDEX ON auth_attempts (since);`,
  },
  {
    room: 'access',
    n: 2,
    name: 'workspaces',
    pg: `
CREATE TABLE workspaces (
  no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL UNIQUE, name text NOT NULL,
  timezone text NOT NULL DEFAULT 'Asia/Shanghai', currency text NOT NULL DEFAULT 'CNY',
  settings jsonb NOT NULL DEFAULT '{}', created_at timestamptz NOT NULL);
CREATE TABLE members (
  id text PRIMARY KEY, workspace_no int NOT NULL REFERENCES workspaces (no) ON DELETE CASCADE,
  user_id text NOT NULL REFERENCES auth_users (id) ON DELETE CASCADE,
  role text NOT NULL CHECK (role IN ('owner', 'operator', 'analyst', 'assistant')),
  name text NOT NULL, created_at timestamptz NOT NULL, UNIQUE (workspace_no, user_id));
CREATE INDEX ON members (user_id);
CREATE TABLE api_keys (
  id text PRIMARY KEY, workspace_no int NOT NULL REFERENCES workspaces (no) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('api', 'write')), name text NOT NULL, prefix text NOT NULL, secret_sha256 text NOT NULL,
  created_at timestamptz NOT NULL, last_used_at timestamptz, revoked_at timestamptz, UNIQUE (kind, secret_sha256));
CREATE INDEX ON api_keys (workspace_no, created_at);
CREATE TABLE audit_log (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL UNIQUE,
  workspace_no int NOT NULL REFERENCES workspaces (no) ON DELETE CASCADE, at timestamptz NOT NULL,
  actor_kind text NOT NULL, actor_id text NOT NULL, actor_name text NOT NULL,
  action text NOT NULL, target text, details jsonb NOT NULL DEFAULT '{}');
CREATE INDEX ON audit_log (workspace_no, seq DESC);`,
  },
  {
    room: 'access',
    n: 3,
    name: 'keys that see personal values',
    pg: 'ALTER TABLE api_keys ADD COLUMN personal boolean NOT NULL DEFAULT true;',
  },
];
