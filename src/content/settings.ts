import type { Pg } from '../base/index.ts';

/** What a workspace has decided about its library. */
export interface ContentSettings {
  /** Nothing goes out that nobody has approved; the last approved version stands for one that is being changed. */
  onlyApproved: boolean;
}

export async function readSettings(pg: Pg, workspaceNo: number): Promise<ContentSettings> {
  const [row] = await pg.query<{ only_approved: boolean }>('SELECT only_approved FROM content_settings WHERE workspace_no = $1', [
    workspaceNo,
  ]);
  return { onlyApproved: row?.only_approved ?? false };
}

export async function writeSettings(pg: Pg, workspaceNo: number, { onlyApproved }: ContentSettings): Promise<void> {
  await pg.query(
    `INSERT INTO content_settings (workspace_no, only_approved) VALUES ($1, $2)
     ON CONFLICT (workspace_no) DO UPDATE SET only_approved = EXCLUDED.only_approved`,
    [workspaceNo, onlyApproved],
  );
}

export interface ContentNeeds {
  inReview: number;
  rightsSoon: { id: string; name: string; until: string }[];
  rightsExpired: number;
  twins: number;
  /** Items that were never approved: what would stop if only approved content were sent. */
  unapproved: number;
}

/** What waits for a hand. */
export async function needsOf(pg: Pg, now: Date, soonDays: number, workspaceNo: number): Promise<ContentNeeds> {
  const [counts] = await pg.query<{ in_review: number; expired: number; unapproved: number; twins: number }>(
    `SELECT count(*) FILTER (WHERE review = 'in_review')::int AS in_review, count(*) FILTER (WHERE rights_until <= $2)::int AS expired,
       count(*) FILTER (WHERE approved_version IS NULL)::int AS unapproved,
       (SELECT count(*)::int FROM content_twins WHERE workspace_no = $1 AND dismissed_at IS NULL) AS twins
     FROM content_items WHERE workspace_no = $1 AND deleted_at IS NULL`,
    [workspaceNo, now],
  );
  const soon = await pg.query<{ id: string; name: string; until: Date }>(
    `SELECT id, name, rights_until AS until FROM content_items WHERE workspace_no = $1 AND deleted_at IS NULL AND rights_until > $2
       AND rights_until <= $2::timestamptz + interval '1 day' * $3 ORDER BY rights_until LIMIT 20`,
    [workspaceNo, now, soonDays],
  );
  const { in_review, expired, unapproved, twins } = counts!;
  return {
    ...{ inReview: in_review, rightsExpired: expired, unapproved, twins },
    rightsSoon: soon.map((s) => ({ ...s, until: s.until.toISOString() })),
  };
}
