import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectPg } from '../src/base/index.ts';
import { report, round } from './report.ts';
import { type Server, startServer } from './server.ts';

const customers = Number(process.env.BENCH_CUSTOMERS ?? 1_000_000);
const groups = Number(process.env.BENCH_GROUPS ?? Math.ceil(customers / 100));
const seats = Number(process.env.BENCH_SEATS ?? 100);
/** What happens after the lists are read, told by callbacks alone. */
const happenings = Number(process.env.BENCH_HAPPENINGS ?? 200);

const corp = { corpid: 'wwdemo0000000001', agentid: 1000002, secret: 'demo-secret-for-the-simulator-only' };
const keys = { token: 'bench-callback', encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C' };

interface Sync {
  state: 'never' | 'running' | 'done';
  phase: string | null;
  friends: number;
  groups: number;
  joined: number;
}
interface Digest {
  friends: { count: number; sum: string };
  seats: { count: number; sum: string };
  groups: number;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The platform, in a process of its own: what it holds in memory is not the product's. */
async function startPlatform(): Promise<{ url: string; child: ChildProcess; ask<T>(name: string, body: object): Promise<T> }> {
  const child = spawn(process.execPath, ['--max-old-space-size=8000', 'src/simulators/wechat/main.ts', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const found = /WECOM_BASE_URL=(\S+)/.exec(said);
      if (found) resolve(found[1]!);
    });
    child.once('exit', () => reject(new Error('the simulator did not start')));
  });
  return {
    url,
    child,
    ask: async <T>(name: string, body: object) => {
      const answer = await fetch(`${url}/_control/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as T;
    },
  };
}

/** What the product's own process holds, in MB: JavaScript's heap as V8 last counted it, and all that is resident. */
async function held(server: Server): Promise<{ heap: number; rss: number }> {
  const text = await (await fetch(`${server.url}/metrics`, { headers: server.headers })).text();
  const of = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? Number.NaN) / 1e6;
  const rss = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  return { heap: of('nodejs_heap_size_used_bytes'), rss };
}

/** The database that the server has started for itself: its port stands in the command line. */
export function databaseOf(server: Server, dir: string): string {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      const port = /port=(\d+)/.exec(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.[1];
      const password = () => readFileSync(join(dir, 'postgres.password'), 'utf8').trim();
      if (Number(parent) === server.pid && port) return `postgres://yutang:${password()}@127.0.0.1:${port}/yutang`;
    } catch {
      // Gone in the meantime.
    }
  }
  throw new Error('the database of the server was not found');
}

/** The same numbers that the simulator gives of its side. */
async function digest(server: Server, dir: string): Promise<Digest> {
  const pg = connectPg(databaseOf(server, dir), { max: 1 });
  const bits = (text: string) => `coalesce(sum(('x' || substr(md5(${text}), 1, 8))::bit(32)::bigint), 0)::text AS sum`;
  try {
    const [friends] = await pg.query<Digest['friends']>(
      `SELECT count(*) AS count, ${bits("external_userid || '/' || userid")} FROM wecom_friends WHERE ended_at IS NULL`,
    );
    const [held] = await pg.query<Digest['seats']>(
      `SELECT count(*) AS count, ${bits("external_userid || '/' || chat_id")} FROM wecom_group_members WHERE ended_at IS NULL`,
    );
    const [counted] = await pg.query<{ n: number }>('SELECT count(*) AS n FROM wecom_groups WHERE dismissed_at IS NULL');
    return { friends: friends!, seats: held!, groups: counted!.n };
  } finally {
    await pg.close();
  }
}

const same = (a: Digest, b: Digest) => JSON.stringify(a) === JSON.stringify(b);

/** Customers and groups read from the platform's lists, killed on the way and resumed, and then kept in step by callbacks. */
export async function benchWecom(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'yutang-bench-wecom-'));
  const platform = await startPlatform();
  let server: Server | undefined;
  try {
    await platform.ask('populate', { corpid: corp.corpid, customers, groups, seats, staff: Math.max(10, Math.ceil(customers / 1000)) });
    const start = () =>
      startServer(
        { WECOM_BASE_URL: platform.url, ...(process.env.BENCH_NODE_OPTIONS ? { NODE_OPTIONS: process.env.BENCH_NODE_OPTIONS } : {}) },
        dir,
      );
    server = await start();
    await server.api('PUT', '/api/channels/wecom', { corpId: corp.corpid, secret: corp.secret, agentId: corp.agentid, ...keys });
    const account = (await server.api<{ items: { id: string | null; key: string }[] }>('GET', '/api/channels')).items.find(
      (one) => one.key === 'wecom',
    );
    const began = performance.now();
    await server.api('POST', '/api/channels/wecom/sync');
    const samples: { part: number; heap: number; rss: number; cpu: number; seconds: number }[] = [];
    let killedAt: number | undefined;
    let cpuBefore = 0;
    let friendsDone = 0;
    for (let said = 0; ; ) {
      await pause(1000);
      const now = await server.api<Sync>('GET', '/api/channels/wecom/sync');
      const part = (now.friends + now.groups * seats) / (customers + groups * seats);
      const cpu = cpuBefore + server.usage().cpu;
      samples.push({ part, ...(await held(server)), cpu, seconds: (performance.now() - began) / 1000 });
      if (friendsDone === 0 && now.phase !== 'friends') friendsDone = (performance.now() - began) / 1000;
      if (part >= said) {
        const last = samples.at(-1)!;
        process.stdout.write(
          `   ${round(part * 100)} %: ${round(now.friends)} friends, ${round(now.groups)} groups, heap ${round(last.heap)} MB, resident ${round(last.rss)} MB, ${round(last.cpu)} s of processor time, ${round(last.seconds)} s\n`,
        );
        said = part + 0.05;
      }
      if (killedAt === undefined && now.friends >= customers / 10) {
        killedAt = now.friends;
        cpuBefore = cpu;
        await server.kill();
        server = await start();
        const resumed = await server.api<Sync>('GET', '/api/channels/wecom/sync');
        report({
          id: 'm',
          what: `WeCom lists: friendships noted at the kill, and when it went on`,
          value: `${round(killedAt)} / ${round(resumed.friends)}`,
          met: resumed.friends >= killedAt,
          target: 'not from the beginning',
        });
      }
      if (now.state === 'done') break;
    }
    const seconds = (performance.now() - began) / 1000;
    const cpu = samples.at(-1)!.cpu;
    report({
      id: 'm',
      what: `WeCom lists: ${round(customers)} customers and ${round(groups)} groups of ${seats}, customers and seats/s`,
      value: `${round((customers + groups * seats) / seconds)} (${round(seconds)} s; customers alone ${round(customers / friendsDone)}/s; ${round((cpu / (customers + groups * seats)) * 1e6)} µs of processor time each)`,
    });
    memory(samples);
    await compare('after the lists', server, dir, platform);

    await platform.ask('set-callback', {
      corpid: corp.corpid,
      agentid: corp.agentid,
      url: `${server.url}/wecom/callback/${account?.id}`,
      ...keys,
    });
    const some = await platform.ask<{ friends: { userid: string; external_userid: string }[]; groups: string[] }>('some', {
      corpid: corp.corpid,
      count: happenings,
    });
    const { corpid } = corp;
    for (const [i, friend] of some.friends.entries()) {
      const chat_id = some.groups[i % some.groups.length];
      if (i % 4 === 0) await platform.ask('delete-by-customer', { corpid, ...friend });
      else if (i % 4 === 1) {
        const { external_userid } = await platform.ask<{ external_userid: string }>('add-customer', { corpid, name: `新客${i}` });
        await platform.ask('add-friend', { corpid, userid: friend.userid, external_userid, add_way: 1 });
        if (chat_id) await platform.ask('join-group', { corpid, chat_id, userid: external_userid, byCode: true });
      } else if (i % 4 === 2 && chat_id) await platform.ask('leave-group', { corpid, chat_id, userid: friend.external_userid });
      else if (chat_id && i % 40 === 3) await platform.ask('dismiss-group', { corpid, chat_id });
    }
    await platform.ask('settle', {});
    await compare('kept by callbacks alone', server, dir, platform, 120);
  } finally {
    await server?.kill().catch(() => {});
    platform.child.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  }
}

/** All in the life of the process after the kill, when the databases have warmed up. The least of each stretch: what lives, and not what waits to be collected. */
function memory(samples: { part: number; heap: number; rss: number }[]): void {
  const least = (from: number, to: number, of: (s: { heap: number; rss: number }) => number) =>
    Math.min(...samples.filter((s) => s.part >= from && s.part <= to).map(of));
  for (const [name, of] of [
    ['JavaScript heap', (s: { heap: number }) => s.heap],
    ['resident memory', (s: { rss: number }) => s.rss],
  ] as const) {
    const [start, middle, end] = [least(0.15, 0.35, of), least(0.45, 0.65, of), least(0.85, 1, of)] as [number, number, number];
    report({
      id: 'm',
      what: `WeCom lists: ${name} of the process after a quarter / half / all, MB`,
      value: `${round(start)} / ${round(middle)} / ${round(end)}`,
      ratio: round(end / start, 2),
      target: 'flat: ≤ 1.25',
      met: end / start <= 1.25,
    });
  }
}

async function compare(
  when: string,
  server: Server,
  dir: string,
  platform: Awaited<ReturnType<typeof startPlatform>>,
  seconds = 1,
): Promise<void> {
  const theirs = await platform.ask<Digest>('digest', { corpid: corp.corpid });
  let ours = await digest(server, dir);
  for (let i = 0; i < seconds && !same(ours, theirs); i++) {
    await pause(1000);
    ours = await digest(server, dir);
  }
  report({
    id: 'm',
    what: `WeCom, ${when}: friendships, groups and seats as the platform has them`,
    value: same(ours, theirs)
      ? `the same (${round(ours.friends.count)} / ${round(ours.groups)} / ${round(ours.seats.count)})`
      : `${JSON.stringify(ours)} against ${JSON.stringify(theirs)}`,
    target: 'the same',
    met: same(ours, theirs),
  });
}
