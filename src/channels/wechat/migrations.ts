import type { Migration } from '../../base/index.ts';

/** Who follows and what may be said to them; consents for one message each; the journal of what was asked of the platform. */
export const wechatMigrations: Migration[] = [
  {
    room: 'channels.wechat',
    n: 1,
    name: 'followers, consents, sends',
    pg: `
CREATE TABLE wechat_followers (
  workspace_no int NOT NULL, app_id text NOT NULL, openid text NOT NULL, unionid text,
  followed_at timestamptz, left_at timestamptz,
  talk_until timestamptz, talk_left int NOT NULL DEFAULT 0, touch_until timestamptz, touch_left int NOT NULL DEFAULT 0,
  acted_at timestamptz,
  PRIMARY KEY (workspace_no, app_id, openid));
CREATE TABLE wechat_grants (
  workspace_no int NOT NULL, app_id text NOT NULL, openid text NOT NULL, template_id text NOT NULL,
  granted int NOT NULL DEFAULT 0, used int NOT NULL DEFAULT 0, lost int NOT NULL DEFAULT 0, updated_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_no, app_id, openid, template_id));
CREATE TABLE wechat_acts (
  workspace_no int NOT NULL, act text NOT NULL, at timestamptz NOT NULL, PRIMARY KEY (workspace_no, act));
CREATE TABLE wechat_sends (
  workspace_no int NOT NULL, account_id text NOT NULL, outbox_id text NOT NULL, how text NOT NULL,
  state text NOT NULL CHECK (state IN ('calling', 'taken', 'ended')), msgid text, reason text, at timestamptz NOT NULL,
  PRIMARY KEY (workspace_no, outbox_id));
CREATE INDEX wechat_sends_msgid ON wechat_sends (workspace_no, account_id, msgid) WHERE msgid IS NOT NULL;`,
  },
  {
    room: 'channels.wechat',
    n: 2,
    name: 'how many templates went today',
    pg: "CREATE INDEX wechat_sends_templates ON wechat_sends (workspace_no, account_id, at) WHERE how = 'template';",
  },
];
