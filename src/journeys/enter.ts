import type { Plan } from './plan.ts';
import { type Deps, lock, pageOf } from './ports.ts';

const setSize = 20_000;

/**
 * Lets people in, with the time of the event that brings each. Who is inside stays as he is; who has been is let in again only where the journey
 * says so, after its days, and for an event newer than the one before: so a slice that is read again changes nothing.
 */
export async function enter(
  deps: Deps,
  workspaceNo: number,
  plan: Plan,
  people: readonly { personNo: number; at: Date }[],
): Promise<number> {
  const { reentry } = plan.entry;
  const days = reentry === undefined || reentry === 'never' ? null : reentry.afterDays;
  let count = 0;
  for (const set of pageOf(people, setSize)) {
    const now = deps.clock.now();
    const entered = await deps.pg.tx(async (tx) => {
      await lock(tx, workspaceNo);
      const [row] = await tx.query<{ n: number }>(
        `WITH wanted AS (SELECT * FROM unnest($6::bigint[], $7::timestamptz[]) AS w (person_no, at)),
         added AS (
           INSERT INTO journey_people (workspace_no, journey_no, version, person_no, entry_no, node, due_at, event_at, entered_at, moved_at)
           SELECT $1, $2, $3, w.person_no, coalesce(b.entries, 0) + 1, $4, $5::timestamptz, w.at, $5, $5
           FROM wanted w LEFT JOIN LATERAL (
             SELECT max(p.entry_no) AS entries, max(p.event_at) AS last_at, bool_or(p.left_at IS NULL) AS inside
             FROM journey_people p WHERE p.journey_no = $2 AND p.person_no = w.person_no) b ON true
           WHERE EXISTS (SELECT FROM journeys j WHERE j.no = $2 AND j.state = 'running')
             AND (b.entries IS NULL OR ($8::int IS NOT NULL AND NOT b.inside AND w.at > b.last_at AND w.at >= b.last_at + interval '1 day' * $8::int))
           ON CONFLICT (journey_no, person_no, entry_no) DO NOTHING RETURNING no),
         told AS (
           INSERT INTO journey_steps (workspace_no, journey_no, pass_no, version, node, kind, at)
           SELECT $1, $2, no, $3, $4, 'enter', $5 FROM added RETURNING 1)
         SELECT count(*) AS n FROM told`,
        [workspaceNo, plan.journeyNo, plan.version, plan.entry.id, now, set.map((p) => p.personNo), set.map((p) => p.at), days],
      );
      return row!.n;
    });
    await deps.boundary('journeys.entered');
    count += entered;
  }
  return count;
}
