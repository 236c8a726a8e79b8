import type { Clock, Pg } from '../base/index.ts';
import { skip } from './hold.ts';

export interface Move {
  from: number;
  to: number;
}

/**
 * People have merged: their messages and consents follow. What waits for both of them - the same step of a journey, or the same content - goes once:
 * the other is skipped (`merged`), also where one of the two has had it within the day. Of two answers about the same consent the newer holds, of two
 * at the same instant the refusal; of two zones the one seen last. Repeatable.
 */
export async function followMerges(pg: Pg, clock: Clock, workspaceNo: number, moves: readonly Move[]): Promise<void> {
  if (moves.length === 0) return;
  const params = [workspaceNo, moves.map((m) => m.from), moves.map((m) => m.to)];
  await pg.tx(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock(7121, $1)', [workspaceNo]);
    await skip(
      tx,
      clock,
      workspaceNo,
      'merged',
      `no IN (
         WITH pairs AS (
           SELECT DISTINCT from_no, to_no FROM unnest($4::bigint[], $5::bigint[]) AS m (from_no, to_no)),
         theirs AS MATERIALIZED (
           SELECT p.to_no AS stays, o.no, o.person_no, o.journey_id, o.node, o.content_id, o.state, o.decided_at
           FROM (SELECT to_no, from_no AS person_no FROM pairs UNION SELECT to_no, to_no FROM pairs) p
           CROSS JOIN LATERAL (SELECT * FROM outbox m WHERE m.workspace_no = $1 AND m.person_no = p.person_no AND m.state NOT IN ('skipped', 'failed') OFFSET 0) o)
         SELECT later.no FROM theirs later JOIN theirs other ON other.stays = later.stays AND other.person_no <> later.person_no
           AND (other.content_id = later.content_id OR (other.journey_id = later.journey_id AND other.node = later.node))
         WHERE later.state = 'queued' AND CASE WHEN other.state = 'queued' THEN other.no < later.no ELSE other.decided_at > $3::timestamptz - interval '1 day' END)`,
      params.slice(1),
    );
    await tx.query(
      `UPDATE outbox o SET person_no = m.to_no, first_no = coalesce(o.first_no, o.person_no) FROM unnest($2::bigint[], $3::bigint[]) AS m (from_no, to_no)
       WHERE o.workspace_no = $1 AND o.person_no = m.from_no`,
      params,
    );
    await tx.query(
      `WITH moved AS (
         DELETE FROM consents c USING unnest($2::bigint[], $3::bigint[]) AS m (from_no, to_no)
         WHERE c.workspace_no = $1 AND c.person_no = m.from_no RETURNING m.to_no, c.purpose, c.channel, c.granted, c.at)
       INSERT INTO consents (workspace_no, person_no, purpose, channel, granted, at)
       SELECT DISTINCT ON (to_no, purpose, channel) $1, to_no, purpose, channel, granted, at FROM moved ORDER BY to_no, purpose, channel, at DESC, granted
       ON CONFLICT (workspace_no, person_no, purpose, channel) DO UPDATE SET granted = EXCLUDED.granted, at = EXCLUDED.at
       WHERE consents.at < EXCLUDED.at OR (consents.at = EXCLUDED.at AND NOT EXCLUDED.granted)`,
      params,
    );
    await tx.query(
      `WITH moved AS (
         DELETE FROM person_zones z USING unnest($2::bigint[], $3::bigint[]) AS m (from_no, to_no)
         WHERE z.workspace_no = $1 AND z.person_no = m.from_no RETURNING m.to_no, z.zone, z.at)
       INSERT INTO person_zones (workspace_no, person_no, zone, at) SELECT DISTINCT ON (to_no) $1, to_no, zone, at FROM moved ORDER BY to_no, at DESC
       ON CONFLICT (workspace_no, person_no) DO UPDATE SET zone = EXCLUDED.zone, at = EXCLUDED.at WHERE person_zones.at < EXCLUDED.at`,
      params,
    );
  });
}
