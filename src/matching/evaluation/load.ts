import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import type { Ch } from '../../base/index.ts';

/** Names under which files tell the same. The first that a file has is taken. */
const names = {
  user: ['user_id', 'customer_id', 'customerid', 'household_id', 'visitorid', 'visitor_id', 'person_id', 'person', 'user', 'cust'],
  item: ['item_id', 'product_id', 'stockcode', 'sku', 'itemid', 'item', 'product'],
  time: ['ts', 'time', 'timestamp', 'transaction_timestamp', 'invoicedate', 'event_time', 'date', 'datetime'],
  event: ['event', 'event_type', 'behavior', 'action', 'type'],
  order: ['order_id', 'basket_id', 'invoice', 'invoiceno', 'transactionid', 'transaction_id', 'session_id'],
  quantity: ['quantity', 'qty'],
  price: ['unit_price', 'price', 'sales_value', 'unitprice'],
} as const;

const bought = /^(purchase|order|buy|bought|transaction|order completed|sale)$/i;
const looked = /^(view|look|click|pv|cart|addtocart|add_to_cart|fav|product viewed|product added)$/i;

export interface Loaded {
  rows: number;
  taken: number;
  people: number;
  items: number;
  first: number;
  last: number;
}

const instantOf = (text: string): number => {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * (text.length <= 11 ? 1000 : 1);
  const zoned = /[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text.replace(' ', 'T')}Z`;
  return Date.parse(zoned);
};

/** Reads a file of events into `eval_acts`: what people ordered, or looked at. Lines without a person, a good or a time, refunds, and what was given for nothing are left out. */
export async function loadActs(ch: Ch, file: string, exclude?: RegExp): Promise<Loaded> {
  await ch.command(
    'CREATE TABLE IF NOT EXISTS eval_acts (person_no UInt32, item String, at Int64, bought UInt8, price_fen Float64, basket String) ENGINE = ReplacingMergeTree ORDER BY (person_no, item, bought, basket)',
  );
  const numbers = new Map<string, number>();
  const goods = new Set<string>();
  const found: Loaded = { rows: 0, taken: 0, people: 0, items: 0, first: Number.POSITIVE_INFINITY, last: 0 };
  let lines: string[] = [];
  let columns: Partial<Record<keyof typeof names, string>> | undefined;
  const write = async () => {
    if (lines.length > 0) await ch.insertText('eval_acts', lines.join('\n'));
    lines = [];
  };
  const raw = createReadStream(file);
  const rows = (file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw).pipe(parse({ columns: true, relax_column_count: true, bom: true }));
  for await (const row of rows as AsyncIterable<Record<string, string>>) {
    found.rows += 1;
    columns ??= columnsOf(row);
    const of = (name: keyof typeof names): string => row[columns![name] ?? '']?.trim() ?? '';
    const [user, item, at, event] = [of('user'), of('item'), instantOf(of('time')), of('event')];
    const isBought = event === '' || bought.test(event);
    if (user === '' || item === '' || !Number.isFinite(at) || (!isBought && !looked.test(event)) || exclude?.test(item)) continue;
    const price = Number(of('price') || 0);
    if (isBought && ((columns.quantity && Number(of('quantity')) <= 0) || (columns.price && price <= 0))) continue;
    if (!numbers.has(user)) numbers.set(user, numbers.size + 1);
    goods.add(item);
    found.taken += 1;
    found.first = Math.min(found.first, at);
    found.last = Math.max(found.last, at);
    const basket = of('order') || String(Math.floor(at / 86_400_000));
    lines.push(JSON.stringify({ person_no: numbers.get(user), item, at, bought: isBought ? 1 : 0, price_fen: price * 100, basket }));
    if (lines.length >= 50_000) await write();
  }
  await write();
  await ch.command('OPTIMIZE TABLE eval_acts FINAL');
  return { ...found, people: numbers.size, items: goods.size };
}

function columnsOf(row: Record<string, string>): Partial<Record<keyof typeof names, string>> {
  const has = new Map(Object.keys(row).map((name) => [name.trim().toLowerCase(), name]));
  const columns = Object.fromEntries(
    Object.entries(names).flatMap(([key, list]) => {
      const name = list.find((one) => has.has(one));
      return name ? [[key, has.get(name)!]] : [];
    }),
  );
  for (const must of ['user', 'item', 'time'] as const)
    if (!columns[must]) throw new Error(`the file has no column for the ${must}: one of ${names[must].join(', ')}`);
  return columns;
}
