import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import type { Told } from '../world.fixture.ts';

const folder = new URL('../../../demo/online_retail/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder));

export interface RetailOrder {
  person: number;
  id: string;
  at: number;
  fen: number;
  lines: { product: string; category: string; quantity: number; price: number }[];
}

/** The shipped history of a real shop as orders: what was bought (not cancelled, with a customer, quantity and price above 0). */
export function retailOrders(): RetailOrder[] {
  const products = parse(read('products.csv'), { columns: true }) as { product_id: string; category: string }[];
  const categories = new Map(products.map((p) => [p.product_id, p.category]));
  const orders = new Map<string, RetailOrder>();
  for (const line of gunzipSync(read('events.csv.gz')).toString('utf8').trimEnd().split('\n').slice(1)) {
    const [user, ts, event, id, product, quantity, price] = line.split(',') as [string, string, string, string, string, string, string];
    if (user === '' || event !== 'purchase' || Number(quantity) <= 0 || Number(price) <= 0) continue;
    const key = `${user} ${id}`;
    const order = orders.get(key) ?? { person: Number(user), id, at: Date.parse(ts), fen: 0, lines: [] };
    order.lines.push({ product, category: categories.get(product) ?? '', quantity: Number(quantity), price: Number(price) });
    order.at = Math.min(order.at, Date.parse(ts));
    order.fen += Math.round(Number(quantity) * Number(price) * 100);
    orders.set(key, order);
  }
  return [...orders.values()];
}

export function asEvent({ person, id, at, fen, lines }: RetailOrder): Told {
  const products = lines.map(({ product, category, quantity, price }) => ({
    product_id: product,
    ...(category && { category }),
    quantity,
    price,
  }));
  return { person, event: 'Order Completed', at, properties: { order_id: id, revenue_fen: fen, products } };
}
