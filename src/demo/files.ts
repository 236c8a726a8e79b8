import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';

const folder = new URL('../../demo/online_retail/', import.meta.url);

export function demoFile(name: string): string {
  return fileURLToPath(new URL(name, folder));
}

/** The last day in the history; it is moved so that this day is yesterday. */
const lastDay = Date.UTC(2011, 11, 9);
const dayMs = 86_400_000;

export function shiftDays(nowMs: number): number {
  return Math.floor(nowMs / dayMs) - lastDay / dayMs - 1;
}

export interface ShopPerson {
  userId: string;
  name: string;
  orders: number;
}

/** Customers of the shop who have a name, so that they can turn up on WeCom: those who bought once, and as many others at most. */
export function shopPeople(): ShopPerson[] {
  const people = rows('people.csv').map((r) => ({ userId: r.user_id!, name: r.name!, orders: Number(r.orders) }));
  const once = people.filter((p) => p.orders === 1);
  return [...once, ...people.filter((p) => p.orders > 1).slice(0, Math.round(once.length * 0.7))];
}

/** What sells: goods with a price, best sellers first. */
export function bestSellers(count: number): { id: string; name: string; category: string; price: number }[] {
  return rows('products.csv')
    .filter((r) => r.category !== '服务' && Number(r.price) > 0)
    .sort((a, b) => Number(b.times_sold) - Number(a.times_sold))
    .slice(0, count)
    .map((r) => ({ id: r.product_id!, name: r.name!, category: r.category!, price: Number(r.price) }));
}

function rows(name: string): Record<string, string>[] {
  return parse(readFileSync(demoFile(name)), { columns: true }) as Record<string, string>[];
}
