import type { Clock, Pg } from '../../../base/index.ts';

/** The tree and the staff as a source lists them: a file, or WeCom. */
export interface Listing {
  source: 'file' | 'wecom';
  units: { id: string; parentId: string | null; name: string; kind: 'department' | 'store' | null; city: string | null }[];
  staff: { id: string; name: string; unitIds: string[]; position: string | null; active: boolean }[];
  /** Who came from this source before and is not in it now has left. */
  whole: boolean;
}

export interface TakenIn {
  units: { added: number; changed: number; gone: number };
  staff: { added: number; changed: number; left: number };
  /** Those who left and have customers without a successor. */
  orphans: string[];
}

/** Takes a listing in, all or nothing. `apply: false`: says what would come of it. What was set by hand of a unit (store, city) stays where the source says nothing. */
export async function takeIn(deps: { pg: Pg; clock: Clock }, workspaceNo: number, listing: Listing, apply: boolean): Promise<TakenIn> {
  const now = deps.clock.now();
  let answer: TakenIn | undefined;
  await deps.pg
    .tx(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock(7142, $1)', [workspaceNo]);
      const units = await takeUnits(tx, workspaceNo, listing);
      const staff = await takeStaff(tx, workspaceNo, listing, now);
      const orphans = await tx.query<{ id: string }>(
        `SELECT s.id FROM staff s WHERE s.workspace_no = $1 AND s.state = 'left' AND EXISTS (SELECT FROM bindings b WHERE b.workspace_no = $1 AND b.staff_id = s.id)
           AND NOT EXISTS (SELECT FROM staff_successions x WHERE x.workspace_no = $1 AND x.leaver_id = s.id AND x.until_at IS NULL) ORDER BY 1`,
        [workspaceNo],
      );
      answer = { units, staff, orphans: orphans.map((o) => o.id) };
      if (!apply) throw dryRun;
    })
    .catch((error: unknown) => {
      if (error !== dryRun) throw error;
    });
  return answer!;
}

const dryRun = new Error('only to see what would come of it');

async function takeUnits(tx: Pg, ws: number, { units, source, whole }: Listing): Promise<TakenIn['units']> {
  const rows = await tx.query<{ added: boolean }>(
    `INSERT INTO org_units AS o (workspace_no, id, parent_id, name, kind, city, place, source)
     SELECT $1, u.id, u."parentId", u.name, coalesce(u.kind, 'department'), u.city, u.place, $3
     FROM ROWS FROM (jsonb_to_recordset($2) AS (id text, "parentId" text, name text, kind text, city text)) WITH ORDINALITY AS u (id, "parentId", name, kind, city, place)
     ON CONFLICT (workspace_no, id) DO UPDATE SET parent_id = excluded.parent_id, name = excluded.name, place = excluded.place, gone = false, source = excluded.source,
       city = coalesce(excluded.city, o.city),
       kind = CASE WHEN $2::jsonb @> jsonb_build_array(jsonb_build_object('id', o.id, 'kind', NULL)) THEN o.kind ELSE excluded.kind END
     WHERE (o.parent_id, o.name, o.gone, o.source) IS DISTINCT FROM (excluded.parent_id, excluded.name, false, excluded.source)
       OR (excluded.city IS NOT NULL AND o.city IS DISTINCT FROM excluded.city) OR (excluded.kind = 'store' AND o.kind <> 'store')
     RETURNING (xmax = 0) AS added`,
    [ws, JSON.stringify(units), source],
  );
  const gone = whole
    ? await tx.query(
        'UPDATE org_units SET gone = true WHERE workspace_no = $1 AND source = $2 AND NOT gone AND id <> ALL($3) RETURNING 1',
        [...[ws, source, units.map((u) => u.id)]],
      )
    : [];
  const added = rows.filter((r) => r.added).length;
  return { added, changed: rows.length - added, gone: gone.length };
}

async function takeStaff(tx: Pg, ws: number, { staff, source, whole }: Listing, now: Date): Promise<TakenIn['staff']> {
  const rows = await tx.query<{ added: boolean; left: boolean }>(
    `INSERT INTO staff AS s (workspace_no, id, name, unit_ids, position, source, state, left_at, updated_at)
     SELECT $1, r.id, r.name, r."unitIds", r.position, $3, CASE WHEN r.active THEN 'active' ELSE 'left' END, CASE WHEN r.active THEN NULL ELSE $4::timestamptz END, $4
     FROM jsonb_to_recordset($2) AS r (id text, name text, "unitIds" text[], position text, active boolean)
     ON CONFLICT (workspace_no, id) DO UPDATE SET name = excluded.name, unit_ids = excluded.unit_ids, position = coalesce(excluded.position, s.position), source = excluded.source,
       state = excluded.state, left_at = CASE WHEN excluded.state = 'left' THEN coalesce(s.left_at, excluded.left_at) END, updated_at = excluded.updated_at
     WHERE (s.name, s.unit_ids, s.source, s.state) IS DISTINCT FROM (excluded.name, excluded.unit_ids, excluded.source, excluded.state)
       OR (excluded.position IS NOT NULL AND s.position IS DISTINCT FROM excluded.position)
     RETURNING (xmax = 0) AS added, state = 'left' AND left_at = $4 AS left`,
    [ws, JSON.stringify(staff), source, now],
  );
  const gone = whole
    ? await tx.query(
        "UPDATE staff SET state = 'left', left_at = $4, updated_at = $4 WHERE workspace_no = $1 AND source = $2 AND state = 'active' AND id <> ALL($3) RETURNING 1",
        [ws, source, staff.map((s) => s.id), now],
      )
    : [];
  const added = rows.filter((r) => r.added).length;
  return { added, changed: rows.length - added, left: rows.filter((r) => r.left).length + gone.length };
}
