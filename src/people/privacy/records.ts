import type { Pg } from '../../base/index.ts';

/** What an export tells in parts of their own, in words made for readers. */
const told = new Set(['people', 'identities', 'outbox', 'erasures', 'exports', 'person_moves', 'split_moves']);
const inside = ['workspace_no', 'person_no'];

/** Every row of every table that is about a person, by table: consents, journeys, notes, what rooms to come keep. */
export async function recordsOf(pg: Pg, workspaceNo: number, personNo: number): Promise<Record<string, Record<string, unknown>[]>> {
  const tables = await pg.query<{ table: string }>(
    `SELECT table_name AS "table" FROM information_schema.columns WHERE table_schema = 'public' AND column_name IN ('workspace_no', 'person_no')
     GROUP BY table_name HAVING count(*) = 2 ORDER BY 1`,
  );
  const found: Record<string, Record<string, unknown>[]> = {};
  for (const { table } of tables) {
    if (told.has(table)) continue;
    const rows = await pg.query(`SELECT * FROM "${table}" WHERE workspace_no = $1 AND person_no = $2`, [workspaceNo, personNo]);
    if (rows.length > 0)
      found[table] = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !inside.includes(name))));
  }
  return found;
}
