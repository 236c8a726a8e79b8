import { type Ch, sqlString } from '../../base/index.ts';
import type { Asker, InsightDeps } from '../deps.ts';

/** One person's past at a glance. Days and months are those of the workspace's zone. */
export interface Story {
  /** Every change of level, stage and tier, newest first, at most 200. `from` null: there was none before. */
  changes: { at: string; kind: 'level' | 'stage' | 'tier'; from: string | null; to: string | null }[];
  /** Days of the last year on which something happened, ascending: what the person did, and what was said to the person. */
  days: { day: string; done: number; said: number }[];
  /** What has happened, most frequent first, at most 100 kinds. */
  kinds: { type: string; event: string; count: number; firstAt: string; lastAt: string }[];
  /** Orders by month, ascending; in minor units of the workspace's currency, refunds apart. */
  months: { month: string; orders: number; revenueFen: number; refundFen: number }[];
  /** Groups joined, the latest first; `leftAt` null: still there, as far as the events say. */
  groups: { id: string; name: string | null; joinedAt: string | null; leftAt: string | null }[];
  /** First seen through each carrier, and how often. */
  carriers: { carrier: string; count: number; firstAt: string; lastAt: string }[];
}

const yearMs = 365 * 86_400_000;

/** What a person's own events say of the past: five small questions over the rows of one person. */
export async function story(deps: InsightDeps, asker: Asker, personNo: number): Promise<Story> {
  const { ch } = deps;
  const from = (columns: readonly string[] = []) => deps.source(asker.workspaceNo, columns, [personNo]);
  const zone = sqlString(asker.timezone);
  const [changes, days, kinds, months, groups, carriers] = await Promise.all([
    readChanges(ch, from(['toString(properties.`from`) AS was', 'toString(properties.`to`) AS now'])),
    ch.query<Story['days'][number]>(
      `SELECT toString(toDate(time, ${zone})) AS day, toUInt32(countIf(source != 'yutang')) AS done, toUInt32(countIf(event = 'Message Sent')) AS said
       FROM ${from()} WHERE toUnixTimestamp64Milli(time) >= ${deps.clock.ms() - yearMs} GROUP BY day HAVING done + said > 0 ORDER BY day`,
    ),
    ch.query<Story['kinds'][number]>(
      `SELECT type, event, toUInt32(count()) AS count, min(time) AS firstAt, max(time) AS lastAt FROM ${from()}
       GROUP BY type, event ORDER BY count DESC, event LIMIT 100`,
    ),
    ch.query<Story['months'][number]>(
      `SELECT substring(toString(toStartOfMonth(time, ${zone})), 1, 7) AS month, toUInt32(countIf(event = 'Order Completed')) AS orders,
         sumIf(fen, event = 'Order Completed') AS revenueFen, sumIf(abs(fen), event = 'Order Refunded') AS refundFen
       FROM ${from(['ifNull(properties.`revenue_fen`.:Int64, 0) AS fen'])} WHERE event IN ('Order Completed', 'Order Refunded') GROUP BY month ORDER BY month`,
    ),
    readGroups(ch, from(["ifNull(properties.`chatId`.:String, '') AS chat", "ifNull(properties.`groupName`.:String, '') AS called"])),
    ch.query<Story['carriers'][number]>(
      `SELECT carrier, toUInt32(count()) AS count, min(time) AS firstAt, max(time) AS lastAt FROM ${from()}
       WHERE carrier != '' AND source != 'yutang' GROUP BY carrier ORDER BY firstAt`,
    ),
  ]);
  return { changes, days, kinds, months, groups, carriers };
}

async function readChanges(ch: Ch, source: string): Promise<Story['changes']> {
  const rows = await ch.query<{ at: string; event: string; was: string; now: string }>(
    `SELECT time AS at, event, was, now FROM ${source}
     WHERE event IN ('Level Changed', 'Stage Changed', 'Tier Changed') AND source = 'yutang' ORDER BY time DESC, key DESC LIMIT 200`,
  );
  return rows.map(({ at, event, was, now }) => ({
    at,
    kind: event.split(' ')[0]!.toLowerCase() as 'level',
    from: was || null,
    to: now || null,
  }));
}

async function readGroups(ch: Ch, source: string): Promise<Story['groups']> {
  const rows = await ch.query<{ id: string; name: string; joined: string; left: string; joins: number; leaves: number }>(
    `SELECT chat AS id, argMaxIf(called, time, called != '') AS name, maxIf(time, event = 'Group Joined') AS joined, maxIf(time, event = 'Group Left') AS left,
       countIf(event = 'Group Joined') AS joins, countIf(event = 'Group Left') AS leaves
     FROM ${source} WHERE event IN ('Group Joined', 'Group Left') AND chat != '' GROUP BY chat ORDER BY greatest(joined, left) DESC LIMIT 200`,
  );
  return rows.map(({ id, name, joined, left, joins, leaves }) => ({
    id,
    name: name || null,
    joinedAt: joins > 0 ? joined : null,
    leftAt: leaves > 0 && (joins === 0 || left >= joined) ? left : null,
  }));
}
