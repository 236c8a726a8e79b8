import type { Pg } from '../../base/index.ts';
import { type ValueSettings, valueSettings } from './schema.ts';
import type { ValueFit } from './value-fit.ts';

export async function nextFit(pg: Pg, workspaceNo: number): Promise<number> {
  const [row] = await pg.query<{ no: number }>('SELECT coalesce(max(no), 0) + 1 AS no FROM value_fits WHERE workspace_no = $1', [
    workspaceNo,
  ]);
  return row!.no;
}

export async function saveFit(pg: Pg, workspaceNo: number, { settings, ...fit }: ValueFit): Promise<void> {
  await pg.query('INSERT INTO value_fits (workspace_no, no, as_of, settings, result) VALUES ($1, $2, $3, $4, $5)', [
    workspaceNo,
    fit.no,
    fit.asOf,
    JSON.stringify(settings),
    JSON.stringify(fit),
  ]);
}

/** A fit, or the last of them. */
export async function readFit(pg: Pg, workspaceNo: number, no?: number): Promise<ValueFit | undefined> {
  const [row] = await pg.query<{ settings: ValueSettings; result: Omit<ValueFit, 'settings'> }>(
    `SELECT settings, result FROM value_fits WHERE workspace_no = $1 ${no === undefined ? '' : 'AND no = $2'} ORDER BY no DESC LIMIT 1`,
    no === undefined ? [workspaceNo] : [workspaceNo, no],
  );
  // A fit from before there was a setting has it as it is usually set.
  return row && { ...row.result, settings: valueSettings.parse(row.settings) };
}
