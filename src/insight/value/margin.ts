import { instantSql } from '../period.ts';
import type { ModelDeps } from './deps.ts';
import type { ValueSettings } from './schema.ts';

/** What part of the money counts as value. */
export interface Margin {
  from: 'setting' | 'products' | 'gross';
  rate: number;
  /** The part of the order lines' worth whose cost is known. */
  covered: number;
}

/** Below this part of the worth of what was sold, known costs say too little of the rest. */
const enoughCovered = 0.5;

/** The margin as it is set, else over the sold products of known cost, else none: then value is gross. */
export async function marginOf(deps: ModelDeps, workspaceNo: number, asOf: number, settings: ValueSettings): Promise<Margin> {
  if (settings.marginRate !== null) return { from: 'setting', rate: settings.marginRate, covered: 0 };
  const products = deps.products(workspaceNo);
  const [some] = await deps.ch.query<{ n: number }>(`SELECT countIf(cost_fen > 0) AS n FROM ${products}`);
  if (!some?.n) return { from: 'gross', rate: 1, covered: 0 };
  const of = (name: string) => `properties.products[].${name}`;
  const number = (name: string, other: number) =>
    `arrayMap((f, i) -> ifNull(f, ifNull(toFloat64(i), ${other})), ${of(name)}.:Float64, ${of(name)}.:Int64)`;
  const columns = [
    `arrayMap((s, i) -> trimBoth(ifNull(s, ifNull(toString(i), ''))), ${of('product_id')}.:String, ${of('product_id')}.:Int64) AS product_ids`,
    `${number('price', 0)} AS prices`,
    `${number('quantity', 1)} AS quantities`,
  ];
  const [row] = await deps.ch.query<{ worth: number; covered: number; cost: number }>(
    `SELECT sum(l.price * l.quantity * 100) AS worth, sumIf(l.price * l.quantity * 100, p.cost > 0) AS covered, sumIf(l.quantity * p.cost, p.cost > 0) AS cost
     FROM (SELECT product_id, price, quantity FROM ${deps.source(workspaceNo, columns)}
       ARRAY JOIN product_ids AS product_id, prices AS price, quantities AS quantity
       WHERE event = 'Order Completed' AND time < ${instantSql(asOf)}) AS l
     LEFT JOIN (SELECT product_id, toFloat64(ifNull(cost_fen, 0)) AS cost FROM ${products}) AS p ON l.product_id = p.product_id`,
  );
  const covered = row && row.worth > 0 ? row.covered / row.worth : 0;
  if (!row || covered < enoughCovered) return { from: 'gross', rate: 1, covered };
  return { from: 'products', rate: Math.max(0, 1 - row.cost / row.covered), covered };
}
