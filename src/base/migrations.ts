import type { Ch } from './clickhouse/index.ts';
import type { Pg } from './postgres/index.ts';

/** One numbered step of a room's tables. Numbers start at 1 in each room and have no gaps. */
export interface Migration {
  room: string;
  n: number;
  name: string;
  /** PostgreSQL statements; run in one transaction with the record of the step. */
  pg?: string;
  /** ClickHouse statements, each written so that a repeat changes nothing (IF NOT EXISTS …): ClickHouse has no transactions. */
  ch?: string[];
}

/**
 * Brings both databases to this program's version, room after room in the order given.
 * Throws when a database has a step that this program does not know: then the program is older than the data.
 */
export async function migrate(pg: Pg, ch: Ch, migrations: readonly Migration[]): Promise<number> {
  await pg.query(`CREATE TABLE IF NOT EXISTS schema_migrations (
    room text NOT NULL, n int NOT NULL, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (room, n))`);
  return pg.tx(async (outer) => {
    await outer.query('SELECT pg_advisory_xact_lock(7100)');
    const done = await outer.query<{ room: string; n: number; name: string }>('SELECT room, n, name FROM schema_migrations');
    refuseNewer(done, migrations);
    const applied = new Set(done.map((d) => `${d.room}:${d.n}`));
    let count = 0;
    for (const step of migrations) {
      if (applied.has(`${step.room}:${step.n}`)) continue;
      for (const statement of step.ch ?? []) await ch.command(statement);
      // A transaction of its own: a later step that fails does not undo this one.
      await pg.tx(async (tx) => {
        if (step.pg) await tx.query(step.pg);
        await tx.query('INSERT INTO schema_migrations (room, n, name) VALUES ($1, $2, $3)', [step.room, step.n, step.name]);
      });
      count += 1;
    }
    return count;
  });
}

function refuseNewer(done: { room: string; n: number; name: string }[], known: readonly Migration[]): void {
  const names = new Map(known.map((m) => [`${m.room}:${m.n}`, m.name]));
  for (const step of done) {
    if (!names.has(`${step.room}:${step.n}`)) {
      throw new Error(
        `The database is newer than this program: it has step ${step.room} ${step.n} (${step.name}), which this version does not know. Start the newer version, or restore a backup made by this one.`,
      );
    }
  }
}
