import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer as createSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { audit } from './audit.ts';
import { type Kill, plan, randomFrom } from './boundaries.ts';
import { createImporter } from './files.ts';
import { createApi } from './insist.ts';
import { createLeavers } from './leavers.ts';
import { createPlatform } from './platform.ts';
import { untilQuiet } from './quiet.ts';
import { createServer, type Server } from './server.ts';
import { openShop } from './shop.ts';
import { createSink } from './sink.ts';
import { createTraffic } from './traffic.ts';

const kills = Number(process.env.KILLS ?? 10);
const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);
/** How long a process may live without coming to the boundary it shall die at; then it dies wherever it is. Who aims waits longer. */
const patienceMs = process.env.KILL_AT ? 90_000 : 25_000;
const keys = { write: 'yt_write_for_the_kill_test', api: 'yt_api_for_the_kill_test' };

test(`killed ${kills} times: no acknowledged event lost or doubled, nobody written to twice or left out`, {
  timeout: kills * (patienceMs + 60_000) + 900_000,
}, async () => {
  const random = randomFrom(seed);
  const dir = mkdtempSync(join(tmpdir(), 'yutang-kill-'));
  chmodSync(dir, 0o711);
  const data = join(dir, 'data');
  mkdirSync(data, { mode: 0o711 });
  const [sink, platform] = [await createSink(), await createPlatform()];
  const server = createServer({
    dir: data,
    port: await freePort(),
    env: {
      YUTANG_WRITE_KEY: keys.write,
      YUTANG_API_KEY: keys.api,
      YUTANG_ADMIN_EMAIL: 'owner@example.com',
      YUTANG_ADMIN_PASSWORD: 'a-password-for-tests',
      WECOM_BASE_URL: platform.url,
      YUTANG_WEBHOOK_ALLOW: sink.host,
    },
  });
  const say = (line: string) => process.stdout.write(`  ${line}\n`);
  say(`seed ${seed} (KILL_SEED)`);
  let whole = false;
  try {
    await server.start();
    const api = createApi(server.url, keys.api);
    const shop = await openShop(api, sink, platform, server.url);
    const traffic = createTraffic({ url: server.url, writeKey: keys.write, random, senders: 3 });
    const importer = createImporter(api);
    const leavers = createLeavers({ api, url: server.url, writeKey: keys.write });
    await sleep(1_000);
    await server.kill();

    const tally = new Tally();
    for (const [i, kill] of plan(kills, random).entries()) {
      const turning = kill.at === 'journeys.turned' ? turn(api, shop.turned, server) : undefined;
      platform.befriend();
      platform.befriend();
      const readyMs = await server.start(kill.at === undefined ? undefined : `${kill.at}:${kill.n}`);
      if (readyMs !== null) tally.ready.push(readyMs);
      const hit = await die(server, kill, random);
      tally.note(hit ? kill.at! : kill.at === undefined ? 'at random' : `at random (not come to ${kill.at} in time)`);
      if (process.env.KILL_AT) say(`${i + 1}. ${kill.at ?? 'at random'}${kill.at && !hit ? ': not come to it in time' : ''}`);
      await turning;
      // Every other time the next process comes so soon that the database's workers may still be there.
      if (i % 2 === 0) await databaseGone(server);
      if ((i + 1) % 10 === 0) say(`${i + 1} kills · ${traffic.acknowledged.size} events acknowledged · ${sink.all().length} messages`);
    }

    await server.start();
    await Promise.all([traffic.stop(), importer.stop(), leavers.stop()]);
    await api.send('POST', `/api/journeys/${shop.turned}/resume`);
    await platform.settle();
    await untilQuiet(api, server.url, platform, importer, leavers, 300_000);
    const results = await api.get(`/api/journeys/${shop.webhook}/results`);
    const imports = await importer.list();
    expect(await server.stop(), server.output().slice(-3000)).toBe(0);

    const { broken, counts } = await audit(data, { traffic, importer, imports, leavers, shop, sink, platform });
    tally.tell(say, counts);
    for (const line of broken) say(`broken: ${line}`);
    expect(broken, server.output().slice(-6000)).toEqual([]);
    const bought = traffic.people.filter((p) => p.bought).length;
    expect(results).toMatchObject({ entered: traffic.people.length, inside: 0, converted: bought });
    expect(results.branches.filter((b: { node: string }) => b.node === 'who').map((b: { entered: number }) => b.entered)).toEqual([
      traffic.people.filter((p) => p.gold).length,
      traffic.people.filter((p) => !p.gold).length,
    ]);
    expect(counts.messages).toBeGreaterThan(kills);
    whole = true;
  } finally {
    await server.kill();
    await platform.close();
    await sink.close();
    await databaseGone(server);
    if (whole || !process.env.KILL_KEEP) rmSync(dir, { recursive: true, force: true });
    else say(`kept: ${dir}`);
  }
});

/** Lets the process come to its end: at the boundary (true), or wherever it happens to be (false). */
async function die(server: Server, kill: Kill, random: () => number): Promise<boolean> {
  const gone = await server.gone(kill.at === undefined ? 100 + random() * 2_500 : patienceMs);
  if (gone && (kill.at === undefined || server.crashed())) throw new Error(`the server ended by itself\n${server.output().slice(-6000)}`);
  if (!gone) await server.kill();
  return gone;
}

/** The database is in the same process group and dies with it; its workers notice in a moment. */
async function databaseGone(server: Server): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (server.leftovers().length === 0) return;
    await sleep(25);
  }
  throw new Error(`processes outlived the kill of their group: ${server.leftovers().join(', ')}`);
}

/** Pauses and resumes a journey until the server dies of it. */
async function turn(api: ReturnType<typeof createApi>, journey: string, server: Server): Promise<void> {
  while (!server.alive()) await sleep(20);
  for (const verb of ['pause', 'resume', 'pause', 'resume']) {
    await api.send('POST', `/api/journeys/${journey}/${verb}`, undefined, server.alive);
    if (!server.alive()) return;
  }
}

class Tally {
  readonly ready: number[] = [];
  readonly #ends = new Map<string, number>();

  note(end: string): void {
    this.#ends.set(end, (this.#ends.get(end) ?? 0) + 1);
  }

  tell(say: (line: string) => void, counts: Record<string, number>): void {
    for (const [end, n] of [...this.#ends].sort()) say(`${String(n).padStart(4)} ${end}`);
    const sorted = this.ready.toSorted((a, b) => a - b);
    const at = (part: number) => Math.round(sorted[Math.floor((sorted.length - 1) * part)] ?? 0);
    say(`ready again after ${at(0.5)} ms (median), ${at(0.95)} ms (95 %), ${at(1)} ms (most)`);
    say(
      Object.entries(counts)
        .map(([name, n]) => `${name} ${n}`)
        .join(' · '),
    );
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket();
    socket.once('error', reject);
    socket.listen(0, '127.0.0.1', () => {
      const address = socket.address();
      socket.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port'))));
    });
  });
}
