import type { Ch, Log, Pg } from '../base/index.ts';
import { Added, type Doings, doingsOf, fenColumn, landingSql } from './activity.ts';
import type { LandedSlice } from './landed.ts';

/** Opens a micro-batch: its number is stamped on its rows. Part of the transaction that writes its identities. */
export async function openBatch(tx: Pg, workspaces: readonly number[], rows: number, now: Date): Promise<number> {
  const [row] = await tx.query<{ id: number }>(
    "INSERT INTO event_batches (state, workspaces, rows, created_at) VALUES ('writing', $1, $2, $3) RETURNING id",
    [workspaces, rows, now],
  );
  return row!.id;
}

/**
 * Notes that a batch is in ClickHouse and, in the same transaction, adds what its people did: so each batch is counted once.
 * Does not wait for the disk: after a crash its rows there are the proof (see recoverBatches).
 */
export async function landBatch(pg: Pg, batch: number, added: Added): Promise<void> {
  // Statements sent as one text are one transaction.
  await pg.query(`SET LOCAL synchronous_commit = off; ${landingSql(batch, added)}`);
}

/** What the people of a batch did, from its rows: where this process did not write it, or ClickHouse did not take all of it. */
export async function addedBy(ch: Ch, batch: number): Promise<Added> {
  const added = new Added();
  const rows = await ch.query<Doings & { p: number; ws: number }>(
    doingsOf(`(SELECT *, ${fenColumn} FROM events WHERE batch = ${batch} AND moved_from = 0)`, 'workspace_no AS ws, person_no AS p'),
  );
  for (const { p, ws, ...doings } of rows) added.byPerson.set(p, { workspaceNo: ws, ...doings });
  return added;
}

/**
 * After a crash: a batch that was being written has landed if any of its rows is in ClickHouse, otherwise it never was.
 * Rows of it that are missing were not acknowledged; whoever sent them sends again, and messageId keeps the rest from counting twice.
 * @param before only batches opened before this instant (another process may be writing its own)
 */
export async function recoverBatches(pg: Pg, ch: Ch, before: Date): Promise<void> {
  const open = await pg.query<{ id: number }>("SELECT id FROM event_batches WHERE state = 'writing' AND created_at < $1", [before]);
  if (open.length === 0) return;
  const ids = open.map((o) => o.id);
  const found = await ch.query<{ batch: number }>(`SELECT DISTINCT batch FROM events WHERE batch IN (${ids.join(',')})`);
  for (const { batch } of found) await landBatch(pg, batch, await addedBy(ch, batch));
  await pg.query("UPDATE event_batches SET state = 'dropped' WHERE id = ANY($1) AND state = 'writing'", [ids]);
}

/** Settles one batch whose writing failed, as recoverBatches does for those of a dead process. True when it has landed. */
export async function settleBatch(pg: Pg, ch: Ch, batch: number): Promise<boolean> {
  const found = await ch.query<{ batch: number }>(`SELECT DISTINCT batch FROM events WHERE batch = ${batch}`);
  if (found.length > 0) await landBatch(pg, batch, await addedBy(ch, batch));
  else await pg.query("UPDATE event_batches SET state = 'dropped' WHERE id = $1 AND state = 'writing'", [batch]);
  return found.length > 0;
}

/** A batch that failed must not stand 'writing': consumers wait for it. Whether any of it is in ClickHouse decides what it was. */
export async function giveUp(
  deps: { pg: Pg; ch: Ch; log: Log; landed(batch: number, slice: LandedSlice): void },
  batch: number,
  slice: LandedSlice,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      if (await settleBatch(deps.pg, deps.ch, batch)) deps.landed(batch, slice);
      return;
    } catch (error) {
      deps.log.error({ err: error, batch, tries }, 'a failed batch could not be settled yet');
      await new Promise((resolve) => setTimeout(resolve, Math.min(10_000, 250 * 2 ** tries)).unref());
    }
  }
}

export interface LandedBatches {
  /** Landed batches after the cursor, in order, with none still being written between them. */
  ids: number[];
  /** Rows in them. */
  rows: number;
  /** How far the cursor may go. */
  through: number;
}

export async function landedAfter(pg: Pg, cursor: number, rowsMost: number): Promise<LandedBatches> {
  const rows = await pg.query<{ id: number; state: string; rows: number }>(
    'SELECT id, state, rows FROM event_batches WHERE id > $1 ORDER BY id LIMIT 300',
    [cursor],
  );
  const result: LandedBatches = { ids: [], rows: 0, through: cursor };
  for (const row of rows) {
    if (row.state === 'writing' || (result.ids.length > 0 && result.rows + row.rows > rowsMost)) break;
    result.through = row.id;
    if (row.state !== 'landed') continue;
    result.ids.push(row.id);
    result.rows += row.rows;
  }
  return result;
}

/** Forgets batches that every consumer has passed, but for the latest thousand. */
export async function pruneBatches(pg: Pg): Promise<void> {
  await pg.query('DELETE FROM event_batches WHERE id < (SELECT min(through) FROM event_consumers) - 1000');
}
