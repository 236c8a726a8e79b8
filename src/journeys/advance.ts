import { leaveByRule } from './exit-rules.ts';
import { type PassRow, passColumns, toPass } from './pass.ts';
import { type Plans, runningJourneys } from './plans.ts';
import { type Deps, isDatabaseError, lock, zoneOf } from './ports.ts';
import { place, settle } from './settle.ts';
import { walk } from './walk.ts';

const setSize = 20_000;

/**
 * Moves everyone of a workspace who is due. A set of up to 20,000 goes all its way in one transaction: positions, log and messages are written
 * together or not at all. Returns how many moved.
 */
export async function advance(deps: Deps, plans: Plans, workspaceNo: number): Promise<number> {
  const stuck = new Set<number>();
  const zone = await zoneOf(deps, workspaceNo);
  let failure: unknown;
  let moved = 0;
  for (;;) {
    const now = deps.clock.now();
    const batch = await deps.pg.tx(async (tx) => {
      await lock(tx, workspaceNo);
      const running = (await runningJourneys(tx, workspaceNo)).filter((j) => !stuck.has(j.no));
      if (running.length === 0) return { taken: 0, moved: 0, again: false };
      const rows = await tx.query<PassRow>(
        // By journey: however many stand in one that is paused, none of them is read.
        `SELECT ${passColumns} FROM unnest($3::int[]) AS j (no) CROSS JOIN LATERAL (
           SELECT * FROM journey_people d WHERE d.workspace_no = $1 AND d.journey_no = j.no AND d.due_at <= $2 ORDER BY d.due_at, d.no LIMIT $4) p
         ORDER BY p.due_at, p.no LIMIT $4`,
        [workspaceNo, now, running.map((j) => j.no), setSize],
      );
      let done = 0;
      let again = false;
      for (const group of Map.groupBy(rows, (r) => `${r.journey_no}:${r.version}`).values()) {
        const { journey_no, version } = group[0]!;
        try {
          const plan = await plans.get(tx, journey_no, version);
          const world = { deps, workspaceNo, zone, plan, now };
          const staying = await leaveByRule(tx, world, group.map(toPass));
          const walked = await walk(world, staying);
          await place(tx, walked.stands, now);
          await settle(tx, world, walked);
          again ||= walked.stands.some((s) => s.dueAt !== null && s.dueAt <= now);
          done += group.length;
        } catch (error) {
          // A rule that cannot be asked, or a room that does not answer, holds up its own journey and no other.
          if (isDatabaseError(error)) throw error;
          stuck.add(journey_no);
          failure = error;
        }
      }
      return { taken: rows.length, moved: done, again };
    });
    if (batch.moved > 0) await deps.boundary('journeys.advanced');
    moved += batch.moved;
    if (batch.taken === 0 || (batch.taken < setSize && batch.moved === batch.taken && !batch.again)) break;
  }
  if (failure !== undefined) throw failure;
  return moved;
}
