import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, connectCh, connectPg, lockFolder, masterKeys, startEmbeddedPostgres } from './base/index.ts';

/** Opens what everything stands on: the data folder, its keys, and both databases, embedded unless the config names others. `closers` get how each is closed. */
export async function openEngines(config: Config, closers: (() => unknown)[]) {
  mkdirSync(config.dataDir, { recursive: true, mode: 0o711 });
  if (!config.DATABASE_URL || !config.CLICKHOUSE_URL) {
    const lock = lockFolder(config.dataDir);
    closers.push(() => lock.release());
  }
  const masters = masterKeys(config.YUTANG_MASTER_KEY, config.dataDir);
  const database = config.DATABASE_URL ? { url: config.DATABASE_URL, stop: async () => {} } : await startEmbeddedPostgres(config.dataDir);
  closers.push(() => database.stop());
  const pg = connectPg(database.url);
  closers.push(() => pg.close());
  const ch = await connectCh({
    path: join(config.dataDir, 'clickhouse'),
    ...(config.CLICKHOUSE_URL ? { url: config.CLICKHOUSE_URL } : {}),
  });
  closers.push(() => ch.close());
  return { masters, databaseUrl: database.url, pg, ch };
}
