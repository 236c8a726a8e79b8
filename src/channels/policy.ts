import type { Clock, Pg } from '../base/index.ts';
import type { QuietHours } from './quiet.ts';

export interface Policy {
  /** null: no quiet hours. */
  quietHours: QuietHours | null;
  /** At most so many messages to one person, over all channels, in so many days. */
  caps: { messages: number; days: number }[];
  /** true: only those who have agreed are sent to. false: all but those who have refused. */
  consentRequired: boolean;
  /** true: nothing leaves, everything waits. */
  paused: boolean;
  /** Staff are reminded of what waits for them after so many hours, and again after as many; null: only by hand. */
  remindAfterHours: number | null;
}

/** What holds until someone decides otherwise: nobody is woken, nobody is flooded. */
export const defaultPolicy: Policy = {
  quietHours: { from: '22:00', to: '08:00' },
  caps: [{ messages: 7, days: 7 }],
  consentRequired: false,
  paused: false,
  remindAfterHours: null,
};

interface Row {
  quiet_from: string | null;
  quiet_to: string | null;
  caps: Policy['caps'];
  consent_required: boolean;
  paused: boolean;
  remind_after_hours: number | null;
}

export async function readPolicy(pg: Pg, workspaceNo: number): Promise<Policy> {
  const [row] = await pg.query<Row>(
    'SELECT quiet_from, quiet_to, caps, consent_required, paused, remind_after_hours FROM policies WHERE workspace_no = $1',
    [workspaceNo],
  );
  if (!row) return defaultPolicy;
  return {
    quietHours: row.quiet_from !== null && row.quiet_to !== null ? { from: row.quiet_from, to: row.quiet_to } : null,
    caps: row.caps,
    consentRequired: row.consent_required,
    paused: row.paused,
    remindAfterHours: row.remind_after_hours,
  };
}

export async function writePolicy(pg: Pg, clock: Clock, workspaceNo: number, change: Partial<Policy>): Promise<Policy> {
  return pg.tx(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock(7120, $1)', [workspaceNo]);
    const policy = { ...(await readPolicy(tx, workspaceNo)), ...change };
    await tx.query(
      `INSERT INTO policies (workspace_no, quiet_from, quiet_to, caps, consent_required, paused, updated_at, remind_after_hours)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (workspace_no) DO UPDATE SET quiet_from = EXCLUDED.quiet_from, quiet_to = EXCLUDED.quiet_to, caps = EXCLUDED.caps,
         consent_required = EXCLUDED.consent_required, paused = EXCLUDED.paused, remind_after_hours = EXCLUDED.remind_after_hours,
         updated_at = EXCLUDED.updated_at`,
      [
        workspaceNo,
        policy.quietHours?.from ?? null,
        policy.quietHours?.to ?? null,
        JSON.stringify(policy.caps),
        policy.consentRequired,
        policy.paused,
        clock.now(),
        policy.remindAfterHours,
      ],
    );
    return policy;
  });
}
