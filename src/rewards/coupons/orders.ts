import { sqlStrings } from '../../base/index.ts';
import type { Slice } from '../../events/index.ts';
import type { Deps } from '../ports.ts';
import type { Redeem } from './redeem.ts';
import type { Product } from './schema.ts';

const ordered = 'Order Completed';
const refunded = 'Order Refunded';
/** A number or a text, as the shop writes it. */
const orderId = "coalesce(properties.order_id.:String, toString(properties.order_id.:Int64), '')";

interface OrderEvent {
  person: number;
  event: string;
  order: string;
  ms: number;
  carrier: string;
  fen: number;
  properties: string;
}

/** Orders that name coupons, and orders that were paid back, as their events land. What is read again changes nothing. */
export async function consumeOrders(deps: Deps, redeem: Redeem, slice: Slice): Promise<void> {
  if (!slice.names.has(ordered) && !slice.names.has(refunded)) return;
  const { workspaceNo, fromBatch, toBatch } = slice;
  const [any] = await deps.pg.query('SELECT 1 FROM coupon_issues WHERE workspace_no = $1 LIMIT 1', [workspaceNo], 'coupons.any');
  if (!any) return;
  const rows = await deps.ch.query<OrderEvent>(
    `SELECT person_no AS person, event, ${orderId} AS order, toUnixTimestamp64Milli(time) AS ms, carrier, ifNull(properties.revenue_fen.:Int64, 0) AS fen,
       toJSONString(properties) AS properties FROM ${deps.events.source(workspaceNo)}
     WHERE batch BETWEEN ${fromBatch} AND ${toBatch} AND properties.order_id IS NOT NULL AND (event = '${refunded}'
       OR event = '${ordered}' AND (properties.coupon IS NOT NULL OR properties.coupons IS NOT NULL)) ORDER BY time, key`,
  );
  for (const row of rows.filter((r) => r.event === ordered)) {
    const order = JSON.parse(row.properties) as Record<string, unknown>;
    for (const code of codesOf(order))
      await redeem.byOrder(
        workspaceNo,
        {
          ...{ code, orderId: row.order, amountFen: Math.max(0, row.fen), carrier: row.carrier, products: productsOf(order) },
          ...{ shippingFen: fenOf(order.shipping) ?? 0, discountFen: fenOf(order.discount) },
        },
        new Date(row.ms),
      );
  }
  for (const { order, at } of await wholeRefunds(deps, workspaceNo, rows)) await redeem.refunded(workspaceNo, order, at);
}

/** Of these orders, those that a coupon was used for and that were paid back in full: however many refunds that took, and whichever came first. */
async function wholeRefunds(deps: Deps, workspaceNo: number, rows: readonly OrderEvent[]): Promise<{ order: string; at: Date }[]> {
  if (rows.length === 0) return [];
  const used = await deps.pg.query<{ order: string; fen: number; person: number }>(
    `SELECT order_id AS order, min(amount_fen) AS fen, min(person_no) AS person FROM coupon_uses
     WHERE workspace_no = $1 AND order_id = ANY($2) AND state = 'used' GROUP BY order_id`,
    [workspaceNo, [...new Set(rows.map((r) => r.order))]],
  );
  if (used.length === 0) return [];
  const wanted = sqlStrings(used.map((u) => u.order));
  // Only those who ordered and whom a refund was told of: events lie by people.
  const people = new Set([...used.map((u) => u.person), ...rows.map((r) => r.person)]);
  const back = await deps.ch.query<{ order: string; fen: number; unsaid: number; ms: number }>(
    `SELECT ${orderId} AS order, sum(abs(ifNull(properties.revenue_fen.:Int64, 0))) AS fen,
       countIf(properties.revenue_fen IS NULL) AS unsaid, max(toUnixTimestamp64Milli(time)) AS ms FROM ${deps.events.source(workspaceNo, people)}
     WHERE event = '${refunded}' AND ${orderId} IN (${wanted}) GROUP BY order`,
  );
  const paid = new Map(used.map((u) => [u.order, u.fen]));
  // A refund that says no amount is of the whole order, as Segment has it.
  return back.filter((b) => b.unsaid > 0 || b.fen >= (paid.get(b.order) ?? 0)).map((b) => ({ order: b.order, at: new Date(b.ms) }));
}

function codesOf(order: Record<string, unknown>): string[] {
  const given = [order.coupon, order.coupons].flat(2);
  const codes = given.flatMap((one) => {
    const code = typeof one === 'object' && one !== null ? ((one as { code?: unknown }).code ?? (one as { coupon?: unknown }).coupon) : one;
    return typeof code === 'string' && code.trim() !== '' && code.length <= 100 ? code.split(/[,，;]/) : [];
  });
  return [...new Set(codes.map((c) => c.trim()).filter(Boolean))];
}

/** Major units, as Segment writes them. */
function fenOf(major: unknown): number | null {
  const number = typeof major === 'string' && major.trim() !== '' ? Number(major) : major;
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0) return null;
  const fen = Math.round(Number(`${number}e2`));
  return Number.isSafeInteger(fen) ? fen : null;
}

function productsOf({ products }: Record<string, unknown>): Product[] {
  if (!Array.isArray(products)) return [];
  const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : undefined);
  return (products as Record<string, unknown>[]).flatMap((p) => {
    if (typeof p !== 'object' || p === null) return [];
    const { quantity } = p;
    return [
      {
        productId: text(p.product_id),
        sku: text(p.sku),
        category: text(p.category),
        priceFen: fenOf(p.price) ?? 0,
        quantity: typeof quantity === 'number' && Number.isInteger(quantity) && quantity > 0 ? quantity : 1,
      },
    ];
  });
}
