import type { Migration } from '../../base/index.ts';

/**
 * What channels need that have no list of their own to be asked: the journal of calls under way, and addresses that are dead. With the message: what it
 * says beside its text, and what it cost, in thousandths of the currency (厘), for a part of a text message costs less than 5 fen.
 */
export const sendingMigrations: Migration[] = [
  {
    room: 'channels.sending',
    n: 1,
    name: 'journal of calls, dead addresses, cost of a message',
    pg: `
ALTER TABLE outbox ADD COLUMN extra jsonb, ADD COLUMN cost int;
CREATE TABLE channel_sends (
  workspace_no int NOT NULL, channel text NOT NULL, outbox_id text NOT NULL, account_id text NOT NULL,
  state text NOT NULL CHECK (state IN ('calling', 'taken', 'ended')), ref text, reason text, units int, at timestamptz NOT NULL,
  PRIMARY KEY (workspace_no, outbox_id));
CREATE INDEX channel_sends_ref ON channel_sends (workspace_no, channel, ref) WHERE ref IS NOT NULL;
CREATE TABLE dead_addresses (
  workspace_no int NOT NULL, channel text NOT NULL, address text NOT NULL, reason text NOT NULL, at timestamptz NOT NULL,
  PRIMARY KEY (workspace_no, channel, address));`,
  },
];
