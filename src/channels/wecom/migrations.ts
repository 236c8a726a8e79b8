import type { Migration } from '../../base/index.ts';

/** Tables of the WeCom channel. `wecom_callbacks` is the inbox, `wecom_mass_tasks` the journal of what was asked of the platform. */
export const wecomMigrations: Migration[] = [
  {
    room: 'channels.wecom',
    n: 1,
    name: 'tokens, callbacks, relations, mass tasks',
    pg: `
CREATE TABLE wecom_tokens (
  key text PRIMARY KEY,
  access_token text,
  expires_at timestamptz,
  fault_errcode int,
  fault_hint text,
  fault_at timestamptz
);

CREATE TABLE wecom_callbacks (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace_no int NOT NULL,
  account_id text NOT NULL,
  hash text NOT NULL,
  plaintext text NOT NULL,
  event text NOT NULL,
  change_type text NOT NULL,
  has_welcome boolean NOT NULL,
  happened_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'ignored', 'failed')),
  attempts int NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL,
  opens boolean,
  recorded boolean NOT NULL DEFAULT false,
  welcome text,
  error text,
  done_at timestamptz,
  UNIQUE (account_id, hash)
);
CREATE INDEX wecom_callbacks_due ON wecom_callbacks (due_at, has_welcome) WHERE state = 'waiting';

CREATE TABLE wecom_friends (
  workspace_no int NOT NULL,
  corp_id text NOT NULL,
  external_userid text NOT NULL,
  userid text NOT NULL,
  since timestamptz NOT NULL,
  ended_at timestamptz,
  half boolean NOT NULL DEFAULT false,
  told boolean NOT NULL DEFAULT false,
  listed_at timestamptz,
  from_list boolean NOT NULL DEFAULT false,
  PRIMARY KEY (workspace_no, corp_id, external_userid, userid)
);

CREATE TABLE wecom_group_members (
  workspace_no int NOT NULL,
  corp_id text NOT NULL,
  chat_id text NOT NULL,
  external_userid text NOT NULL,
  since timestamptz NOT NULL,
  ended_at timestamptz,
  PRIMARY KEY (workspace_no, corp_id, chat_id, external_userid)
);

CREATE TABLE wecom_mass_tasks (
  id text PRIMARY KEY,
  workspace_no int NOT NULL,
  account_id text NOT NULL,
  sender text NOT NULL,
  content_hash text NOT NULL,
  outbox_ids text[] NOT NULL,
  external_userids text[] NOT NULL,
  unreachable text[] NOT NULL DEFAULT '{}',
  state text NOT NULL CHECK (state IN ('calling', 'made', 'refused')),
  started_at timestamptz NOT NULL,
  msgid text
);
CREATE INDEX wecom_mass_tasks_calling ON wecom_mass_tasks (account_id) WHERE state = 'calling';
CREATE INDEX wecom_mass_tasks_outbox ON wecom_mass_tasks USING gin (outbox_ids);
CREATE INDEX wecom_mass_tasks_msgid ON wecom_mass_tasks (account_id, msgid) WHERE msgid IS NOT NULL;
`,
  },
  {
    room: 'channels.wecom',
    n: 2,
    name: 'tokens of every platform in one table',
    pg: 'ALTER TABLE wecom_tokens RENAME TO platform_tokens;',
  },
  {
    room: 'channels.wecom',
    n: 3,
    name: 'one inbox for the callbacks of every platform',
    pg: `
ALTER TABLE wecom_callbacks RENAME TO platform_callbacks;
ALTER TABLE platform_callbacks ADD COLUMN platform text NOT NULL DEFAULT 'wecom';`,
  },
  {
    room: 'channels.wecom',
    n: 4,
    name: 'groups, and how far a comparison with the lists has come',
    pg: `
CREATE TABLE wecom_groups (
  workspace_no int NOT NULL, corp_id text NOT NULL, chat_id text NOT NULL,
  name text NOT NULL DEFAULT '', owner text NOT NULL DEFAULT '', notice text NOT NULL DEFAULT '', staff int NOT NULL DEFAULT 0,
  created_at timestamptz, dismissed_at timestamptz, member_version text, read_at timestamptz, purpose text NOT NULL DEFAULT '',
  PRIMARY KEY (workspace_no, corp_id, chat_id));
ALTER TABLE wecom_group_members ADD COLUMN join_scene int, ADD COLUMN state text, ADD COLUMN invitor text, ADD COLUMN quit_by text;
CREATE INDEX wecom_group_members_person ON wecom_group_members (workspace_no, corp_id, external_userid) WHERE ended_at IS NULL;
CREATE TABLE wecom_syncs (
  workspace_no int NOT NULL, account_id text PRIMARY KEY, started_at timestamptz NOT NULL, done_at timestamptz,
  phase text NOT NULL CHECK (phase IN ('friends', 'groups', 'done')), members text[] NOT NULL, at int NOT NULL DEFAULT 0, cursor text NOT NULL DEFAULT '',
  friends int NOT NULL DEFAULT 0, added int NOT NULL DEFAULT 0, ended int NOT NULL DEFAULT 0,
  groups int NOT NULL DEFAULT 0, joined int NOT NULL DEFAULT 0, gone int NOT NULL DEFAULT 0, updated_at timestamptz NOT NULL);`,
  },
  {
    room: 'channels.wecom',
    n: 5,
    name: 'pictures as platforms know them for a while',
    pg: `
CREATE TABLE platform_media (
  workspace_no int NOT NULL, owner text NOT NULL, digest text NOT NULL, media_id text NOT NULL, until_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_no, owner, digest));
CREATE INDEX platform_media_until ON platform_media (until_at);`,
  },
];
