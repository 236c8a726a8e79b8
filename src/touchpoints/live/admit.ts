import type { Pg } from '../../base/index.ts';

export interface Scan {
  workspaceNo: number;
  touchpointId: string;
  /** The value of an identity, under which the seat is written. */
  visitor: string;
  /** All values by which the same person is known: a seat under any of them is theirs. */
  known: readonly string[];
  at: Date;
}

/** The seat that a person has already. */
export async function seatOf(pg: Pg, scan: Scan): Promise<number | undefined> {
  const [seat] = await pg.query<{ target_no: number }>(
    'SELECT target_no FROM touchpoint_seats WHERE workspace_no = $1 AND touchpoint_id = $2 AND visitor = ANY($3) ORDER BY at LIMIT 1',
    [scan.workspaceNo, scan.touchpointId, [scan.visitor, ...scan.known]],
    'touchpoints.seat',
  );
  return seat?.target_no;
}

class NoRoom extends Error {}

/**
 * Takes a seat at the first of these targets that has one: never one more than there are, however many come at once.
 * @returns the target, or undefined when none has room
 */
export async function admit(pg: Pg, scan: Scan, targets: readonly number[]): Promise<number | undefined> {
  for (const no of targets) {
    // Each target in a transaction of its own: nobody waits for one target while holding another.
    const taken = await pg
      .tx((tx) => take(tx, scan, no))
      .catch((error: unknown) => {
        if (error instanceof NoRoom) return undefined;
        throw error;
      });
    if (taken !== undefined) return taken;
  }
  return undefined;
}

/** The seat is written first, so that one person who comes twice at once takes one; where no place is left it goes back. */
async function take(tx: Pg, scan: Scan, no: number): Promise<number> {
  const mine = await tx.query(
    `INSERT INTO touchpoint_seats (workspace_no, touchpoint_id, visitor, target_no, at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (touchpoint_id, visitor) DO NOTHING RETURNING target_no`,
    [scan.workspaceNo, scan.touchpointId, scan.visitor, no, scan.at],
    'touchpoints.seat.take',
  );
  if (mine.length === 0) {
    const [seat] = await tx.query<{ target_no: number }>(
      'SELECT target_no FROM touchpoint_seats WHERE touchpoint_id = $1 AND visitor = $2',
      [scan.touchpointId, scan.visitor],
    );
    if (seat) return seat.target_no;
  }
  const placed = await tx.query(
    `UPDATE touchpoint_targets SET taken = taken + 1 WHERE workspace_no = $1 AND touchpoint_id = $2 AND no = $3 AND state = 'ready'
       AND (cap IS NULL OR greatest(taken, members) < cap) RETURNING no`,
    [scan.workspaceNo, scan.touchpointId, no],
    'touchpoints.place',
  );
  if (placed.length === 0) throw new NoRoom();
  return no;
}
