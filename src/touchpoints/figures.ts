import { sqlString, sqlStrings } from '../base/index.ts';
import type { TouchpointDeps } from './ports.ts';
import type { Figure } from './schema.ts';

/** An order belongs to the last touch within so many days before it. */
export const orderDays = 30;

const blank = (id: string): Figure => ({ id, scans: 0, people: 0, friends: 0, joins: 0, orders: 0, buyers: 0, revenueFen: 0 });
const at = (date: Date): string => `toDateTime64('${date.toISOString().slice(0, 23).replace('T', ' ')}', 3, 'UTC')`;

/** What came in by each touchpoint, from the events alone. Touches and orders count by their own time; `ids`: only these. */
export async function figures(
  deps: Pick<TouchpointDeps, 'ch' | 'events'>,
  workspaceNo: number,
  range: { from: Date; to: Date },
  ids?: readonly string[],
): Promise<Figure[]> {
  const { ch, events } = deps;
  if (ids?.length === 0) return [];
  const source = events.source(workspaceNo, undefined, [
    "ifNull(properties.`touchpointId`.:String, '') AS point",
    "ifNull(properties.`via`.:String, '') AS via",
    'ifNull(properties.`revenue_fen`.:Int64, 0) AS fen',
    'ifNull(properties.`order_id`.:String, message_id) AS order_key',
  ]);
  const during = (days: number) => `time >= ${at(new Date(range.from.getTime() - days * 86_400_000))} AND time < ${at(range.to)}`;
  const only = ids ? ` AND point IN (${sqlStrings(ids)})` : '';
  const [touched, bought] = await Promise.all([
    ch.query<Omit<Figure, 'orders' | 'buyers' | 'revenueFen'>>(
      `SELECT point AS id, countIf(via IN ('scan', 'link', 'open')) AS scans, uniqExact(person_no) AS people,
         uniqExactIf(person_no, via = 'friend') AS friends, uniqExactIf(person_no, via = 'group') AS joins
       FROM ${source} WHERE event = 'Touchpoint Entered' AND point != '' AND ${during(0)}${only} GROUP BY point`,
    ),
    ch.query<Pick<Figure, 'id' | 'orders' | 'buyers' | 'revenueFen'>>(
      `SELECT t.point AS id, count() AS orders, uniqExact(o.person_no) AS buyers, sum(o.fen) AS revenueFen
       FROM (SELECT person_no, order_key, min(time) AS bought, any(fen) AS fen FROM ${source}
             WHERE event = 'Order Completed' AND ${during(0)} GROUP BY person_no, order_key) AS o
       ASOF JOIN (SELECT person_no, time AS touched, point FROM ${source}
             WHERE event = 'Touchpoint Entered' AND point != '' AND ${during(orderDays)}) AS t
         ON o.person_no = t.person_no AND o.bought >= t.touched
       WHERE o.bought < t.touched + INTERVAL ${orderDays} DAY${ids ? ` AND t.point IN (${sqlStrings(ids)})` : ''} GROUP BY t.point`,
    ),
  ]);
  const found = new Map<string, Figure>();
  for (const row of [...touched, ...bought]) found.set(row.id, { ...(found.get(row.id) ?? blank(row.id)), ...row });
  return ids ? ids.map((id) => found.get(id) ?? blank(id)) : [...found.values()];
}

/** Entrances by day, for one touchpoint. */
export async function perDay(
  deps: Pick<TouchpointDeps, 'ch' | 'events'>,
  workspaceNo: number,
  id: string,
  range: { from: Date; to: Date },
  zone: string,
): Promise<{ day: string; scans: number; friends: number; joins: number }[]> {
  const source = deps.events.source(workspaceNo, undefined, [
    "ifNull(properties.`touchpointId`.:String, '') AS point",
    "ifNull(properties.`via`.:String, '') AS via",
  ]);
  return deps.ch.query(
    `SELECT toString(toDate(time, ${sqlString(zone)})) AS day, countIf(via IN ('scan', 'link', 'open')) AS scans,
       uniqExactIf(person_no, via = 'friend') AS friends, uniqExactIf(person_no, via = 'group') AS joins
     FROM ${source} WHERE event = 'Touchpoint Entered' AND point = ${sqlString(id)} AND time >= ${at(range.from)} AND time < ${at(range.to)}
     GROUP BY day ORDER BY day`,
  );
}
