import type { Pg } from '../../base/index.ts';

/** Which customers are in which group, as far as callbacks have told. */

export interface Group {
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

export interface Joined {
  externalUserId: string;
  since: Date;
  /** 1 asked in by a member, 2 by a link, 3 by a code. */
  joinScene?: number | null | undefined;
  state?: string | null | undefined;
  invitor?: string | null | undefined;
}

export async function joinGroup(pg: Pg, group: Group, members: Joined[]): Promise<void> {
  if (members.length === 0) return;
  const column = <T>(of: (one: Joined) => T) => members.map(of);
  await pg.query(
    `INSERT INTO wecom_group_members AS m (workspace_no, corp_id, chat_id, external_userid, since, join_scene, state, invitor)
     SELECT DISTINCT ON (e) $1, $2, $3, e, s, j, t, i FROM unnest($4::text[], $5::timestamptz[], $6::int[], $7::text[], $8::text[]) AS t (e, s, j, t, i)
     ORDER BY e, s DESC
     ON CONFLICT (workspace_no, corp_id, chat_id, external_userid) DO UPDATE
       SET since = excluded.since, ended_at = CASE WHEN m.ended_at >= excluded.since THEN m.ended_at END,
         join_scene = coalesce(excluded.join_scene, m.join_scene), state = coalesce(excluded.state, m.state),
         invitor = coalesce(excluded.invitor, m.invitor)
       WHERE excluded.since >= m.since`,
    [
      ...[group.workspaceNo, group.corpId, group.chatId],
      ...[column((m) => m.externalUserId), column((m) => m.since), column((m) => m.joinScene ?? null)],
      ...[column((m) => m.state ?? null), column((m) => m.invitor ?? null)],
    ],
  );
}

export async function leaveGroup(pg: Pg, group: Group, externalUserIds: string[], at: Date, by?: string): Promise<void> {
  if (externalUserIds.length === 0) return;
  await pg.query(
    `INSERT INTO wecom_group_members AS m (workspace_no, corp_id, chat_id, external_userid, since, ended_at, quit_by)
     SELECT DISTINCT $1::int, $2, $3, e, $5::timestamptz, $5::timestamptz, $6 FROM unnest($4::text[]) AS t (e)
     ON CONFLICT (workspace_no, corp_id, chat_id, external_userid) DO UPDATE
       SET ended_at = greatest(m.ended_at, excluded.ended_at), quit_by = excluded.quit_by WHERE m.since <= excluded.ended_at`,
    [group.workspaceNo, group.corpId, group.chatId, externalUserIds, at, by ?? null],
  );
}
