import type { Ch, Pg } from '../../../base/index.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

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
 * as deleted before, and the old parts are waited for.
 */
export async function cleanClickhouse(ch: Ch, removals: readonly { table: string; where: string }[]): Promise<void> {
  const tables = [...new Set(removals.map((r) => r.table))];
  for (const table of tables) {
    await ch.command(`ALTER TABLE ${table} MODIFY SETTING old_parts_lifetime = 1`);
    const where = removals.filter((r) => r.table === table).map((r) => `(${r.where})`);
    await ch.command(`ALTER TABLE ${table} DELETE WHERE ${where.join(' OR ')} SETTINGS mutations_sync = 2`);
    await ch.command(`ALTER TABLE ${table} APPLY DELETED MASK SETTINGS mutations_sync = 2`);
  }
  for (let tries = 0; ; tries++) {
    // Where nothing is written the engine looks for old parts only every few minutes; this makes it look now.
    for (const table of tables) await ch.command(`SYSTEM START MERGES ${table}`);
    const [row] = await ch.query<{ n: number }>(
      `SELECT count() AS n FROM system.parts WHERE database = currentDatabase() AND NOT active AND table IN (${tables.map((t) => `'${t}'`).join(', ')})`,
    );
    if (row?.n === 0) return;
    if (tries > 3_000) throw new Error('ClickHouse does not remove its old parts; the erasure goes on at the next start');
    await pause(200);
  }
}
