import type { Pg } from '../base/index.ts';
import type { PassData } from './pass.ts';

/** What passes carry, as texts may say it. */
export async function carriedBy(pg: Pg, workspaceNo: number, passes: readonly number[]): Promise<Map<number, Record<string, unknown>>> {
  const rows = await pg.query<{ no: number; data: PassData }>(
    'SELECT no, data FROM journey_people WHERE workspace_no = $1 AND no = ANY($2) AND data IS NOT NULL',
    [workspaceNo, [...passes]],
  );
  return new Map(rows.map(({ no, data: { entry, coupon, group } }) => [no, { entry, coupon, group }]));
}
