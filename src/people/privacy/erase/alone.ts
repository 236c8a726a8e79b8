import type { Pg } from '../../../base/index.ts';

/** One at a time, over all processes, takes away or re-writes what the engines hold: a cleaning of the erased, a sealing of what was plain. */
export async function alone<T>(pg: Pg, work: () => Promise<T>): Promise<T> {
  const client = await pg.pool.connect();
  try {
    // Asked again and again: a statement that waits for the lock would hold a snapshot, whose end the one who cleans waits for.
    const held = async () => (await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock(71007) AS held')).rows[0]!.held;
    while (!(await held())) await new Promise((resolve) => setTimeout(resolve, 200));
    return await work();
  } finally {
    await client.query('SELECT pg_advisory_unlock(71007)').catch(() => {});
    client.release();
  }
}
