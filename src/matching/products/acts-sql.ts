import { sqlStrings } from '../../base/index.ts';

/** What people do with goods, as the events tell it. A look is worth less than an order, but tells of who never ordered. */
const looks = ['Product Viewed', 'Product Clicked', 'Product Added', 'Product Added to Wishlist', 'Product Shared', 'Product Reviewed'];

/** SQL of `person_no, item, at, bought, price_fen` of a workspace; `source`: its events with further columns. */
export function actsOf(source: (columns: readonly string[]) => string): string {
  const line = (name: string) => `properties.products[].${name}`;
  const id = `arrayMap((s, i) -> trimBoth(ifNull(s, ifNull(toString(i), ''))), ${line('product_id')}.:String, ${line('product_id')}.:Int64) AS line_item`;
  const price = `arrayMap((f, i) -> ifNull(f, ifNull(toFloat64(i), 0)) * 100, ${line('price')}.:Float64, ${line('price')}.:Int64) AS line_price`;
  const one = "trimBoth(ifNull(properties.product_id.:String, ifNull(toString(properties.product_id.:Int64), ''))) AS looked_at";
  const at = 'toUnixTimestamp64Milli(time) AS at';
  // A good that stands in several lines of an order was bought once.
  const once =
    "arrayFilter((l, i) -> l.1 != '' AND indexOf(line_item, l.1) = i, arrayZip(line_item, line_price), arrayEnumerate(line_item))";
  return `(SELECT person_no, line.1 AS item, at, toUInt8(1) AS bought, line.2 AS price_fen
      FROM (SELECT person_no, ${at}, ${once} AS once FROM ${source([id, price])} WHERE event = 'Order Completed') ARRAY JOIN once AS line
    UNION ALL
    SELECT person_no, looked_at AS item, ${at}, toUInt8(0) AS bought, toFloat64(0) AS price_fen FROM ${source([one])}
      WHERE event IN (${sqlStrings(looks)}) AND looked_at != '')`;
}
