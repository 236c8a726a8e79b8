import type { Migration } from '../../base/index.ts';

/** Transfers, written before anything leaves; the platform's certificates; faults that hold a merchant up; payments that were told of. */
export const payMigrations: Migration[] = [
  {
    room: 'channels.pay',
    n: 1,
    name: 'transfers, payments, certificates',
    pg: `
CREATE TABLE pay_transfers (
  workspace_no int NOT NULL, no bigint GENERATED ALWAYS AS IDENTITY, key text NOT NULL, person_no bigint NOT NULL, account_id text NOT NULL,
  mchid text NOT NULL, out_bill_no text NOT NULL UNIQUE, app_id text NOT NULL, openid text NOT NULL,
  amount_fen bigint NOT NULL CHECK (amount_fen > 0), currency text NOT NULL, reason text NOT NULL, request jsonb NOT NULL,
  state text NOT NULL DEFAULT 'queued' CHECK (state IN
    ('queued', 'calling', 'in_doubt', 'held', 'waiting_user', 'processing', 'cancelling', 'paid', 'failed', 'cancelled')),
  why text, by_platform boolean NOT NULL DEFAULT false, refused text, cancel_wanted boolean NOT NULL DEFAULT false,
  sends int NOT NULL DEFAULT 0, sent_at timestamptz, looks int NOT NULL DEFAULT 0, due_at timestamptz,
  transfer_bill_no text, package_info text, told text,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, ended_at timestamptz,
  PRIMARY KEY (workspace_no, no), UNIQUE (workspace_no, key));
CREATE INDEX pay_transfers_due ON pay_transfers (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX pay_transfers_day ON pay_transfers (workspace_no, created_at);
CREATE INDEX pay_transfers_person ON pay_transfers (workspace_no, person_no);
CREATE INDEX pay_transfers_untold ON pay_transfers (workspace_no, no)
  WHERE state IN ('waiting_user', 'paid', 'failed', 'cancelled') AND told IS DISTINCT FROM state;
CREATE TABLE pay_orders (
  workspace_no int NOT NULL, account_id text NOT NULL, out_trade_no text NOT NULL, app_id text NOT NULL, openid text NOT NULL,
  transaction_id text NOT NULL, paid_at timestamptz NOT NULL, PRIMARY KEY (workspace_no, account_id, out_trade_no));
CREATE TABLE pay_certificates (
  workspace_no int NOT NULL, account_id text NOT NULL, mchid text NOT NULL, serial text NOT NULL, pem text NOT NULL,
  expires_at timestamptz NOT NULL, fetched_at timestamptz NOT NULL, PRIMARY KEY (workspace_no, account_id, mchid, serial));
CREATE TABLE pay_faults (
  workspace_no int NOT NULL, account_id text NOT NULL, code text NOT NULL, endpoint text NOT NULL, trace text NOT NULL, at timestamptz NOT NULL,
  PRIMARY KEY (workspace_no, account_id));`,
  },
];
