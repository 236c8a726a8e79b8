import type { Log, Pg } from '../../base/index.ts';
import { runImport } from './run.ts';
import type { RunControl, RunDeps } from './run-types.ts';
import { readImport, view } from './store.ts';

/** Does an import, or what is left of it, and keeps how it ended. Nothing when it is done already, or in another's hands and `wait` is not set. */
export function takeUpImport(deps: RunDeps & { log: Log }, importId: string, control: RunControl, wait: boolean) {
  const { pg, clock, log } = deps;
  return onlyOnce(pg, importId, wait, async () => {
    try {
      const finished = await runImport(deps, importId, control);
      const { rows } = view(await readImport(pg, importId));
      if (finished) log.info({ import: importId, ...rows }, 'import done');
      return { importId, finished, rows };
    } catch (error) {
      // A pool that closes under a stopping process is no failure of the import: it goes on at the next start.
      if (!control.stopping())
        await pg.query("UPDATE imports SET state = 'failed', error = $2, finished_at = $3 WHERE id = $1", [
          importId,
          String((error as Error).message),
          clock.now(),
        ]);
      throw error;
    }
  });
}

/** One run of an import at a time, over all processes: a second one has nothing to do. `wait`: it returns when the first has ended. */
async function onlyOnce<T>(pg: Pg, id: string, wait: boolean, work: () => Promise<T>): Promise<T | undefined> {
  const client = await pg.pool.connect();
  try {
    const lock = await client.query<{ held: boolean }>(
      wait
        ? "SELECT true AS held FROM (SELECT pg_advisory_lock(hashtext('import'), hashtext($1))) AS locked"
        : "SELECT pg_try_advisory_lock(hashtext('import'), hashtext($1)) AS held",
      [id],
    );
    if (!lock.rows[0]?.held) return undefined;
    const [row] = await pg.query<{ state: string }>('SELECT state FROM imports WHERE id = $1', [id]);
    return row?.state === 'queued' || row?.state === 'running' ? await work() : undefined;
  } finally {
    await client.query("SELECT pg_advisory_unlock(hashtext('import'), hashtext($1))", [id]).catch(() => {});
    client.release();
  }
}
