import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Server {
  url: string;
  pid: number;
  /** What a caller shows of itself. */
  headers: Record<string, string>;
  api<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** CPU seconds of the process and its children so far, and their resident memory in MB. */
  usage(): { cpu: number; rss: number };
  stop(): Promise<void>;
  /** Ends it and all its children at once, as a power cut would. */
  kill(): Promise<void>;
}

export const writeKey = 'bench-write-key-0123456789';
export const apiKey = 'bench-api-key-0123456789';

/** The program as it ships (as scripts/start.mjs starts it), in a process group and a data folder of its own, without the demo. A folder that is given is kept. */
export async function startServer(env: Record<string, string> = {}, kept?: string): Promise<Server> {
  const dir = kept ?? mkdtempSync(join(tmpdir(), 'yutang-bench-'));
  const port = await freePort();
  const child = spawn(process.execPath, ['--max-semi-space-size=16', 'src/main.ts'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
    env: {
      ...process.env,
      UV_THREADPOOL_SIZE: '12',
      MALLOC_ARENA_MAX: '2',
      JE_MALLOC_CONF: 'dirty_decay_ms:500',
      NODE_ENV: 'production',
      PORT: String(port),
      YUTANG_DATA: dir,
      YUTANG_DEMO: '0',
      YUTANG_LOG: 'warn',
      YUTANG_WRITE_KEY: writeKey,
      YUTANG_API_KEY: apiKey,
      YUTANG_ADMIN_EMAIL: 'bench@example.com',
      YUTANG_ADMIN_PASSWORD: 'bench-password',
      ...env,
    },
  });
  const url = `http://127.0.0.1:${port}`;
  for (let i = 0; ; i++) {
    if (child.exitCode !== null || i > 1200) throw new Error('the server did not start');
    if (
      await fetch(`${url}/readyz`).then(
        (r) => r.ok,
        () => false,
      )
    )
      break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    pid: child.pid!,
    headers: { authorization: `Bearer ${apiKey}` },
    api: async <T>(method: string, path: string, body?: unknown) => {
      const answer = await fetch(url + path, {
        method,
        headers: { authorization: `Bearer ${apiKey}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return (text === '' ? undefined : JSON.parse(text)) as T;
    },
    usage: () => treeUsage(child.pid!),
    stop: () => stopServer(child, kept ? undefined : dir),
    kill: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        process.kill(-child.pid!, 'SIGKILL');
      }),
  };
}

function stopServer(child: ChildProcess, dir: string | undefined): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => {
      if (dir) rmSync(dir, { recursive: true, force: true });
      resolve();
    });
    child.kill('SIGTERM');
  });
}

/** CPU seconds of a process and its children so far, and their resident memory in MB. */
export function treeUsage(root: number): { cpu: number; rss: number } {
  const parents = new Map<number, { parent: number; cpu: number; rss: number }>();
  for (const name of readdirSync('/proc').filter((n) => /^\d+$/.test(n))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      parents.set(Number(name), {
        parent: Number(fields[1]),
        // With what its children used that have ended since: PostgreSQL ends its helpers as it likes.
        cpu: (Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14])) / 100,
        rss: (Number(fields[21]) * 4096) / 1e6,
      });
    } catch {
      // Gone in the meantime.
    }
  }
  const total = { cpu: 0, rss: 0 };
  const within = (pid: number): boolean =>
    pid === root || (parents.has(pid) && parents.get(pid)!.parent !== 0 && within(parents.get(pid)!.parent));
  for (const [pid, p] of parents) {
    if (!within(pid)) continue;
    total.cpu += p.cpu;
    total.rss += p.rss;
  }
  return total;
}

export interface Measured<T> {
  value: T;
  seconds: number;
  /** Processor seconds of this process and its children; of these, what the process itself took: JavaScript and the engine. */
  cpu: number;
  own: number;
}

export async function measured<T>(work: () => Promise<T>): Promise<Measured<T>> {
  const before = treeUsage(process.pid).cpu;
  const ownBefore = process.cpuUsage();
  const began = performance.now();
  const value = await work();
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(ownBefore);
  return { value, seconds, cpu: treeUsage(process.pid).cpu - before, own: (user + system) / 1e6 };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
