import { boundary } from '../../base/index.ts';
import type { BindingDeps } from './ports.ts';

const atOnce = 1_000;

interface Row {
  person_no: number;
  key: string;
  at: Date;
  kind: string;
  staff_id: string | null;
  before_id: string | null;
  by_fact: string;
  event: string | null;
  protected_until: Date | null;
  valid_until: Date | null;
  reason: string | null;
  late: boolean;
  withdrawn_at: Date | null;
  told_as: string;
}

/**
 * Every change is an event, at the time at which it happened; one that a late event has made untrue is withdrawn by another. Ids are made from
 * what is said, so telling again after a stop says nothing twice.
 */
export async function tell(deps: Pick<BindingDeps, 'pg' | 'events'>, workspaceNo: number): Promise<number> {
  let told = 0;
  for (;;) {
    const rows = await deps.pg.query<Row>(
      `SELECT person_no, key, at, kind, staff_id, before_id, by_fact, event, protected_until, valid_until, reason, late, withdrawn_at, told_as
       FROM binding_history WHERE workspace_no = $1 AND untold ORDER BY person_no, seq LIMIT ${atOnce}`,
      [workspaceNo],
    );
    if (rows.length === 0) return told;
    await deps.events.write(
      workspaceNo,
      rows.map((r) => ({
        messageId: `binding:${workspaceNo}:${r.key}${r.told_as}${r.withdrawn_at ? ':withdrawn' : ''}`,
        event: r.withdrawn_at ? 'Binding Withdrawn' : 'Binding Changed',
        timestamp: r.withdrawn_at ?? r.at,
        personNo: r.person_no,
        source: 'yutang',
        properties: properties(r),
      })),
    );
    boundary('binding.told');
    await deps.pg.query(
      `UPDATE binding_history h SET untold = false FROM unnest($2::bigint[], $3::text[], $4::boolean[]) AS c (no, k, w)
       WHERE h.workspace_no = $1 AND h.person_no = c.no AND h.key = c.k AND (h.withdrawn_at IS NOT NULL) = c.w`,
      [workspaceNo, rows.map((r) => r.person_no), rows.map((r) => r.key), rows.map((r) => r.withdrawn_at !== null)],
    );
    told += rows.length;
  }
}

function properties(r: Row): Record<string, unknown> {
  const given = {
    why: r.kind,
    from: r.before_id,
    to: r.staff_id,
    byEvent: r.event,
    by: r.by_fact,
    reason: r.reason,
    protectedUntil: r.protected_until?.toISOString() ?? null,
    validUntil: r.valid_until?.toISOString() ?? null,
    late: r.late || null,
    at: r.withdrawn_at ? r.at.toISOString() : null,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
}
