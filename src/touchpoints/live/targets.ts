import type { Pg } from '../../base/index.ts';
import type { Load } from './choose.ts';
import { type Code, switchAt, type Target, type TargetView } from './schema.ts';

/** What has to be asked of a platform before the target can take anybody. */
export const needsPlatform = (t: Target): boolean => t.kind !== 'url' && !t.content;

const capOf = (t: Target): number | null => t.cap ?? (t.kind === 'group' ? switchAt * Math.max(1, t.chatIds?.length ?? 1) : null);
/** Of what a platform's code was made; another makes it stale. */
const madeOf = (t: Target): object => ({
  kind: t.kind,
  chatIds: t.chatIds ?? null,
  userIds: t.userIds ?? null,
  page: t.page ?? null,
  content: t.content ?? null,
});

/** A code of the platform stays with its target: the same, or to be changed where it leads. */
const kept = `(t.settings = excluded.settings OR t.kind = excluded.kind AND excluded.content IS NULL AND t.kind IN ('group', 'staff'))`;

/** Writes targets down as the code states them: places taken stay, and so do the platform's codes of what is asked as before. */
export async function writeTargets(tx: Pg, workspaceNo: number, touchpointId: string, code: Code): Promise<void> {
  const rows = code.targets.map((t) => ({
    no: t.no,
    kind: t.kind,
    name: t.name,
    settings: madeOf(t),
    cap: capOf(t),
    state: t.off ? 'off' : needsPlatform(t) ? 'pooled' : 'ready',
    content: t.kind === 'url' ? (t.url ?? null) : (t.content ?? null),
  }));
  await tx.query(
    `INSERT INTO touchpoint_targets AS t (workspace_no, touchpoint_id, no, kind, name, settings, cap, state, content)
     SELECT $1, $2, no, kind, name, settings, cap, state, content
     FROM jsonb_to_recordset($3::jsonb) AS r (no int, kind text, name text, settings jsonb, cap int, state text, content text)
     ON CONFLICT (touchpoint_id, no) DO UPDATE SET kind = excluded.kind, name = excluded.name, cap = excluded.cap, settings = excluded.settings,
       taken = CASE WHEN t.settings = excluded.settings THEN t.taken ELSE 0 END, members = CASE WHEN t.settings = excluded.settings THEN t.members ELSE 0 END,
       state = CASE WHEN excluded.state = 'pooled' AND t.settings = excluded.settings AND t.made IS NOT NULL THEN 'ready' ELSE excluded.state END,
       made = CASE WHEN ${kept} THEN t.made END, picture = CASE WHEN ${kept} THEN t.picture END,
       content = CASE WHEN ${kept} AND t.made IS NOT NULL THEN t.content ELSE excluded.content END,
       fault = CASE WHEN t.settings = excluded.settings THEN t.fault END`,
    [workspaceNo, touchpointId, JSON.stringify(rows)],
  );
  await tx.query('DELETE FROM touchpoint_targets WHERE workspace_no = $1 AND touchpoint_id = $2 AND NOT no = ANY($3)', [
    workspaceNo,
    touchpointId,
    rows.map((r) => r.no),
  ]);
  // Who was sent to a target that is another now is sent anew.
  await tx.query(
    `DELETE FROM touchpoint_seats s WHERE s.workspace_no = $1 AND s.touchpoint_id = $2 AND NOT EXISTS (
       SELECT 1 FROM touchpoint_targets t WHERE t.touchpoint_id = $2 AND t.no = s.target_no AND t.taken > 0)`,
    [workspaceNo, touchpointId],
  );
}

export async function targetsOf(pg: Pg, workspaceNo: number, touchpointId: string): Promise<TargetView[]> {
  return pg.query<TargetView>(
    `SELECT no, kind, name, cap, taken, members, state, content, fault FROM touchpoint_targets
     WHERE workspace_no = $1 AND touchpoint_id = $2 ORDER BY no`,
    [workspaceNo, touchpointId],
    'touchpoints.targets',
  );
}

export const loadsOf = (targets: readonly TargetView[]): Map<number, Load> => new Map(targets.map((t) => [t.no, t]));
