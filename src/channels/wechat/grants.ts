import type { Pg } from '../../base/index.ts';
import type { Follower } from './allowances.ts';

/** The ledger of consents: one consent, one send. What is left is granted − used − lost, and never below nought. */

const at = (who: Follower, templateId: string) => [who.workspaceNo, who.appId, who.openid, templateId];

/** Somebody agreed to one message. The same act counts once, however often it is told. */
export async function grant(pg: Pg, who: Follower, templateId: string, act: string, now: Date): Promise<boolean> {
  return pg.tx(async (tx) => {
    const fresh = await tx.query(
      'INSERT INTO wechat_acts (workspace_no, act, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING act',
      [who.workspaceNo, act, now],
    );
    if (fresh.length === 0) return false;
    await tx.query(
      `INSERT INTO wechat_grants AS g (workspace_no, app_id, openid, template_id, granted, updated_at) VALUES ($1, $2, $3, $4, 1, $5)
       ON CONFLICT (workspace_no, app_id, openid, template_id) DO UPDATE SET granted = g.granted + 1, updated_at = excluded.updated_at`,
      [...at(who, templateId), now],
    );
    return true;
  });
}

/** Takes one consent for one send. */
export async function takeGrant(pg: Pg, who: Follower, templateId: string, now: Date): Promise<boolean> {
  const rows = await pg.query(
    `UPDATE wechat_grants SET used = used + 1, updated_at = $5
     WHERE workspace_no = $1 AND app_id = $2 AND openid = $3 AND template_id = $4 AND granted - used - lost > 0 RETURNING openid`,
    [...at(who, templateId), now],
  );
  return rows.length > 0;
}

/** The message did not leave: the consent is still there. */
export async function giveBack(pg: Pg, who: Follower, templateId: string): Promise<void> {
  await pg.query(
    'UPDATE wechat_grants SET used = used - 1 WHERE workspace_no = $1 AND app_id = $2 AND openid = $3 AND template_id = $4 AND used > 0',
    at(who, templateId),
  );
}

/** Taken back by the person, or the platform says that there is none: nothing is left. */
export async function loseGrants(pg: Pg, who: Follower, templateId: string, now: Date): Promise<void> {
  await pg.query(
    `UPDATE wechat_grants SET lost = granted - used, updated_at = $5 WHERE workspace_no = $1 AND app_id = $2 AND openid = $3 AND template_id = $4`,
    [...at(who, templateId), now],
  );
}
