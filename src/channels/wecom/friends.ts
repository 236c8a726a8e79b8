import type { Pg } from '../../base/index.ts';

/** Who is whose friend, as far as callbacks and lookups have told. Newer facts win, in whatever order they arrive. */

export interface Friendship {
  externalUserId: string;
  userId: string;
  since: Date;
}

const SAME_MS = 60_000;

export interface Corp {
  workspaceNo: number;
  corpId: string;
}

export async function befriend(pg: Pg, corp: Corp, friends: Friendship[]): Promise<void> {
  if (friends.length === 0) return;
  await pg.query(
    `INSERT INTO wecom_friends AS f (workspace_no, corp_id, external_userid, userid, since)
     SELECT DISTINCT ON (e, u) $1, $2, e, u, s FROM unnest($3::text[], $4::text[], $5::timestamptz[]) AS t (e, u, s) ORDER BY e, u, s DESC
     ON CONFLICT (workspace_no, corp_id, external_userid, userid) DO UPDATE
       SET since = excluded.since, ended_at = CASE WHEN f.ended_at >= excluded.since THEN f.ended_at END
       WHERE excluded.since >= f.since`,
    [corp.workspaceNo, corp.corpId, friends.map((f) => f.externalUserId), friends.map((f) => f.userId), friends.map((f) => f.since)],
  );
}

/**
 * Hears that a friendship began. False when this is only its second half: a customer's request, and later the staff member's consent, are two
 * events of one friendship. What was decided for a callback stays so when it is worked off again.
 */
export async function beginFriendship(pg: Pg, corp: Corp, callbackId: number, friend: Friendship & { half: boolean }): Promise<boolean> {
  return pg.tx(async (tx) => {
    const [decided] = await tx.query<{ opens: boolean | null }>('SELECT opens FROM platform_callbacks WHERE id = $1', [callbackId]);
    if (typeof decided?.opens === 'boolean') return decided.opens;
    const key = [corp.workspaceNo, corp.corpId, friend.externalUserId, friend.userId];
    await tx.query(
      `INSERT INTO wecom_friends (workspace_no, corp_id, external_userid, userid, since) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
      [...key, friend.since],
    );
    const where = 'workspace_no = $1 AND corp_id = $2 AND external_userid = $3 AND userid = $4';
    const [now] = await tx.query<{ since: Date; ended_at: Date | null; half: boolean; told: boolean; from_list: boolean }>(
      `SELECT since, ended_at, half, told, from_list FROM wecom_friends WHERE ${where} FOR UPDATE`,
      key,
    );
    const alive = now !== undefined && now.ended_at === null && now.told;
    const completes = alive && now.half && !friend.half && friend.since >= now.since;
    const completed = alive && !now.half && friend.half && friend.since <= now.since;
    // A reconciliation was quicker than the event and has told of it; the two clocks differ a little.
    const listed = alive && now.from_list && Math.abs(friend.since.getTime() - now.since.getTime()) < SAME_MS;
    const opens = !completes && !completed && !listed;
    if (completes) await tx.query(`UPDATE wecom_friends SET half = false WHERE ${where}`, key);
    else if (opens) {
      await tx.query(
        `UPDATE wecom_friends SET since = $5, half = $6, told = true, from_list = false, ended_at = CASE WHEN ended_at >= $5 THEN ended_at END
         WHERE ${where} AND (since <= $5 OR NOT told)`,
        [...key, friend.since, friend.half],
      );
    }
    await tx.query('UPDATE platform_callbacks SET opens = $2 WHERE id = $1', [callbackId, opens]);
    return opens;
  });
}

export async function unfriend(pg: Pg, corp: Corp, friend: { externalUserId: string; userId: string; at: Date }): Promise<void> {
  await pg.query(
    `INSERT INTO wecom_friends AS f (workspace_no, corp_id, external_userid, userid, since, ended_at) VALUES ($1, $2, $3, $4, $5, $5)
     ON CONFLICT (workspace_no, corp_id, external_userid, userid) DO UPDATE
       SET ended_at = greatest(f.ended_at, excluded.ended_at) WHERE f.since <= excluded.ended_at`,
    [corp.workspaceNo, corp.corpId, friend.externalUserId, friend.userId, friend.at],
  );
}

/** The platform knows no relation with these any more. */
export async function endAll(pg: Pg, corp: Corp, externalUserIds: string[], at: Date): Promise<void> {
  await pg.query(
    `UPDATE wecom_friends SET ended_at = $4 WHERE workspace_no = $1 AND corp_id = $2 AND external_userid = ANY ($3) AND ended_at IS NULL AND since <= $4`,
    [corp.workspaceNo, corp.corpId, externalUserIds, at],
  );
}

/** The staff member to speak through: the one who became a friend last. */
export async function sendersOf(pg: Pg, corp: Corp, externalUserIds: string[]): Promise<Map<string, string>> {
  const rows = await pg.query<{ external_userid: string; userid: string }>(
    `SELECT DISTINCT ON (external_userid) external_userid, userid FROM wecom_friends
     WHERE workspace_no = $1 AND corp_id = $2 AND external_userid = ANY ($3) AND ended_at IS NULL
     ORDER BY external_userid, since DESC, userid`,
    [corp.workspaceNo, corp.corpId, externalUserIds],
  );
  return new Map(rows.map((row) => [row.external_userid, row.userid]));
}
