import { sqlStrings } from '../../base/index.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { instantSql, type Range } from '../period.ts';

/** One row a person in the pool at the end of a period: whether a fan by then (on one of these levels), and what they ordered in it less what they gave back. */
export async function valuePeopleSql(deps: InsightDeps, asker: Asker, range: Range, fanLevels: readonly string[]): Promise<string> {
  const end = new Date(Math.min(range.to, deps.clock.ms() + 1));
  const { sql } = await deps.levels(asker.workspaceNo, end, end);
  const money = `SELECT person_no, countIf(event = 'Order Completed') AS orders, sumIf(fen, event = 'Order Completed') - sumIf(abs(fen), event = 'Order Refunded') AS net
    FROM ${deps.source(asker.workspaceNo, ['ifNull(properties.revenue_fen.:Int64, 0) AS fen'])}
    WHERE event IN ('Order Completed', 'Order Refunded') AND time >= ${instantSql(range.from)} AND time < ${instantSql(range.to)} GROUP BY person_no`;
  const fan = fanLevels.length > 0 ? `l.to_level IN (${sqlStrings(fanLevels)})` : 'false';
  return `SELECT l.person_no AS person_no, ${fan} AS fan, m.orders AS orders, m.net AS net
    FROM (SELECT person_no, to_level FROM (${sql}) WHERE to_level != '') AS l LEFT JOIN (${money}) AS m ON l.person_no = m.person_no`;
}
