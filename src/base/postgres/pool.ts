import pg from 'pg';

/** What rooms use of PostgreSQL: parametrised statements, and transactions. */
export interface Pg {
  /** @param name under which each connection keeps the statement understood and planned: for what is asked all the time */
  query<T = Record<string, unknown>>(text: string, params?: unknown[], name?: string): Promise<T[]>;
  /** Runs `fn` in one transaction; an error rolls back. Inside a transaction it is a savepoint. */
  tx<T>(fn: (pg: Pg) => Promise<T>): Promise<T>;
  readonly pool: pg.Pool;
}

// bigint columns hold counters below 2^53 here, and dates are instants.
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => (oid === 20 ? Number : pg.types.getTypeParser(oid, format)),
};

/** Opens a pool. `options.max`: connections at most. */
export function connectPg(url: string, options: { max?: number; name?: string } = {}): Pg & { close(): Promise<void> } {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 20,
    application_name: options.name ?? 'yutang',
    types: types as pg.CustomTypesConfig,
  });
  // An idle connection that breaks (a restarted server) is replaced by the pool at its next use.
  pool.on('error', () => {});
  return { ...onPool(pool), close: () => pool.end() };
}

const asked = (text: string, values?: unknown[], name?: string): pg.QueryConfig => ({
  text,
  ...(values ? { values } : {}),
  ...(name ? { name } : {}),
});

function onPool(pool: pg.Pool): Pg {
  return {
    pool,
    query: async <T>(text: string, params?: unknown[], name?: string) => (await pool.query(asked(text, params, name))).rows as T[],
    tx: async (fn) => {
      const client = await pool.connect();
      let failed: Error | undefined;
      try {
        await client.query('BEGIN');
        const result = await fn(onClient(client, pool));
        await client.query('COMMIT');
        return result;
      } catch (error) {
        await client.query('ROLLBACK').catch((e: Error) => {
          failed = e;
        });
        throw error;
      } finally {
        client.release(failed);
      }
    },
  };
}

function onClient(client: pg.PoolClient, pool: pg.Pool): Pg {
  const self: Pg = {
    pool,
    query: async <T>(text: string, params?: unknown[], name?: string) => (await client.query(asked(text, params, name))).rows as T[],
    tx: async (fn) => {
      await client.query('SAVEPOINT inner_tx');
      try {
        const result = await fn(self);
        await client.query('RELEASE SAVEPOINT inner_tx');
        return result;
      } catch (error) {
        await client.query('ROLLBACK TO SAVEPOINT inner_tx');
        throw error;
      }
    },
  };
  return self;
}
