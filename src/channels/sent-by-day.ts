import type { Pg } from '../base/index.ts';

/** What one step of a journey, or messages of no journey, came to on one day. */
export interface DayOfStep {
  journeyId: string | null;
  node: string | null;
  channel: string;
  contentId: string;
  day: string;
  /** When the first of them was queued. */
  at: Date;
  sent: number;
  waiting: number;
  skipped: number;
  failed: number;
}

/** Messages of a time by step and by the day, in a zone, on which they were queued. */
export async function sentByDay(pg: Pg, workspaceNo: number, from: Date, to: Date, zone: string): Promise<DayOfStep[]> {
  return pg.query<DayOfStep>(
    `SELECT journey_id AS "journeyId", node, channel, content_id AS "contentId", to_char(queued_at AT TIME ZONE $4, 'YYYY-MM-DD') AS day, min(queued_at) AS at,
       count(*) FILTER (WHERE state = 'sent') AS sent, count(*) FILTER (WHERE state IN ('queued', 'submitting', 'submitted')) AS waiting,
       count(*) FILTER (WHERE state = 'skipped') AS skipped, count(*) FILTER (WHERE state = 'failed') AS failed
     FROM outbox WHERE workspace_no = $1 AND queued_at >= $2 AND queued_at < $3 GROUP BY 1, 2, 3, 4, 5 ORDER BY 6`,
    [workspaceNo, from, to, zone],
  );
}
