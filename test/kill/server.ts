import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Server {
  readonly url: string;
  readonly dir: string;
  /** Starts a process group, killed when it passes `stopAt`. Resolves when it answers or is dead: milliseconds until it answered, or null. */
  start(stopAt?: string): Promise<number | null>;
  /** Resolves true when the process is gone, false when it still lives after so long. */
  gone(withinMs: number): Promise<boolean>;
  /** kill -9 of the whole group. */
  kill(): Promise<void>;
  /** Asks it to stop and waits; the exit code. */
  stop(): Promise<number | null>;
  alive(): boolean;
  /** Whether it ended with an exit code instead of by a kill. */
  crashed(): boolean;
  /** What it said on its way, newest last. */
  output(): string;
  /** Processes that still have the data folder as their place. */
  leftovers(): number[];
}

/** The program as it is run in earnest, with embedded databases, in a process group of its own. */
export function createServer(options: { dir: string; port: number; env: Record<string, string> }): Server {
  const url = `http://127.0.0.1:${options.port}`;
  let child: ChildProcess | undefined;
  let exit: Promise<number | null> = Promise.resolve(null);
  let exited = true;
  let said = '';

  const leftovers = (): number[] =>
    readdirSync('/proc').flatMap((name) => {
      if (!/^\d+$/.test(name)) return [];
      try {
        return readlinkSync(`/proc/${name}/cwd`).startsWith(options.dir) ? [Number(name)] : [];
      } catch {
        return [];
      }
    });

  const killGroup = (): void => {
    if (!child?.pid) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Nobody is left in the group.
    }
  };

  return {
    url,
    dir: options.dir,
    start: async (stopAt) => {
      const began = performance.now();
      exited = false;
      const { NODE_OPTIONS: _, VITEST: __, ...inherited } = process.env;
      const env: NodeJS.ProcessEnv = {
        ...inherited,
        NODE_ENV: 'production',
        NODE_COMPILE_CACHE: join(options.dir, '..', 'compiled'),
        UV_THREADPOOL_SIZE: '12',
        PORT: String(options.port),
        HOST: '127.0.0.1',
        YUTANG_DATA: options.dir,
        YUTANG_DEMO: '0',
        YUTANG_LOG: 'warn',
        YUTANG_STOP_GROUP: '1',
        ...options.env,
        ...(stopAt === undefined ? {} : { YUTANG_STOP_AT: stopAt }),
      };
      const started = spawn(process.execPath, ['src/main.ts'], { cwd: root, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
      child = started;
      const keep = (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-40_000);
      };
      started.stdout.on('data', keep);
      started.stderr.on('data', keep);
      exit = new Promise((resolve) => {
        started.once('exit', (code) => {
          exited = true;
          resolve(code);
        });
      });
      const patience = performance.now() + 180_000;
      while (!exited && performance.now() < patience) {
        const ready = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) }).then(
          (answer) => answer.ok,
          () => false,
        );
        if (ready) return performance.now() - began;
        await sleep(25);
      }
      if (!exited) throw new Error(`the server was not ready in three minutes\n${said.slice(-4000)}`);
      if (started.exitCode !== null) throw new Error(`the server could not start (exit code ${started.exitCode})\n${said.slice(-4000)}`);
      return null;
    },
    gone: async (withinMs) => {
      const timer = new AbortController();
      await Promise.race([exit, sleep(withinMs, undefined, { signal: timer.signal }).catch(() => {})]);
      timer.abort();
      return exited;
    },
    kill: async () => {
      killGroup();
      await exit;
    },
    stop: async () => {
      child?.kill('SIGTERM');
      const code = await exit;
      killGroup();
      return code;
    },
    alive: () => !exited,
    crashed: () => exited && child?.signalCode !== 'SIGKILL',
    output: () => said,
    leftovers,
  };
}
