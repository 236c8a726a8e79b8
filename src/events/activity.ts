import type { Ch } from '../base/index.ts';
import { type PersonActivity, type PersonColumn, partsSql } from '../people/index.ts';
import type { Incoming } from './message.ts';

/** What some events say of a person's doings: instants in milliseconds (0: never), money in minor units. */
export interface Doings {
  first: number;
  last: number;
  orders: number;
  gross: number;
  back: number;
  lastOrder: number;
}

/** What is told of people is nothing that they did. */
const own = 'yutang';
const ordered = 'Order Completed';
const refunded = 'Order Refunded';

/** What a batch adds to what people have done, each person's events in one. */
export class Added {
  readonly byPerson = new Map<number, Doings & { workspaceNo: number }>();

  add(workspaceNo: number, person: number, { source, event, timeMs, properties }: Incoming): void {
    if (source === own) return;
    let one = this.byPerson.get(person);
    if (one) {
      one.first = Math.min(one.first, timeMs);
      one.last = Math.max(one.last, timeMs);
    } else {
      one = { workspaceNo, first: timeMs, last: timeMs, orders: 0, gross: 0, back: 0, lastOrder: 0 };
      this.byPerson.set(person, one);
    }
    if (event !== ordered && event !== refunded) return;
    const fen = Number.isInteger(properties.revenue_fen) ? (properties.revenue_fen as number) : 0;
    if (event === refunded) one.back += Math.abs(fen);
    else {
      one.orders += 1;
      one.gross += fen;
      one.lastOrder = Math.max(one.lastOrder, timeMs);
    }
  }
}

/** SQL that reads the same from events; `source` has a column `fen` of minor units. `by`: whose they are. */
export function doingsOf(source: string, by: string, where = '1'): string {
  const ms = 'toUnixTimestamp64Milli';
  return `SELECT ${by}, ${ms}(min(time)) AS first, ${ms}(max(time)) AS last, toUInt32(countIf(event = '${ordered}')) AS orders,
       sumIf(fen, event = '${ordered}') AS gross, sumIf(abs(fen), event = '${refunded}') AS back,
       if(orders = 0, 0, ${ms}(maxIf(time, event = '${ordered}'))) AS lastOrder
     FROM ${source} WHERE source != '${own}' AND ${where} GROUP BY ALL`;
}

export async function doingsIn(ch: Pick<Ch, 'query'>, source: string, where: string): Promise<Map<number, Doings>> {
  const rows = await ch.query<Doings & { p: number }>(doingsOf(source, 'person_no AS p', where));
  return new Map(rows.map(({ p, ...doings }) => [p, doings]));
}

/** The column that amounts are read from. */
export const fenColumn = 'ifNull(properties.`revenue_fen`.:Int64, 0) AS fen';

const iso = (ms: number): string => new Date(ms).toISOString();

/**
 * What people did, from PostgreSQL. A merge moves nothing: rows of those who were merged are added up under the one who stays.
 * Of whom no event of theirs has landed nothing is said.
 */
export const activityColumn: PersonColumn<PersonActivity> = {
  sql: `SELECT json_build_array(min(a.first_ms), max(a.last_ms), sum(a.orders), sum(a.gross_fen), sum(a.back_fen), max(a.last_order_ms))
    FROM (${partsSql}) parts JOIN person_activity a ON a.person_no = parts.part AND a.workspace_no = $1`,
  read: async (_, values) => {
    const found = new Map<number, PersonActivity>();
    for (const [no, value] of values) {
      const [first, last, orders, gross, back, lastOrder] = value as [
        first: number | null,
        ...rest: [number, number, number, number, number],
      ];
      if (first === null) continue;
      const sums = { count: orders, revenueFen: gross - back, refundFen: back, lastAt: orders > 0 ? iso(lastOrder) : null };
      found.set(no, { first: iso(first), last: iso(last), orders: sums });
    }
    return found;
  },
};

/** Held shared by whoever adds a batch, alone by whoever counts people anew: neither then sees half of the other. */
export const countingLock = 7110;

/**
 * SQL that notes a batch as landed and adds what its people did, once however often it is run. Only numbers stand in it.
 * In the order of people, so that two processes do not wait for each other in a circle.
 */
export function landingSql(batch: number, { byPerson }: Added): string {
  const landed = `UPDATE event_batches SET state = 'landed' WHERE id = ${batch} AND state <> 'landed'`;
  if (byPerson.size === 0) return landed;
  const list = [...byPerson].sort(([a], [b]) => a - b);
  const column = (type: string, of: (one: Doings & { workspaceNo: number }) => number) =>
    `'{${list.map(([, one]) => of(one)).join(',')}}'::${type}[]`;
  return `SELECT pg_advisory_xact_lock_shared(${countingLock});
WITH landed AS (${landed} RETURNING 1)
INSERT INTO person_activity AS a (person_no, workspace_no, first_ms, last_ms, orders, gross_fen, back_fen, last_order_ms)
SELECT u.* FROM landed, unnest('{${list.map(([person]) => person).join(',')}}'::bigint[], ${column('int', (o) => o.workspaceNo)},
  ${column('bigint', (o) => o.first)}, ${column('bigint', (o) => o.last)}, ${column('int', (o) => o.orders)},
  ${column('float8', (o) => o.gross)}, ${column('float8', (o) => o.back)}, ${column('bigint', (o) => o.lastOrder)}) AS u
ON CONFLICT (person_no) DO UPDATE SET first_ms = least(a.first_ms, EXCLUDED.first_ms), last_ms = greatest(a.last_ms, EXCLUDED.last_ms),
  orders = a.orders + EXCLUDED.orders, gross_fen = a.gross_fen + EXCLUDED.gross_fen, back_fen = a.back_fen + EXCLUDED.back_fen,
  last_order_ms = greatest(a.last_order_ms, EXCLUDED.last_order_ms)`;
}
