import { type Micro, multiply, readDecimal, toMajor, toMinor, toNumber } from './decimal.ts';
import { type LineMeaning, meaningOf, refundMeaning } from './order-status.ts';
import { context, digest, iso, isShortened, type Plan, type Planned, type Reading, shortened, text, type Who, when, who } from './plan.ts';
import type { Row } from './table.ts';

interface Line {
  row: Row;
  meaning: LineMeaning;
  time: number;
  who: Who | undefined;
  product: Record<string, unknown> | undefined;
  /** What the line costs; undefined where only the whole order's total is known. */
  amount: Micro | undefined;
  total: Micro | undefined;
  currency: string;
  /** The line as text, for telling changed orders from repeated ones. */
  content: string;
}

type Trouble = { code: string; reason: string };

/** Rows of one order become one event for each meaning they have: bought, refunded, cancelled. An order is taken whole or not at all. */
export function planOrder(r: Reading, rows: readonly Row[]): Plan {
  const lines: Line[] = [];
  const bad = new Map<Row, Trouble>();
  for (const row of rows) {
    const line = readLine(r, row);
    if ('code' in line) bad.set(row, line);
    else lines.push(line);
  }
  const owner = lines.find((l) => l.who)?.who;
  for (const line of lines) {
    if (line.who && owner && line.who.key !== owner.key)
      bad.set(line.row, { code: 'two_customers', reason: 'another row of this order names another customer' });
  }
  if (bad.size > 0) return { planned: [], rejects: rows.map((row) => reject(row, bad.get(row) ?? sibling(bad))) };
  const plan: Plan = { planned: [], rejects: [] };
  for (const meaning of new Set(lines.map((l) => l.meaning))) {
    const some = lines.filter((l) => l.meaning === meaning);
    const outcome = meaning in refusals ? refusals[meaning as keyof typeof refusals] : toEvent(r, meaning, some, owner);
    if ('code' in outcome) plan.rejects.push(...some.map((l) => reject(l.row, outcome)));
    else plan.planned.push(outcome);
  }
  return plan;
}

const refusals = {
  not_refunded: { code: 'not_refunded', reason: 'is a refund that was withdrawn or refused' },
  refund_pending: { code: 'refund_pending', reason: 'is not paid back yet; import it when it is' },
  adjustment: { code: 'adjustment', reason: 'is an adjustment of the books, not a sale' },
  unpaid: { code: 'unpaid', reason: 'is not paid yet; import it when it is' },
};

const reject = (row: Row, t: Trouble) => ({ row, ...t });

function sibling(bad: Map<Row, Trouble>): Trouble {
  const [row] = bad.keys();
  return { code: 'order_incomplete', reason: `row ${row?.n} of the same order cannot be taken; an order is taken whole` };
}

function readLine(r: Reading, row: Row): Line | Trouble {
  if (row.broken) return { code: 'unreadable', reason: row.broken };
  const orderId = text(r.get(row, 'order_id'));
  if (orderId === undefined) return { code: 'no_order_id', reason: 'has no order id' };
  if (isShortened(orderId)) return { code: 'shortened_id', reason: `order_id ${shortened(orderId)}` };
  const time = when(r, r.get(row, 'time'));
  if (time === undefined) return { code: 'bad_time', reason: badTime(r.get(row, 'time')) };
  const status = text(r.get(row, 'status'));
  const meaning = r.kind === 'refunds' ? refundMeaning(status, r.options.statuses) : meaningOf(status, r.options.statuses);
  if (!meaning)
    return { code: 'unknown_status', reason: `status "${status?.slice(0, 50)}" is not known; say what it means with the option statuses` };
  const customer = who(r, row);
  if (r.kind === 'refunds' && r.has('refund_id') && text(r.get(row, 'refund_id')) === undefined)
    return { code: 'no_refund_id', reason: 'has no refund id, though other rows have one' };
  if (customer && 'reason' in customer) return { code: 'bad_identity', reason: customer.reason };
  const currency = text(r.get(row, 'currency'))?.toUpperCase() ?? r.currency;
  if (!/^[A-Z]{3}$/.test(currency))
    return { code: 'bad_currency', reason: `currency "${currency.slice(0, 20)}" is not a code such as CNY` };
  const money = readMoney(r, row);
  if ('code' in money) return money;
  const content = JSON.stringify([time, meaning, customer?.key, currency, ...contentOf(r, row)]);
  return { row, meaning, time, who: customer, currency, content, ...money };
}

const contentFields = ['product_id', 'product_name', 'category', 'quantity', 'price', 'amount', 'order_total', 'products'];
const contentOf = (r: Reading, row: Row) => contentFields.map((f) => r.get(row, f) ?? null);

function badTime(value: unknown): string {
  if (value === undefined) return 'has no order time';
  const shown = String(value).slice(0, 40);
  return /^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}/.test(shown)
    ? `"${shown}" can be read in two ways; set the option dateOrder to dmy or mdy`
    : `"${shown}" is not a time; write 2026-01-31 08:00:00`;
}

function readMoney(r: Reading, row: Row): Pick<Line, 'product' | 'amount' | 'total'> | Trouble {
  const numbers: Record<string, Micro | undefined> = {};
  for (const field of ['quantity', 'price', 'amount', 'order_total']) {
    const value = r.get(row, field);
    if (value === undefined) continue;
    // An amount merged over the lines of an order is that of all of them: it counts where it stands first.
    numbers[field] = field === 'amount' && r.repeats(row, field) ? 0n : readDecimal(value);
    if (numbers[field] === undefined)
      return { code: 'bad_amount', reason: `${field} "${String(value).slice(0, 40)}" is not an amount with at most 6 decimals` };
  }
  const { quantity = 1_000_000n, price, order_total: total } = numbers;
  const inner = r.get(row, 'products');
  const nested = Array.isArray(inner) ? readNested(inner) : undefined;
  if (nested && 'code' in nested) return nested;
  let amount = numbers.amount ?? (price === undefined ? undefined : multiply(price, quantity)) ?? nested?.amount;
  if (amount === undefined && total === undefined) return { code: 'no_amount', reason: 'has no price, amount or order total' };
  // A refunded line may be written with a positive price and a negative quantity, or an amount that does not say its sign.
  if (numbers.amount !== undefined && quantity < 0n && numbers.amount > 0n) amount = -numbers.amount;
  const productId = text(r.get(row, 'product_id'));
  const known = productId === undefined ? undefined : r.productNames.get(productId);
  const name = text(r.get(row, 'product_name')) ?? known?.name;
  const category = text(r.get(row, 'category')) ?? known?.category ?? undefined;
  if (nested) return { product: { all: nested.products }, amount, total };
  if (productId === undefined && name === undefined) return { product: undefined, amount, total };
  const unit = price ?? (amount !== undefined && quantity !== 0n ? (amount * 1_000_000n) / quantity : undefined);
  return {
    product: {
      ...(productId === undefined ? {} : { product_id: productId }),
      ...(name === undefined ? {} : { name }),
      ...(category === undefined ? {} : { category }),
      ...(unit === undefined ? {} : { price: toNumber(unit) }),
      quantity: toNumber(quantity),
    },
    amount,
    total,
  };
}

/** `products` of a JSONL order, as Segment's e-commerce spec has them. */
function readNested(list: readonly unknown[]): { products: unknown[]; amount: Micro | undefined } | Trouble {
  let amount = 0n;
  let complete = list.length > 0;
  for (const one of list) {
    if (one === null || typeof one !== 'object') return { code: 'bad_products', reason: 'products must be a list of objects' };
    const { price, quantity = 1 } = one as { price?: unknown; quantity?: unknown };
    const [p, q] = [readDecimal(price), readDecimal(quantity)];
    if ((price !== undefined && p === undefined) || q === undefined)
      return { code: 'bad_amount', reason: 'a product has a price or quantity that is not a number' };
    if (p === undefined) complete = false;
    else amount += multiply(p, q);
  }
  return { products: [...list], amount: complete ? amount : undefined };
}

const eventNames = { completed: 'Order Completed', refunded: 'Order Refunded', cancelled: 'Order Cancelled', gift: 'Gift Received' };

function toEvent(r: Reading, meaning: LineMeaning, lines: readonly Line[], owner: Who | undefined): Planned | Trouble {
  const first = lines[0]!;
  const orderId = text(r.get(first.row, 'order_id'))!;
  const refund = r.kind === 'refunds';
  const known = owner || !refund ? undefined : r.orderOwners.get(orderId);
  if (!owner && known === undefined && r.options.withoutCustomer === 'reject') return refund ? noOwner : noCustomer;
  if (lines.some((l) => l.currency !== first.currency))
    return { code: 'two_currencies', reason: 'rows of this order have different currencies' };
  const sum = total(lines);
  if (typeof sum === 'object') return sum;
  const kind =
    meaning === 'cancelled' ? 'cancelled' : sum < 0n || meaning === 'refunded' ? 'refunded' : sum === 0n ? free(r, lines) : 'completed';
  if (kind === 'reject' || (refund && sum === 0n))
    return { code: 'free', reason: `nothing was ${refund ? 'given back' : 'charged'} for it` };
  const fen = toMinor(sum < 0n ? -sum : sum, first.currency);
  const time = Math.min(...lines.map((l) => l.time));
  const refundId = refund ? text(r.get(first.row, 'refund_id')) : undefined;
  // A refund without an id of its own is the one refund of its order, whichever file says it.
  const name = refundId === undefined ? `${kind === 'gift' ? 'completed' : kind}:${orderId}` : `refund:${refundId}`;
  const reason = text(r.get(first.row, 'refund_reason'));
  const key = digest('order', r.options.origin, name);
  const where = context(r, first.row);
  return {
    rows: lines.map((l) => l.row),
    claim: { name: orderId, key, content: digest(...lines.map((l) => l.content).sort()) },
    tally: { [tallies[kind]]: 1, ...(kind === 'completed' ? { revenueFen: fen } : kind === 'refunded' ? { refundFen: fen } : {}) },
    event: {
      messageId: `import-order-${key}`,
      event: eventNames[kind],
      timestamp: iso(time),
      ...(owner?.fields ?? (known === undefined ? { anonymousId: `order:${digest(r.options.origin, orderId)}` } : { personNo: known })),
      properties: {
        ...r.free(first.row),
        order_id: orderId,
        ...(refundId === undefined ? {} : { refund_id: refundId }),
        ...(reason === undefined ? {} : { reason }),
        revenue: toMajor(fen, first.currency),
        revenue_fen: fen,
        currency: first.currency,
        ...goods(lines),
      },
      ...(where ? { context: where } : {}),
      source: r.source,
    },
  };
}

const noCustomer = {
  code: 'no_customer',
  reason: 'names no customer; map a column that does, or set the option withoutCustomer to anonymous',
};
const noOwner = {
  code: 'no_customer',
  reason: 'names no customer and its order is not known here; import the order first, or map a column that names the customer',
};

const tallies = { completed: 'orders', refunded: 'refunds', cancelled: 'cancelled', gift: 'gifts' };

/** The stated total of the order where there is one (the same in all its rows), else the sum of its lines. */
function total(lines: readonly Line[]): Micro | Trouble {
  const stated = new Set(lines.flatMap((l) => (l.total === undefined ? [] : [l.total])));
  if (stated.size > 1) return { code: 'two_totals', reason: 'rows of this order state different totals' };
  const [one] = stated;
  return one ?? lines.reduce((sum, l) => sum + (l.amount ?? 0n), 0n);
}

/** An order that cost nothing: a sample or a gift, unless goods were charged and taken back in the same order. */
function free(r: Reading, lines: readonly Line[]): 'gift' | 'completed' | 'reject' {
  const charged = lines.some((l) => (l.amount ?? 0n) !== 0n);
  return charged ? 'completed' : r.options.freeOrders;
}

const productBytes = 40_000;

/** The goods of an order; of a very long order the first ones, with the number of all. */
function goods(lines: readonly Line[]): Record<string, unknown> {
  const all = lines.flatMap((l) => (Array.isArray(l.product?.all) ? (l.product.all as unknown[]) : l.product ? [l.product] : []));
  if (all.length === 0) return {};
  let left = productBytes;
  const products = all.filter((p) => {
    left -= JSON.stringify(p).length + 1;
    return left >= 0;
  });
  return { products, lines: all.length };
}
