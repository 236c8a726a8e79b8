import { notFound, type Pg } from '../base/index.ts';
import { personId } from './numbers.ts';
import { survivingPerson } from './read.ts';
import type { Identity } from './rules.ts';
import type { By } from './split.ts';

export interface HistoryEntry {
  kind: 'attached' | 'repointed' | 'merged' | 'split' | 'conflict' | 'quarantined';
  at: string;
  identities: { type: string; id: string }[];
  /** The other person: who was merged, split off, held the identity, or was it first attached to. */
  person: string | null;
  /** The message that caused it. */
  messageId: string | null;
  actor: By['actor'] | null;
  reason: string | null;
  /** Merged although a limit or a split stood against it. */
  forced: boolean;
}

interface Row extends Partial<Identity> {
  kind: HistoryEntry['kind'];
  at: Date;
  other: number | null;
  message_id: string | null;
  actor: By['actor'] | null;
  reason: string | null;
  forced: boolean | null;
  list: Identity[] | null;
}

const mostOfAKind = 500;

/** How a person came to hold what they hold: who, when, why, by which event. Newest first. */
export async function identityHistory(pg: Pg, workspaceNo: number, no: number): Promise<HistoryEntry[]> {
  const person = await survivingPerson(pg, workspaceNo, no);
  if (person === undefined) throw notFound('Person');
  const rows = await pg.query<Row>(
    `WITH mine AS (SELECT person_no FROM people WHERE workspace_no = $1 AND (person_no = $2 OR merged_into = $2)),
     shared AS (SELECT DISTINCT type, value FROM identity_pointers WHERE workspace_no = $1 AND person_no = $2)
     (SELECT 'attached' AS kind, first_seen_at AS at, nullif(born_no, $2) AS other, message_id, type, value, NULL::jsonb AS actor, NULL AS reason,
        NULL::boolean AS forced, NULL::jsonb AS list FROM identities WHERE workspace_no = $1 AND person_no = $2 ORDER BY at DESC LIMIT $3)
     UNION ALL (SELECT 'repointed', p.since, nullif(p.person_no, $2), p.message_id, type, value, NULL, NULL, NULL, NULL
        FROM identity_pointers p JOIN shared USING (type, value) WHERE p.workspace_no = $1 AND p.since > '1970-01-02' ORDER BY p.since DESC LIMIT $3)
     UNION ALL (SELECT 'merged', at, CASE WHEN to_no IN (SELECT person_no FROM mine) THEN from_no ELSE to_no END, message_id, by_type, by_value, actor, reason, forced, NULL
        FROM person_merges WHERE workspace_no = $1 AND to_no IN (SELECT person_no FROM mine) ORDER BY at DESC LIMIT $3)
     UNION ALL (SELECT 'split', at, CASE WHEN from_no IN (SELECT person_no FROM mine) THEN to_no ELSE from_no END, message_id, NULL, NULL, actor, reason, NULL, identities
        FROM person_splits WHERE workspace_no = $1 AND (from_no IN (SELECT person_no FROM mine) OR to_no IN (SELECT person_no FROM mine)) ORDER BY at DESC LIMIT $3)
     UNION ALL (SELECT 'conflict', last_at, CASE WHEN person_no IN (SELECT person_no FROM mine) THEN nullif(held_by, 0) ELSE person_no END, message_id, type, value, NULL, reason, NULL, NULL
        FROM identity_conflicts WHERE workspace_no = $1 AND (person_no IN (SELECT person_no FROM mine) OR held_by IN (SELECT person_no FROM mine)) ORDER BY last_at DESC LIMIT $3)
     UNION ALL (SELECT 'quarantined', at, NULL, message_id, type, value, NULL, reason, NULL, NULL
        FROM identity_quarantine q WHERE workspace_no = $1 AND EXISTS (SELECT 1 FROM identity_pointers p
          WHERE p.workspace_no = $1 AND p.person_no = $2 AND p.type = q.type AND p.value = q.value) ORDER BY at DESC LIMIT $3)
     ORDER BY at DESC`,
    [workspaceNo, person, mostOfAKind],
  );
  return rows.map((r) => ({
    kind: r.kind,
    at: r.at.toISOString(),
    identities: (r.list ?? (r.type ? [{ type: r.type, value: r.value! }] : [])).map((i) => ({ type: i.type, id: i.value })),
    person: r.other ? personId(r.other) : null,
    messageId: r.message_id,
    actor: r.actor,
    reason: r.reason,
    forced: r.forced ?? false,
  }));
}
