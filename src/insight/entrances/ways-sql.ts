import { sqlString } from '../../base/index.ts';
import type { InsightDeps } from '../deps.ts';
import { instantSql, type Range } from '../period.ts';
import type { WaysQuestion } from './schema.ts';

const dayMs = 86_400_000;

/**
 * One row a person whose first touch lies in the range: `point` where it was, `touched`, whether it was with a page or link (`seen`), and the seconds
 * from it to the first friend, group and order within the window, or -1. Who was a friend before the first touch came in another way: a step counts
 * from the touch on. A touch that is the friendship itself (a code of WeCom's own) is a way without the step of looking.
 */
export function waysSql(deps: Pick<InsightDeps, 'source'>, workspaceNo: number, question: WaysQuestion, range: Range): string {
  const source = deps.source(workspaceNo, [
    "ifNull(properties.`touchpointId`.:String, '') AS point_of",
    "ifNull(properties.`via`.:String, '') AS via_of",
  ]);
  const window = question.withinDays * dayMs;
  const first = (event: string) => `arrayFirst(t -> t >= touched, arraySort(groupArrayIf(ms, event = ${sqlString(event)})))`;
  const after = (name: string) => `if(${name} > 0 AND ${name} - touched <= ${window}, intDiv(${name} - touched, 1000), -1)`;
  return `SELECT person_no, point, touched, seen, ${after('f')} AS friend, ${after('g')} AS grp, ${after('o')} AS ordered FROM (
    SELECT person_no, minIf(ms, event = 'Touchpoint Entered') AS touched, argMinIf((point_of, via_of), ms, event = 'Touchpoint Entered') AS door,
      door.1 AS point, door.2 IN ('scan', 'link', 'open', 'follow') AS seen,
      ${first('Friend Added')} AS f, ${first('Group Joined')} AS g, ${first('Order Completed')} AS o
    FROM (SELECT *, toUnixTimestamp64Milli(time) AS ms FROM ${source}
      WHERE event IN ('Touchpoint Entered', 'Friend Added', 'Group Joined', 'Order Completed')
        AND (event != 'Touchpoint Entered' OR point_of != '') AND time < ${instantSql(range.to + window)})
    GROUP BY person_no HAVING touched >= ${range.from} AND touched < ${range.to})${question.touchpointId ? ` WHERE point = ${sqlString(question.touchpointId)}` : ''}`;
}

/** The steps of a person in the order in which they were done; what came after the order is no way to it. */
export const waySql = `arrayMap(s -> s.2, arraySort(s -> (s.1, s.3), arrayFilter(s -> s.1 >= 0 AND (ordered < 0 OR s.1 <= ordered),
  [(if(seen, 0, -1), 'touch', 0), (friend, 'friend', 1), (grp, 'group', 2)])))`;
