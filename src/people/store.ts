import type { Pg } from '../base/index.ts';
import { cacheKey, type IdentityCache } from './cache.ts';
import { writeQuarantine } from './quarantine.ts';
import type { Identity } from './rules.ts';
import type { Changes } from './working.ts';

/**
 * Where the given identities point; those nobody holds stay unknown. Each is looked for by itself (what `OFFSET 0` is for): PostgreSQL would rather read
 * all identities once than thousands by their index, which costs more the more people there are.
 */
export async function loadPointers(pg: Pg, workspaceNo: number, identities: Map<string, Identity>, cache: IdentityCache): Promise<void> {
  const list = [...identities.values()];
  const rows = await pg.query<{ type: string; value: string; person_no: number; since: Date | null }>(
    `SELECT i.type, i.value, i.person_no, i.since FROM unnest($2::text[], $3::text[]) AS w(type, value)
     CROSS JOIN LATERAL (SELECT * FROM identities WHERE workspace_no = $1 AND type = w.type AND value = w.value OFFSET 0) i`,
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

/** All identities of the given people, who are of the workspace, into `held`. A shared weak identity counts for each who ever held it. */
export async function loadHeld(pg: Pg, workspaceNo: number, people: number[], held: Map<number, Identity[]>): Promise<void> {
  if (people.length === 0) return;
  for (const person of people) held.set(person, []);
  const rows = await pg.query<{ type: string; value: string; person_no: number }>(
    `SELECT i.type, i.value, i.person_no FROM unnest($2::bigint[]) AS w(no)
     CROSS JOIN LATERAL (SELECT * FROM identities WHERE person_no = w.no OFFSET 0) i WHERE i.workspace_no = $1
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

/**
 * Writes what a batch decided. A unique violation means that another process was first: the caller resolves again.
 * @returns whether traits are known of somebody who was merged away
 */
export async function writeChanges(tx: Pg, workspaceNo: number, changes: Decided): Promise<boolean> {
  const { created, attached, repointed, quarantined, survivor } = changes;
  const merges = changes.merges.map((merge) => ({ ...merge, at: at(merge.atMs) }));
  const toFold = await writePeople(tx, workspaceNo, { created, attached, merges }, survivor);
  if (repointed.length > 0) await writePointers(tx, workspaceNo, repointed, survivor);
  for (const q of quarantined)
    await writeQuarantine(tx, workspaceNo, { ...q, person: survivor(q.person), reason: 'repointed', at: at(q.atMs) });
  return toFold;
}

/** Weak identities that changed hands, each with its whole history: once, however often it did. */
async function writePointers(
  tx: Pg,
  workspaceNo: number,
  repointed: Decided['repointed'],
  survivor: (person: number) => number,
): Promise<void> {
  const last = new Map(repointed.map((r) => [`${r.identity.type}|${r.identity.value}`, r]));
  const causes = new Map(repointed.map((r) => [`${r.identity.type}|${r.identity.value}|${r.atMs}`, r.messageId]));
  const now = [...last.values()];
  await tx.query(
    `UPDATE identities i SET person_no = u.no, since = u.since FROM unnest($2::text[], $3::text[], $4::bigint[], $5::timestamptz[]) AS u(type, value, no, since)
     WHERE i.workspace_no = $1 AND i.type = u.type AND i.value = u.value`,
    [
      workspaceNo,
      now.map((r) => r.identity.type),
      now.map((r) => r.identity.value),
      now.map((r) => survivor(r.pointer.person.at(-1)!)),
      now.map((r) => at(r.pointer.since.at(-1)!)),
    ],
  );
  const steps = now.flatMap(({ identity: { type, value }, pointer }) =>
    pointer.since.map((since, i) => ({
      type,
      value,
      since,
      person: survivor(pointer.person[i]!),
      cause: causes.get(`${type}|${value}|${since}`),
    })),
  );
  await tx.query(
    `INSERT INTO identity_pointers (workspace_no, type, value, since, person_no, message_id)
     SELECT $1, * FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::bigint[], $6::text[])
     ON CONFLICT (workspace_no, type, value, since)
     DO UPDATE SET person_no = EXCLUDED.person_no, message_id = coalesce(EXCLUDED.message_id, identity_pointers.message_id)`,
    [
      workspaceNo,
      steps.map((s) => s.type),
      steps.map((s) => s.value),
      steps.map((s) => at(s.since)),
      steps.map((s) => s.person),
      steps.map((s) => s.cause ?? null),
    ],
  );
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
 * Merges in their order.
 * @param survivor whom a number stands for after all of them
 * @returns whether traits are known of somebody who was merged away
 */
export const writeMerges = (
  tx: Pg,
  workspaceNo: number,
  merges: readonly Merge[],
  survivor: (person: number) => number,
): Promise<boolean> => writePeople(tx, workspaceNo, { created: [], attached: [], merges }, survivor);

/**
 * New people, new identities and merges in one statement, however many they are: events wait for each trip to PostgreSQL.
 * Its parts see what was there before it, so none touches what another makes: who is made and merged at once is written as merged.
 */
async function writePeople(
  tx: Pg,
  workspaceNo: number,
  { created, attached, merges }: Pick<Decided, 'created' | 'attached'> & { merges: readonly Merge[] },
  survivor: (person: number) => number,
): Promise<boolean> {
  const params: unknown[] = [workspaceNo];
  const given = (type: string, list: unknown[]): string => `$${params.push(list)}::${type}[]`;
  const parts: string[] = [];
  const born = new Map(created.map((c) => [c.person, c.atMs]));
  const madeAt = (person: number): Date | null => (born.has(person) ? at(born.get(person)!) : null);
  if (merges.length > 0) {
    const from = merges.map((m) => m.from);
    const moved = [
      given('bigint', from),
      given(
        'bigint',
        merges.map((m) => survivor(m.to)),
      ),
      given('timestamptz', from.map(madeAt)),
    ];
    const rows = merges.map((one, n) => ({ ...one, n, by_type: one.by?.type, by_value: one.by?.value, forced: one.forced ?? false }));
    params.push(JSON.stringify(rows));
    parts.push(
      `m AS MATERIALIZED (SELECT * FROM unnest(${moved}) AS m(gone, stays, made_at))`,
      'elder AS MATERIALIZED (SELECT m.stays, min(coalesce(m.made_at, p.created_at)) AS at FROM m LEFT JOIN people p ON p.person_no = m.gone GROUP BY m.stays)',
      'held AS (UPDATE identities i SET person_no = m.stays FROM m WHERE i.person_no = m.gone)',
      'shared AS (UPDATE identity_pointers p SET person_no = m.stays FROM m WHERE p.person_no = m.gone)',
      'earlier AS (UPDATE people p SET merged_into = m.stays FROM m WHERE p.merged_into = m.gone)',
      "gone AS (UPDATE people p SET merged_into = m.stays FROM m WHERE p.person_no = m.gone RETURNING p.traits <> '{}' AS told)",
      'stay AS (UPDATE people p SET created_at = e.at FROM elder e WHERE p.person_no = e.stays AND p.created_at > e.at)',
      `noted AS (INSERT INTO person_merges (workspace_no, from_no, to_no, message_id, at, by_type, by_value, actor, reason, forced)
         SELECT $1, r."from", r."to", r."messageId", r.at, r.by_type, r.by_value, r.actor, r.reason, r.forced
         FROM jsonb_to_recordset($${params.length}::jsonb) AS r(n int, "from" bigint, "to" bigint, "messageId" text, at timestamptz, by_type text, by_value text,
           actor jsonb, reason text, forced boolean) ORDER BY r.n)`,
    );
  }
  if (created.length > 0) {
    const made = `unnest(${given('bigint', [...born.keys()])}, ${given('timestamptz', [...born.values()].map(at))}) AS c(no, at)`;
    parts.push(
      merges.length === 0
        ? `made AS (INSERT INTO people (workspace_no, person_no, created_at) SELECT $1, c.no, c.at FROM ${made})`
        : `made AS (INSERT INTO people (workspace_no, person_no, created_at, merged_into) SELECT $1, c.no, least(c.at, e.at), m.stays
             FROM ${made} LEFT JOIN elder e ON e.stays = c.no LEFT JOIN m ON m.gone = c.no)`,
    );
  }
  if (attached.length > 0) {
    const columns = [
      given(
        'text',
        attached.map((a) => a.identity.type),
      ),
      given(
        'text',
        attached.map((a) => a.identity.value),
      ),
      given(
        'bigint',
        attached.map((a) => survivor(a.person)),
      ),
      given(
        'timestamptz',
        attached.map((a) => at(a.atMs)),
      ),
      given(
        'bigint',
        attached.map((a) => a.person),
      ),
      given(
        'text',
        attached.map((a) => a.messageId),
      ),
    ];
    parts.push(
      `attached AS (INSERT INTO identities (workspace_no, type, value, person_no, first_seen_at, born_no, message_id) SELECT $1, * FROM unnest(${columns}))`,
    );
  }
  if (parts.length === 0) return false;
  const told = merges.length > 0 ? '(SELECT coalesce(bool_or(told), false) FROM gone)' : 'false';
  const [row] = await tx.query<{ told: boolean }>(`WITH ${parts.join(',\n')} SELECT ${told} AS told`, params);
  return row!.told;
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
