import type { Pg } from '../base/index.ts';
import { cacheKey, type IdentityCache } from './cache.ts';
import { writeQuarantine } from './quarantine.ts';
import type { Identity } from './rules.ts';
import type { Changes } from './working.ts';

/** Where the given identities point; those nobody holds stay unknown. */
export async function loadPointers(pg: Pg, workspaceNo: number, identities: Map<string, Identity>, cache: IdentityCache): Promise<void> {
  const list = [...identities.values()];
  const rows = await pg.query<{ type: string; value: string; person_no: number; since: Date | null }>(
    `SELECT i.type, i.value, i.person_no, i.since FROM unnest($2::text[], $3::text[]) AS w(type, value)
     JOIN identities i ON i.workspace_no = $1 AND i.type = w.type AND i.value = w.value`,
    [workspaceNo, list.map((i) => i.type), list.map((i) => i.value)],
  );
  for (const row of rows.filter((r) => r.since === null)) cache.set(cacheKey(workspaceNo, row), row.person_no);
  const shared = rows.filter((r) => r.since !== null);
  if (shared.length === 0) return;
  const history = await pg.query<{ type: string; value: string; person_no: number; since: Date }>(
    `SELECT p.type, p.value, p.person_no, p.since FROM unnest($2::text[], $3::text[]) AS w(type, value)
     JOIN identity_pointers p ON p.workspace_no = $1 AND p.type = w.type AND p.value = w.value ORDER BY p.since`,
    [workspaceNo, shared.map((i) => i.type), shared.map((i) => i.value)],
  );
  for (const identity of shared) {
    const steps = history.filter((h) => h.type === identity.type && h.value === identity.value);
    cache.set(cacheKey(workspaceNo, identity), { since: steps.map((s) => s.since.getTime()), person: steps.map((s) => s.person_no) });
  }
}

/** All identities of the given people, into `held`. A shared weak identity counts for each who ever held it. */
export async function loadHeld(pg: Pg, workspaceNo: number, people: number[], held: Map<number, Identity[]>): Promise<void> {
  if (people.length === 0) return;
  for (const person of people) held.set(person, []);
  const rows = await pg.query<{ type: string; value: string; person_no: number }>(
    `SELECT type, value, person_no FROM identities WHERE person_no = ANY($2) AND workspace_no = $1
     UNION SELECT type, value, person_no FROM identity_pointers WHERE person_no = ANY($2) AND workspace_no = $1`,
    [workspaceNo, people],
  );
  for (const { type, value, person_no } of rows) held.get(person_no)?.push({ type, value });
}

interface Cause {
  messageId: string;
  atMs: number;
}

interface Decided {
  created: Changes['created'];
  attached: (Changes['attached'][number] & Cause)[];
  repointed: (Changes['repointed'][number] & Cause)[];
  merges: (Changes['merges'][number] & Cause)[];
  quarantined: (Changes['quarantined'][number] & Cause)[];
  survivor(person: number): number;
}

const at = (ms: number) => new Date(ms);

/** Writes what a batch decided. A unique violation means that another process was first: the caller resolves again. */
export async function writeChanges(tx: Pg, workspaceNo: number, changes: Decided): Promise<void> {
  if (changes.created.length > 0) {
    await tx.query('INSERT INTO people (workspace_no, person_no, created_at) SELECT $1, * FROM unnest($2::bigint[], $3::timestamptz[])', [
      workspaceNo,
      changes.created.map((c) => c.person),
      changes.created.map((c) => at(c.atMs)),
    ]);
  }
  if (changes.attached.length > 0) {
    await tx.query(
      `INSERT INTO identities (workspace_no, type, value, person_no, first_seen_at, born_no, message_id)
       SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::bigint[], $7::text[])`,
      [
        workspaceNo,
        changes.attached.map((a) => a.identity.type),
        changes.attached.map((a) => a.identity.value),
        changes.attached.map((a) => changes.survivor(a.person)),
        changes.attached.map((a) => at(a.atMs)),
        changes.attached.map((a) => a.person),
        changes.attached.map((a) => a.messageId),
      ],
    );
  }
  const merges = changes.merges.map((merge) => ({ ...merge, at: at(merge.atMs) }));
  await writeMerges(tx, workspaceNo, merges, changes.survivor);
  for (const { identity, pointer, messageId, atMs } of changes.repointed) {
    const people = pointer.person.map((p) => changes.survivor(p));
    await tx.query('UPDATE identities SET person_no = $4, since = $5 WHERE workspace_no = $1 AND type = $2 AND value = $3', [
      workspaceNo,
      identity.type,
      identity.value,
      people.at(-1),
      at(pointer.since.at(-1)!),
    ]);
    await tx.query(
      `INSERT INTO identity_pointers (workspace_no, type, value, since, person_no, message_id)
       SELECT $1, $2, $3, * FROM unnest($4::timestamptz[], $5::bigint[], $6::text[])
       ON CONFLICT (workspace_no, type, value, since)
       DO UPDATE SET person_no = EXCLUDED.person_no, message_id = coalesce(EXCLUDED.message_id, identity_pointers.message_id)`,
      [
        workspaceNo,
        identity.type,
        identity.value,
        pointer.since.map(at),
        people,
        pointer.since.map((s) => (s === atMs ? messageId : null)),
      ],
    );
  }
  for (const q of changes.quarantined)
    await writeQuarantine(tx, workspaceNo, { ...q, person: changes.survivor(q.person), reason: 'repointed', at: at(q.atMs) });
}

interface Merge {
  from: number;
  to: number;
  messageId: string;
  at: Date;
  by?: Identity | undefined;
  actor?: object;
  reason?: string | undefined;
  forced?: boolean;
}

/**
 * Merges of one batch, in their order, in a few statements however many they are.
 * @param survivor whom a number stands for after all of them
 */
export async function writeMerges(
  tx: Pg,
  workspaceNo: number,
  merges: readonly Merge[],
  survivor: (person: number) => number,
): Promise<void> {
  if (merges.length === 0) return;
  const moved = [merges.map((m) => m.from), merges.map((m) => survivor(m.to))];
  const m = 'unnest($1::bigint[], $2::bigint[]) AS m(gone, stays)';
  await tx.query(`UPDATE identities i SET person_no = m.stays FROM ${m} WHERE i.person_no = m.gone`, moved);
  await tx.query(`UPDATE identity_pointers p SET person_no = m.stays FROM ${m} WHERE p.person_no = m.gone`, moved);
  await tx.query(`UPDATE people p SET merged_into = m.stays FROM ${m} WHERE p.merged_into = m.gone`, moved);
  await tx.query(`UPDATE people p SET merged_into = m.stays FROM ${m} WHERE p.person_no = m.gone`, moved);
  await tx.query(
    `UPDATE people k SET created_at = least(k.created_at, g.at) FROM (
       SELECT m.stays, min(p.created_at) AS at FROM ${m} JOIN people p ON p.person_no = m.gone GROUP BY m.stays
     ) g WHERE k.person_no = g.stays`,
    moved,
  );
  const rows = merges.map((one, n) => ({ ...one, n, by_type: one.by?.type, by_value: one.by?.value, forced: one.forced ?? false }));
  await tx.query(
    `INSERT INTO person_merges (workspace_no, from_no, to_no, message_id, at, by_type, by_value, actor, reason, forced)
     SELECT $1, r."from", r."to", r."messageId", r.at, r.by_type, r.by_value, r.actor, r.reason, r.forced
     FROM jsonb_to_recordset($2::jsonb) AS r(n int, "from" bigint, "to" bigint, "messageId" text, at timestamptz, by_type text, by_value text,
       actor jsonb, reason text, forced boolean) ORDER BY r.n`,
    [workspaceNo, JSON.stringify(rows)],
  );
}

/** Those who are kept apart from one of two people who became one are apart from the one who stays. */
export async function apartAfterMerges(tx: Pg, workspaceNo: number, merges: readonly { from: number; to: number }[]): Promise<void> {
  for (const { from, to } of merges) {
    await tx.query(
      `WITH gone AS (DELETE FROM people_apart WHERE workspace_no = $1 AND $2 IN (a_no, b_no) RETURNING CASE a_no WHEN $2 THEN b_no ELSE a_no END AS other, at)
       INSERT INTO people_apart (workspace_no, a_no, b_no, at) SELECT $1, least(other, $3::bigint), greatest(other, $3::bigint), at FROM gone WHERE other <> $3
       ON CONFLICT DO NOTHING`,
      [workspaceNo, from, to],
    );
  }
}
