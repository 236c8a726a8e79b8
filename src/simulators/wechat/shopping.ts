import type { Random } from './random.ts';
import type { Corp, Customer } from './state.ts';

export interface Product {
  id: string;
  name: string;
  /** in the currency's major unit, as Segment has it */
  price: number;
  category?: string;
}

/** A message of Segment's HTTP spec, ready for `/v1/batch`. */
export interface SegmentMessage {
  type: 'track' | 'identify';
  messageId: string;
  timestamp: string;
  userId?: string;
  anonymousId?: string;
  event?: string;
  properties?: Record<string, unknown>;
  traits?: Record<string, unknown>;
  context: { externalIds: { id: string; type: string; collection: 'users'; encoding: 'none' }[]; carrier: string };
}

interface Deps {
  corp: Corp;
  random: Random;
  products: Product[];
  currency: string;
  /** differs at every start, so that orders of two runs are never taken for one */
  run: string;
  now(): Date;
}

/** What customers do in the shop itself, as the shop would report it. */
export function createShopping({ corp, random, products, currency, run, now }: Deps) {
  let counter = 0;
  const next = (kind: string) => `${kind}-${run}-${++counter}`;

  function envelope(customer: Customer): Omit<SegmentMessage, 'type'> {
    const ids = [{ id: `${corp.corpid}:${customer.external_userid}`, type: 'wecom_external_userid' }];
    if (customer.unionid) ids.push({ id: customer.unionid, type: 'wechat_unionid' });
    return {
      messageId: next('crowd'),
      timestamp: now().toISOString(),
      ...(customer.shopUserId ? { userId: customer.shopUserId } : { anonymousId: `mp-${customer.external_userid}` }),
      context: { externalIds: ids.map((id) => ({ ...id, collection: 'users', encoding: 'none' })), carrier: 'mini_program' },
    };
  }

  const asLine = (product: Product) => ({
    product_id: product.id,
    sku: product.id,
    name: product.name,
    price: product.price,
    category: product.category,
  });

  return {
    identify: (customer: Customer): SegmentMessage => ({
      ...envelope(customer),
      type: 'identify',
      traits: { name: customer.name },
    }),

    view(customer: Customer): SegmentMessage | undefined {
      const product = random.pick(products);
      return product && { ...envelope(customer), type: 'track', event: 'Product Viewed', properties: { ...asLine(product), currency } };
    },

    /** An order of one to three products, with a coupon where it costs enough. A stranger becomes a member of the shop with the first one. */
    order(customer: Customer, coupon?: { code: string; from: number }): SegmentMessage[] {
      const lines = Array.from({ length: 1 + random.int(3) }, () => random.pick(products)).filter((p) => p !== undefined);
      if (lines.length === 0) return [];
      const joined = customer.shopUserId === undefined;
      customer.shopUserId ??= `member-${customer.external_userid.slice(2, 14)}`;
      const bought = lines.map((product) => ({ ...asLine(product), quantity: 1 + random.int(2) }));
      const revenue = Math.round(bought.reduce((sum, line) => sum + line.price * line.quantity, 0) * 100) / 100;
      const order: SegmentMessage = {
        ...envelope(customer),
        type: 'track',
        event: 'Order Completed',
        properties: {
          ...{ order_id: next('order'), revenue, total: revenue, currency, products: bought },
          ...(coupon && revenue >= coupon.from ? { coupon: coupon.code } : {}),
        },
      };
      return joined ? [this.identify(customer), order] : [order];
    },
  };
}
