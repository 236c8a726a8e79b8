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
];
