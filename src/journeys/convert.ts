import type { GoalNode } from './graph.ts';
import type { LaunchedJourney } from './plans.ts';
import { type Deps, lock, pageOf } from './ports.ts';
import { logWalks, Way } from './way.ts';

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
  hits: readonly { personNo: number; at: Date; said: readonly string[] }[],
): Promise<void> {
  // What the event must share with the entry's, property by property.
  const belongs = (goal.match ?? []).map((_, i) => ` AND p.data #>> $${10 + i}::text[] = h.said ->> ${i}`).join('');
  for (const set of pageOf(hits, setSize)) {
    const now = deps.clock.now();
    await deps.pg.tx(async (tx) => {
      await lock(tx, workspaceNo);
      const done = await tx.query<{ no: number; version: number; node: string; branch: string | null; leaves: boolean; at: Date }>(
        `WITH hits AS (SELECT person_no, at, said::jsonb AS said FROM unnest($4::bigint[], $5::timestamptz[], $9::text[]) AS h (person_no, at, said)),
         found AS (
           SELECT DISTINCT ON (h.person_no, h.at) p.no, h.at FROM hits h
           JOIN journey_people p ON p.journey_no = $1 AND p.person_no = h.person_no AND p.event_at < h.at AND p.reason IS DISTINCT FROM 'merged'${belongs}
           ORDER BY h.person_no, h.at, p.event_at DESC),
         firsts AS (
           SELECT f.no, min(f.at) AS at FROM found f JOIN journey_people p ON p.no = f.no
           WHERE p.converted_at IS NULL AND p.version = ANY($6) AND (p.left_at IS NULL OR f.at <= p.left_at + interval '1 day' * $7::float)
           GROUP BY f.no),
         before AS (SELECT p.no, f.at, p.left_at IS NULL AND $8 AS leaves FROM firsts f JOIN journey_people p ON p.no = f.no)
         UPDATE journey_people p SET converted_at = b.at, goal = $2, moved_at = $3,
           due_at = CASE WHEN b.leaves THEN NULL ELSE p.due_at END, left_at = CASE WHEN b.leaves THEN $3::timestamptz ELSE p.left_at END,
           reason = CASE WHEN b.leaves THEN 'converted' ELSE p.reason END
         FROM before b WHERE p.no = b.no RETURNING p.no, p.version, p.node, p.branch, b.at, b.leaves`,
        [
          journey.no,
          goal.id,
          now,
          set.map((h) => h.personNo),
          set.map((h) => h.at),
          [...versions],
          goal.withinDays ?? 0,
          goal.exit === true,
          set.map((h) => JSON.stringify(h.said)),
          ...(goal.match ?? []).map((m) => ['entry', ...m.entry.split('.')]),
        ],
      );
      const start = new Way();
      for (const [version, list] of Map.groupBy(done, (d) => d.version)) {
        const reached = list.map((d) => {
          const step = { node: goal.id, kind: 'convert' as const, ...(d.branch === null ? {} : { branch: d.branch }) };
          return { passNo: d.no, way: start.and(step), at: d.at };
        });
        const left = list
          .filter((d) => d.leaves)
          .map((d) => ({ passNo: d.no, way: start.and({ node: d.node, kind: 'leave', reason: 'converted' }) }));
        await logWalks(tx, { workspaceNo, journeyNo: journey.no, version, at: now }, [...reached, ...left]);
      }
    });
    await deps.boundary('journeys.converted');
  }
}
