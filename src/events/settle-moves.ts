import { boundary, type Ch, type Pg } from '../base/index.ts';
import { allLanded } from './all-landed.ts';
import type { Hidden, MoveMap } from './moves.ts';
import { isCopy, leaves, type SplitRow, splitMove } from './split-moves.ts';

export interface SettleDeps {
  pg: Pg;
  ch: Ch;
  moves: MoveMap;
  grace: () => Promise<void>;
  /** What readers must not see yet. */
  hidden: Hidden;
}

/**
 * Re-writes the events of merged people under the number of the one who stays, in two steps between which every reader
 * sees each event once: copy (readers still map the originals and skip the copies), then switch and delete the originals.
 * Each step is a state in PostgreSQL, so a stop at any instant is taken up again. Events that leave by a split are re-written first.
 * `grace` waits until queries that began before the switch have ended.
 */
export async function settleMoves(deps: SettleDeps, most = 5_000): Promise<number> {
  const { pg, ch, moves, hidden } = deps;
  await dropOriginals(deps);
  const splits = await settleSplits(deps);
  const open = await pg.query<{ workspace_no: number; from_no: number; to_no: number }>(
    // Whoever has not heard of a merge may still write about the one who is gone: those wait. So do those who came after a split.
    `SELECT workspace_no, from_no, to_no FROM person_moves p WHERE state = 'open' AND NOT EXISTS (
       SELECT 1 FROM person_merges m WHERE NOT m.announced AND m.workspace_no = p.workspace_no AND p.from_no IN (m.from_no, m.to_no))
     AND NOT EXISTS (SELECT 1 FROM split_moves s WHERE s.workspace_no = p.workspace_no AND s.state <> 'done')
     ORDER BY workspace_no, from_no LIMIT $1`,
    [most],
  );
  // A batch that was begun before the merge lands under the old number: copied before that, its events would be lost with the originals.
  if (open.length > 0 && !(await allLanded(pg))) return splits;
  for (const [workspaceNo, list] of Map.groupBy(open, (o) => o.workspace_no)) {
    const from = list.map((m) => m.from_no).join(',');
    // A copy cut short by a crash is removed first.
    await ch.command(`DELETE FROM events WHERE workspace_no = ${workspaceNo} AND moved_from IN (${from})`);
    await ch.command(
      // The inner SELECT keeps the old number apart from the new one of the same name.
      `INSERT INTO events SELECT * EXCEPT old_no REPLACE (toUInt32(transform(old_no, [${from}], [${list.map((m) => m.to_no).join(',')}], old_no)) AS person_no, old_no AS moved_from)
       FROM (SELECT *, person_no AS old_no FROM events WHERE workspace_no = ${workspaceNo} AND person_no IN (${from}))`,
    );
    boundary('events.moves.copied');
    await pg.query(
      `UPDATE person_moves p SET state = 'copied' FROM unnest($2::bigint[], $3::bigint[]) AS m(f, t)
       WHERE p.workspace_no = $1 AND p.from_no = m.f AND p.to_no = m.t AND p.state = 'open'`,
      [workspaceNo, list.map((m) => m.from_no), list.map((m) => m.to_no)],
    );
  }
  if (open.length === 0) return splits;
  await moves.load(pg, hidden);
  await dropOriginals(deps);
  return open.length + splits;
}

/** One split after another, each only when all rooms have heard of it; what is cut short is done again. */
async function settleSplits(deps: SettleDeps): Promise<number> {
  const { pg, ch, moves, hidden } = deps;
  const rows = await pg.query<SplitRow>(
    `SELECT s.id, s.workspace_no, s.to_no, s.through_batch, s.parts, s.state FROM split_moves s JOIN person_splits p ON p.id = s.id
     WHERE s.state <> 'done' AND p.announced ORDER BY s.id`,
  );
  if (rows.length === 0 || !(await allLanded(pg))) return 0;
  for (const row of rows) {
    const split = splitMove(row);
    const where = `workspace_no = ${row.workspace_no} AND ${leaves(split)}`;
    if (row.state === 'open') {
      await ch.command(`DELETE FROM events WHERE workspace_no = ${row.workspace_no} AND ${isCopy(split)}`);
      const merging = await pg.query<{ no: number }>("SELECT from_no AS no FROM person_moves WHERE workspace_no = $1 AND state = 'open'", [
        row.workspace_no,
      ]);
      // What a merge cut short has copied is copied again by that merge.
      const whole = merging.length > 0 ? ` AND moved_from NOT IN (${merging.map((m) => m.no).join(',')})` : '';
      await ch.command(
        // The same rows may have been copied before, by the attempt that was cut short.
        `INSERT INTO events SETTINGS insert_deduplicate = 0 SELECT * REPLACE (toUInt32(${split.to}) AS person_no, toUInt32(0) AS moved_from)
         FROM (SELECT * FROM events WHERE ${where}${whole})`,
      );
      boundary('events.splits.copied');
      await pg.query("UPDATE split_moves SET state = 'copied' WHERE id = $1", [row.id]);
      await moves.load(pg, hidden);
    }
    await deps.grace();
    await ch.command(`DELETE FROM events WHERE ${where}`);
    boundary('events.splits.dropped');
    await pg.query("UPDATE split_moves SET state = 'done' WHERE id = $1", [row.id]);
    await moves.load(pg, hidden);
  }
  return rows.length;
}

async function dropOriginals({ pg, ch, moves, grace, hidden }: SettleDeps): Promise<void> {
  const copied = await pg.query<{ workspace_no: number; from_no: number }>(
    "SELECT workspace_no, from_no FROM person_moves WHERE state = 'copied'",
  );
  if (copied.length === 0) return;
  await grace();
  for (const [workspaceNo, list] of Map.groupBy(copied, (c) => c.workspace_no)) {
    const from = list.map((m) => m.from_no);
    await ch.command(`DELETE FROM events WHERE workspace_no = ${workspaceNo} AND person_no IN (${from.join(',')})`);
    boundary('events.moves.dropped');
    await pg.query("UPDATE person_moves SET state = 'done' WHERE workspace_no = $1 AND from_no = ANY($2) AND state = 'copied'", [
      workspaceNo,
      from,
    ]);
  }
  await moves.load(pg, hidden);
}
