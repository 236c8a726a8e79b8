import type { Migration, Pg } from '../base/index.ts';

export const migrations: Migration[] = [
  {
    room: 'demo',
    n: 1,
    name: 'the demo shop',
    pg: `CREATE TABLE demo_shop (
      workspace_no int PRIMARY KEY, steps jsonb NOT NULL DEFAULT '{}', loaded_at timestamptz, created_at timestamptz NOT NULL);`,
  },
];

/** What has been done, by step: each is done once, and remembered with what it made. */
export type Steps = Record<string, unknown>;

/** Whether this installation is the demo, or may become it: nobody and nothing has come in yet. */
export async function isDemo(pg: Pg): Promise<boolean> {
  const [row] = await pg.query<{ begun: boolean; empty: boolean }>(
    `SELECT EXISTS (SELECT FROM demo_shop) AS begun,
       NOT EXISTS (SELECT FROM people) AND NOT EXISTS (SELECT FROM imports) AND (SELECT count(*) FROM workspaces) <= 1 AS empty`,
  );
  return row!.begun || row!.empty;
}

export async function openState(pg: Pg, workspaceNo: number, now: Date): Promise<{ steps: Steps; loadedAt: Date | null }> {
  await pg.query('INSERT INTO demo_shop (workspace_no, created_at) VALUES ($1, $2) ON CONFLICT DO NOTHING', [workspaceNo, now]);
  const [row] = await pg.query<{ steps: Steps; loaded_at: Date | null }>('SELECT steps, loaded_at FROM demo_shop WHERE workspace_no = $1', [
    workspaceNo,
  ]);
  return { steps: row!.steps, loadedAt: row!.loaded_at };
}

export async function keepStep(pg: Pg, workspaceNo: number, name: string, made: unknown): Promise<void> {
  await pg.query('UPDATE demo_shop SET steps = steps || jsonb_build_object($2::text, $3::jsonb) WHERE workspace_no = $1', [
    workspaceNo,
    name,
    JSON.stringify(made ?? true),
  ]);
}

export async function markLoaded(pg: Pg, workspaceNo: number, now: Date): Promise<void> {
  await pg.query('UPDATE demo_shop SET loaded_at = $2 WHERE workspace_no = $1', [workspaceNo, now]);
}
