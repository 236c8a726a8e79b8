import type { Pg } from '../../base/index.ts';

/** Which customers are in which group, as far as callbacks have told. */

interface Group {
  workspaceNo: number;
  corpId: string;
  chatId: string;
}

export async function membersOf(pg: Pg, group: Group): Promise<Map<string, Date>> {
  const rows = await pg.query<{ external_userid: string; since: Date }>(
    `SELECT external_userid, since FROM wecom_group_members WHERE workspace_no = $1 AND corp_id = $2 AND chat_id = $3 AND ended_at IS NULL`,
    [group.workspaceNo, group.corpId, group.chatId],
  );
  return new Map(rows.map((row) => [row.external_userid, row.since]));
}

export async function joinGroup(pg: Pg, group: Group, members: { externalUserId: string; since: Date }[]): Promise<void> {
  if (members.length === 0) return;
  await pg.query(
    `INSERT INTO wecom_group_members AS m (workspace_no, corp_id, chat_id, external_userid, since)
     SELECT DISTINCT ON (e) $1, $2, $3, e, s FROM unnest($4::text[], $5::timestamptz[]) AS t (e, s) ORDER BY e, s DESC
     ON CONFLICT (workspace_no, corp_id, chat_id, external_userid) DO UPDATE
       SET since = excluded.since, ended_at = CASE WHEN m.ended_at >= excluded.since THEN m.ended_at END WHERE excluded.since >= m.since`,
    [group.workspaceNo, group.corpId, group.chatId, members.map((m) => m.externalUserId), members.map((m) => m.since)],
  );
}

export async function leaveGroup(pg: Pg, group: Group, externalUserIds: string[], at: Date): Promise<void> {
  if (externalUserIds.length === 0) return;
  await pg.query(
    `INSERT INTO wecom_group_members AS m (workspace_no, corp_id, chat_id, external_userid, since, ended_at)
     SELECT DISTINCT $1::int, $2, $3, e, $5::timestamptz, $5::timestamptz FROM unnest($4::text[]) AS t (e)
     ON CONFLICT (workspace_no, corp_id, chat_id, external_userid) DO UPDATE
       SET ended_at = greatest(m.ended_at, excluded.ended_at) WHERE m.since <= excluded.ended_at`,
    [group.workspaceNo, group.corpId, group.chatId, externalUserIds, at],
  );
}
