import type { Pg } from '../base/index.ts';
import { type Plans, runningJourneys } from './plans.ts';
import { type Deps, lock } from './ports.ts';
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
          await write(deps, tx, workspaceNo, { journeyNo: journey_no, journeyId: plan.journeyId, version }, walked, now);
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

/** After an error of PostgreSQL the transaction is lost whatever is done. */
const isDatabaseError = (error: unknown): boolean => typeof (error as { severity?: unknown }).severity === 'string';

async function write(
  deps: Deps,
  tx: Pg,
  workspaceNo: number,
  of: { journeyNo: number; journeyId: string; version: number },
  walked: Walked,
  now: Date,
): Promise<void> {
  const { stands, steps, sends } = walked;
  await tx.query(
    `UPDATE journey_people p SET node = s.node, branch = s.branch, due_at = s.due_at, reason = s.reason, moved_at = $1,
       left_at = CASE WHEN s.due_at IS NULL THEN $1::timestamptz END
     FROM unnest($2::bigint[], $3::text[], $4::text[], $5::timestamptz[], $6::text[]) AS s (no, node, branch, due_at, reason) WHERE p.no = s.no`,
    [
      now,
      stands.map((s) => s.no),
      stands.map((s) => s.node),
      stands.map((s) => s.branch),
      stands.map((s) => s.dueAt),
      stands.map((s) => s.reason),
    ],
  );
  await tx.query(
    `INSERT INTO journey_steps (workspace_no, journey_no, version, at, pass_no, node, kind, branch, reason)
     SELECT $1, $2, $3, $4, s.* FROM unnest($5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[]) AS s (pass_no, node, kind, branch, reason)`,
    [
      workspaceNo,
      of.journeyNo,
      of.version,
      now,
      steps.map((s) => s.passNo),
      steps.map((s) => s.node),
      steps.map((s) => s.kind),
      steps.map((s) => s.branch),
      steps.map((s) => s.reason),
    ],
  );
  for (const { node, items } of sends) {
    const journey = { id: of.journeyId, version: of.version, node: node.id };
    await deps.channels.enqueue(tx, workspaceNo, {
      channel: node.channel,
      contentId: node.contentId!,
      journey,
      dueAt: now,
      queuedAt: now,
      items,
    });
  }
}
