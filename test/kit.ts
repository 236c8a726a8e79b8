import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { type Ch, connectCh, connectPg, type Pg } from '../src/base/index.ts';

let counter = 0;

export interface Engines {
  pg: Pg;
  ch: Ch;
  /** Connection string of this test's own database. */
  url: string;
  /** A folder for this test's files. */
  dir: string;
  close(): Promise<void>;
}

/** A fresh PostgreSQL database and a fresh ClickHouse, both real, for one test file. */
export async function testEngines(): Promise<Engines> {
  const { url, drop } = await testDatabase();
  const dir = mkdtempSync(join(tmpdir(), 'yutang-case-'));
  const pg = connectPg(url, { max: 12 });
  const ch = await connectCh({ path: join(dir, 'clickhouse'), memory: 3_000_000_000 });
  return {
    pg,
    ch,
    url,
    dir,
    close: async () => {
      await ch.close();
      await pg.close();
      await drop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A fresh database in the run's PostgreSQL. */
export async function testDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const root = inject('postgres');
  const name = `t${process.pid}_${counter++}`;
  const admin = connectPg(root, { max: 1 });
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.close();
  return {
    url: root.replace(/\/yutang$/, `/${name}`),
    drop: async () => {
      const again = connectPg(root, { max: 1 });
      await again.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await again.close();
    },
  };
}
