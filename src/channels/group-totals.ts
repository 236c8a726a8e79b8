import type { Clock, Pg } from '../base/index.ts';
import type { GroupList } from './groups-schema.ts';

/**
 * Seats, people and who is in several, over all groups. Counting reads the index of every seat, so what was counted a moment ago does for all pages and
 * all who look; who leaves a group that is dissolved has left its seat, so groups are not asked.
 */

const KEEP_MS = 30_000;
const SQL = `SELECT (SELECT count(*) FROM wecom_groups WHERE workspace_no = $1 AND dismissed_at IS NULL) AS groups,
    coalesce(sum(n), 0)::int AS members, count(*) AS people, count(*) FILTER (WHERE n > 1) AS "inSeveral"
  FROM (SELECT count(*) AS n FROM wecom_group_members WHERE workspace_no = $1 AND ended_at IS NULL GROUP BY corp_id, external_userid) AS seats`;

export function createGroupTotals({ pg, clock }: { pg: Pg; clock: Clock }): (workspaceNo: number) => Promise<GroupList['totals']> {
  const counted = new Map<number, { at: number; totals: Promise<GroupList['totals']> }>();
  return (workspaceNo) => {
    const known = counted.get(workspaceNo);
    if (known && clock.ms() < known.at + KEEP_MS) return known.totals;
    const totals = pg.query<GroupList['totals']>(SQL, [workspaceNo]).then((rows) => rows[0]!);
    counted.set(workspaceNo, { at: clock.ms(), totals });
    totals.catch(() => counted.delete(workspaceNo));
    return totals;
  };
}
