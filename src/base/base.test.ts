import { execFileSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engines, testEngines } from '../../test/kit.ts';
import { createJobs, jobMigrations, lockFolder, manualClock, migrate, readConfig, silentLog } from './index.ts';
import { copyPrograms, packageRoot } from './postgres/place.ts';

describe('configuration', () => {
  it('names every variable that does not fit', () => {
    expect(() => readConfig({ PORT: 'x', YUTANG_ROLE: 'boss' })).toThrow(/PORT[\s\S]*YUTANG_ROLE/);
  });
  it('needs nothing', () => {
    expect(readConfig({}).PORT).toBe(7100);
  });
});

describe('data folder', () => {
  it('is refused to a second holder and taken over from a dead one', () => {
    const dir = mkdtempSync(join(tmpdir(), 'yutang-lock-'));
    const held = lockFolder(dir);
    expect(() => lockFolder(dir)).toThrow(/in use by process/);
    held.release();
    writeFileSync(join(dir, 'yutang.lock'), JSON.stringify({ pid: 1, birth: 'long ago' }));
    lockFolder(dir).release();
    writeFileSync(join(dir, 'yutang.lock'), 'half a fi');
    lockFolder(dir).release();
  });
});

describe('the programs of PostgreSQL', () => {
  it('are copied so that every library link stays within the copy', () => {
    const outside = mkdtempSync(join(tmpdir(), 'yutang-programs-'));
    const copy = copyPrograms(packageRoot(), outside);
    const lib = join(copy, 'lib');
    const links = readdirSync(lib).filter((name) => lstatSync(join(lib, name)).isSymbolicLink());
    expect(links.length).toBeGreaterThan(0);
    for (const name of links) expect(realpathSync(join(lib, name)).startsWith(realpathSync(copy))).toBe(true);
    expect(execFileSync(join(copy, 'bin', 'postgres'), ['--version']).toString()).toMatch(/PostgreSQL/);
    rmSync(outside, { recursive: true, force: true });
  });
});

describe('engines', () => {
  let engines: Engines;
  beforeAll(async () => {
    engines = await testEngines();
  });
  afterAll(() => engines.close());

  it('migrates once, goes on after a failure, and refuses a newer database', async () => {
    const { pg, ch } = engines;
    const one = {
      room: 'x',
      n: 1,
      name: 'one',
      pg: 'CREATE TABLE x1 (a int)',
      ch: ['CREATE TABLE IF NOT EXISTS x1 (a UInt8) ENGINE = MergeTree ORDER BY a'],
    };
    const bad = { room: 'x', n: 2, name: 'two', pg: 'CREATE TABLE x2 (a int); SELECT 1/0' };
    await expect(migrate(pg, ch, [one, bad])).rejects.toThrow(/division by zero/);
    const good = { ...bad, pg: 'CREATE TABLE x2 (a int)' };
    expect(await migrate(pg, ch, [one, good])).toBe(1);
    expect(await migrate(pg, ch, [one, good])).toBe(0);
    await expect(migrate(pg, ch, [one])).rejects.toThrow(/newer than this program/);
    await pg.query('DELETE FROM schema_migrations');
  });

  it('keeps the state, progress, result and failure of background work', async () => {
    const { pg, ch, url } = engines;
    await migrate(pg, ch, jobMigrations);
    const jobs = await createJobs({ pg, clock: manualClock('2026-01-01T00:00:00Z'), log: silentLog, connectionString: url, alone: true });
    jobs.define<{ n: number }>('double', async (job) => {
      await job.progress({ done: 1, total: 2 });
      return { twice: job.payload.n * 2 };
    });
    jobs.define('break', async () => {
      throw new Error('no luck');
    });
    const a = await jobs.start(1, 'double', { n: 21 });
    const b = await jobs.start(1, 'break', {});
    await jobs.flush();
    expect(await jobs.get(1, a.id)).toMatchObject({ state: 'done', result: { twice: 42 }, progress: { done: 1, total: 2 } });
    expect(await jobs.get(1, b.id)).toMatchObject({ state: 'failed', error: 'no luck' });
    await expect(jobs.get(2, a.id)).rejects.toMatchObject({ status: 404 });
  });

  it('writes an insert with the same token once', async () => {
    const { ch } = engines;
    await ch.command('CREATE TABLE tok (a UInt8) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 100');
    await ch.insertRows('tok', [{ a: 1 }], { token: 'same' });
    await ch.insertRows('tok', [{ a: 1 }], { token: 'same' });
    await ch.insertRows('tok', [{ a: 1 }], { token: 'other' });
    expect(await ch.query('SELECT count() AS n FROM tok')).toEqual([{ n: 2 }]);
  });
});
