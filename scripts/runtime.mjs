// Runs on any Node from 20 on, before anything is installed: so plain JavaScript, and no packages.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const wanted = 24;

/** How Node runs the server. Left alone on a large machine V8 takes 128 MB for what is young, and keeps them under load; 32 serve as well. (bench/server.ts says the same.) */
export const serverFlags = ['--max-semi-space-size=16'];

/** And in which surroundings. What is freed goes back to the system: by the engine after half a second instead of five, by all else from two places instead of eight for each core. */
export const serverEnv = {
  UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE ?? '12',
  MALLOC_ARENA_MAX: process.env.MALLOC_ARENA_MAX ?? '2',
  JE_MALLOC_CONF: process.env.JE_MALLOC_CONF ?? 'dirty_decay_ms:500',
};

/** Installs the versions of the lock file, unless that very lock file is installed. (npm ci refuses lock files written where a registry lacks other platforms' optional packages.) */
export function ensureInstalled() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const mark = join(root, 'node_modules', '.yutang-installed');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return;
  console.log('Installing packages (once) …');
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const done = spawnSync(
    npm[0],
    [...npm.slice(1), 'install', '--no-save', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: root, stdio: 'inherit' },
  );
  if (done.status !== 0) {
    console.error('The packages could not be installed. Look at the message above, mend it, and run the command again.');
    process.exit(1);
  }
  writeFileSync(mark, lock);
}

/** Path of the Node this project runs on: the one pinned as a package, else ours if it is as new. */
export function projectNode() {
  const require = createRequire(join(root, 'package.json'));
  for (const name of [`node-${process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`]) {
    try {
      const path = join(dirname(require.resolve(`${name}/package.json`)), 'bin', 'node');
      execFileSync(path, ['--version'], { stdio: 'ignore' });
      return path;
    } catch {
      // Not installed for this machine; try the next.
    }
  }
  if (Number(process.versions.node.split('.')[0]) >= wanted) return process.execPath;
  console.error(
    `Yutang runs on Node ${wanted}. No packaged one fits this machine (${process.platform} ${process.arch}): install Node ${wanted} or newer and run the command again.`,
  );
  process.exit(1);
}

/** Runs a command on the project's Node, passing signals on; resolves with its exit code. */
export function runNode(args, options = {}) {
  const node = projectNode();
  const env = { ...process.env, ...options.env, PATH: `${dirname(node)}:${join(root, 'node_modules', '.bin')}:${process.env.PATH}` };
  const child = spawn(node, args, { cwd: root, stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal ? 1 : (code ?? 1))));
}

/** Builds the console unless what is built is of these very sources. */
export async function ensureBuilt() {
  const files = execFileSync(process.execPath, ['-e', listing], { cwd: root, maxBuffer: 64e6 }).toString();
  const key = createHash('sha256').update(files).digest('hex');
  const mark = join(root, 'dist', '.yutang-built');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === key) return;
  console.log('Building the console (once) …');
  const code = await runNode([join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn']);
  if (code !== 0) process.exit(code);
  writeFileSync(mark, key);
}

const listing = `
const { readdirSync, readFileSync } = require('node:fs'); const { createHash } = require('node:crypto');
const walk = (d) => readdirSync(d, { withFileTypes: true }).flatMap((e) => e.isDirectory() ? walk(d + '/' + e.name) : [d + '/' + e.name]);
for (const f of [...walk('src/console'), ...walk('src/sdk'), 'scripts/sdk.ts', 'vite.config.ts', 'package-lock.json'].sort()) console.log(f, createHash('sha256').update(readFileSync(f)).digest('hex'));`;
