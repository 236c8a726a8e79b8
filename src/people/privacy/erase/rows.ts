import type { Pg } from '../../../base/index.ts';
import type { About } from './about.ts';

interface Column {
  table: string;
  column: string;
  type: string;
}

/** Columns in which a person's number stands, whatever the room. */
const numbered = ['person_no', 'from_no', 'to_no', 'a_no', 'b_no', 'held_by'];

/** What the brand made, and the record of erasures itself: never taken away because somebody's id stands in it. */
const kept = new Set([
  ...['erasures', 'sealings', 'vault_keys', 'workspaces', 'members', 'api_keys', 'channel_accounts', 'policies', 'identity_policies'],
  ...['definitions', 'definition_versions', 'definition_sets', 'audiences', 'journeys', 'journey_versions', 'content_items', 'products'],
  ...['imports', 'catalogue_entries', 'event_batches', 'personal_values'],
  ...['posters', 'poster_versions', 'personal_codes'],
  ...['coupons', 'coupon_terms', 'coupon_days', 'reward_accounts', 'reward_entries'],
]);

/** Found by number alone, and large. */
const byNumber = new Set([
  'people',
  'identities',
  'identity_pointers',
  'outbox',
  'journey_people',
  'journey_walks',
  'consents',
  'person_zones',
  'person_notes',
  'person_standing',
  'bindings',
  'binding_history',
  'personal_code_owners',
  'poster_batch_people',
]);

/** Lists in which others stand too: only the one is taken out. */
const shared: Column[] = [
  { table: 'wecom_mass_tasks', column: 'external_userids', type: 'text[]' },
  { table: 'wecom_mass_tasks', column: 'unreachable', type: 'text[]' },
];

/**
 * Takes a person out of every table of PostgreSQL: rows about their number, and rows in which an address of theirs stands. It asks the database which
 * tables there are, so that a room that keeps something new about people need not remember to say so here.
 * @returns rows removed, by table
 */
export async function removeRows(tx: Pg, about: About): Promise<Record<string, number>> {
  const { workspaceNo, numbers } = about;
  const columns = await tx.query<Column>(
    `SELECT c.relname AS "table", a.attname AS "column", format_type(a.atttypid, a.atttypmod) AS type
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE n.nspname = 'public' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
       AND EXISTS (SELECT 1 FROM pg_attribute w WHERE w.attrelid = c.oid AND w.attname = 'workspace_no' AND NOT w.attisdropped)
     ORDER BY 1, a.attnum`,
  );
  const removed: Record<string, number> = {};
  const note = (table: string, rows: number): void => {
    if (rows > 0) removed[table] = (removed[table] ?? 0) + rows;
  };
  const tables = [...Map.groupBy(columns, (c) => c.table)].filter(([table]) => !kept.has(table));
  // What follows from a pass through a journey names only the pass: it goes while the pass still says whose it is.
  for (const [table, list] of tables) {
    if (!list.some((c) => c.column === 'pass_no') || list.some((c) => c.column === 'person_no')) continue;
    const passes = 'pass_no IN (SELECT no FROM journey_people WHERE workspace_no = $1 AND person_no = ANY($2))';
    note(table, await remove(tx, table, passes, [workspaceNo, numbers]));
  }
  for (const [table, list] of tables) {
    const by = list.filter((c) => numbered.includes(c.column)).map((c) => `${quote(c.column)} = ANY($2)`);
    if (by.length > 0) note(table, await remove(tx, table, by.join(' OR '), [workspaceNo, numbers]));
  }
  if (about.needles.length > 0) await removeNamed(tx, about, tables, note);
  return removed;
}

/** Rows of other tables in which an address of the person stands: messages of a platform, findings with examples. */
async function removeNamed(
  tx: Pg,
  { workspaceNo, needles }: About,
  tables: [string, Column[]][],
  note: (table: string, rows: number) => void,
): Promise<void> {
  for (const { table, column } of shared) {
    // An address that is exactly one of the list.
    await tx.query(
      `UPDATE ${table} SET ${column} = (SELECT coalesce(array_agg(CASE WHEN split_part(one, ':', 2) = ANY($2) OR one = ANY($2) THEN '' ELSE one END ORDER BY i), '{}')
         FROM unnest(${column}) WITH ORDINALITY AS u (one, i))
       WHERE workspace_no = $1 AND EXISTS (SELECT 1 FROM unnest(${column}) AS one WHERE split_part(one, ':', 2) = ANY($2) OR one = ANY($2))`,
      [workspaceNo, needles],
    );
  }
  // Notes about others in which the person is named stay theirs, without that.
  for (const needle of needles)
    await tx.query("UPDATE person_notes SET text = replace(text, $2, '***') WHERE workspace_no = $1 AND strpos(text, $2) > 0", [
      workspaceNo,
      needle,
    ]);
  const patterns = needles.map((needle) => `%${needle.replace(/[\\%_]/g, '\\$&')}%`);
  for (const [table, list] of tables) {
    if (byNumber.has(table) || shared.some((s) => s.table === table)) continue;
    const texts = list.filter((c) => /^(text|jsonb|json|character varying.*|text\[\])$/.test(c.type)).map((c) => quote(c.column));
    if (texts.length === 0) continue;
    const holds = texts.map((column) => `${column}::text LIKE ANY($2)`).join(' OR ');
    if (table === 'audit_log')
      await tx.query(`UPDATE audit_log SET details = '{}' WHERE workspace_no = $1 AND details::text LIKE ANY($2)`, [workspaceNo, patterns]);
    else note(table, await remove(tx, table, holds, [workspaceNo, patterns]));
  }
}

/** Sealed values of the person, but for those that are also an identity or a trait of somebody else. */
export async function removeValues(tx: Pg, workspaceNo: number, tokens: readonly string[]): Promise<number> {
  if (tokens.length === 0) return 0;
  const [row] = await tx.query<{ n: number }>(
    `WITH asked AS (SELECT unnest($2::text[]) AS token),
       others AS (
         SELECT token FROM asked JOIN identities i ON i.workspace_no = $1 AND i.type IN ('phone', 'email') AND i.value = token
         UNION SELECT a.token FROM people p JOIN asked a ON strpos(p.traits::text, a.token) > 0
           WHERE p.workspace_no = $1 AND p.traits::text LIKE '%pii~%'),
       gone AS (DELETE FROM personal_values v USING asked a WHERE v.workspace_no = $1 AND v.token = a.token
         AND a.token NOT IN (SELECT token FROM others) RETURNING 1)
     SELECT count(*) AS n FROM gone`,
    [workspaceNo, [...tokens]],
  );
  return row!.n;
}

async function remove(tx: Pg, table: string, where: string, params: unknown[]): Promise<number> {
  const [row] = await tx.query<{ n: number }>(
    `WITH gone AS (DELETE FROM ${quote(table)} WHERE workspace_no = $1 AND (${where}) RETURNING 1) SELECT count(*) AS n FROM gone`,
    params,
  );
  return row!.n;
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
