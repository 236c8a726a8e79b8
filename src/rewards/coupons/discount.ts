import type { Product } from './schema.ts';
import type { Terms } from './terms.ts';

/** An order as far as a coupon looks at it. */
export interface Basket {
  amountFen: number;
  /** Empty where nobody said what was bought: then the whole order is taken for goods of one kind. */
  products: readonly Product[];
  shippingFen: number;
  carrier: string;
}

/** Why a coupon does not hold for an order. */
export type Against = 'carrier' | 'scope' | 'threshold';

/** What a coupon takes off an order, in fen, or why it holds not. */
export function discountOf(terms: Terms, basket: Basket): { discountFen: number } | { against: Against } {
  if (terms.carriers.length > 0 && !(terms.carriers as readonly string[]).includes(basket.carrier)) return { against: 'carrier' };
  const inside = basket.products.filter((p) => covers(terms.scope, p));
  const narrow = terms.scope.kind !== 'all';
  if (narrow && inside.length === 0) return { against: 'scope' };
  // An order may cost less than its goods: then a coupon for everything looks at what is paid.
  const goods = narrow ? Math.min(sum(inside), basket.amountFen) : basket.amountFen;
  if (goods < terms.thresholdFen) return { against: 'threshold' };
  const most = terms.capFen ?? Number.MAX_SAFE_INTEGER;
  switch (terms.type) {
    case 'amount':
      return { discountFen: Math.min(terms.faceFen, goods) };
    case 'percent':
      // Down to the whole fen: never more than was promised.
      return { discountFen: Math.min(Math.floor((goods * (terms.percent ?? 0)) / 100), most, goods) };
    case 'shipping':
      return { discountFen: Math.min(basket.shippingFen, most) };
    case 'gift':
      return { discountFen: 0 };
    case 'exchange': {
      const dearest = inside.reduce((fen, p) => Math.max(fen, p.priceFen), 0);
      return { discountFen: Math.min(dearest, most, goods) };
    }
  }
}

const sum = (products: readonly Product[]): number => products.reduce((fen, p) => fen + p.priceFen * p.quantity, 0);

function covers({ kind, of }: Terms['scope'], { productId, sku, category }: Product): boolean {
  const ids = [productId, sku].filter((id): id is string => id !== undefined);
  const byId = ids.some((id) => of.includes(id));
  const byCategory = category !== undefined && of.includes(category);
  if (kind === 'all') return true;
  if (kind === 'products') return byId;
  return kind === 'categories' ? byCategory : !byId && !byCategory;
}
