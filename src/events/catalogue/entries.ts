import type { Clock, Pg } from '../../base/index.ts';
import type { Declared, EntryInput } from './schema.ts';

export interface Entry extends Declared {
  kind: 'event' | 'property' | 'trait';
  type: string;
  event: string;
  name: string;
}

const columns = `kind, type, event, name, value_type AS "valueType", owner, meaning_zh, meaning_en, personal, expected, status`;
const view = ({ meaning_zh, meaning_en, ...row }: Entry & { meaning_zh: string | null; meaning_en: string | null }): Entry => ({
  ...row,
  meaning: { zh: meaning_zh, en: meaning_en },
});

export async function readEntries(pg: Pg, workspaceNo: number): Promise<Entry[]> {
  const rows = await pg.query<Entry & { meaning_zh: string | null; meaning_en: string | null }>(
    `SELECT ${columns} FROM catalogue_entries WHERE workspace_no = $1 ORDER BY kind, type, event, name`,
    [workspaceNo],
  );
  return rows.map(view);
}

export async function putEntry(deps: { pg: Pg; clock: Clock }, workspaceNo: number, e: EntryInput, by: string): Promise<Entry> {
  const [row] = await deps.pg.query<Entry & { meaning_zh: string | null; meaning_en: string | null }>(
    `INSERT INTO catalogue_entries (workspace_no, kind, type, event, name, value_type, owner, meaning_zh, meaning_en, personal, expected, status, updated_at, updated_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     ON CONFLICT (workspace_no, kind, type, event, name) DO UPDATE SET value_type = EXCLUDED.value_type, owner = EXCLUDED.owner,
       meaning_zh = EXCLUDED.meaning_zh, meaning_en = EXCLUDED.meaning_en, personal = EXCLUDED.personal, expected = EXCLUDED.expected,
       status = EXCLUDED.status, updated_at = EXCLUDED.updated_at, updated_by = EXCLUDED.updated_by RETURNING ${columns}`,
    [
      ...[workspaceNo, e.kind, e.type, e.event, e.name, e.valueType ?? null, e.owner ?? null, e.meaning?.zh ?? null, e.meaning?.en ?? null],
      ...[e.personal ?? null, e.expected ?? null, e.status, deps.clock.now(), by],
    ],
  );
  return view(row!);
}
