import type { Pg } from '../../base/index.ts';
import type { Limit, Limits } from '../limits/limits.ts';

/**
 * What a person's own deeds allow: after a message so many replies in so many hours, after a follow, scan or menu click so many in a minute.
 * The platform counts too; this is so that nobody is written to who cannot be reached, and so that a plan can say who can.
 */

export interface Follower {
  workspaceNo: number;
  appId: string;
  openid: string;
}

export interface Allowances {
  talkMinutes: number;
  talkMessages: number;
  touchMinutes: number;
  touchMessages: number;
}

export function allowancesOf(limits: Limits): Allowances {
  const [talk, touch] = [limits.get('official.reply.afterMessage'), limits.get('official.reply.afterTouch')];
  const minutes = ({ period }: Limit) => (period && 'minutes' in period ? period.minutes : 0);
  return { talkMinutes: minutes(talk), talkMessages: talk.value ?? 0, touchMinutes: minutes(touch), touchMessages: touch.value ?? 0 };
}

/** The person acted at `at`. A deed that is told late, after a newer one, changes nothing. */
export async function personActed(pg: Pg, who: Follower, deed: 'talk' | 'touch', at: Date, limits: Allowances): Promise<void> {
  const until = new Date(at.getTime() + (deed === 'talk' ? limits.talkMinutes : limits.touchMinutes) * 60_000);
  const left = deed === 'talk' ? limits.talkMessages : limits.touchMessages;
  await pg.query(
    `INSERT INTO wechat_followers AS f (workspace_no, app_id, openid, ${deed}_until, ${deed}_left, acted_at) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (workspace_no, app_id, openid) DO UPDATE SET ${deed}_until = excluded.${deed}_until, ${deed}_left = excluded.${deed}_left,
       acted_at = greatest(f.acted_at, excluded.acted_at) WHERE f.${deed}_until IS NULL OR f.${deed}_until < excluded.${deed}_until`,
    [who.workspaceNo, who.appId, who.openid, until, left, at],
  );
}

/** Takes so many replies, if they are left in one window. The shorter window goes first: the longer one may still be wanted. */
export async function takeReplies(pg: Pg, who: Follower, now: Date, many = 1): Promise<boolean> {
  const rows = await pg.query(
    `UPDATE wechat_followers SET
       touch_left = touch_left - CASE WHEN touch_until > $4 AND touch_left >= $5 THEN $5::int ELSE 0 END,
       talk_left = talk_left - CASE WHEN coalesce(touch_until > $4 AND touch_left >= $5, false) THEN 0 ELSE $5::int END
     WHERE workspace_no = $1 AND app_id = $2 AND openid = $3 AND left_at IS NULL
       AND ((touch_until > $4 AND touch_left >= $5) OR (talk_until > $4 AND talk_left >= $5)) RETURNING openid`,
    [who.workspaceNo, who.appId, who.openid, now, many],
  );
  return rows.length > 0;
}

/** Replies that were taken and not used. */
export async function returnReplies(pg: Pg, who: Follower, now: Date, many: number): Promise<void> {
  await pg.query(
    `UPDATE wechat_followers SET touch_left = touch_left + CASE WHEN touch_until > $4 THEN $5::int ELSE 0 END,
       talk_left = talk_left + CASE WHEN touch_until > $4 THEN 0 ELSE $5::int END WHERE workspace_no = $1 AND app_id = $2 AND openid = $3`,
    [who.workspaceNo, who.appId, who.openid, now, many],
  );
}

/** The platform says that no reply is allowed, whatever was counted here. */
export async function closeReplies(pg: Pg, who: Follower): Promise<void> {
  await pg.query('UPDATE wechat_followers SET talk_left = 0, touch_left = 0 WHERE workspace_no = $1 AND app_id = $2 AND openid = $3', [
    who.workspaceNo,
    who.appId,
    who.openid,
  ]);
}

export async function follows(pg: Pg, who: Follower, at: Date, unionid: string | null): Promise<void> {
  await pg.query(
    `INSERT INTO wechat_followers AS f (workspace_no, app_id, openid, unionid, followed_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (workspace_no, app_id, openid) DO UPDATE SET unionid = coalesce(excluded.unionid, f.unionid),
       followed_at = greatest(f.followed_at, excluded.followed_at),
       left_at = CASE WHEN f.left_at > excluded.followed_at THEN f.left_at END`,
    [who.workspaceNo, who.appId, who.openid, unionid, at],
  );
}

export async function leaves(pg: Pg, who: Follower, at: Date): Promise<void> {
  await pg.query(
    `INSERT INTO wechat_followers AS f (workspace_no, app_id, openid, left_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (workspace_no, app_id, openid) DO UPDATE SET left_at = excluded.left_at
     WHERE f.followed_at IS NULL OR f.followed_at <= excluded.left_at`,
    [who.workspaceNo, who.appId, who.openid, at],
  );
}
