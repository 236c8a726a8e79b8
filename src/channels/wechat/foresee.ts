import type { Clock, Pg } from '../../base/index.ts';
import type { WechatAccount } from './account.ts';

/** Who could not be reached now: no reply is open, no consent is left, and no template is set that needs neither. */
export async function whyNot(
  { pg, clock }: { pg: Pg; clock: Clock },
  account: WechatAccount,
  addresses: readonly string[],
): Promise<Map<string, string>> {
  const { subscribe, template } = account.config;
  const mini = account.kind === 'mini_program';
  const rows = await pg.query<{ address: string; gone: boolean; open: boolean; granted: boolean }>(
    `SELECT a.address, f.left_at IS NOT NULL AS gone,
       coalesce((f.touch_until > $3 AND f.touch_left > 0) OR (f.talk_until > $3 AND f.talk_left > 0), false) AS open,
       coalesce(g.granted - g.used - g.lost > 0, false) AS granted
     FROM (SELECT address, substr(address, length($2) + 2) AS openid FROM unnest($4::text[]) AS t (address)) a
     LEFT JOIN wechat_followers f ON f.workspace_no = $1 AND f.app_id = $2 AND f.openid = a.openid
     LEFT JOIN wechat_grants g ON g.workspace_no = $1 AND g.app_id = $2 AND g.openid = a.openid AND g.template_id = $5`,
    [account.workspaceNo, account.appId, clock.now(), addresses, subscribe?.templateId ?? ''],
  );
  const found = new Map<string, string>();
  for (const { address, gone, open, granted } of rows) {
    if (gone && !mini) found.set(address, 'not_a_follower');
    else if (mini ? !granted : !(open || granted || template))
      found.set(address, mini ? 'mini.subscribe.perConsent' : 'official.reply.afterMessage');
  }
  return found;
}
