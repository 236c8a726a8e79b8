import type { Migration } from '../base/index.ts';

/**
 * The outbox. Keys of a journey's messages begin with its id, so the index that makes them unique also finds them by journey.
 * What changes with every step of a message is kept apart from its wide row, whose changes so touch no index: `outbox_waiting` says when to look
 * at a queued or submitted message again (the message's own state is the truth: a line left over is passed by), `outbox_hands` which batch has
 * which messages in hand, `outbox_untold` of which messages something has still to be told as events. The last two hold a whole batch in a row.
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
  {
    room: 'channels',
    n: 2,
    name: 'what is under way, in tables of its own',
    pg: `
CREATE TABLE outbox_waiting (
  workspace_no int NOT NULL, channel text NOT NULL, what text NOT NULL CHECK (what IN ('queued', 'submitted')), due_at timestamptz NOT NULL, no bigint NOT NULL,
  PRIMARY KEY (workspace_no, channel, what, due_at, no));
CREATE TABLE outbox_hands (
  workspace_no int NOT NULL, claim text NOT NULL, channel text NOT NULL, due_at timestamptz NOT NULL, nos bigint[] NOT NULL, PRIMARY KEY (workspace_no, claim));
CREATE TABLE outbox_untold (
  workspace_no int NOT NULL, no bigint GENERATED ALWAYS AS IDENTITY, what text NOT NULL CHECK (what IN ('queued', 'ended')), nos bigint[] NOT NULL,
  PRIMARY KEY (workspace_no, no));
INSERT INTO outbox_waiting SELECT workspace_no, channel, state, due_at, no FROM outbox WHERE state IN ('queued', 'submitted');
INSERT INTO outbox_hands SELECT workspace_no, coalesce(claim, 'unknown') || ':' || channel, channel, min(due_at), array_agg(no ORDER BY no)
  FROM outbox WHERE state = 'submitting' GROUP BY workspace_no, claim, channel;
INSERT INTO outbox_untold (workspace_no, what, nos) SELECT workspace_no, 'queued', array_agg(no ORDER BY no) FROM outbox WHERE announce & 1 > 0 GROUP BY workspace_no, no / 5000;
INSERT INTO outbox_untold (workspace_no, what, nos) SELECT workspace_no, 'ended', array_agg(no ORDER BY no) FROM outbox WHERE announce & 2 > 0 GROUP BY workspace_no, no / 5000;
ALTER TABLE outbox DROP COLUMN due_at, DROP COLUMN claim, DROP COLUMN announce;
ALTER TABLE outbox SET (fillfactor = 45);`,
  },
  {
    room: 'channels',
    n: 3,
    name: 'whose a message was before a merge',
    pg: 'ALTER TABLE outbox ADD COLUMN first_no bigint;',
  },
  {
    room: 'channels',
    n: 4,
    name: 'purpose and priority of messages; quiet hours by channel, fatigue and approval in the policy',
    pg: `
ALTER TABLE outbox ADD COLUMN purpose text, ADD COLUMN priority smallint NOT NULL DEFAULT 0, ADD COLUMN due_at timestamptz;
ALTER TABLE policies ADD COLUMN quiet_by_channel jsonb NOT NULL DEFAULT '{}', ADD COLUMN compete_minutes int NOT NULL DEFAULT 60, ADD COLUMN purposes jsonb,
  ADD COLUMN fatigue_above int, ADD COLUMN approval_above int, ADD COLUMN paused_by text, ADD COLUMN paused_at timestamptz, ADD COLUMN paused_why text;`,
  },
  {
    room: 'channels',
    n: 5,
    name: 'since when a message is put off by the policy',
    pg: 'ALTER TABLE outbox ADD COLUMN put_off_from timestamptz;',
  },
  {
    room: 'channels',
    n: 6,
    name: 'where people are, by what their devices say',
    pg: `
CREATE TABLE person_zones (
  workspace_no int NOT NULL, person_no bigint NOT NULL, zone text NOT NULL, at timestamptz NOT NULL, PRIMARY KEY (workspace_no, person_no));`,
  },
];
