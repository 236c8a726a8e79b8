import type { Migration } from '../base/index.ts';

/**
 * The outbox. `announce` holds what has still to be told as events: 1 that it was queued, 2 how it ended; it changes in the same statement as the
 * state, so nothing that happened goes untold. `claim` names the batch that has the message in hand. Keys of a journey's messages begin with its id,
 * so the index that makes them unique also finds them by journey.
 */
export const outboxMigrations: Migration[] = [
  {
    room: 'channels',
    n: 1,
    name: 'outbox, accounts, policy, consent',
    pg: `
CREATE TABLE channel_accounts (
  id text PRIMARY KEY, workspace_no int NOT NULL, kind text NOT NULL, config jsonb NOT NULL, sealed text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, UNIQUE (workspace_no, kind));
CREATE TABLE policies (
  workspace_no int PRIMARY KEY, quiet_from text, quiet_to text, caps jsonb NOT NULL, consent_required boolean NOT NULL,
  paused boolean NOT NULL DEFAULT false, updated_at timestamptz NOT NULL);
CREATE TABLE consents (
  workspace_no int NOT NULL, person_no bigint NOT NULL, purpose text NOT NULL, channel text NOT NULL,
  granted boolean NOT NULL, at timestamptz NOT NULL, PRIMARY KEY (workspace_no, person_no, purpose, channel));
CREATE TABLE outbox_holds (workspace_no int NOT NULL, journey_id text NOT NULL, PRIMARY KEY (workspace_no, journey_id));
CREATE TABLE outbox (
  workspace_no int NOT NULL, no bigint GENERATED ALWAYS AS IDENTITY, person_no bigint NOT NULL,
  channel text NOT NULL, content_id text NOT NULL,
  journey_id text, journey_version int, pass_no bigint, node text, branch text,
  idempotency_key text COLLATE "C" NOT NULL,
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'skipped', 'submitting', 'submitted', 'sent', 'failed')),
  reason text, due_at timestamptz NOT NULL, attempts int NOT NULL DEFAULT 0, claim text, announce smallint NOT NULL DEFAULT 1,
  account_id text, address text, text text, link_url text, link_title text, provider_ref text,
  queued_at timestamptz NOT NULL, decided_at timestamptz, ended_at timestamptz, clicked_at timestamptz,
  PRIMARY KEY (workspace_no, no)) WITH (fillfactor = 60);
CREATE UNIQUE INDEX outbox_once ON outbox (workspace_no, idempotency_key);
CREATE INDEX outbox_due ON outbox (workspace_no, channel, state, due_at, no) WHERE state IN ('queued', 'submitting', 'submitted');
CREATE INDEX outbox_person ON outbox (workspace_no, person_no, no);
CREATE INDEX outbox_announce ON outbox (workspace_no, no) WHERE announce > 0;
CREATE INDEX outbox_time ON outbox USING brin (queued_at);`,
  },
];
