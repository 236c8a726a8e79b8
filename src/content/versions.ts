import type { Pg } from '../base/index.ts';
import type { ContentDoc } from './doc.ts';

export interface VersionView {
  version: number;
  item: ContentDoc;
  /** What differs from the version before. */
  changed: string[];
  at: string;
  by: string | null;
}

/** All that an item ever was, newest first. */
export async function versionsOf(pg: Pg, workspaceNo: number, id: string): Promise<VersionView[]> {
  const rows = await pg.query<Omit<VersionView, 'at'> & { at: Date }>(
    'SELECT version, item, changed, at, by FROM content_versions WHERE workspace_no = $1 AND item_id = $2 ORDER BY version DESC LIMIT 200',
    [workspaceNo, id],
  );
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
