import { sqlString } from '../../base/index.ts';
import { instantSql } from '../period.ts';

type Source = (columns?: readonly string[], people?: readonly number[]) => string;

export interface CustomersPlan {
  source: Source;
  zone: string;
  /** Only what happened before counts. */
  asOf: number;
  /** Of a person's purchases only those before this day (number of days since 1970) are known; those after are what was to be foretold. */
  split?: number;
  refunds?: 'subtract' | 'ignore';
  people?: readonly number[];
}

const none = -1_000_000;

/**
 * One row a customer: purchase days after the first (`x`), days from the first to the last of them (`tx`) and to the end (`T`), net money in all and of a repeat day,
 * orders, and with a split the purchase days after it (`later`).
 * What was bought on one day of the workspace's zone is one purchase. A refund is taken off its order, or, where that is not known, off all of the
 * person's purchases alike; an order that was wholly refunded was none.
 */
export function customersSql({ source, zone, asOf, split, refunds = 'subtract', people }: CustomersPlan): string {
  const z = sqlString(zone);
  const columns = [
    "ifNull(properties.order_id.:String, ifNull(toString(properties.order_id.:Int64), '')) AS order_no",
    'ifNull(properties.revenue_fen.:Int64, 0) AS fen',
  ];
  const names = refunds === 'ignore' ? "event = 'Order Completed'" : "event IN ('Order Completed', 'Order Refunded')";
  const orders = `SELECT person_no, if(order_no = '', message_id, order_no) AS order_key, countIf(bought) AS done,
      toInt32(toDate32(minIf(time, bought), ${z})) AS day, maxIf(time, bought) AS last_at, sumIf(fen, bought) AS gross, sumIf(abs(fen), NOT bought) AS back
    FROM (SELECT person_no, message_id, time, order_no, fen, event = 'Order Completed' AS bought FROM ${source(columns, people)}
      WHERE ${names} AND time < ${instantSql(asOf)})
    GROUP BY person_no, order_key`;
  const days = `SELECT person_no, if(done > 0, day, ${none}) AS on_day, sumIf(gross - back, done > 0) AS net, sumIf(back, done = 0) AS loose, countIf(done > 0) AS orders,
      maxIf(last_at, done > 0) AS last_at
    FROM (${orders}) WHERE NOT (done > 0 AND back > 0 AND back >= gross) GROUP BY person_no, on_day`;
  const known = split === undefined ? `on_day != ${none}` : `on_day != ${none} AND on_day < ${split}`;
  const end = split === undefined ? `toInt32(toDate32(${instantSql(asOf)}, ${z}))` : String(split);
  return `SELECT person_no, toUInt32(countIf(${known}) - 1) AS x, minIf(on_day, ${known}) AS first_day, maxIf(on_day, ${known}) - first_day AS tx, ${end} - first_day AS T,
      sumIf(net, ${known}) AS total_gross, argMinIf(net, on_day, ${known}) AS first_net,
      if(total_gross > 0, greatest(0, 1 - sum(loose) / total_gross), 1) AS kept, total_gross * kept AS total,
      if(x > 0, greatest(0, (total_gross - first_net) * kept / x), 0) AS mean, sumIf(orders, ${known}) AS orders, maxIf(last_at, ${known}) AS last_order_at,
      countIf(on_day >= ${split ?? 0}) AS later
    FROM (${days}) GROUP BY person_no HAVING countIf(${known}) > 0`;
}

/** Customers who look alike, as columns. */
export function cellsSql(customers: string): string {
  return `SELECT groupArray(x) AS x, groupArray(tx) AS tx, groupArray(T) AS T, groupArray(n) AS n, groupArray(later) AS later
    FROM (SELECT x, tx, T, count() AS n, sum(later) AS later FROM (${customers}) GROUP BY x, tx, T ORDER BY x, tx, T)`;
}

/** Repeat buyers by how often and for how much. */
export function spendsSql(customers: string): string {
  return `SELECT groupArray(x) AS x, groupArray(mean) AS mean, groupArray(n) AS n
    FROM (SELECT x, round(mean) AS mean, count() AS n FROM (${customers}) WHERE x > 0 AND mean >= 1 GROUP BY x, mean ORDER BY x, mean)`;
}

/** First purchases and repeat purchases by day since the first of all, for the tracking curve. */
export function dailySql(plan: CustomersPlan): string {
  const columns = ["ifNull(properties.order_id.:String, ifNull(toString(properties.order_id.:Int64), '')) AS order_no"];
  return `SELECT day, sum(is_first) AS firsts, count() - firsts AS repeats FROM (
      SELECT person_no, day, day = min(day) OVER (PARTITION BY person_no) AS is_first FROM (
        SELECT DISTINCT person_no, toInt32(toDate32(time, ${sqlString(plan.zone)})) AS day FROM ${plan.source(columns)}
        WHERE event = 'Order Completed' AND time < ${instantSql(plan.asOf)}))
    GROUP BY day ORDER BY day`;
}
