import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../src/base/index.ts';

/** Both databases by themselves, for several processes of the product: what these are told of them, and how they end. */
export async function databasesApart(): Promise<{ env: Record<string, string>; stop(): Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'yutang-bench-apart-'));
  const postgres = await startEmbeddedPostgres(dir);
  const engine = fork(join(import.meta.dirname, 'clickhouse.ts'), [join(dir, 'clickhouse')], {
    env: { ...process.env, UV_THREADPOOL_SIZE: '12' },
  });
  const [port] = (await once(engine, 'message')) as [number];
  return {
    env: {
      DATABASE_URL: postgres.url,
      CLICKHOUSE_URL: `http://127.0.0.1:${port}`,
      YUTANG_MASTER_KEY: 'bench-master-key-0123456789',
    },
    stop: async () => {
      engine.disconnect();
      await once(engine, 'exit');
      await postgres.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
