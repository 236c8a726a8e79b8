import { sqlString, sqlStrings } from '../../base/index.ts';
import { instantSql, type Range } from '../period.ts';
import type { Source } from '../source.ts';
import type { SuitabilityQuestion } from './schema.ts';

export interface OrdersPlan {
  source: Source;
  range: Range;
  question: Pick<SuitabilityQuestion, 'mapping' | 'otherwise'>;
}

/** Lines that belong to no category, taken together. Not a name that a shop would use. */
export const together = '~';

/** One row an order: whose, when, its money, and of each line the category, whether the line named it, and its value in fen (0 where it is not told). */
export function ordersSql({ source, range, question }: OrdersPlan): string {
  const line = (name: string) => `properties.products[].${name}`;
  const text = (name: string, as: string) => `arrayMap(s -> trimBoth(ifNull(s, '')), ${line(name)}.:String) AS ${as}`;
  const number = (name: string, as: string) =>
    `arrayMap((f, i) -> ifNull(f, toFloat64(i)), ${line(name)}.:Float64, ${line(name)}.:Int64) AS ${as}`;
  const columns = [
    text('category', 'line_category'),
    `arrayMap((s, i) -> trimBoth(ifNull(s, ifNull(toString(i), ''))), ${line('product_id')}.:String, ${line('product_id')}.:Int64) AS line_product`,
    text('name', 'line_name'),
    number('price', 'line_price'),
    number('quantity', 'line_quantity'),
    `ifNull(properties.order_id.:String, ifNull(toString(properties.order_id.:Int64), '')) AS order_no`,
    'ifNull(properties.revenue_fen.:Int64, 0) AS fen',
  ];
  const lines = `arrayMap((c, p, n, price, quantity) -> (${categorySql(question)}, c != '', toInt64(round(ifNull(price * ifNull(quantity, 1), 0) * 100))),
      line_category, line_product, line_name, line_price, line_quantity)`;
  return `SELECT person_no, if(order_no = '', message_id, order_no) AS order_key, min(time) AS at, argMin(fen, time) AS fen, argMin(${lines}, time) AS lines
    FROM ${source(columns)} WHERE event = 'Order Completed' AND time >= ${instantSql(range.from)} AND time < ${instantSql(range.to)}
    GROUP BY person_no, order_key`;
}

/** The category of a line with category c, product p and name n. */
function categorySql({ mapping, otherwise }: OrdersPlan['question']): string {
  const mapped = mapping.flatMap(({ category, products, nameContains }) => {
    const fits = [
      ...(products.length > 0 ? [`p IN (${sqlStrings(products)})`] : []),
      ...nameContains.map((part) => `positionCaseInsensitiveUTF8(n, ${sqlString(part)}) > 0`),
    ];
    return fits.length > 0 ? [`${fits.join(' OR ')}, ${sqlString(category)}`] : [];
  });
  const none = sqlString(together);
  const rest = otherwise === 'product' ? `if(n != '', n, if(p != '', p, ${none}))` : none;
  return `multiIf(${["c != '', c", ...mapped].join(', ')}, ${rest})`;
}

/** The history as a whole ('' as the category), and its largest categories by buyers. `named`: lines that told their category; `categories`: how many there are. */
export function categoriesSql(orders: string, top: number): string {
  return `SELECT category, uniqExact(person_no) AS people, count() AS orders, sum(value) AS money, toInt64(min(at_ms)) AS first_ms, toInt64(max(at_ms)) AS last_ms,
      sum(line_count) AS order_lines, sum(named_count) AS named, count() OVER () - 1 AS categories
    FROM (SELECT person_no, toUnixTimestamp64Milli(at) AS at_ms, length(lines) AS line_count, arrayCount(l -> l.2, lines) AS named_count,
        line.1 AS category, if(category = '', fen, arraySum(l -> if(l.1 = category, l.3, 0), lines)) AS value
      FROM (${orders}) ARRAY JOIN arrayPushFront(arrayDistinct(arrayMap(l -> (l.1, 1), lines)), ('', 1)) AS line)
    GROUP BY category ORDER BY category != '', people DESC, category LIMIT ${top + 1}`;
}
