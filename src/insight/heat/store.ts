import type { Pg } from '../../base/index.ts';
import type { HeatFit } from './heat-fit.ts';
import { type HeatSettings, heatSettings } from './schema.ts';

export async function nextHeatFit(pg: Pg, workspaceNo: number): Promise<number> {
  const [row] = await pg.query<{ no: number }>('SELECT coalesce(max(no), 0) + 1 AS no FROM heat_fits WHERE workspace_no = $1', [
    workspaceNo,
  ]);
  return row!.no;
}

export async function saveHeatFit(pg: Pg, workspaceNo: number, { settings, ...fit }: HeatFit): Promise<void> {
  await pg.query('INSERT INTO heat_fits (workspace_no, no, as_of, settings, result) VALUES ($1, $2, $3, $4, $5)', [
    workspaceNo,
    fit.no,
    fit.asOf,
    JSON.stringify(settings),
    JSON.stringify(fit),
  ]);
}

/** The last fit. */
export async function readHeatFit(pg: Pg, workspaceNo: number): Promise<HeatFit | undefined> {
  const [row] = await pg.query<{ settings: HeatSettings; result: Omit<HeatFit, 'settings'> }>(
    'SELECT settings, result FROM heat_fits WHERE workspace_no = $1 ORDER BY no DESC LIMIT 1',
    [workspaceNo],
  );
  return row && { ...row.result, settings: heatSettings.parse(row.settings) };
}

export interface Look {
  look: number;
  fit: number;
  at: Date;
}

export async function readLook(pg: Pg, workspaceNo: number): Promise<Look | undefined> {
  const [row] = await pg.query<Look>('SELECT look, fit, at FROM heat_looks WHERE workspace_no = $1', [workspaceNo]);
  return row;
}

/** The number of the next look, taken by whoever asks first. */
export async function takeLook(pg: Pg, workspaceNo: number, fit: number, at: Date): Promise<number> {
  const [row] = await pg.query<{ look: number }>(
    `INSERT INTO heat_looks (workspace_no, look, fit, at) VALUES ($1, 1, $2, $3)
     ON CONFLICT (workspace_no) DO UPDATE SET look = heat_looks.look + 1, fit = $2, at = $3 RETURNING look`,
    [workspaceNo, fit, at],
  );
  return row!.look;
}
