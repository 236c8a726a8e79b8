import { boundary, type Pg } from '../base/index.ts';
import type { MoveMap } from './moves.ts';

export type MergeHandler = (workspaceNo: number, moves: readonly { from: number; to: number }[]) => Promise<void>;

/** Tells the rooms of merges, in order, until each has been told; what they derived follows the one who stays. Handlers are idempotent. */
export async function announceMerges(pg: Pg, map: MoveMap, handlers: readonly MergeHandler[]): Promise<boolean> {
  const rows = await pg.query<{ id: number; workspace_no: number; from_no: number; to_no: number }>(
    'SELECT id, workspace_no, from_no, to_no FROM person_merges WHERE NOT announced ORDER BY id LIMIT 5000',
  );
  if (rows.length === 0) return false;
  for (const [workspaceNo, list] of Map.groupBy(rows, (r) => r.workspace_no)) {
    const moves = list.map((m) => ({ from: m.from_no, to: m.to_no }));
    map.add(workspaceNo, moves);
    for (const handler of handlers) await handler(workspaceNo, moves);
  }
  boundary('events.merges.announced');
  await pg.query('UPDATE person_merges SET announced = true WHERE id = ANY($1)', [rows.map((r) => r.id)]);
  return true;
}

/** Whether there are merges that the rooms have still to be told of. */
export async function anyUntold(pg: Pg): Promise<boolean> {
  const [row] = await pg.query<{ any: boolean }>('SELECT EXISTS (SELECT 1 FROM person_merges WHERE NOT announced) AS any');
  return row!.any;
}
