import type { GoalNode } from './graph.ts';
import type { LaunchedJourney } from './plans.ts';
import { type Deps, lock, pageOf } from './ports.ts';

const setSize = 20_000;

/**
 * Marks who has reached a goal. An event counts for the person's latest pass that began before it, while inside or within the window after
 * leaving, and once per pass.
 */
export async function convert(
  deps: Deps,
  workspaceNo: number,
  journey: LaunchedJourney,
  goal: GoalNode,
  versions: readonly number[],
  hits: readonly { personNo: number; at: Date }[],
): Promise<void> {
  for (const set of pageOf(hits, setSize)) {
    const now = deps.clock.now();
    await deps.pg.tx(async (tx) => {
      await lock(tx, workspaceNo);
      await tx.query(
        `WITH hits AS (SELECT * FROM unnest($5::bigint[], $6::timestamptz[]) AS h (person_no, at)),
         found AS (
           SELECT DISTINCT ON (h.person_no, h.at) p.no, h.at FROM hits h
           JOIN journey_people p ON p.journey_no = $2 AND p.person_no = h.person_no AND p.event_at < h.at AND p.reason IS DISTINCT FROM 'merged'
           ORDER BY h.person_no, h.at, p.event_at DESC),
         firsts AS (
           SELECT f.no, min(f.at) AS at FROM found f JOIN journey_people p ON p.no = f.no
           WHERE p.converted_at IS NULL AND p.version = ANY($7) AND (p.left_at IS NULL OR f.at <= p.left_at + interval '1 day' * $8::float)
           GROUP BY f.no),
         before AS (SELECT p.no, f.at, p.left_at IS NULL AND $9 AS leaves FROM firsts f JOIN journey_people p ON p.no = f.no),
         done AS (
           UPDATE journey_people p SET converted_at = b.at, goal = $3, moved_at = $4,
             due_at = CASE WHEN b.leaves THEN NULL ELSE p.due_at END, left_at = CASE WHEN b.leaves THEN $4::timestamptz ELSE p.left_at END,
             reason = CASE WHEN b.leaves THEN 'converted' ELSE p.reason END
           FROM before b WHERE p.no = b.no RETURNING p.no, p.version, p.node, p.branch, b.at, b.leaves)
         INSERT INTO journey_steps (workspace_no, journey_no, pass_no, version, node, kind, branch, reason, at)
         SELECT $1::int, $2::int, no, version, $3::text, 'convert', branch, NULL, at FROM done
         UNION ALL SELECT $1, $2, no, version, node, 'leave', NULL, 'converted', $4::timestamptz FROM done WHERE leaves`,
        [
          workspaceNo,
          journey.no,
          goal.id,
          now,
          set.map((h) => h.personNo),
          set.map((h) => h.at),
          [...versions],
          goal.withinDays ?? 0,
          goal.exit === true,
        ],
      );
    });
    await deps.boundary('journeys.converted');
  }
}
