import type { Migration } from '../base/index.ts';

const table = (name: string, columns: string, order: string): string =>
  `CREATE TABLE IF NOT EXISTS ${name} (workspace_no UInt32, build UInt32, ${columns})
   ENGINE = MergeTree PARTITION BY (workspace_no, build) ORDER BY (${order})`;

const firstTables = {
  match_acts: table('match_acts', 'person_no UInt32, item String, at Int64, bought UInt8, price_fen Float64', 'person_no, item, at'),
  match_standing: table('match_standing', 'person_no UInt32, level LowCardinality(String)', 'person_no'),
  match_items: table(
    'match_items',
    `code UInt32, item String, category String, price_fen Float64, stock Nullable(Int64), people UInt32, buys UInt32, hot Float32, warm Float32,
     last_days Float32`,
    'code',
  ),
  match_again: table('match_again', 'code UInt32, repeaters UInt32, gap_days Float32, reach Float32', 'code'),
  match_history: table(
    'match_history',
    `person_no UInt32, code UInt32, buys UInt16, looks UInt16, first_ms Int64, last_ms Int64, last_look_ms Int64, fresh Float32, lasting Float32, pull Float32`,
    'person_no, code',
  ),
  match_readers: table(
    'match_readers',
    'person_no UInt32, level LowCardinality(String), items UInt32, buys UInt32, again Float32, weight Float32, pull Float32, price Float32, spread Float32',
    'person_no',
  ),
  match_pairs: table('match_pairs', 'a UInt32, b UInt32, sim Float32, people UInt32', 'a, b'),
  match_levels: table('match_levels', 'level LowCardinality(String), code UInt32, share Float32, place UInt32', 'level, code'),
};

/** When, and over which channels, people were reached: what the hour and the channel for each of them are said from. */
const reachTable = table(
  'match_reach',
  'person_no UInt32, hours Array(Tuple(UInt8, UInt32)), messages Array(Tuple(String, UInt32, UInt32))',
  'person_no',
);

/** Working tables of a build, each build a partition of its own, so that an old one is dropped in one stroke. */
export const workTables: Record<string, string> = { ...firstTables, match_reach: reachTable };

export const migrations: Migration[] = [
  {
    room: 'matching',
    n: 1,
    name: 'what people bought as numbers, which goods go together, what is next for each, and which content was chosen for whom',
    ch: Object.values(firstTables),
    pg: `
CREATE TABLE match_builds (
  workspace_no int NOT NULL, build int NOT NULL, state text NOT NULL, as_of timestamptz NOT NULL, made_at timestamptz, result jsonb,
  PRIMARY KEY (workspace_no, build));
CREATE TABLE match_settings (workspace_no int PRIMARY KEY, settings jsonb NOT NULL, changed_at timestamptz NOT NULL);
CREATE TABLE match_people (
  workspace_no int NOT NULL, person_no bigint NOT NULL, build int NOT NULL, at timestamptz NOT NULL,
  codes int[] NOT NULL, scores real[] NOT NULL, whys smallint[] NOT NULL, because int[] NOT NULL, since real[] NOT NULL, every real[] NOT NULL,
  PRIMARY KEY (workspace_no, person_no));
CREATE TABLE match_choices (
  workspace_no int NOT NULL, key text NOT NULL, person_no bigint NOT NULL, first_no bigint NOT NULL, at timestamptz NOT NULL, channel text NOT NULL,
  content_id text, none text, score real, propensity real, level text NOT NULL, options jsonb NOT NULL, reasons jsonb NOT NULL, told boolean NOT NULL DEFAULT false,
  PRIMARY KEY (workspace_no, key, person_no));
CREATE INDEX match_choices_person ON match_choices (workspace_no, person_no, at DESC);
CREATE INDEX match_choices_at ON match_choices (workspace_no, at DESC);
CREATE INDEX match_choices_untold ON match_choices (workspace_no, key) WHERE NOT told;`,
  },
  {
    room: 'matching',
    n: 2,
    name: 'a run goes on where it was stopped, what was found before is served until it is done, and when and where people are reached is kept with it',
    ch: [reachTable],
    pg: `
ALTER TABLE match_builds ADD COLUMN progress jsonb NOT NULL DEFAULT '{}';
ALTER TABLE match_people DROP CONSTRAINT match_people_pkey, ADD PRIMARY KEY (workspace_no, person_no, build),
  ADD COLUMN hours int[], ADD COLUMN messages jsonb;`,
  },
];
