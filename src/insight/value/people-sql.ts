import type { Fit } from './models/fit.ts';

/** How the amount of a purchase to come is foretold. */
export interface SpendPlan {
  /** Gamma-gamma's p, q, v; null where it does not fit: then everyone's own mean, and the mean of all for who has none. */
  parameters: readonly number[] | null;
  mean: number;
  margin: number;
}

/** Whether gamma-gamma's numbers can be used. Without a mean of the population (q ≤ 1) they cannot. */
export function usable(spend: Fit): boolean {
  return spend.unsure === null && spend.parameters[1]! > 1.01;
}

/** One row a person in the pool with what the fit says of them; `cells`: what the model says of customers who look alike. */
export function modelledSql(standing: string, customers: string, cells: string, spend: SpendPlan): string {
  const [p, q, v] = spend.parameters ?? [];
  const amount = spend.parameters ? `${p} * (${v} + c.x * c.mean) / (${p} * c.x + ${q! - 1})` : `if(c.x > 0, c.mean, ${spend.mean})`;
  const each = `(${spend.margin} * (${amount}))`;
  return `SELECT s.person_no AS person_no, s.level AS level, s.tier AS tier, if(c.orders > 0, substring(toString(toDate32(c.first_day)), 1, 7), '') AS cohort,
      toUInt32(c.orders) AS orders, c.x AS x, toFloat64(c.tx) AS tx, toFloat64(c.T) AS T, toFloat64(c.mean) AS mean_fen, toFloat64(c.total) AS total_fen,
      e.alive AS alive, e.orders_90 AS orders_90, e.orders_365 AS orders_365, e.orders_90 * ${each} AS value_90, e.orders_365 * ${each} AS value_365,
      e.discounted * ${each} AS clv
    FROM (${standing}) AS s
    LEFT JOIN (${customers}) AS c ON s.person_no = c.person_no
    LEFT JOIN (${cells}) AS e ON c.x = e.x AND c.tx = e.tx AND c.T = e.T AND c.orders > 0`;
}

/** The same where there is too little to fit: a year as the buyers of the level had it so far, and no chance of being gone. */
export function historicSql(standing: string, customers: string, margin: number): string {
  return `SELECT s.person_no AS person_no, s.level AS level, s.tier AS tier, if(c.orders > 0, substring(toString(toDate32(c.first_day)), 1, 7), '') AS cohort,
      toUInt32(c.orders) AS orders, c.x AS x, toFloat64(c.tx) AS tx, toFloat64(c.T) AS T, toFloat64(c.mean) AS mean_fen, toFloat64(c.total) AS total_fen,
      toFloat64(c.orders > 0) AS alive,
      if(c.orders > 0, 90 * sumIf(c.orders, c.orders > 0) OVER w / sumIf(greatest(c.T, 30), c.orders > 0) OVER w, 0) AS orders_90, orders_90 * 365 / 90 AS orders_365,
      if(c.orders > 0, ${margin} * 90 * sumIf(c.total, c.orders > 0) OVER w / sumIf(greatest(c.T, 30), c.orders > 0) OVER w, 0) AS value_90,
      value_90 * 365 / 90 AS value_365, value_365 AS clv
    FROM (${standing}) AS s LEFT JOIN (${customers}) AS c ON s.person_no = c.person_no WINDOW w AS (PARTITION BY s.level)`;
}

/** With spreading value, and the band of each inside the level: 0 has none, 1 to 3 are the thirds of those who have some. */
export function bandedSql(people: string, spread: string, workspaceNo: number, fit: number): string {
  const band = (of: string) =>
    `if(${of} > 0, 1 + (${of} > quantileExactIf(1 / 3)(${of}, ${of} > 0) OVER w) + (${of} > quantileExactIf(2 / 3)(${of}, ${of} > 0) OVER w), 0)`;
  return `SELECT ${workspaceNo} AS workspace_no, ${fit} AS fit, v.person_no AS person_no, v.level AS level, v.tier AS tier, v.cohort AS cohort,
      v.orders AS orders, v.x AS x, v.tx AS tx, v.T AS T, v.mean_fen AS mean_fen, v.total_fen AS total_fen, v.alive AS alive,
      v.orders_90 AS orders_90, v.orders_365 AS orders_365, v.value_90 AS value_90, v.value_365 AS value_365, v.clv AS clv,
      w.spread AS spread, w.downline AS downline, toUInt8(${band('v.clv')}) AS own_band, toUInt8(${band('w.spread')}) AS spread_band
    FROM (${people}) AS v LEFT JOIN (${spread}) AS w ON v.person_no = w.person_no WINDOW w AS (PARTITION BY v.level)`;
}
