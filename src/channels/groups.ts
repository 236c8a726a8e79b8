import { z } from 'zod';
import { decodeCursor, encodeCursor, notFound } from '../base/index.ts';
import { personScope } from '../content/index.ts';
import { personId } from '../people/index.ts';
import type { GroupList, GroupQuery, GroupView, MemberList, MemberQuery } from './groups-schema.ts';
import type { Deps } from './ports.ts';

/** Customer groups as operators see them. What is in them the WeCom channel has learned; people come by their identities. */

interface Row {
  chat_id: string;
  name: string;
  owner: string;
  purpose: string;
  notice: string;
  staff: number;
  created_at: Date | null;
  dismissed_at: Date | null;
  members: number;
  joined: number;
  gone: number;
}

const WEEK_MS = 7 * 86_400_000;
const iso = (at: Date | null) => at?.toISOString() ?? null;

const viewOf = (row: Row): GroupView => ({
  ...{ id: row.chat_id, name: row.name, owner: row.owner, purpose: row.purpose, notice: row.notice, staff: row.staff },
  ...{ members: row.members, joinedInWeek: row.joined, leftInWeek: row.gone },
  ...{ createdAt: iso(row.created_at), dissolvedAt: iso(row.dismissed_at) },
});

const COUNTED = `SELECT g.chat_id, g.name, g.owner, g.purpose, g.notice, g.staff, g.created_at, g.dismissed_at, m.members, m.joined, m.gone
  FROM wecom_groups g CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE ended_at IS NULL) AS members, count(*) FILTER (WHERE since > $2) AS joined, count(*) FILTER (WHERE ended_at > $2) AS gone
    FROM wecom_group_members m WHERE m.workspace_no = g.workspace_no AND m.corp_id = g.corp_id AND m.chat_id = g.chat_id) m`;

export async function listGroups(
  deps: Deps,
  totalsOf: (workspaceNo: number) => Promise<GroupList['totals']>,
  workspaceNo: number,
  q: GroupQuery,
): Promise<GroupList> {
  const after = decodeCursor(q.cursor, z.string().max(100)) ?? '';
  const weekAgo = new Date(deps.clock.ms() - WEEK_MS);
  const [rows, totals] = await Promise.all([
    deps.pg.query<Row>(
      `${COUNTED} WHERE g.workspace_no = $1 AND g.chat_id > $3 AND ($4::text IS NULL OR strpos(lower(g.name || ' ' || g.purpose), lower($4)) > 0)
         AND ($5::text IS NULL OR g.owner = $5) AND ($6 = 'all' OR (g.dismissed_at IS NULL) = ($6 = 'open')) ORDER BY g.chat_id LIMIT $7`,
      [workspaceNo, weekAgo, after, q.query ?? null, q.owner ?? null, q.state, q.limit + 1],
    ),
    totalsOf(workspaceNo),
  ]);
  const items = rows.slice(0, q.limit).map(viewOf);
  return { items, nextCursor: rows.length > q.limit ? encodeCursor(items.at(-1)!.id) : null, totals };
}

export async function readGroup(deps: Deps, workspaceNo: number, id: string): Promise<GroupView> {
  const weekAgo = new Date(deps.clock.ms() - WEEK_MS);
  const [row] = await deps.pg.query<Row>(`${COUNTED} WHERE g.workspace_no = $1 AND g.chat_id = $3`, [workspaceNo, weekAgo, id]);
  if (!row) throw notFound('This group');
  return viewOf(row);
}

export async function describeGroup(deps: Deps, workspaceNo: number, id: string, purpose: string): Promise<GroupView> {
  await deps.pg.tx(async (tx) => {
    const changed = await tx.query(
      'UPDATE wecom_groups SET purpose = $3 WHERE workspace_no = $1 AND chat_id = $2 AND purpose <> $3 RETURNING 1',
      [workspaceNo, id, purpose],
    );
    // With the plans of its new purpose a group begins today.
    if (changed.length > 0) await tx.query('DELETE FROM group_plan_groups WHERE workspace_no = $1 AND chat_id = $2', [workspaceNo, id]);
  });
  return readGroup(deps, workspaceNo, id);
}

export const VIAS: Record<number, string> = { 1: 'invited', 2: 'link', 3: 'code' };

export async function groupMembers(deps: Deps, workspaceNo: number, id: string, q: MemberQuery): Promise<MemberList> {
  await readGroup(deps, workspaceNo, id);
  const after = decodeCursor(q.cursor, z.string().max(100)) ?? '';
  const rows = await deps.pg.query<{
    external_userid: string;
    since: Date;
    ended_at: Date | null;
    join_scene: number | null;
    state: string | null;
    invitor: string | null;
    quit_by: string | null;
    person_no: number | null;
    others: number;
  }>(
    `SELECT m.external_userid, m.since, m.ended_at, m.join_scene, m.state, m.invitor, m.quit_by, i.person_no,
       (SELECT count(*) FROM wecom_group_members o WHERE o.workspace_no = m.workspace_no AND o.corp_id = m.corp_id AND o.external_userid = m.external_userid
          AND o.ended_at IS NULL AND o.chat_id <> m.chat_id) AS others
     FROM wecom_group_members m
     LEFT JOIN identities i ON i.workspace_no = m.workspace_no AND i.type = 'wecom_external_userid' AND i.value = m.corp_id || ':' || m.external_userid
     WHERE m.workspace_no = $1 AND m.chat_id = $2 AND m.external_userid > $3 AND ($4 = 'all' OR (m.ended_at IS NULL) = ($4 = 'in'))
     ORDER BY m.external_userid LIMIT $5`,
    [workspaceNo, id, after, q.state, q.limit + 1],
  );
  const page = rows.slice(0, q.limit);
  const traits = await deps.people.traits(
    workspaceNo,
    page.flatMap((row) => row.person_no ?? []),
  );
  return {
    items: page.map((row) => ({
      externalUserId: row.external_userid,
      person:
        row.person_no === null
          ? null
          : { id: personId(row.person_no), name: String(personScope(traits.get(row.person_no) ?? {}).name ?? '') || null },
      since: row.since.toISOString(),
      leftAt: iso(row.ended_at),
      via: VIAS[row.join_scene ?? 0] ?? 'unknown',
      state: row.state,
      invitor: row.invitor,
      leftBy: row.ended_at === null ? null : row.quit_by,
      otherGroups: row.others,
    })),
    nextCursor: rows.length > q.limit ? encodeCursor(page.at(-1)!.external_userid) : null,
  };
}
