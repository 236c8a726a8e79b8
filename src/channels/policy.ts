import { badInput, type Clock, type Pg } from '../base/index.ts';
import { defaultPurposes, keptPurposes, kindOf, type MessagePurpose } from './purposes.ts';
import type { QuietHours } from './quiet.ts';

/** At most so many messages to one person in so many days, counted over what it names. */
export interface Cap {
  messages: number;
  days: number;
  /** Only messages on this channel. */
  channel?: string | undefined;
  /** Only messages of this purpose; left out: all marketing. */
  purpose?: string | undefined;
}

export interface Policy {
  /** null: no quiet hours. In the person's own zone where it is known, else in the workspace's. */
  quietHours: QuietHours | null;
  /** Other hours on some channels; null: none there. */
  quietByChannel: Record<string, QuietHours | null>;
  caps: Cap[];
  /** Messages due within so many minutes of each other compete for what the caps leave: the higher priority goes. */
  competeMinutes: number;
  /** true: only those who have agreed are sent to. false: all but those who have refused. */
  consentRequired: boolean;
  /** What messages are for. */
  purposes: MessagePurpose[];
  /** Whose fatigue is above it gets no marketing; null: everybody does. */
  fatigueAbove: number | null;
  /** What reaches more people than this goes out only when another member has approved it; null: whoever may send decides alone. */
  approvalAbove: number | null;
  /** true: nothing leaves, everything waits. */
  paused: boolean;
  /** Who paused, when and why. */
  pausedBy: string | null;
  pausedAt: string | null;
  pausedWhy: string | null;
  /** Staff are reminded of what waits for them after so many hours, and again after as many; null: only by hand. */
  remindAfterHours: number | null;
}
export type PolicyChange = Partial<Omit<Policy, 'pausedBy' | 'pausedAt'>>;

/** What holds until someone decides otherwise: nobody is woken, nobody is flooded. */
export const defaultPolicy: Policy = {
  quietHours: { from: '22:00', to: '08:00' },
  quietByChannel: {},
  caps: [{ messages: 7, days: 7 }],
  competeMinutes: 60,
  consentRequired: false,
  purposes: defaultPurposes,
  fatigueAbove: null,
  approvalAbove: null,
  paused: false,
  pausedBy: null,
  pausedAt: null,
  pausedWhy: null,
  remindAfterHours: null,
};

interface Row {
  quiet_from: string | null;
  quiet_to: string | null;
  quiet_by_channel: Policy['quietByChannel'];
  caps: Policy['caps'];
  compete_minutes: number;
  consent_required: boolean;
  purposes: MessagePurpose[] | null;
  fatigue_above: number | null;
  approval_above: number | null;
  paused: boolean;
  paused_by: string | null;
  paused_at: Date | null;
  paused_why: string | null;
  remind_after_hours: number | null;
}

const columns = `quiet_from, quiet_to, quiet_by_channel, caps, compete_minutes, consent_required, purposes, fatigue_above, approval_above, paused,
  paused_by, paused_at, paused_why, remind_after_hours`;

export async function readPolicy(pg: Pg, workspaceNo: number): Promise<Policy> {
  const [row] = await pg.query<Row>(`SELECT ${columns} FROM policies WHERE workspace_no = $1`, [workspaceNo]);
  if (!row) return defaultPolicy;
  return {
    quietHours: row.quiet_from !== null && row.quiet_to !== null ? { from: row.quiet_from, to: row.quiet_to } : null,
    quietByChannel: row.quiet_by_channel,
    caps: row.caps,
    competeMinutes: row.compete_minutes,
    consentRequired: row.consent_required,
    purposes: row.purposes ?? defaultPurposes,
    fatigueAbove: row.fatigue_above,
    approvalAbove: row.approval_above,
    paused: row.paused,
    pausedBy: row.paused_by,
    pausedAt: row.paused_at?.toISOString() ?? null,
    pausedWhy: row.paused_why,
    remindAfterHours: row.remind_after_hours,
  };
}

/** `by`: who changes it; whoever pauses all sending is named until it goes on. */
export async function writePolicy(pg: Pg, clock: Clock, workspaceNo: number, change: PolicyChange, by = ''): Promise<Policy> {
  return pg.tx(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock(7120, $1)', [workspaceNo]);
    const before = await readPolicy(tx, workspaceNo);
    const policy: Policy = { ...before, ...change };
    if (change.purposes) policy.purposes = keptPurposes(before.purposes, change.purposes);
    const wrong = policy.caps.findIndex(({ purpose }) => purpose !== undefined && kindOf(policy.purposes, purpose) === 'transactional');
    if (wrong >= 0) throw badInput([{ field: `caps.${wrong}.purpose`, reason: 'is always sent; no cap stops it' }]);
    const begins = policy.paused && !before.paused;
    policy.pausedBy = !policy.paused ? null : begins ? by || null : before.pausedBy;
    policy.pausedAt = !policy.paused ? null : begins ? clock.now().toISOString() : before.pausedAt;
    policy.pausedWhy = policy.paused ? (change.pausedWhy ?? before.pausedWhy) : null;
    await tx.query(
      `INSERT INTO policies (workspace_no, ${columns}, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
       ON CONFLICT (workspace_no) DO UPDATE SET (${columns}, updated_at) = (SELECT ${columns.replace(/\w+/g, 'EXCLUDED.$&')}, EXCLUDED.updated_at)`,
      [
        workspaceNo,
        policy.quietHours?.from ?? null,
        policy.quietHours?.to ?? null,
        JSON.stringify(policy.quietByChannel),
        JSON.stringify(policy.caps),
        policy.competeMinutes,
        policy.consentRequired,
        change.purposes || before.purposes !== defaultPurposes ? JSON.stringify(policy.purposes) : null,
        policy.fatigueAbove,
        policy.approvalAbove,
        policy.paused,
        policy.pausedBy,
        policy.pausedAt,
        policy.pausedWhy,
        policy.remindAfterHours,
        clock.now(),
      ],
    );
    return policy;
  });
}
