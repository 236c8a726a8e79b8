import { boundary, type Ch, type Pg } from '../base/index.ts';
import type { MoveMap } from './moves.ts';

interface SettleDeps {
  pg: Pg;
  ch: Ch;
  moves: MoveMap;
  grace: () => Promise<void>;
  /** Whether readers must not see this merge yet. */
  hides: (workspaceNo: number, from: number) => boolean;
}

/**
 * Re-writes the events of merged people under the number of the one who stays, in two steps between which every reader
 * sees each event once: copy (readers still map the originals and skip the copies), then switch and delete the originals.
 * Each step is a state in PostgreSQL, so a stop at any instant is taken up again.
 * @param grace waits until queries that began before the switch have ended
 */
export async function settleMoves(deps: SettleDeps, most = 5_000): Promise<number> {
  const { pg, ch, moves, hides } = deps;
  const open = await pg.query<{ workspace_no: number; from_no: number; to_no: number }>(
    // Whoever has not heard of a merge may still write about the one who is gone: those wait.
    `SELECT workspace_no, from_no, to_no FROM person_moves p WHERE state = 'open' AND NOT EXISTS (
       SELECT 1 FROM person_merges m WHERE NOT m.announced AND m.workspace_no = p.workspace_no AND p.from_no IN (m.from_no, m.to_no))
     ORDER BY workspace_no, from_no LIMIT $1`,
    [most],
  );
  // A batch that was begun before the merge lands under the old number: copied before that, its events would be lost with the originals.
  if (open.length > 0 && !(await landed(pg))) return 0;
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
  await moves.load(pg, hides);
  await dropOriginals(deps);
  return open.length;
}

/** Whether all batches that are being written at this moment have landed soon. */
async function landed(pg: Pg): Promise<boolean> {
  const [top] = await pg.query<{ id: number | null }>("SELECT max(id) AS id FROM event_batches WHERE state = 'writing'");
  for (let tries = 0; tries < 100; tries++) {
    const [row] = await pg.query<{ n: number }>("SELECT count(*) AS n FROM event_batches WHERE state = 'writing' AND id <= $1", [
      top?.id ?? 0,
    ]);
    if (row?.n === 0) return true;
    await new Promise((resolve) => setTimeout(resolve, 50).unref());
  }
  return false;
}

async function dropOriginals({ pg, ch, moves, grace, hides }: SettleDeps): Promise<void> {
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
  await moves.load(pg, hides);
}
