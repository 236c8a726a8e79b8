import type { Pg } from '../base/index.ts';
import type { Plan } from './plan.ts';
import { type Deps, isDatabaseError, lock, pageOf } from './ports.ts';
import { settle, standsByKind } from './settle.ts';
import { type Pass, type Walked, walk } from './walk.ts';
import { Way } from './way.ts';

const setSize = 20_000;

export interface Arrival {
  personNo: number;
  /** When the event happened that brings the person. */
  at: Date;
}

/**
 * Lets people in, with the time of the event that brings each, and lets them go at once as far as they come: one transaction, and one row written
 * for each. Who is inside stays as he is; who has been is let in again only where the journey says so, after its days, and for an event newer than
 * the one before: so a slice that is read again changes nothing.
 */
export async function enter(deps: Deps, workspaceNo: number, plan: Plan, people: readonly Arrival[]): Promise<number> {
  let count = 0;
  for (const set of pageOf(people, setSize)) {
    const now = deps.clock.now();
    const entered = await deps.pg.tx(async (tx) => {
      await lock(tx, workspaceNo);
      return letIn(deps, tx, workspaceNo, plan, set, now);
    });
    await deps.boundary('journeys.entered');
    if (entered.sends > 0) deps.channels.wake();
    count += entered.people;
  }
  return count;
}

/** The same for one set, inside a transaction that holds the workspace's lock. */
export async function letIn(
  deps: Deps,
  tx: Pg,
  workspaceNo: number,
  plan: Plan,
  people: readonly Arrival[],
  now: Date,
): Promise<{ people: number; sends: number }> {
  const { reentry } = plan.entry;
  const days = reentry === undefined || reentry === 'never' ? null : reentry.afterDays;
  const rows = await tx.query<{ no: number; person_no: number; entry_no: number; at_ms: number }>(
    `SELECT nextval(pg_get_serial_sequence('journey_people', 'no')) AS no, w.person_no, coalesce(b.entries, 0) + 1 AS entry_no, w.at_ms
     FROM (SELECT person_no, at_ms, to_timestamp(at_ms / 1000.0) AS at FROM unnest($2::bigint[], $3::bigint[]) AS w (person_no, at_ms)) w LEFT JOIN LATERAL (
       SELECT max(p.entry_no) AS entries, max(p.event_at) AS last_at, bool_or(p.left_at IS NULL) AS inside
       FROM journey_people p WHERE p.journey_no = $1 AND p.person_no = w.person_no) b ON true
     WHERE EXISTS (SELECT FROM journeys j WHERE j.no = $1 AND j.state = 'running')
       AND (b.entries IS NULL OR ($4::int IS NOT NULL AND NOT b.inside AND w.at > b.last_at AND w.at >= b.last_at + interval '1 day' * $4::int))`,
    [plan.journeyNo, people.map((p) => p.personNo), people.map((p) => p.at.getTime()), days],
  );
  if (rows.length === 0) return { people: 0, sends: 0 };
  const passes = rows.map((r): Pass => ({ no: r.no, personNo: r.person_no, node: plan.entry.id, branch: null }));
  const walked = await setOut(deps, workspaceNo, plan, passes, now);
  const { kinds, kindOf } = standsByKind(walked.stands);
  const places = new Map(walked.stands.map((s, i) => [s.no, kindOf[i]!]));
  await tx.query(
    `INSERT INTO journey_people (no, workspace_no, journey_no, version, person_no, entry_no, node, branch, due_at, event_at, entered_at, moved_at, left_at, reason)
     OVERRIDING SYSTEM VALUE
     SELECT s.no, $1, $2, $3, s.person_no, s.entry_no, k.node, k.branch, k.due_at, to_timestamp(s.at_ms / 1000.0), $4, $4,
       CASE WHEN k.due_at IS NULL THEN $4::timestamptz END, k.reason
     FROM unnest($5::bigint[], $6::bigint[], $7::int[], $8::bigint[], $9::int[]) AS s (no, person_no, entry_no, at_ms, kind)
     JOIN json_to_recordset($10) AS k (kind int, node text, branch text, due_at timestamptz, reason text) ON k.kind = s.kind`,
    [
      workspaceNo,
      plan.journeyNo,
      plan.version,
      now,
      rows.map((r) => r.no),
      rows.map((r) => r.person_no),
      rows.map((r) => r.entry_no),
      rows.map((r) => r.at_ms),
      rows.map((r) => places.get(r.no)!),
      JSON.stringify(kinds),
    ],
  );
  await settle(deps, tx, workspaceNo, plan, walked, now);
  return { people: rows.length, sends: walked.sends.length };
}

/** The first walk. Where a rule cannot be asked now, everyone waits at the entry, and is moved when it can. */
async function setOut(deps: Deps, workspaceNo: number, plan: Plan, passes: readonly Pass[], now: Date): Promise<Walked> {
  const entered = new Way().and({ node: plan.entry.id, kind: 'enter' });
  try {
    return await walk(deps.audience, workspaceNo, plan, passes, now, entered);
  } catch (error) {
    if (isDatabaseError(error)) throw error;
    deps.log.warn({ err: error, journey: plan.journeyId }, 'who entered a journey could not be moved yet');
    return { stands: passes.map((p) => ({ ...p, dueAt: now, reason: null, way: entered })), sends: [] };
  }
}
