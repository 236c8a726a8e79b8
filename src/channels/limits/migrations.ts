import type { Migration } from '../../base/index.ts';

export const limitMigrations: Migration[] = [
  {
    room: 'channels.limits',
    n: 1,
    name: 'limits of platforms that a workspace has set',
    pg: `
CREATE TABLE channel_limits (
  workspace_no int NOT NULL, key text NOT NULL, value int, period jsonb, note text NOT NULL DEFAULT '',
  updated_at timestamptz NOT NULL, updated_by text NOT NULL, PRIMARY KEY (workspace_no, key));
-- It stood in the settings of the channel before.
INSERT INTO channel_limits (workspace_no, key, value, period, updated_at, updated_by)
  SELECT workspace_no, 'wecom.mass.perCustomer', NULL, jsonb_build_object('calendar', config ->> 'massCap'), updated_at, 'settings'
  FROM channel_accounts WHERE kind = 'wecom' AND config ->> 'massCap' IN ('week', 'day');`,
  },
  {
    room: 'channels.limits',
    n: 2,
    name: 'limits of transfers stand with the rules of the platforms',
    pg: `
INSERT INTO channel_limits (workspace_no, key, value, period, updated_at, updated_by)
  SELECT workspace_no, s.key, (config ->> s.setting)::int, CASE WHEN s.daily THEN '{"calendar":"day"}'::jsonb END, updated_at, 'settings'
  FROM channel_accounts, (VALUES ('singleMinFen', 'pay.transfer.least', 10, false), ('singleMaxFen', 'pay.transfer.most', 20000, false),
    ('personDayMaxFen', 'pay.transfer.perPersonDay', 20000, true), ('dayMaxFen', 'pay.transfer.perDay', 500000, true)) AS s (setting, key, begins, daily)
  WHERE kind = 'wechat_pay' AND (config ->> s.setting)::int <> s.begins
  ON CONFLICT DO NOTHING;
UPDATE channel_accounts SET config = config - '{singleMinFen,singleMaxFen,personDayMaxFen,dayMaxFen}'::text[] WHERE kind = 'wechat_pay';`,
  },
];
