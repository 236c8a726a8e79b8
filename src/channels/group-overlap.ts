import { z } from 'zod';
import { notFound } from '../base/index.ts';
import { personNo, survivingPerson } from '../people/index.ts';
import { readGroup, VIAS } from './groups.ts';
import type { Deps } from './ports.ts';

/** The same person in many groups: which groups share people, and in which groups somebody is or was. */

export const overlapList = z.object({
  members: z.number(),
  /** Customers of this group who are in another as well. */
  elsewhere: z.number(),
  items: z.array(
    z.object({ id: z.string(), name: z.string(), purpose: z.string(), owner: z.string(), members: z.number(), shared: z.number() }),
  ),
});
export type OverlapList = z.output<typeof overlapList>;

const MOST = 20;

export async function groupOverlap(deps: Deps, workspaceNo: number, id: string): Promise<OverlapList> {
  const { members } = await readGroup(deps, workspaceNo, id);
  const shared = `SELECT m.external_userid, o.corp_id, o.chat_id FROM wecom_group_members m
    JOIN wecom_group_members o ON o.workspace_no = m.workspace_no AND o.corp_id = m.corp_id AND o.external_userid = m.external_userid
      AND o.ended_at IS NULL AND o.chat_id <> m.chat_id
    WHERE m.workspace_no = $1 AND m.chat_id = $2 AND m.ended_at IS NULL`;
  const [items, [all]] = await Promise.all([
    deps.pg.query<OverlapList['items'][number]>(
      `WITH others AS (SELECT corp_id, chat_id, count(*) AS shared FROM (${shared}) s GROUP BY 1, 2)
       SELECT g.chat_id AS id, g.name, g.purpose, g.owner, o.shared, (SELECT count(*) FROM wecom_group_members m
         WHERE m.workspace_no = $1 AND m.corp_id = g.corp_id AND m.chat_id = g.chat_id AND m.ended_at IS NULL) AS members
       FROM others o JOIN wecom_groups g ON g.workspace_no = $1 AND g.corp_id = o.corp_id AND g.chat_id = o.chat_id AND g.dismissed_at IS NULL
       ORDER BY o.shared DESC, g.chat_id LIMIT ${MOST}`,
      [workspaceNo, id],
    ),
    deps.pg.query<{ n: number }>(`SELECT count(DISTINCT external_userid) AS n FROM (${shared}) s`, [workspaceNo, id]),
  ]);
  return { members, elsewhere: all?.n ?? 0, items };
}

export const personGroups = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      purpose: z.string(),
      owner: z.string(),
      since: z.string(),
      leftAt: z.string().nullable(),
      via: z.string(),
      state: z.string().nullable(),
      leftBy: z.string().nullable(),
      dissolved: z.boolean(),
    }),
  ),
});
export type PersonGroups = z.output<typeof personGroups>;

/** Those a person is in first, then those they have left, the newest first. */
export async function groupsOfPerson(deps: Deps, workspaceNo: number, id: string): Promise<PersonGroups> {
  const person = await survivingPerson(deps.pg, workspaceNo, personNo(id));
  if (person === undefined) throw notFound('This person');
  const rows = await deps.pg.query<{
    chat_id: string;
    name: string | null;
    purpose: string | null;
    owner: string | null;
    dismissed_at: Date | null;
    since: Date;
    ended_at: Date | null;
    join_scene: number | null;
    state: string | null;
    quit_by: string | null;
  }>(
    `SELECT m.chat_id, g.name, g.purpose, g.owner, g.dismissed_at, m.since, m.ended_at, m.join_scene, m.state, m.quit_by FROM identities i
     JOIN wecom_group_members m ON m.workspace_no = $1 AND i.value = m.corp_id || ':' || m.external_userid
     LEFT JOIN wecom_groups g ON g.workspace_no = $1 AND g.corp_id = m.corp_id AND g.chat_id = m.chat_id
     WHERE i.workspace_no = $1 AND i.person_no = $2 AND i.type = 'wecom_external_userid'
     ORDER BY m.ended_at IS NOT NULL, coalesce(m.ended_at, m.since) DESC LIMIT 200`,
    [workspaceNo, person],
  );
  return {
    items: rows.map((row) => ({
      ...{ id: row.chat_id, name: row.name ?? '', purpose: row.purpose ?? '', owner: row.owner ?? '' },
      ...{ since: row.since.toISOString(), leftAt: row.ended_at?.toISOString() ?? null, via: VIAS[row.join_scene ?? 0] ?? 'unknown' },
      ...{ state: row.state, leftBy: row.ended_at === null ? null : row.quit_by, dissolved: row.dismissed_at !== null },
    })),
  };
}
