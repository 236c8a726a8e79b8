import type { ModelDeps } from './deps.ts';

const atOnce = 5_000;
const bands = ['none', 'low', 'middle', 'high'] as const;

/**
 * Says of buyers what the fit says, as traits, so that rules can ask for it: `predicted_value` (major units), `predicted_orders_365`,
 * `chance_alive` and `value_band`. Only of those for whom it moved by a tenth or into another band since the fit before.
 */
export async function writeTraits(deps: ModelDeps, workspaceNo: number, fit: number): Promise<number> {
  const of = (no: number) => `SELECT * FROM person_values WHERE workspace_no = ${workspaceNo} AND fit = ${no}`;
  let written = 0;
  for (let after = -1; ; ) {
    const rows = await deps.ch.query<{ no: number; clv: number; orders: number; alive: number; band: number }>(
      `SELECT v.person_no AS no, v.clv AS clv, v.orders_365 AS orders, v.alive AS alive, v.own_band AS band FROM (${of(fit)}) AS v
       LEFT JOIN (${of(fit - 1)}) AS was ON v.person_no = was.person_no
       WHERE v.orders > 0 AND v.person_no > ${after} AND (was.orders = 0 OR abs(v.clv - was.clv) > 0.1 * was.clv OR v.own_band != was.own_band)
       ORDER BY no LIMIT ${atOnce}`,
    );
    if (rows.length === 0) return written;
    await deps.write(
      workspaceNo,
      rows.map(({ no, clv, orders, alive, band }) => ({
        messageId: `value-${workspaceNo}-${fit}-${no}`,
        type: 'identify' as const,
        timestamp: deps.clock.now(),
        personNo: no,
        traits: {
          predicted_value: Math.round(clv) / 100,
          predicted_orders_365: Math.round(orders * 100) / 100,
          chance_alive: Math.round(alive * 1000) / 1000,
          value_band: bands[band] ?? 'none',
        },
      })),
    );
    written += rows.length;
    after = rows.at(-1)!.no;
  }
}
