import { sqlString } from '../../base/index.ts';
import type { Slice, Split } from '../../events/index.ts';
import type { BindingDeps } from './ports.ts';
import { ORDER, readSetting, touchesOf } from './read-facts.ts';
import { tell } from './tell.ts';
import { workOut } from './work-out.ts';

/** Landed events: whoever was touched is worked out anew, and whoever ordered, as far as they have ever been bound. */
export async function consumeSlice(deps: BindingDeps, slice: Slice): Promise<void> {
  const { workspaceNo, people, names } = slice;
  const { versions } = await readSetting(deps.pg, workspaceNo);
  const touches = [...touchesOf(versions).keys()].filter((name) => names.has(name));
  const ordered = versions.length > 0 && names.has(ORDER);
  if (touches.length === 0 && !ordered) return;
  const concerned = [...touches, ...(ordered ? [ORDER] : [])].map(sqlString).join(', ');
  const rows = await deps.ch.query<{ p: number; touched: number }>(
    `SELECT person_no AS p, max(event IN (${touches.map(sqlString).join(', ') || "''"})) AS touched
     FROM ${deps.events.source(workspaceNo, people)} WHERE batch BETWEEN ${slice.fromBatch} AND ${slice.toBatch} AND type = 'track' AND event IN (${concerned})
     GROUP BY p ORDER BY p`,
  );
  const touched = rows.filter((r) => Number(r.touched) === 1).map((r) => r.p);
  const buyers = rows.filter((r) => Number(r.touched) !== 1).map((r) => r.p);
  const bound =
    buyers.length === 0
      ? []
      : await deps.pg.query<{ no: number }>(
          'SELECT DISTINCT person_no AS no FROM binding_history WHERE workspace_no = $1 AND person_no = ANY($2)',
          [workspaceNo, buyers],
        );
  await workOut(deps, workspaceNo, [...touched, ...bound.map((r) => r.no)]);
  await tell(deps, workspaceNo);
}

const ofPeople = ['binding_acts', 'binding_disputes', 'customer_transfers'];

/** Two people are one: what was decided about each was decided about the one, and their history is worked out from what both did. */
export async function followMerges(deps: BindingDeps, workspaceNo: number, moves: readonly { from: number; to: number }[]): Promise<void> {
  const params = [workspaceNo, moves.map((m) => m.from), moves.map((m) => m.to)];
  const pairs = 'unnest($2::bigint[], $3::bigint[]) AS m (from_no, to_no)';
  await deps.pg.tx(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock(7140, $1)', [workspaceNo]);
    for (const table of ofPeople)
      await tx.query(
        `UPDATE ${table} t SET person_no = m.to_no FROM ${pairs} WHERE t.workspace_no = $1 AND t.person_no = m.from_no`,
        params,
      );
    // What was told of the one who goes is told: it stays if it holds for both together, and is withdrawn if not.
    await tx.query(
      `INSERT INTO binding_history SELECT h.workspace_no, m.to_no, key, seq, at, kind, staff_id, before_id, by_fact, event, protected_until, valid_until, actor, reason,
         late, noted_at, withdrawn_at, told_as, untold
       FROM binding_history h JOIN ${pairs} ON h.person_no = m.from_no WHERE h.workspace_no = $1 ON CONFLICT DO NOTHING`,
      params,
    );
    for (const table of ['binding_history', 'bindings'])
      await tx.query(
        `DELETE FROM ${table} t USING (SELECT from_no FROM ${pairs}) g WHERE t.workspace_no = $1 AND t.person_no = g.from_no`,
        params,
      );
  });
  await workOut(deps, workspaceNo, [...new Set(moves.map((m) => m.to))]);
  await tell(deps, workspaceNo);
}

/**
 * One person is two: their histories are worked out from what each did. What was decided by hand goes to the new person if it was decided before the
 * merge about somebody who leaves, or was about an address of theirs; else it stays.
 */
export async function followSplit(deps: BindingDeps, workspaceNo: number, split: Split): Promise<void> {
  const { from, to, former, identities } = split;
  const addresses = identities.filter((i) => i.type === 'wecom_external_userid').map((i) => i.value.slice(i.value.indexOf(':') + 1));
  await deps.pg.tx(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock(7140, $1)', [workspaceNo]);
    for (const table of ofPeople) {
      const also = table === 'customer_transfers' ? ' OR external_userid = ANY($5)' : ' OR $5::text[] IS NULL';
      await tx.query(`UPDATE ${table} SET person_no = $3 WHERE workspace_no = $1 AND person_no = $2 AND (first_no = ANY($4)${also})`, [
        workspaceNo,
        from,
        to,
        former,
        addresses,
      ]);
    }
  });
  await workOut(deps, workspaceNo, [to], `:${split.id}`);
  // What is the new person's was never the other's: that it was told of both is no mistake to be taken back.
  await deps.pg.query(
    `UPDATE binding_history h SET untold = false, withdrawn_at = coalesce(withdrawn_at, $4)
     WHERE workspace_no = $1 AND person_no = $2 AND key IN (SELECT key FROM binding_history WHERE workspace_no = $1 AND person_no = $3)`,
    [workspaceNo, from, to, deps.clock.now()],
  );
  await workOut(deps, workspaceNo, [from], `:${split.id}`);
  await tell(deps, workspaceNo);
}

/** Bindings whose time has run out end. */
export async function expireDue(deps: BindingDeps): Promise<number> {
  const rows = await deps.pg.query<{ ws: number; no: number }>(
    'SELECT workspace_no AS ws, person_no AS no FROM bindings WHERE NOT paused AND valid_until <= $1 ORDER BY valid_until LIMIT 5000',
    [deps.clock.now()],
  );
  for (const [ws, list] of Map.groupBy(rows, (r) => r.ws)) {
    await workOut(
      deps,
      ws,
      list.map((r) => r.no),
    );
    await tell(deps, ws);
  }
  return rows.length;
}
