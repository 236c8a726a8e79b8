import type { Pg } from '../base/index.ts';
import { type Plans, runningJourneys } from './plans.ts';
import { type Deps, isDatabaseError, lock } from './ports.ts';
import { settle, standsByKind } from './settle.ts';
import { type Pass, type Walked, walk } from './walk.ts';

const setSize = 20_000;

interface Row {
  no: number;
  person_no: number;
  journey_no: number;
  version: number;
  node: string;
  branch: string | null;
}

/**
 * Moves everyone of a workspace who is due. A set of up to 20,000 goes all its way in one transaction: positions, log and messages are written
 * together or not at all. Returns how many moved.
 */
export async function advance(deps: Deps, plans: Plans, workspaceNo: number): Promise<number> {
  const stuck = new Set<number>();
  let failure: unknown;
  let moved = 0;
  for (;;) {
    const now = deps.clock.now();
    const batch = await deps.pg.tx(async (tx) => {
      await lock(tx, workspaceNo);
      const running = (await runningJourneys(tx, workspaceNo)).filter((j) => !stuck.has(j.no));
      if (running.length === 0) return { taken: 0, moved: 0 };
      const rows = await tx.query<Row>(
        `SELECT no, person_no, journey_no, version, node, branch FROM journey_people
         WHERE workspace_no = $1 AND due_at <= $2 AND journey_no = ANY($3) ORDER BY due_at, no LIMIT $4`,
        [workspaceNo, now, running.map((j) => j.no), setSize],
      );
      let done = 0;
      for (const group of Map.groupBy(rows, (r) => `${r.journey_no}:${r.version}`).values()) {
        const { journey_no, version } = group[0]!;
        const passes = group.map((r): Pass => ({ no: r.no, personNo: r.person_no, node: r.node, branch: r.branch }));
        try {
          const plan = await plans.get(tx, journey_no, version);
          const walked = await walk(deps.audience, workspaceNo, plan, passes, now);
          await move(tx, walked, now);
          await settle(deps, tx, workspaceNo, plan, walked, now);
          done += group.length;
        } catch (error) {
          // A rule that cannot be asked holds up its own journey and no other.
          if (isDatabaseError(error)) throw error;
          stuck.add(journey_no);
          failure = error;
        }
      }
      return { taken: rows.length, moved: done };
    });
    if (batch.moved > 0) await deps.boundary('journeys.advanced');
    moved += batch.moved;
    if (batch.taken === 0 || (batch.taken < setSize && batch.moved === batch.taken)) break;
  }
  if (failure !== undefined) throw failure;
  return moved;
}

async function move(tx: Pg, { stands }: Walked, now: Date): Promise<void> {
  const { kinds, kindOf } = standsByKind(stands);
  await tx.query(
    `UPDATE journey_people p SET node = k.node, branch = k.branch, due_at = k.due_at, reason = k.reason, moved_at = $1,
       left_at = CASE WHEN k.due_at IS NULL THEN $1::timestamptz END
     FROM unnest($2::bigint[], $3::int[]) AS s (no, kind)
     JOIN json_to_recordset($4) AS k (kind int, node text, branch text, due_at timestamptz, reason text) ON k.kind = s.kind WHERE p.no = s.no`,
    [now, stands.map((s) => s.no), kindOf, JSON.stringify(kinds)],
  );
}
