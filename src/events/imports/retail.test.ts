import { createReadStream, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realHarness } from './harness.ts';
import type { ImportView } from './schema.ts';

/** The shipped history of a real shop through the import door, against figures that others computed. */
const folder = new URL('../../../demo/online_retail/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder));
const expected = JSON.parse(read('expected.json').toString()) as {
  rows: number;
  customers: number;
  null_customer_rows: number;
  cancel_rows: number;
  rfm: { customers: number; describe: { frequency: { mean: number } }; total: number };
};

/** A second opinion, straight from the file: what was bought (not cancelled, with a customer, quantity and price above 0). */
function countByHand() {
  const orders = new Map<string, Set<string>>();
  const invoices = new Set<string>();
  let fenThousandths = 0;
  for (const line of gunzipSync(read('events.csv.gz')).toString('utf8').trimEnd().split('\n').slice(1)) {
    const [user, , event, order, , quantity, price] = line.split(',') as [string, string, string, string, string, string, string];
    const pence = Math.round(Number(price) * 1000);
    if (user === '' || event !== 'purchase' || Number(quantity) <= 0 || pence <= 0) continue;
    fenThousandths += pence * Number(quantity);
    invoices.add(order);
    orders.set(user, (orders.get(user) ?? new Set()).add(order));
  }
  return {
    buyers: orders.size,
    orders: invoices.size,
    revenueFen: Math.floor(fenThousandths / 10),
    repeatBuyers: [...orders.values()].filter((o) => o.size > 1).length,
  };
}

let h: Awaited<ReturnType<typeof realHarness>>;
let first: ImportView;
let rowsPerSecond: number;
let growth: number;
beforeAll(async () => {
  h = await realHarness();
  await h.run(read('items.csv'), { kind: 'products', name: 'items.csv' });
  const before = process.memoryUsage.rss();
  const started = performance.now();
  first = await h.run(createReadStream(new URL('events.csv.gz', folder)), { kind: 'orders' });
  rowsPerSecond = first.rows.read / ((performance.now() - started) / 1000);
  growth = process.memoryUsage.rss() - before;
}, 300_000);
afterAll(() => h?.close());

const fen = 'properties.`revenue_fen`.:Int64';
interface Buyer {
  id: string;
  orders: number;
  fen: number;
  last: string;
}

/** Every buyer with figures, by user id, as the stored events tell. */
async function buyers(): Promise<Buyer[]> {
  const rows = await h.sql<Omit<Buyer, 'id'> & { person: number }>(
    `SELECT person_no AS person, uniqExact(properties.order_id.:String) AS orders, sum(${fen}) AS fen, toString(max(time)) AS last
     FROM ${h.events.source(1)} WHERE event = 'Order Completed' GROUP BY person_no`,
  );
  const ids = await h.pg.query<{ value: string; person_no: number }>(
    "SELECT value, person_no FROM identities WHERE type = 'user_id' AND workspace_no = 1",
  );
  const idOf = new Map(ids.map((i) => [Number(i.person_no), i.value]));
  return rows.map((r) => ({ ...r, id: idOf.get(r.person)! }));
}
const count = async (what: string) => (await h.sql<{ n: number }>(`SELECT ${what} AS n FROM ${h.events.source(1)}`))[0]!.n;

describe('the retail history', () => {
  it('is read whole; every row is accounted for', () => {
    expect(first.state).toBe('done');
    expect(first.rows).toEqual({
      read: expected.rows,
      accepted: expected.rows - expected.null_customer_rows,
      duplicate: 0,
      rejected: expected.null_customer_rows,
    });
    expect(first.reasons).toEqual({ no_customer: expected.null_customer_rows - 3, adjustment: 3 });
  });

  it('customers, orders, revenue and repeat buyers agree with the published figures and with a count by hand', async () => {
    const hand = countByHand();
    const found = await buyers();
    expect(await count('uniqExact(person_no)')).toBe(expected.customers);
    expect(found.length).toBe(expected.rfm.customers);
    expect(found.length).toBe(hand.buyers);
    const orders = found.reduce((n, b) => n + b.orders, 0);
    expect(orders).toBe(hand.orders);
    expect(orders).toBe(Math.round(expected.rfm.describe.frequency.mean * expected.rfm.customers));
    const revenue = found.reduce((n, b) => n + b.fen, 0);
    expect(revenue).toBe(hand.revenueFen);
    expect(revenue).toBe(Math.round(expected.rfm.total * 100));
    expect(found.filter((b) => b.orders > 1).length).toBe(hand.repeatBuyers);
    expect(first.totals).toMatchObject({ orders, revenueFen: revenue, gifts: 4 });
    expect(await count("countIf(event = 'Order Refunded')")).toBe(first.totals.refunds);
  });

  it('RFM agrees for each customer', async () => {
    const snapshot = Date.parse('2011-12-10');
    const byId = new Map((await buyers()).map((b) => [b.id, b]));
    const lines = read('rfm_expected.csv').toString().trim().split('\n').slice(1);
    expect(lines).toHaveLength(byId.size);
    for (const line of lines) {
      const [id, recency, frequency, monetary] = line.split(',');
      const b = byId.get(id!)!;
      const days = Math.floor((snapshot - Date.parse(`${b.last.replace(' ', 'T')}Z`)) / 86_400_000) + 1;
      expect([id, days, b.orders, b.fen]).toEqual([id, Number(recency), Number(frequency), Math.round(Number(monetary) * 100)]);
    }
  });

  it('orders name their goods from the products', async () => {
    const [order] = await h.sql<{ time: string; properties: Record<string, unknown> }>(
      `SELECT toString(time) AS time, properties FROM ${h.events.source(1)} WHERE properties.order_id.:String = '536365'`,
    );
    expect(order!.time).toBe('2010-12-01 08:26:00.000');
    expect(order!.properties).toMatchObject({ revenue_fen: 13912, lines: 7, country: 'United Kingdom', currency: 'CNY' });
    expect((order!.properties.products as { name: string }[])[0]!.name).toBe('WHITE HANGING HEART T-LIGHT HOLDER');
  });

  it('again: adds nothing, every accepted row is a duplicate', async () => {
    const stored = await count('count()');
    const again = await h.run(createReadStream(new URL('events.csv.gz', folder)), { kind: 'orders' });
    expect(again.rows).toEqual({ ...first.rows, accepted: 0, duplicate: first.rows.accepted });
    expect(await count('count()')).toBe(stored);
  }, 300_000);

  it('took memory that stays', () => {
    console.info(`retail import: ${Math.round(rowsPerSecond)} rows/s, +${Math.round(growth / 1e6)} MB with both engines' clients`);
    expect(growth).toBeLessThan(1.5e9);
  });
});
