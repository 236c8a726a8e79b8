import type { BindingDeps } from './ports.ts';
import type { Entry } from './replay.ts';

export interface Present {
  staffId: string;
  since: string;
  protectedUntil: string;
  /** null: until somebody takes over. */
  validUntil: string | null;
  /** A dispute is open: nothing moves, and no time passes. */
  disputed: boolean;
}

/** A line of the history. */
export interface HistoryLine {
  at: string;
  kind: Entry['kind'];
  staff: string | null;
  before: string | null;
  /** The event or the act that did it. */
  by: string;
  event: string | null;
  protectedUntil: string | null;
  validUntil: string | null;
  actor: string | null;
  reason: string | null;
  /** Came in after something that happened later. */
  late: boolean;
  /** Was believed until a late event said otherwise. */
  withdrawnAt: string | null;
}

/** From PostgreSQL alone, by the key: the sidebar asks. */
export async function present(
  deps: Pick<BindingDeps, 'pg' | 'clock'>,
  workspaceNo: number,
  people: readonly number[],
): Promise<Map<number, Present>> {
  const rows = await deps.pg.query<{
    no: number;
    staff_id: string;
    since: Date;
    protected_until: Date;
    valid_until: Date | null;
    paused: boolean;
  }>(
    `SELECT person_no AS no, staff_id, since, protected_until, valid_until, paused FROM bindings
     WHERE workspace_no = $1 AND person_no = ANY($2) AND (paused OR valid_until IS NULL OR valid_until > $3)`,
    [workspaceNo, [...people], deps.clock.now()],
    'binding.present',
  );
  return new Map(
    rows.map((r) => [
      r.no,
      {
        staffId: r.staff_id,
        since: r.since.toISOString(),
        protectedUntil: r.protected_until.toISOString(),
        validUntil: r.valid_until?.toISOString() ?? null,
        disputed: r.paused,
      },
    ]),
  );
}

/** Now and the history, newest first. What runs out by time alone ends when it does, whether or not somebody has noted it yet. */
export async function bindingOf(deps: Pick<BindingDeps, 'pg' | 'clock'>, workspaceNo: number, personNo: number) {
  const [now, rows] = await Promise.all([
    present(deps, workspaceNo, [personNo]),
    deps.pg.query<{
      at: Date;
      kind: Entry['kind'];
      staff_id: string | null;
      before_id: string | null;
      by_fact: string;
      event: string | null;
      protected_until: Date | null;
      valid_until: Date | null;
      actor: string | null;
      reason: string | null;
      late: boolean;
      withdrawn_at: Date | null;
    }>(
      `SELECT at, kind, staff_id, before_id, by_fact, event, protected_until, valid_until, actor, reason, late, withdrawn_at
       FROM binding_history WHERE workspace_no = $1 AND person_no = $2 ORDER BY at DESC, seq DESC LIMIT 500`,
      [workspaceNo, personNo],
    ),
  ]);
  const history = rows.map(
    (r): HistoryLine => ({
      at: r.at.toISOString(),
      kind: r.kind,
      staff: r.staff_id,
      before: r.before_id,
      by: r.by_fact,
      event: r.event,
      protectedUntil: r.protected_until?.toISOString() ?? null,
      validUntil: r.valid_until?.toISOString() ?? null,
      actor: r.actor,
      reason: r.reason,
      late: r.late,
      withdrawnAt: r.withdrawn_at?.toISOString() ?? null,
    }),
  );
  return { now: now.get(personNo) ?? null, history };
}
