import type { Pg } from '../base/index.ts';
import type { Identity } from './rules.ts';

export interface Quarantined {
  identity: Identity;
  /** The person made for what carries this identity alone. */
  person: number | undefined;
  /** How many people it had met. */
  people: number;
  reason: 'repointed' | 'conflicts';
  messageId: string;
  at: Date;
}

export async function writeQuarantine(tx: Pg, workspaceNo: number, q: Quarantined): Promise<void> {
  await tx.query(
    `INSERT INTO identity_quarantine (workspace_no, type, value, person_no, people, reason, message_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT DO NOTHING`,
    [workspaceNo, q.identity.type, q.identity.value, q.person ?? null, q.people, q.reason, q.messageId, q.at],
  );
}
