import type { Clock, Migration, Pg } from '../../base/index.ts';
import { type KocSettings, kocSettings } from './schema.ts';

export const kocMigrations: Migration[] = [
  {
    room: 'koc',
    n: 1,
    name: 'how KOCs are scored and the path of ranks, each version kept',
    pg: `
CREATE TABLE koc_settings (
  workspace_no int NOT NULL, version int NOT NULL, settings jsonb NOT NULL, created_by text NOT NULL, created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_no, version));`,
  },
];

export interface KocStated {
  settings: KocSettings;
  /** 0: nothing was set yet. */
  version: number;
  updatedAt: string | null;
  updatedBy: string | null;
}

export async function readSettings(pg: Pg, workspaceNo: number): Promise<KocStated> {
  const [row] = await pg.query<{ version: number; settings: unknown; created_by: string; created_at: Date }>(
    'SELECT version, settings, created_by, created_at FROM koc_settings WHERE workspace_no = $1 ORDER BY version DESC LIMIT 1',
    [workspaceNo],
  );
  return {
    settings: kocSettings.parse(row?.settings ?? {}),
    version: row?.version ?? 0,
    updatedAt: row?.created_at.toISOString() ?? null,
    updatedBy: row?.created_by ?? null,
  };
}

export async function saveSettings(pg: Pg, clock: Clock, workspaceNo: number, actor: string, settings: KocSettings): Promise<KocStated> {
  await pg.query(
    `INSERT INTO koc_settings (workspace_no, version, settings, created_by, created_at)
     SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4 FROM koc_settings WHERE workspace_no = $1`,
    [workspaceNo, JSON.stringify(settings), actor, clock.now()],
  );
  return readSettings(pg, workspaceNo);
}

export async function workspacesWithRanks(pg: Pg): Promise<number[]> {
  const rows = await pg.query<{ workspace_no: number }>('SELECT DISTINCT workspace_no FROM koc_settings');
  return rows.map((r) => r.workspace_no);
}
