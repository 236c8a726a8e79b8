import type { InsightDeps } from '../deps.ts';
import { instantSql, type Range } from '../period.ts';

/** Whoever brought most of all are told exactly; beyond so many of them the rest count as having brought none. */
const most = 100_000;

/**
 * What the people whom someone brought have ordered since, for each who brought any. An accepted invite is an event of the one who invited; `inviteeId` says
 * who came: a person's id, or a user id.
 */
export async function sharedIn(
  deps: InsightDeps,
  workspaceNo: number,
  range: Range,
): Promise<Map<number, { orders: number; fen: number }>> {
  const columns = ["ifNull(properties.inviteeId.:String, ifNull(properties.invitee_id.:String, '')) AS invitee"];
  const within = (time = 'time') => `${time} >= ${instantSql(range.from)} AND ${time} < ${instantSql(range.to)}`;
  const edges = await deps.ch.query<{ person_no: number; invitee: string; since: number }>(
    `SELECT person_no, invitee, toInt64(min(toUnixTimestamp64Milli(time))) AS since FROM ${deps.source(workspaceNo, columns)}
     WHERE event = 'Invite Accepted' AND invitee != '' AND ${within()} GROUP BY person_no, invitee ORDER BY since DESC LIMIT 200000`,
  );
  const found = new Map<number, { orders: number; fen: number }>();
  if (edges.length === 0 || !deps.personNos) return found;
  const numbers = await deps.personNos(workspaceNo, [...new Set(edges.map((e) => e.invitee))]);
  // Whoever was invited by several counts for the first.
  const inviter = new Map<number, { no: number; since: number }>();
  for (const { person_no, invitee, since } of edges) {
    const no = numbers.get(invitee);
    if (no === undefined || no === person_no) continue;
    const known = inviter.get(no);
    if (!known || since < known.since) inviter.set(no, { no: person_no, since });
  }
  if (inviter.size === 0) return found;
  const money = ['ifNull(properties.revenue_fen.:Int64, 0) AS fen'];
  const orders = await deps.ch.query<{ person_no: number; list: [at: number, fen: number][] }>(
    `SELECT person_no, groupArray((toInt64(toUnixTimestamp64Milli(time)), fen)) AS list FROM ${deps.source(workspaceNo, money, [...inviter.keys()])}
     WHERE event = 'Order Completed' AND ${within()} GROUP BY person_no`,
  );
  for (const { person_no, list } of orders) {
    const by = inviter.get(person_no)!;
    const after = list.filter(([at]) => Number(at) >= by.since);
    if (after.length === 0) continue;
    const sum = found.get(by.no) ?? { orders: 0, fen: 0 };
    sum.orders += after.length;
    sum.fen += after.reduce((total, [, fen]) => total + Number(fen), 0);
    found.set(by.no, sum);
  }
  return new Map([...found].sort((a, b) => b[1].orders - a[1].orders).slice(0, most));
}
