import type { Migration } from '../base/index.ts';

/**
 * `reward_entries`: money between accounts of a book, only ever added to; `reward_accounts` is their sum, kept with each entry.
 * `coupon_terms`: what a coupon promised when it was issued; never changed. `coupon_issues`: one row a coupon in somebody's hand; `first_no` whose it was
 * before merges. `coupon_uses`: one row an order and coupon, also of tries that came too late. `coupon_acts`: what is still to be told as events.
 * `coupon_gone`: sums of what was erased with a person, so that the figures of the coupon stay whole.
 */
export const migrations: Migration[] = [
  {
    room: 'rewards',
    n: 1,
    name: 'the ledger, coupons, who holds them, what they were used for',
    pg: `
CREATE TABLE reward_accounts (
  workspace_no int NOT NULL, book text NOT NULL, account text NOT NULL, fen bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace_no, book, account), CHECK (fen >= 0 OR account IN ('funds', 'budget')));
CREATE TABLE reward_entries (
  workspace_no int NOT NULL, no bigint GENERATED ALWAYS AS IDENTITY, book text NOT NULL, kind text NOT NULL, ref text NOT NULL,
  source text NOT NULL, target text NOT NULL, fen bigint NOT NULL CHECK (fen > 0), at timestamptz NOT NULL,
  PRIMARY KEY (workspace_no, no), UNIQUE (workspace_no, book, kind, ref), CHECK (source <> target));
CREATE FUNCTION reward_entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'entries of the ledger are never changed'; END $$;
CREATE TRIGGER reward_entries_stay BEFORE UPDATE OR DELETE ON reward_entries FOR EACH ROW EXECUTE FUNCTION reward_entries_stay();

CREATE TABLE coupons (
  no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL UNIQUE, workspace_no int NOT NULL, name text NOT NULL,
  state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'live', 'paused', 'over')), version int NOT NULL DEFAULT 0, terms jsonb NOT NULL,
  rule jsonb, word text, ways text[] NOT NULL DEFAULT '{}', codes text NOT NULL DEFAULT 'own' CHECK (codes IN ('own', 'pool')),
  stock int NOT NULL CHECK (stock > 0), per_day int, per_person int NOT NULL DEFAULT 1, claim_from timestamptz, claim_to timestamptz, budget_fen bigint,
  issued int NOT NULL DEFAULT 0 CHECK (issued <= stock), created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
  launched_at timestamptz, ended_at timestamptz);
CREATE INDEX coupons_list ON coupons (workspace_no, no DESC);
CREATE UNIQUE INDEX coupons_word ON coupons (workspace_no, lower(word)) WHERE word IS NOT NULL AND state <> 'over';
CREATE TABLE coupon_terms (
  workspace_no int NOT NULL, coupon_no int NOT NULL, version int NOT NULL, terms jsonb NOT NULL, created_at timestamptz NOT NULL, PRIMARY KEY (coupon_no, version));
CREATE TABLE coupon_days (workspace_no int NOT NULL, coupon_no int NOT NULL, day date NOT NULL, issued int NOT NULL, PRIMARY KEY (coupon_no, day));
CREATE TABLE coupon_codes (
  workspace_no int NOT NULL, no bigint GENERATED ALWAYS AS IDENTITY, coupon_no int NOT NULL, code text NOT NULL, taken_at timestamptz,
  PRIMARY KEY (workspace_no, code));
CREATE INDEX coupon_codes_free ON coupon_codes (coupon_no, no) WHERE taken_at IS NULL;
CREATE TABLE coupon_issues (
  no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, workspace_no int NOT NULL, coupon_no int NOT NULL, version int NOT NULL,
  person_no bigint NOT NULL, first_no bigint NOT NULL, key text NOT NULL, code text NOT NULL,
  state text NOT NULL DEFAULT 'issued' CHECK (state IN ('issued', 'used', 'expired')), how text NOT NULL CHECK (how IN ('given', 'claimed')),
  cost_fen bigint NOT NULL, issued_at timestamptz NOT NULL, valid_from timestamptz NOT NULL, expires_at timestamptz NOT NULL, remind_at timestamptz,
  journey_id text, node_id text, touchpoint_id text, by_name text,
  UNIQUE (workspace_no, code), UNIQUE (workspace_no, coupon_no, key, first_no)) WITH (fillfactor = 80);
CREATE INDEX coupon_issues_person ON coupon_issues (workspace_no, person_no, coupon_no);
CREATE INDEX coupon_issues_list ON coupon_issues (coupon_no, no DESC);
CREATE INDEX coupon_issues_due ON coupon_issues (expires_at) WHERE state = 'issued';
CREATE INDEX coupon_issues_remind ON coupon_issues (remind_at) WHERE state = 'issued' AND remind_at IS NOT NULL;
CREATE TABLE coupon_uses (
  workspace_no int NOT NULL, no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, coupon_no int NOT NULL, issue_no bigint NOT NULL, person_no bigint NOT NULL,
  order_id text NOT NULL, state text NOT NULL CHECK (state IN ('used', 'returned', 'refused')), amount_fen bigint NOT NULL, discount_fen bigint NOT NULL,
  cost_fen bigint NOT NULL, carrier text NOT NULL, via text NOT NULL CHECK (via IN ('api', 'staff', 'order')), by_name text, against text,
  at timestamptz NOT NULL, returned_at timestamptz, UNIQUE (issue_no, order_id));
CREATE INDEX coupon_uses_order ON coupon_uses (workspace_no, order_id);
CREATE INDEX coupon_uses_coupon ON coupon_uses (coupon_no, no DESC);
CREATE INDEX coupon_uses_person ON coupon_uses (workspace_no, person_no);
CREATE TABLE coupon_acts (
  workspace_no int NOT NULL, no bigint GENERATED ALWAYS AS IDENTITY, person_no bigint NOT NULL, issue_no bigint NOT NULL, use_no bigint,
  event text NOT NULL, at timestamptz NOT NULL, PRIMARY KEY (workspace_no, no));
CREATE INDEX coupon_acts_person ON coupon_acts (workspace_no, person_no);

CREATE TABLE coupon_gone (
  workspace_no int NOT NULL, coupon_no int NOT NULL, state text NOT NULL, issues int NOT NULL DEFAULT 0, uses int NOT NULL DEFAULT 0,
  amount_fen bigint NOT NULL DEFAULT 0, discount_fen bigint NOT NULL DEFAULT 0, PRIMARY KEY (coupon_no, state));
CREATE FUNCTION coupon_issue_goes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO coupon_gone (workspace_no, coupon_no, state, issues) VALUES (OLD.workspace_no, OLD.coupon_no, OLD.state, 1)
    ON CONFLICT (coupon_no, state) DO UPDATE SET issues = coupon_gone.issues + 1;
  IF OLD.state = 'issued' AND OLD.cost_fen > 0 THEN
    INSERT INTO reward_entries (workspace_no, book, kind, ref, source, target, fen, at)
      VALUES (OLD.workspace_no, 'coupon:' || OLD.coupon_no, 'erase', OLD.no::text, 'reserved', 'budget', OLD.cost_fen, now());
    UPDATE reward_accounts SET fen = fen + CASE account WHEN 'reserved' THEN -OLD.cost_fen ELSE OLD.cost_fen END
      WHERE workspace_no = OLD.workspace_no AND book = 'coupon:' || OLD.coupon_no AND account IN ('reserved', 'budget');
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER coupon_issue_goes BEFORE DELETE ON coupon_issues FOR EACH ROW EXECUTE FUNCTION coupon_issue_goes();
CREATE FUNCTION coupon_use_goes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO coupon_gone (workspace_no, coupon_no, state, uses, amount_fen, discount_fen)
    VALUES (OLD.workspace_no, OLD.coupon_no, 'use:' || OLD.state, 1, OLD.amount_fen, OLD.discount_fen)
    ON CONFLICT (coupon_no, state) DO UPDATE SET uses = coupon_gone.uses + 1, amount_fen = coupon_gone.amount_fen + OLD.amount_fen,
      discount_fen = coupon_gone.discount_fen + OLD.discount_fen;
  RETURN OLD;
END $$;
CREATE TRIGGER coupon_use_goes BEFORE DELETE ON coupon_uses FOR EACH ROW EXECUTE FUNCTION coupon_use_goes();`,
  },
];
