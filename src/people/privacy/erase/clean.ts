import { type Ch, type Pg, sqlStrings } from '../../../base/index.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Deleted rows lie on in PostgreSQL's files until their pages are re-written, and in its log until that is removed. This returns once both are gone,
 * as far as the server is ours; of an outside server the operator's own rules decide (see docs/operations.md).
 */
export async function cleanPostgres(pg: Pg, tables: readonly string[], ours: boolean): Promise<void> {
  // A query that began before the deletion still sees the rows, and re-writing would keep them for it.
  const [mark] = await pg.query<{ xid: string }>('SELECT pg_current_xact_id()::text AS xid');
  for (let tries = 0; tries < 600; tries++) {
    const [row] = await pg.query<{ n: number }>(
      `SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
         AND (age(backend_xmin) >= age($1::xid8::xid) OR age(backend_xid) >= age($1::xid8::xid))`,
      [mark!.xid],
    );
    if (row?.n === 0) break;
    await pause(100);
  }
  if (!ours) {
    for (const table of tables) await pg.query(`VACUUM (ANALYZE) "${table}"`);
    return;
  }
  for (const table of tables) {
    await pg.query(`VACUUM FULL "${table}"`);
    // The planner's samples of a column are values too.
    await pg.query(`ANALYZE "${table}"`);
  }
  await pg.query('VACUUM FULL pg_statistic');
  // The log is full of what was written. A new file is begun, and everything before it removed: the server does not keep old files for reuse.
  await pg.query('SELECT pg_switch_wal()');
  await pg.query('CHECKPOINT');
  await pg.query('SELECT pg_switch_wal()');
  await pg.query('CHECKPOINT');
}

/**
 * Removes rows from ClickHouse so that their bytes are gone: parts that hold them are re-written without them, also those where they were only marked
 * as deleted before, and the old parts are removed. (They are kept for minutes otherwise, in case a re-written part never reached the disk: so here each
 * is made to reach it.)
 */
export async function cleanClickhouse(ch: Ch, removals: readonly { table: string; where: string }[]): Promise<void> {
  const byTable = Map.groupBy(removals, (r) => r.table);
  await withoutOldParts(ch, [...byTable.keys()], async () => {
    for (const [table, list] of byTable) {
      await ch.command(`ALTER TABLE ${table} DELETE WHERE ${list.map((r) => `(${r.where})`).join(' OR ')} SETTINGS mutations_sync = 2`);
      await ch.command(`ALTER TABLE ${table} APPLY DELETED MASK SETTINGS mutations_sync = 2`);
    }
  });
}

/** Does something to tables; returns once the parts that it, or something before, has put out of use are gone from the disk. */
export async function withoutOldParts(ch: Ch, tables: readonly string[], work: () => Promise<void> = async () => {}): Promise<void> {
  const each = async (change: string): Promise<void> => {
    for (const table of tables) await ch.command(`ALTER TABLE ${table} ${change}`);
  };
  await each('MODIFY SETTING old_parts_lifetime = 1, min_rows_to_fsync_after_merge = 1');
  try {
    await work();
    await oldPartsGone(ch, tables);
  } finally {
    await each('RESET SETTING old_parts_lifetime, min_rows_to_fsync_after_merge');
  }
}

async function oldPartsGone(ch: Ch, tables: readonly string[]): Promise<void> {
  // Parts that end for other reasons later are none of ours.
  const [mark] = await ch.query<{ at: string }>('SELECT toString(now() + 1) AS at');
  let left = tables;
  for (let tries = 0; tries < 1_500; tries++) {
    await pause(200);
    // There is no such partition. Being asked to drop one, the engine looks for old parts at once rather than in some minutes.
    for (const table of left) await ch.command(`ALTER TABLE ${table} DROP PARTITION ID 'none'`);
    const waiting = await ch.query<{ table: string }>(
      `SELECT DISTINCT table FROM system.parts
        WHERE database = currentDatabase() AND table IN (${sqlStrings(left)}) AND NOT active AND remove_time <= '${mark!.at}'`,
    );
    left = waiting.map((row) => row.table);
    if (left.length === 0) return;
  }
  throw new Error(`ClickHouse does not remove the old parts of ${left.join(', ')}; what waits for it goes on at the next start`);
}
