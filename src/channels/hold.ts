import type { Clock, Pg } from '../base/index.ts';
import { ofJourney } from './enqueue.ts';

/** Keeps back what a journey has queued and will queue, until it is released. What is in hand at this moment still goes. */
export async function hold(pg: Pg, workspaceNo: number, journeyId: string): Promise<void> {
  await pg.query(
    `WITH held AS (INSERT INTO outbox_holds (workspace_no, journey_id) VALUES ($1, $2) ON CONFLICT DO NOTHING),
     mine AS MATERIALIZED (SELECT no FROM outbox WHERE workspace_no = $1 AND ${ofJourney(2)} AND state = 'queued')
     UPDATE outbox_waiting w SET due_at = 'infinity' FROM mine WHERE w.workspace_no = $1 AND w.what = 'queued' AND w.no = mine.no`,
    [workspaceNo, journeyId],
  );
}

export async function release(pg: Pg, clock: Clock, workspaceNo: number, journeyId: string): Promise<void> {
  await pg.query(
    `WITH freed AS (DELETE FROM outbox_holds WHERE workspace_no = $1 AND journey_id = $2),
     mine AS MATERIALIZED (SELECT no FROM outbox WHERE workspace_no = $1 AND ${ofJourney(2)} AND state = 'queued')
     UPDATE outbox_waiting w SET due_at = $3 FROM mine WHERE w.workspace_no = $1 AND w.what = 'queued' AND w.due_at = 'infinity' AND w.no = mine.no`,
    [workspaceNo, journeyId, clock.now()],
  );
}

/** What was due and was put off by the policy is due now. What a platform turned away keeps its time. */
export async function lookAgain(pg: Pg, clock: Clock, workspaceNo: number): Promise<void> {
  await pg.query(
    `WITH again AS (
       UPDATE outbox_waiting w SET due_at = $2 FROM outbox o WHERE w.workspace_no = $1 AND w.what = 'queued' AND w.due_at > $2 AND w.due_at < 'infinity'
         AND o.workspace_no = w.workspace_no AND o.no = w.no AND o.put_off_from <= $2 AND o.attempts = 0 RETURNING w.no)
     UPDATE outbox o SET due_at = $2 FROM again WHERE o.workspace_no = $1 AND o.no = again.no`,
    [workspaceNo, clock.now()],
  );
}

/** Takes back what a journey has queued and not sent. */
export async function skipJourney(pg: Pg, clock: Clock, workspaceNo: number, journeyId: string, reason: string): Promise<void> {
  await skip(pg, clock, workspaceNo, reason, ofJourney(4), [journeyId]);
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
  await skip(pg, clock, workspaceNo, reason, 'person_no = ANY($4) AND pass_no = ANY($5)', [[...passes.people], [...passes.passNos]]);
}

/** Takes back queued messages and notes that it is to be told. Their lines in `outbox_waiting` are passed by when they fall due. */
export async function skip(pg: Pg, clock: Clock, workspaceNo: number, reason: string, which: string, params: unknown[]): Promise<void> {
  await pg.query(
    `WITH skipped AS (
       UPDATE outbox SET state = 'skipped', reason = $2, ended_at = $3 WHERE workspace_no = $1 AND ${which} AND state = 'queued' RETURNING no)
     INSERT INTO outbox_untold (workspace_no, what, nos) SELECT $1, 'ended', array_agg(no) FROM skipped HAVING count(*) > 0`,
    [workspaceNo, reason, clock.now(), ...params],
  );
}
