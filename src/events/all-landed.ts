import type { Pg } from '../base/index.ts';

/** Whether all batches that are being written at this moment have landed soon. */
export async function allLanded(pg: Pg): Promise<boolean> {
  const [top] = await pg.query<{ id: number | null }>("SELECT max(id) AS id FROM event_batches WHERE state = 'writing'");
  for (let tries = 0; tries < 100; tries++) {
    const [row] = await pg.query<{ n: number }>("SELECT count(*) AS n FROM event_batches WHERE state = 'writing' AND id <= $1", [
      top?.id ?? 0,
    ]);
    if (row?.n === 0) return true;
    await new Promise((resolve) => setTimeout(resolve, 50).unref());
  }
  return false;
}

/**
 * Returns once every batch that is open now has landed and every consumer has passed it, or after half a minute: then false. Data health is not waited
 * for: it only counts, once an hour.
 */
export async function followedUp(pg: Pg): Promise<boolean> {
  const [top] = await pg.query<{ id: number | null }>('SELECT max(id) AS id FROM event_batches');
  for (let tries = 0; tries < 150; tries++) {
    const [row] = await pg.query<{ open: number; behind: number }>(
      `SELECT (SELECT count(*) FROM event_batches WHERE state = 'writing' AND id <= $1) AS open,
         (SELECT count(*) FROM event_consumers WHERE through < $1 AND NOT counts) AS behind`,
      [top?.id ?? 0],
    );
    if (row?.open === 0 && row.behind === 0) return true;
    await new Promise((resolve) => setTimeout(resolve, 200).unref());
  }
  return false;
}
