import type { Pg } from '../base/index.ts';
import type { ConflictReason } from './policy.ts';
import { writeQuarantine } from './quarantine.ts';
import type { Identity, IdentityRules } from './rules.ts';

export interface Conflict {
  identity: Identity;
  heldBy: number | undefined;
  /** Whose message brought it. */
  person: number;
  reason: ConflictReason;
  messageId: string;
  atMs: number;
}

/**
 * Records what was set aside: once for an identity and the two people, with how often and when last. An identity that stands between too many
 * people goes into quarantine; returns whether one did.
 */
export async function writeConflicts(tx: Pg, workspaceNo: number, conflicts: readonly Conflict[], rules: IdentityRules): Promise<boolean> {
  if (conflicts.length === 0) return false;
  const groups = [...Map.groupBy(conflicts, (c) => `${c.identity.type}|${c.heldBy ?? 0}|${c.person}|${c.identity.value}`).values()];
  // In one order, so that two processes with the same conflicts do not wait for each other.
  groups.sort((a, b) => (a[0]!.identity.value < b[0]!.identity.value ? -1 : 1));
  const first = groups.map((g) => g[0]!);
  await tx.query(
    `INSERT INTO identity_conflicts (workspace_no, message_id, type, value, held_by, person_no, at, last_at, reason, times)
     SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::timestamptz[], $8::timestamptz[], $9::text[], $10::int[])
     ON CONFLICT (workspace_no, type, value, held_by, person_no) DO UPDATE SET
       times = identity_conflicts.times + EXCLUDED.times, last_at = greatest(identity_conflicts.last_at, EXCLUDED.last_at),
       at = least(identity_conflicts.at, EXCLUDED.at), message_id = EXCLUDED.message_id, reason = EXCLUDED.reason`,
    [
      workspaceNo,
      first.map((c) => c.messageId),
      first.map((c) => c.identity.type),
      first.map((c) => c.identity.value),
      first.map((c) => c.heldBy ?? 0),
      first.map((c) => c.person),
      groups.map((g) => new Date(Math.min(...g.map((c) => c.atMs)))),
      groups.map((g) => new Date(Math.max(...g.map((c) => c.atMs)))),
      first.map((c) => c.reason),
      groups.map((g) => g.length),
    ],
  );
  const { people, days } = rules.settings.quarantine;
  const crowded = await tx.query<{ type: string; value: string; n: number }>(
    `SELECT c.type, c.value, count(DISTINCT c.person_no) AS n FROM unnest($2::text[], $3::text[]) AS w (type, value)
     JOIN identity_conflicts c ON c.workspace_no = $1 AND c.type = w.type AND c.value = w.value
     WHERE c.last_at > $4 AND c.last_at > coalesce((SELECT max(q.released_at) FROM identity_quarantine q
       WHERE q.workspace_no = $1 AND q.type = c.type AND q.value = c.value), '-infinity')
     GROUP BY c.type, c.value HAVING count(DISTINCT c.person_no) > $5`,
    [
      workspaceNo,
      first.map((c) => c.identity.type),
      first.map((c) => c.identity.value),
      new Date(Math.max(...conflicts.map((c) => c.atMs)) - days * 86_400_000),
      people,
    ],
  );
  for (const { n, ...identity } of crowded) {
    const last = conflicts.findLast((c) => c.identity.type === identity.type && c.identity.value === identity.value)!;
    await writeQuarantine(tx, workspaceNo, {
      identity,
      person: undefined,
      people: n,
      reason: 'conflicts',
      messageId: last.messageId,
      at: new Date(last.atMs),
    });
  }
  return crowded.length > 0;
}
