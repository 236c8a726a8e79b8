import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { choosePlace, serverUser } from './place.ts';

export interface EmbeddedPostgres {
  url: string;
  /** Stops the server cleanly. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL that ships with the package on a free local port, with its data below `dataDir`.
 * PostgreSQL refuses to run as root: then it runs as another user, from a place that user can reach.
 * A server that survived a killed parent is stopped first, and a stale lock file is removed.
 * `durable: false` is for tests alone: it does not wait for the disk.
 */
export async function startEmbeddedPostgres(dataDir: string, options: { durable?: boolean } = {}): Promise<EmbeddedPostgres> {
  // Others may pass through the folder (the server's user must) but not list it.
  mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  const user = serverUser();
  const { bin, home } = choosePlace(dataDir, user);
  const cluster = join(home, 'cluster');
  const passwordFile = join(dataDir, 'postgres.password');
  if (!existsSync(join(cluster, 'PG_VERSION'))) {
    rmSync(cluster, { recursive: true, force: true });
    const password = randomBytes(24).toString('base64url');
    writeFileSync(passwordFile, password, { mode: 0o600 });
    initialise(bin, cluster, home, password, user);
  }
  const password = readFileSync(passwordFile, 'utf8');
  await stopLeftover(cluster);
  const patience = performance.now() + 60_000;
  for (;;) {
    const port = await freePort();
    const child = launch(bin, cluster, port, user, options.durable !== false);
    const url = `postgres://yutang:${password}@127.0.0.1:${port}/yutang`;
    try {
      await waitReady(child, url.replace(/\/yutang$/, '/postgres'));
      return { url, stop: () => stop(child) };
    } catch (error) {
      // Workers of a killed server hold its memory until the query they are in ends; and the port may have been taken in the meantime.
      if (!/still in use|already in use/.test((error as Error).message) || performance.now() > patience) throw error;
      endOrphans(cluster);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function initialise(bin: string, cluster: string, home: string, password: string, user: { uid: number; gid: number } | null): void {
  const pwfile = join(home, 'init.password');
  mkdirSync(cluster, { recursive: true, mode: 0o700 });
  writeFileSync(pwfile, password, { mode: 0o600 });
  if (user) {
    chownSync(cluster, user.uid, user.gid);
    chownSync(pwfile, user.uid, user.gid);
  }
  const args = [
    '-D',
    cluster,
    '-U',
    'yutang',
    '--auth=scram-sha-256',
    `--pwfile=${pwfile}`,
    '--encoding=UTF8',
    '--locale=C',
    '--no-instructions',
  ];
  try {
    execFileSync(join(bin, 'initdb'), args, { stdio: 'pipe', cwd: home, ...(user ?? {}) });
  } catch (error) {
    rmSync(cluster, { recursive: true, force: true });
    throw new Error(`The embedded PostgreSQL could not be set up in ${cluster}: ${String((error as { stderr?: Buffer }).stderr ?? error)}`);
  } finally {
    rmSync(pwfile, { force: true });
  }
}

function launch(bin: string, cluster: string, port: number, user: { uid: number; gid: number } | null, durable: boolean): ChildProcess {
  const settings: Record<string, string> = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '80',
    // What it keeps at hand counts as the product's memory; what it does not, the system's file cache has.
    shared_buffers: '48MB',
    max_wal_size: '2GB',
    wal_level: 'minimal',
    // Old files of the log are removed, not kept for reuse with all that was written: erased values must not lie on in them.
    wal_recycle: 'off',
    max_wal_senders: '0',
    jit: 'off',
    // A new database plans by nothing until its tables have been counted; left alone that is looked at once a minute.
    autovacuum_naptime: '15s',
    timezone: 'UTC',
    log_min_messages: 'warning',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const args = ['-D', cluster, ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])];
  return spawn(join(bin, 'postgres'), args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: cluster, ...(user ?? {}) });
}

async function waitReady(child: ChildProcess, url: string): Promise<void> {
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-4000);
  });
  let gone = false;
  child.once('exit', () => {
    gone = true;
  });
  const patience = performance.now() + 120_000;
  while (performance.now() < patience) {
    if (gone) throw new Error(`The embedded PostgreSQL stopped at its start: ${complaint}`);
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      const found = await client.query("SELECT 1 FROM pg_database WHERE datname = 'yutang'");
      if (found.rowCount === 0) await client.query('CREATE DATABASE yutang');
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await client.end().catch(() => {});
    }
  }
  throw new Error(`The embedded PostgreSQL did not answer in two minutes: ${complaint}`);
}

/** A server of this cluster that outlived its parent is asked to stop; a lock file whose server is dead is removed. */
async function stopLeftover(cluster: string): Promise<void> {
  const lock = join(cluster, 'postmaster.pid');
  if (!existsSync(lock)) return;
  const pid = Number(readFileSync(lock, 'utf8').split('\n')[0]);
  if (ours(pid, cluster)) {
    process.kill(pid, 'SIGINT');
    for (let i = 0; i < 400 && ours(pid, cluster); i++) {
      if (i === 200) process.kill(pid, 'SIGQUIT');
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    if (ours(pid, cluster))
      throw new Error(`A PostgreSQL left from before (process ${pid}) does not stop; stop it by hand and start again.`);
  }
  rmSync(lock, { force: true });
}

/** Asks workers whose server is dead to leave their query. (Elsewhere than on Linux they are waited for.) */
function endOrphans(cluster: string): void {
  if (process.platform !== 'linux') return;
  const place = realpathSync(cluster);
  for (const name of readdirSync('/proc')) {
    try {
      if (!/^\d+$/.test(name) || readlinkSync(`/proc/${name}/cwd`) !== place) continue;
      if (readFileSync(`/proc/${name}/cmdline`, 'utf8').startsWith('postgres: ')) process.kill(Number(name), 'SIGTERM');
    } catch {
      // Gone already, or not ours to look at.
    }
  }
}

function ours(pid: number, cluster: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(cluster);
  } catch {
    return process.platform !== 'linux';
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port'))));
    });
  });
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGINT');
    setTimeout(() => child.kill('SIGQUIT'), 15_000).unref();
  });
}
