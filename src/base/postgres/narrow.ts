import type { Pg } from './pool.ts';

/**
 * The same database through `most` connections of the pool at once; who comes later waits for a turn, without a connection. For work that may wait
 * long for rows which others hold: whoever holds them needs connections to come to an end. Statements inside a transaction are its own, so
 * nothing done in one may ask the narrowed database again.
 */
export function narrow(pg: Pg, most: number): Pg {
  let free = most;
  const waiting: (() => void)[] = [];
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
  return {
    pool: pg.pool,
    query: (text, params, name) => inTurn(() => pg.query(text, params, name)),
    tx: (fn) => inTurn(() => pg.tx(fn)),
  };
}
