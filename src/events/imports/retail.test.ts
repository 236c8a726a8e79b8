import { createReadStream, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, harness } from './harness.ts';
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

let h: Harness;
let first: ImportView;
let seconds: number;
let rise: number;
beforeAll(async () => {
  h = await harness();
  await h.run(read('items.csv'), { kind: 'products', name: 'items.csv' });
  const before = process.memoryUsage.rss();
  const started = performance.now();
  first = await h.run(createReadStream(new URL('events.csv.gz', folder)), { kind: 'orders', options: { timezone: 'UTC' } });
  seconds = (performance.now() - started) / 1000;
  rise = process.memoryUsage.rss() - before;
});
afterAll(() => h.close());

const named = (name: string) => [...h.stored.values()].filter((e) => e.event === name);
const fen = (e: { properties?: Record<string, unknown> }) => e.properties?.revenue_fen as number;

describe('the retail history', () => {
  it('is read whole; every row is accounted for', () => {
    expect(first.state).toBe('done');
    expect(first.rows.read).toBe(expected.rows);
    expect(first.rows.accepted + first.rows.rejected).toBe(expected.rows);
    expect(first.reasons).toEqual({ no_customer: expected.null_customer_rows - 3, adjustment: 3 });
    expect(first.rows.duplicate).toBe(0);
  });

  it('customers, orders, revenue and repeat buyers agree with the published figures and with a count by hand', () => {
    const hand = countByHand();
    const completed = named('Order Completed');
    const perBuyer = Map.groupBy(completed, (e) => e.userId);
    expect(new Set([...h.stored.values()].map((e) => e.userId)).size).toBe(expected.customers);
    expect(perBuyer.size).toBe(expected.rfm.customers);
    expect(perBuyer.size).toBe(hand.buyers);
    expect(completed.length).toBe(hand.orders);
    expect(completed.length).toBe(Math.round(expected.rfm.describe.frequency.mean * expected.rfm.customers));
    const revenue = completed.reduce((sum, e) => sum + fen(e), 0);
    expect(revenue).toBe(hand.revenueFen);
    expect(revenue).toBe(Math.round(expected.rfm.total * 100));
    expect(first.totals).toMatchObject({ orders: hand.orders, revenueFen: revenue, gifts: 4 });
    expect([...perBuyer.values()].filter((o) => o.length > 1).length).toBe(hand.repeatBuyers);
    expect(named('Order Refunded').length).toBe(first.totals.refunds);
  });

  it('RFM agrees for each customer', () => {
    const snapshot = Date.parse('2011-12-10');
    const perBuyer = Map.groupBy(named('Order Completed'), (e) => e.userId!);
    const lines = read('rfm_expected.csv').toString().trim().split('\n').slice(1);
    expect(lines).toHaveLength(perBuyer.size);
    for (const line of lines) {
      const [id, recency, frequency, monetary] = line.split(',');
      const orders = perBuyer.get(id!)!;
      const last = Math.max(...orders.map((o) => Date.parse(o.timestamp)));
      expect([id, Math.floor((snapshot - last) / 86_400_000) + 1, orders.length]).toEqual([id, Number(recency), Number(frequency)]);
      expect(orders.reduce((sum, e) => sum + fen(e), 0)).toBe(Math.round(Number(monetary) * 100));
    }
  });

  it('orders name their goods from the products', () => {
    const order = named('Order Completed').find((e) => e.properties?.order_id === '536365')!;
    expect(order.timestamp).toBe('2010-12-01T08:26:00.000Z');
    expect(order.properties).toMatchObject({ revenue_fen: 13912, lines: 7, country: 'United Kingdom' });
    expect((order.properties!.products as { name: string }[])[0]!.name).toBe('WHITE HANGING HEART T-LIGHT HOLDER');
  });

  it('again: adds nothing, every accepted row is a duplicate', async () => {
    const stored = h.stored.size;
    const again = await h.run(createReadStream(new URL('events.csv.gz', folder)), { kind: 'orders', options: { timezone: 'UTC' } });
    expect(again.rows).toEqual({ ...first.rows, accepted: 0, duplicate: first.rows.accepted });
    expect(h.stored.size).toBe(stored);
  });

  it('took in thousands of rows a second with memory that stays', () => {
    expect(expected.rows / seconds).toBeGreaterThan(5000);
    // The sink of this test keeps all events; the door itself keeps a page.
    expect(rise).toBeLessThan(900e6);
    console.info(`retail import: ${Math.round(expected.rows / seconds)} rows/s, +${Math.round(rise / 1e6)} MB`);
  });
});
