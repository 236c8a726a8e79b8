import { quotas, quotaUse } from './live/codes.ts';
import type { TouchpointDeps } from './ports.ts';
import type { Kind, Warning } from './schema.ts';

const dayMs = 86_400_000;
/** So many members before the end: time to print or paste another code. */
const nearMembers = 20;
/** So much of a platform's quota of codes is used: time to take old ones away, or to use one code for several places. */
const quotaNear = 0.9;

interface Row {
  id: string;
  name: string;
  kind: Kind;
  expires_at: Date | null;
  scan_limit: number | null;
  members: number | null;
  fault: string | null;
  look_ahead: number | null;
  seats: number | null;
  groups: number;
  pooled: number;
  target_fault: string | null;
}

/** Codes that need somebody: dead or dying static ones, groups that run out, what a platform would not make. The most urgent first. */
export async function watch(deps: Pick<TouchpointDeps, 'pg' | 'clock'>, workspaceNo: number, limits = quotas): Promise<Warning[]> {
  const now = deps.clock.ms();
  const rows = await deps.pg.query<Row>(
    `SELECT p.id, p.name, p.kind, p.expires_at, p.scan_limit, p.members, p.fault, (p.code->>'lookAhead')::int AS look_ahead,
       t.seats, coalesce(t.groups, 0)::int AS groups, coalesce(t.pooled, 0)::int AS pooled, t.target_fault
     FROM touchpoints p LEFT JOIN LATERAL (
       SELECT sum(greatest(0, cap - greatest(taken, members))) FILTER (WHERE state = 'ready')::int AS seats, count(*) AS groups,
         count(*) FILTER (WHERE state = 'pooled' AND fault IS NULL) AS pooled, max(fault) AS target_fault
       FROM touchpoint_targets t WHERE t.workspace_no = p.workspace_no AND t.touchpoint_id = p.id AND t.kind = 'group' AND t.state <> 'off') t ON p.kind = 'live_code'
     WHERE p.workspace_no = $1 AND p.archived_at IS NULL AND p.state = 'live' AND (p.kind = 'live_code' OR p.fault IS NOT NULL OR p.expires_at < $2
       OR p.members >= p.scan_limit - ${nearMembers})
     ORDER BY p.id DESC LIMIT 5000`,
    [workspaceNo, new Date(now + dayMs)],
  );
  const warnings: Warning[] = [];
  for (const row of rows) {
    const about = { touchpointId: row.id, name: row.name, kind: row.kind };
    const say = (what: Warning['what'], more: Partial<Warning> = {}) =>
      warnings.push({ ...about, what, at: null, number: null, detail: null, ...more });
    if (row.expires_at && row.expires_at.getTime() < now + dayMs)
      say(row.expires_at.getTime() <= now ? 'expired' : 'expires_soon', { at: row.expires_at.toISOString() });
    if (row.scan_limit !== null && row.members !== null && row.members >= row.scan_limit - nearMembers)
      say(row.members >= row.scan_limit ? 'members_full' : 'members_near', { number: row.members });
    const fault = row.fault ?? row.target_fault;
    if (fault) say('platform_fault', { detail: fault });
    if (row.groups === 0) continue;
    const seats = row.seats ?? 0;
    if (seats === 0 && row.pooled === 0) say('all_full', { number: 0 });
    else if (seats <= (row.look_ahead ?? 0) && row.pooled === 0) say('no_next_group', { number: seats });
  }
  for (const { most, used, latest } of await quotaUse(deps.pg, workspaceNo, limits)) {
    if (used < most * quotaNear) continue;
    const [point] = await deps.pg.query<{ name: string; kind: Kind }>(
      'SELECT name, kind FROM touchpoints WHERE workspace_no = $1 AND id = $2',
      [workspaceNo, latest],
    );
    if (point) warnings.push({ touchpointId: latest, ...point, what: 'quota', at: null, number: Math.max(0, most - used), detail: null });
  }
  const order: Warning['what'][] = [
    'expired',
    'all_full',
    'members_full',
    'platform_fault',
    'quota',
    'expires_soon',
    'no_next_group',
    'members_near',
  ];
  return warnings.sort((a, b) => order.indexOf(a.what) - order.indexOf(b.what));
}
