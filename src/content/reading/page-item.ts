import type { Clock, Pg } from '../../base/index.ts';
import type { ContentDoc } from '../doc.ts';
import { pagedKinds } from '../kinds.ts';
import { docOf, type ItemRow, itemColumns } from '../rows.ts';
import { readSettings } from '../settings.ts';
import { approvedDocs } from '../templates.ts';

export interface PageItem {
  workspaceNo: number;
  id: string;
  key: string;
  doc: ContentDoc;
  at: Date;
}

/** What stands on a page: the item, as approved where only that is shown. `gone`: there was something, and it is shown no more. */
export async function pageItem(deps: { pg: Pg; clock: Clock }, key: string): Promise<PageItem | 'gone' | undefined> {
  if (!/^[0-9a-f]{32}$/.test(key)) return undefined;
  const [row] = await deps.pg.query<ItemRow & { workspace_no: number; deleted_at: Date | null }>(
    `SELECT workspace_no, deleted_at, ${itemColumns} FROM content_items WHERE page_key = $1`,
    [key],
  );
  if (!row || !pagedKinds.has(row.kind)) return undefined;
  if (row.deleted_at || (row.rights && Date.parse(row.rights.until) <= deps.clock.ms())) return 'gone';
  const { onlyApproved } = await readSettings(deps.pg, row.workspace_no);
  if (onlyApproved && row.approved_version === null) return undefined;
  const shown = onlyApproved ? (await approvedDocs(deps.pg, row.workspace_no, [row]))[0]! : row;
  return { workspaceNo: row.workspace_no, id: row.id, key, doc: docOf(shown), at: row.updated_at };
}
