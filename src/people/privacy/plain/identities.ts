import { boundary, type Clock, type Log, type Pg } from '../../../base/index.ts';
import { personalTypes } from '../conceal.ts';
import { alone } from '../erase/alone.ts';
import type { Privacy } from '../privacy.ts';

interface Table {
  name: string;
  /** SQL: whether a sealed row `s` says already what the plain row `p` of the same value says. */
  same: string;
}

const tables: Table[] = [
  { name: 'identities', same: 'true' },
  { name: 'identity_pointers', same: 's.since = p.since' },
  { name: 'identity_conflicts', same: 's.held_by = p.held_by AND s.person_no = p.person_no' },
  { name: 'identity_quarantine', same: 's.released_at IS NULL AND p.released_at IS NULL' },
];
const types = [...personalTypes];
const atOnce = 2_000;
const plain = (column: string) => `${column} NOT LIKE 'pii~%'`;

/**
 * Seals phones and e-mails among identities that stand there from before values were sealed. It must be done before the first event is taken in: one who
 * is known by a phone in clear would not be known again by its token. Cut short it goes on at the next start; once done, nobody writes others.
 */
export async function sealIdentities(deps: { pg: Pg; clock: Clock; log: Log; privacy: Privacy }): Promise<void> {
  const { pg, clock, log, privacy } = deps;
  // All workspaces together, under the number of none.
  const isDone = async () => (await pg.query('SELECT 1 FROM sealings WHERE workspace_no = 0')).length > 0;
  if (await isDone()) return;
  await alone(pg, async () => {
    if (await isDone()) return;
    let sealed = 0;
    for (const table of tables) sealed += await sealTable(pg, privacy, table);
    sealed += (await sealMerges(pg, privacy)) + (await sealSplits(pg, privacy));
    await pg.query(
      "INSERT INTO sealings (workspace_no, names, steps, sealed, begun_at, done_at) VALUES (0, '', '{}', $1, $2, $2) ON CONFLICT DO NOTHING",
      [sealed, clock.now()],
    );
    if (sealed > 0) log.info({ identities: sealed }, 'phones and e-mails that stood in clear are sealed');
  });
}

async function sealTable(pg: Pg, privacy: Privacy, table: Table): Promise<number> {
  for (let sealed = 0; ; ) {
    const rows = await pg.query<{ ws: number; type: string; value: string }>(
      `SELECT DISTINCT workspace_no AS ws, type, value FROM ${table.name} WHERE type = ANY($1) AND ${plain('value')} LIMIT ${atOnce}`,
      [types],
    );
    if (rows.length === 0) return sealed;
    for (const [ws, list] of Map.groupBy(rows, (r) => r.ws)) await sealRows(pg, privacy, table, ws, list);
    sealed += rows.length;
    boundary('privacy.sealed.identities');
  }
}

async function sealRows(pg: Pg, privacy: Privacy, { name, same }: Table, ws: number, list: { type: string; value: string }[]) {
  const values = list.map((l) => l.value);
  const tokens = await privacy.seal(ws, values);
  const params = [ws, list.map((l) => l.type), values, tokens];
  const known = 'known AS (SELECT * FROM unnest($2::text[], $3::text[], $4::text[]) AS k (type, value, token))';
  const twins = `known k, ${name} s WHERE p.workspace_no = $1 AND p.type = k.type AND p.value = k.value
    AND s.workspace_no = $1 AND s.type = k.type AND s.value = k.token AND ${same}`;
  await pg.tx(async (tx) => {
    // Whoever came by the same value since is somebody else so far: staff are shown the two, and may make them one.
    if (name === 'identities')
      await tx.query(
        `WITH ${known} INSERT INTO identity_conflicts (workspace_no, message_id, type, value, held_by, person_no, at, last_at)
         SELECT $1, 'sealed', k.type, k.token, s.person_no, p.person_no, p.first_seen_at, p.first_seen_at FROM identities p, ${twins}
           AND s.person_no <> p.person_no ON CONFLICT DO NOTHING`,
        params,
      );
    await tx.query(`WITH ${known} DELETE FROM ${name} p USING ${twins}`, params);
    await tx.query(
      `WITH ${known} UPDATE ${name} p SET value = k.token FROM known k WHERE p.workspace_no = $1 AND p.type = k.type AND p.value = k.value`,
      params,
    );
  });
}

/** Which identity brought a merge about. */
async function sealMerges(pg: Pg, privacy: Privacy): Promise<number> {
  let sealed = 0;
  for (;;) {
    const rows = await pg.query<{ id: number; ws: number; value: string }>(
      `SELECT id, workspace_no AS ws, by_value AS value FROM person_merges WHERE by_type = ANY($1) AND ${plain('by_value')} LIMIT ${atOnce}`,
      [types],
    );
    if (rows.length === 0) return sealed;
    for (const [ws, list] of Map.groupBy(rows, (r) => r.ws)) {
      const tokens = await privacy.seal(
        ws,
        list.map((l) => l.value),
      );
      await pg.query(
        'UPDATE person_merges m SET by_value = n.token FROM unnest($1::bigint[], $2::text[]) AS n (id, token) WHERE m.id = n.id',
        [list.map((l) => l.id), tokens],
      );
    }
    sealed += rows.length;
  }
}

/** Which identities left by a split. There are few. */
async function sealSplits(pg: Pg, privacy: Privacy): Promise<number> {
  const rows = await pg.query<{ id: number; ws: number; identities: { type: string; value: string }[] }>(
    'SELECT id, workspace_no AS ws, identities FROM person_splits',
  );
  let sealed = 0;
  for (const { id, ws, identities } of rows) {
    const hidden = await Promise.all(
      identities.map(async (one) =>
        personalTypes.has(one.type) && !one.value.startsWith('pii~') ? { ...one, value: (await privacy.seal(ws, [one.value]))[0]! } : one,
      ),
    );
    if (hidden.every((one, i) => one === identities[i])) continue;
    await pg.query('UPDATE person_splits SET identities = $2 WHERE id = $1', [id, JSON.stringify(hidden)]);
    sealed += 1;
  }
  return sealed;
}

/** Each phone and e-mail that is known of a workspace, in clear and as it is kept. */
export async function sealedIdentities(
  pg: Pg,
  privacy: Privacy,
  workspaceNo: number,
): Promise<{ type: string; value: string; token: string }[]> {
  const rows = await pg.query<{ type: string; token: string }>(
    `SELECT type, value AS token FROM identities WHERE workspace_no = $1 AND type = ANY($2)
     UNION SELECT type, value FROM identity_pointers WHERE workspace_no = $1 AND type = ANY($2)`,
    [workspaceNo, types],
  );
  const values = await privacy.vault.open(
    workspaceNo,
    rows.map((r) => r.token),
  );
  return rows.flatMap(({ type, token }) => (values.has(token) ? [{ type, token, value: String(values.get(token)) }] : []));
}
