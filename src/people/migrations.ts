import type { Migration } from '../base/index.ts';

export const migrations: Migration[] = [
  {
    room: 'people',
    n: 1,
    name: 'people and identities',
    pg: `
      CREATE SEQUENCE person_blocks INCREMENT BY 500 START 1;
      CREATE TABLE people (
        person_no bigint PRIMARY KEY, workspace_no int NOT NULL, created_at timestamptz NOT NULL,
        traits jsonb NOT NULL DEFAULT '{}', trait_times jsonb NOT NULL DEFAULT '{}', merged_into bigint);
      CREATE INDEX people_list ON people (workspace_no, person_no DESC) WHERE merged_into IS NULL;
      CREATE INDEX people_name ON people (workspace_no, lower(traits->>'name') text_pattern_ops) WHERE merged_into IS NULL AND traits ? 'name';
      CREATE TABLE identities (
        workspace_no int NOT NULL, type text NOT NULL, value text NOT NULL, person_no bigint NOT NULL,
        first_seen_at timestamptz NOT NULL, since timestamptz, PRIMARY KEY (workspace_no, type, value));
      CREATE INDEX identities_person ON identities (person_no);
      CREATE INDEX identities_prefix ON identities (workspace_no, value text_pattern_ops);
      CREATE TABLE identity_pointers (
        workspace_no int NOT NULL, type text NOT NULL, value text NOT NULL, since timestamptz NOT NULL, person_no bigint NOT NULL,
        PRIMARY KEY (workspace_no, type, value, since));
      CREATE INDEX identity_pointers_person ON identity_pointers (person_no);
      CREATE TABLE identity_conflicts (
        id bigserial PRIMARY KEY, workspace_no int NOT NULL, message_id text NOT NULL, type text NOT NULL, value text NOT NULL,
        held_by bigint, person_no bigint NOT NULL, at timestamptz NOT NULL);
      CREATE INDEX ON identity_conflicts (workspace_no, id DESC);
      CREATE TABLE person_merges (
        id bigserial PRIMARY KEY, workspace_no int NOT NULL, from_no bigint NOT NULL, to_no bigint NOT NULL,
        message_id text NOT NULL, at timestamptz NOT NULL, announced boolean NOT NULL DEFAULT false);
      CREATE INDEX ON person_merges (workspace_no, to_no);
      CREATE INDEX person_merges_pending ON person_merges (id) WHERE NOT announced;`,
  },
  {
    room: 'people',
    n: 2,
    name: 'identity history, splits, quarantine, policy',
    pg: `
      ALTER TABLE identities ADD COLUMN message_id text, ADD COLUMN born_no bigint;
      UPDATE identities SET born_no = person_no;
      ALTER TABLE identity_pointers ADD COLUMN message_id text;
      ALTER TABLE person_merges ADD COLUMN by_type text, ADD COLUMN by_value text, ADD COLUMN actor jsonb, ADD COLUMN reason text,
        ADD COLUMN forced boolean NOT NULL DEFAULT false;
      CREATE TABLE person_splits (
        id bigint PRIMARY KEY DEFAULT nextval('person_merges_id_seq'), workspace_no int NOT NULL, from_no bigint NOT NULL, to_no bigint NOT NULL,
        identities jsonb NOT NULL, former bigint[] NOT NULL, message_id text NOT NULL, at timestamptz NOT NULL, actor jsonb NOT NULL, reason text,
        announced boolean NOT NULL DEFAULT false);
      CREATE INDEX ON person_splits (workspace_no, from_no);
      CREATE INDEX ON person_splits (workspace_no, to_no);
      CREATE INDEX person_splits_pending ON person_splits (id) WHERE NOT announced;
      CREATE INDEX people_merged ON people (merged_into) WHERE merged_into IS NOT NULL;
      CREATE TABLE people_apart (
        workspace_no int NOT NULL, a_no bigint NOT NULL, b_no bigint NOT NULL, at timestamptz NOT NULL, PRIMARY KEY (workspace_no, a_no, b_no));
      ALTER TABLE identity_conflicts ADD COLUMN reason text NOT NULL DEFAULT 'limit', ADD COLUMN times int NOT NULL DEFAULT 1,
        ADD COLUMN last_at timestamptz, ADD COLUMN dismissed_at timestamptz;
      UPDATE identity_conflicts SET last_at = at, held_by = coalesce(held_by, 0);
      DELETE FROM identity_conflicts a USING identity_conflicts b WHERE a.workspace_no = b.workspace_no AND a.type = b.type AND a.value = b.value
        AND a.held_by = b.held_by AND a.person_no = b.person_no AND a.id > b.id;
      ALTER TABLE identity_conflicts ALTER COLUMN last_at SET NOT NULL, ALTER COLUMN held_by SET NOT NULL;
      CREATE UNIQUE INDEX identity_conflicts_one ON identity_conflicts (workspace_no, type, value, held_by, person_no);
      CREATE INDEX ON identity_conflicts (workspace_no, last_at DESC, id DESC) WHERE dismissed_at IS NULL;
      CREATE INDEX ON identity_conflicts (workspace_no, person_no);
      CREATE INDEX ON identity_conflicts (workspace_no, held_by);
      CREATE TABLE identity_quarantine (
        id bigserial PRIMARY KEY, workspace_no int NOT NULL, type text NOT NULL, value text NOT NULL, person_no bigint, people int NOT NULL,
        reason text NOT NULL CHECK (reason IN ('repointed', 'conflicts')), message_id text NOT NULL, at timestamptz NOT NULL,
        released_at timestamptz, released_by jsonb);
      CREATE UNIQUE INDEX identity_quarantine_one ON identity_quarantine (workspace_no, type, value) WHERE released_at IS NULL;
      CREATE TABLE identity_policies (
        workspace_no int PRIMARY KEY, settings jsonb NOT NULL, updated_at timestamptz NOT NULL, updated_by jsonb NOT NULL);`,
  },
];
