import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connectPg, startEmbeddedPostgres } from './index.ts';

it('starts again at once although a worker of the killed server is still in a long query', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'yutang-orphan-'));
  chmodSync(dir, 0o711);
  const first = await startEmbeddedPostgres(dir);
  const pg = connectPg(first.url, { max: 1 });
  const home = (await pg.query<{ dir: string }>("SELECT current_setting('data_directory') AS dir"))[0]!.dir;
  const long = pg.query('SELECT count(*) FROM generate_series(1, 50000000)').then(
    () => 'ended',
    () => 'broken off',
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  process.kill(Number(readFileSync(join(home, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
  const second = await startEmbeddedPostgres(dir);
  try {
    const again = connectPg(second.url, { max: 1 });
    expect(await again.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await again.close();
    expect(await long).toBe('broken off');
  } finally {
    await pg.close();
    await second.stop();
    rmSync(dir, { recursive: true, force: true });
  }
});
