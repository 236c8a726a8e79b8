import type { Clock, Pg } from '../base/index.ts';
import { ofJourney } from './enqueue.ts';

/** Keeps back what a journey has queued and will queue, until it is released. What is in hand at this moment still goes. */
export async function hold(pg: Pg, workspaceNo: number, journeyId: string): Promise<void> {
  await pg.query(
    `WITH held AS (INSERT INTO outbox_holds (workspace_no, journey_id) VALUES ($1, $2) ON CONFLICT DO NOTHING)
     UPDATE outbox SET due_at = 'infinity' WHERE workspace_no = $1 AND ${ofJourney(2)} AND state = 'queued'`,
    [workspaceNo, journeyId],
  );
}

export async function release(pg: Pg, clock: Clock, workspaceNo: number, journeyId: string): Promise<void> {
  await pg.query(
    `WITH freed AS (DELETE FROM outbox_holds WHERE workspace_no = $1 AND journey_id = $2)
     UPDATE outbox SET due_at = $3 WHERE workspace_no = $1 AND ${ofJourney(2)} AND state = 'queued' AND due_at = 'infinity'`,
    [workspaceNo, journeyId, clock.now()],
  );
}

/** Takes back what a journey has queued and not sent. */
export async function skipJourney(pg: Pg, clock: Clock, workspaceNo: number, journeyId: string, reason: string): Promise<void> {
  await pg.query(
    `UPDATE outbox SET state = 'skipped', reason = $3, ended_at = $4, announce = announce | 2
     WHERE workspace_no = $1 AND ${ofJourney(2)} AND state = 'queued'`,
    [workspaceNo, journeyId, reason, clock.now()],
  );
}

/** Takes back what some passes through journeys have queued and not sent. `people`: whose they are, to find them fast. */
export async function skipPasses(
  pg: Pg,
  clock: Clock,
  workspaceNo: number,
  passes: { people: readonly number[]; passNos: readonly number[] },
  reason: string,
): Promise<void> {
  if (passes.passNos.length === 0) return;
  await pg.query(
    `UPDATE outbox SET state = 'skipped', reason = $4, ended_at = $5, announce = announce | 2
     WHERE workspace_no = $1 AND person_no = ANY($2) AND pass_no = ANY($3) AND state = 'queued'`,
    [workspaceNo, [...passes.people], [...passes.passNos], reason, clock.now()],
  );
}
