import { type Ch, sqlNumbers } from '../../base/index.ts';

/** Of these people, those of whom nothing is known but an anonymous id. */
export type NobodyOf = (workspaceNo: number, people: readonly number[]) => Promise<number[]>;
/** The relation to read a workspace's events from; see MoveMap.source. */
export type Source = (workspaceNo: number, people?: Iterable<number>, more?: readonly string[]) => string;

/** Events later than this after they happened are late; those that claim to come from this far ahead have a wrong clock. */
export const lateMs = 6 * 3_600_000;
export const futureMs = 10 * 60_000;
/** A time of China written as if it were UTC, or the other way round, is eight hours off. */
const shiftFromMs = 7 * 3_600_000;
const shiftToMs = 9 * 3_600_000;
/** At most about so many events of one range are looked into for their properties; the rest by a fixed sample. */
const sampleMost = 50_000;

const library = "JSONExtractString(context, 'library', 'name') AS sdk, JSONExtractString(context, 'library', 'version') AS version";
const hour = "formatDateTime(toStartOfHour(received_at), '%Y-%m-%dT%H:00:00Z') AS hour";

export interface Counts {
  hours: object[];
  properties: object[];
  numbers: object[];
  measures: object[];
}

/** Counts what landed with batches in (after, through]: by hour of arrival, event, source and SDK. Each message once, also while it is being moved. */
export async function countRange(
  deps: { ch: Ch; source: Source; nobodyOf: NobodyOf },
  after: number,
  through: number,
): Promise<Counts & { rows: number }> {
  const { ch } = deps;
  const range = `batch > ${after} AND batch <= ${through}`;
  const rows = (columns: string, more = '') =>
    `(SELECT workspace_no, person_no, key, type, event, received_at, time, source, carrier, context${columns} FROM events WHERE ${range}${more} LIMIT 1 BY workspace_no, key)`;
  const sizes = await ch.query<{ workspace_no: number; rows: number; people: number[] }>(
    `SELECT workspace_no, count() AS rows, groupUniqArray(person_no) AS people FROM ${rows('')} GROUP BY workspace_no`,
  );
  const total = sizes.reduce((sum, s) => sum + s.rows, 0);
  if (total === 0) return { rows: 0, hours: [], properties: [], numbers: [], measures: [] };
  const nobody: number[] = [];
  for (const { workspace_no, people } of sizes) nobody.push(...(await deps.nobodyOf(workspace_no, people)));
  const age = 'toUnixTimestamp64Milli(received_at) - toUnixTimestamp64Milli(time)';
  const every = Math.ceil(total / sampleMost);
  const sample = every > 1 ? ` AND key % ${every} = 0` : '';
  const pairs = `(SELECT workspace_no, type, event, ${hour}, ${library},
      arrayJoin(arrayConcat([('', '')], JSONExtractKeysAndValuesRaw(toString(properties)))) AS pair, pair.1 AS name, pair.2 AS raw,
      multiIf(name = '', '', startsWith(raw, '"'), 'text', raw IN ('true', 'false'), 'boolean', startsWith(raw, '['), 'list', startsWith(raw, '{'), 'object', 'number') AS kind
    FROM ${rows(', properties', `${sample} AND type IN ('track', 'identify', 'page', 'screen')`)})`;
  // One after the other and by one thread: nobody waits for them, and side by side they take 140 MB while events stream in.
  const count = (sql: string) => ch.query<object>(`${sql} SETTINGS max_threads = 1`);
  const hours = await count(
    `SELECT workspace_no, ${hour}, type, event, source, ${library}, carrier, count() AS count,
         countIf(person_no IN ${sqlNumbers(nobody)}) AS nobody,
         countIf(age > ${lateMs}) AS late, countIf(age < -${futureMs}) AS future,
         countIf(abs(age) >= ${shiftFromMs} AND abs(age) <= ${shiftToMs}) AS shifted,
         toUInt64(count() - uniqExact(person_no, time, content)) AS repeats
       FROM (SELECT *, ${age} AS age, if(type = 'track', cityHash64(toString(properties)), key) AS content FROM ${rows(', properties')})
       GROUP BY workspace_no, hour, type, event, source, sdk, version, carrier`,
  );
  const properties = await count(
    `SELECT workspace_no, hour, type, event, name, kind, sdk, version, count() AS count, countIf(raw IN ('""', '[]', '{}', '" "')) AS empty,
         if(kind = 'text' AND count() >= 8, uniqExact(raw), 0) AS distinct_count, if(kind = 'text' AND count() >= 8, count(), 0) AS distinct_of
       FROM ${pairs} GROUP BY workspace_no, hour, type, event, name, kind, sdk, version`,
  );
  const numbers = await count(
    `SELECT workspace_no, hour, event, name, sdk, version, toInt16(round(4 * log10(abs(toFloat64OrZero(raw))))) AS bucket, count() AS count
       FROM ${pairs} WHERE kind = 'number' AND type = 'track' AND abs(toFloat64OrZero(raw)) BETWEEN 1e-6 AND 1e12
       GROUP BY workspace_no, hour, event, name, sdk, version, bucket`,
  );
  const measures: object[] = [];
  for (const { workspace_no } of sizes) measures.push(...(await measuresOf(deps, workspace_no, range, rows)));
  return { rows: total, hours, properties, numbers, measures };
}

/** How orders hang together with what was before them, who does very much, and in which currency. */
async function measuresOf(
  deps: { ch: Ch; source: Source },
  workspaceNo: number,
  range: string,
  rows: (columns: string, more?: string) => string,
): Promise<object[]> {
  const { ch, source } = deps;
  const mine = `workspace_no = ${workspaceNo}`;
  const [orders, busy, currencies] = await Promise.all([
    ch.query<{ person_no: number }>(
      `SELECT DISTINCT person_no FROM ${source(workspaceNo)} WHERE ${range} AND type = 'track' AND event IN ('Order Completed', 'Order Refunded') AND NOT startsWith(source, 'import:')`,
    ),
    ch.query<{ hour: string; person_no: number; count: number }>(
      `SELECT ${hour}, person_no, count() AS count FROM ${rows('', ` AND ${mine} AND source != 'yutang' AND NOT startsWith(source, 'import:')`)}
       GROUP BY hour, person_no HAVING count >= 10 ORDER BY count DESC LIMIT 5 BY hour`,
    ),
    ch.query<{ hour: string; currency: string; count: number }>(
      `SELECT ${hour}, toString(properties.currency) AS currency, count() AS count
       FROM ${rows(', properties', ` AND ${mine} AND type = 'track' AND event = 'Order Completed' AND NOT startsWith(source, 'import:')`)}
       WHERE currency != '' GROUP BY hour, currency`,
    ),
  ]);
  const row = (measure: string, r: { hour: string; count: number; of?: number }, subject = '') => ({
    workspace_no: workspaceNo,
    hour: r.hour,
    measure,
    subject,
    count: r.count,
    of: r.of ?? 0,
  });
  const result = [
    ...busy.map((b) => row('busy', b, String(b.person_no))),
    ...currencies.map((c) => row('currency', c, c.currency.slice(0, 10))),
  ];
  if (orders.length === 0) return result;
  const people = orders.map((o) => o.person_no);
  const joined = await ch.query<{ hour: string; orders: number; unled: number; refunds: number; lost: number }>(
    `WITH seen AS (SELECT person_no, time, received_at, type, event, source, batch, ifNull(order_id, '') AS order_id
         FROM ${source(workspaceNo, people, ["if(type = 'track' AND event IN ('Order Completed', 'Order Refunded'), toString(properties.order_id), '') AS order_id"])} WHERE source != 'yutang'),
       first AS (SELECT person_no, min(time) AS began FROM seen WHERE event NOT LIKE 'Order %' AND event NOT LIKE 'Coupon %' AND type IN ('track', 'page', 'screen') GROUP BY person_no),
       known AS (SELECT DISTINCT person_no, order_id FROM seen WHERE event = 'Order Completed')
     SELECT ${hour}, countIf(event = 'Order Completed') AS orders,
       countIf(event = 'Order Completed' AND (began = toDateTime64(0, 3, 'UTC') OR began > time)) AS unled,
       countIf(event = 'Order Refunded') AS refunds, countIf(event = 'Order Refunded' AND (person_no, order_id) NOT IN (SELECT person_no, order_id FROM known)) AS lost
     FROM seen LEFT JOIN first USING (person_no)
     WHERE ${range} AND type = 'track' AND event IN ('Order Completed', 'Order Refunded') AND NOT startsWith(source, 'import:') GROUP BY hour`,
  );
  for (const j of joined) {
    if (j.orders > 0) result.push(row('unled', { hour: j.hour, count: j.unled, of: j.orders }));
    if (j.refunds > 0) result.push(row('lost', { hour: j.hour, count: j.lost, of: j.refunds }));
  }
  return result;
}
