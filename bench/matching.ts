import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectPg, readConfig, silentLog } from '../src/base/index.ts';
import { createSystem } from '../src/system.ts';
import { memory } from './imports.ts';
import { report, round } from './report.ts';
import { apiKey, type Server, startServer, writeKey } from './server.ts';
import { databaseOf } from './wecom.ts';

const people = Number(process.env.BENCH_PEOPLE ?? 1_000_000);
const items = Number(process.env.BENCH_ITEMS ?? 10_000);
const ordersEach = 6;
const linesEach = 3;
/** What is next is asked for so often a second, for so long, at rest, while events come in, and while the next run goes on. */
const asks = { aSecond: 50, seconds: Number(process.env.BENCH_SECONDS ?? 30) };
const eventsASecond = 500;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * (p) The daily run of matching, killed on the way and resumed, and how quickly what it found is answered over HTTP. With BENCH_DATA (a folder that is kept)
 * what an earlier run found there is only read.
 */
export async function benchMatching(): Promise<void> {
  const dir = process.env.BENCH_DATA ?? mkdtempSync(join(tmpdir(), 'yutang-bench-matching-'));
  const found = existsSync(join(dir, 'postgres'));
  const bare = found ? undefined : await makePast(dir);
  let server = await startServer({}, dir);
  try {
    if (bare !== undefined) server = await runKilled(server, dir, bare);
    await reading(server);
  } finally {
    await server.stop();
    if (!process.env.BENCH_DATA) rmSync(dir, { recursive: true, force: true });
  }
}

/** A year of orders, made by the engine itself; gives the processor seconds of counting once, in bare SQL, who bought what. */
async function makePast(dir: string): Promise<number> {
  const config = readConfig({ YUTANG_DATA: dir, PORT: '0', HOST: '127.0.0.1', YUTANG_DEMO: '0', YUTANG_LOG: 'silent' });
  const system = await createSystem(config, { log: silentLog, version: 'bench' });
  try {
    const { ch, pg, clock, access } = system;
    const { workspace } = await access.firstRun({ email: 'bench@example.com', password: 'bench-password', writeKey, apiKey });
    const ws = workspace.no;
    // Some people order a thousand times and many a few; each one's goods come from a few of many families, the best sold far before the others, some again and again.
    const draw = (seed: number) => `(sipHash64(number, ${seed}) % 1000000) / 1000000`;
    const good = (line: number) =>
      `concat('{"product_id":"g', toString(toUInt32(${items} * pow(${draw(10 + line)}, 3) / 50) * 50 + sipHash64(person, if(${draw(20 + line)} < 0.8, 0, 1), number % 3) % 50), '","price":', toString(1 + sipHash64(number, ${line}) % 90), '}')`;
    const orders = people * ordersEach;
    const parts = Math.max(1, Math.ceil(orders / 1_000_000));
    for (let part = 0; part < parts; part++)
      await ch.command(`INSERT INTO events (workspace_no, person_no, time, type, event, message_id, key, batch, received_at, source, carrier, properties)
        SELECT ${ws}, toUInt32(1 + ${people} * pow(${draw(5)}, 1.5)) AS person, fromUnixTimestamp64Milli(toInt64(${clock.ms()}) - toInt64(sipHash64(number, 3) % 31536000000)), 'track', 'Order Completed',
          toString(number), number, 1, now64(3), 'http', 'web', concat('{"order_id":"o', toString(number), '","products":[', ${Array.from({ length: linesEach }, (_, i) => good(i + 1)).join(", ',', ")}, ']}')
        FROM numbers(${Math.floor((part * orders) / parts)}, ${Math.floor(orders / parts)})`);
    await pg.query('INSERT INTO people (person_no, workspace_no, created_at) SELECT n, $1, $2 FROM generate_series(1, $3::int) AS n', [
      ...[ws, clock.now(), people],
    ]);
    await pg.query("SELECT setval('person_blocks', $1)", [people + 1]);
    await pg.query('VACUUM (ANALYZE) people');
    const before = process.cpuUsage();
    await ch.query(
      `SELECT count() FROM (SELECT person_no, arrayJoin(properties.products[].product_id.:String) AS item, count() FROM events WHERE workspace_no = ${ws} GROUP BY person_no, item)
       SETTINGS max_bytes_before_external_group_by = 500000000`,
    );
    const { user, system: kernel } = process.cpuUsage(before);
    return (user + kernel) / 1e6;
  } finally {
    await system.stop();
  }
}

interface Job {
  state: string;
  progress: { done: number; total: number } | null;
  result: { people: number; items: number; ndcg: number | null } | null;
  error: string | null;
}

/** The run of a pool that never had one, which begins by itself; its job. */
async function runOf(server: Server, dir: string): Promise<string> {
  const pg = connectPg(databaseOf(server, dir), { max: 1 });
  try {
    for (;;) {
      const [job] = await pg.query<{ id: string }>("SELECT id FROM jobs WHERE kind = 'matching.recompute'");
      if (job) return job.id;
      await pause(200);
    }
  } finally {
    await pg.close();
  }
}

/** The run, killed when half of the people have their lists. */
async function runKilled(first: Server, dir: string, bare: number): Promise<Server> {
  let server = first;
  // It begins with the program: what is at hand now is taken for rest.
  const rest = memory(server.pid);
  let [peak, cpu, began] = [0, 0, server.usage().cpu];
  let killedAt: number | undefined;
  const id = await runOf(server, dir);
  for (let said = ''; ; ) {
    await pause(500);
    peak = Math.max(peak, memory(server.pid));
    const job = await server.api<Job>('GET', `/api/jobs/${id}`);
    const part = job.progress ? job.progress.done / job.progress.total : 0;
    const now = `   ${round(part * 100)} %: ${round(cpu + server.usage().cpu - began)} s of processor time, at most ${round(peak)} MB\n`;
    if (now.slice(0, 7) !== said) process.stdout.write(now);
    said = now.slice(0, 7);
    if (job.state === 'failed') throw new Error(job.error ?? 'the run failed');
    if (job.state === 'done') {
      cpu += server.usage().cpu - began;
      report({
        ...{
          id: 'p',
          what: `daily run of matching, ${round(people)} people × ${round(items)} goods, ${round(people * ordersEach * linesEach)} lines, learning and trial included, killed half-way and resumed, PostgreSQL and two starts included, s of processor`,
        },
        ...{ value: round(cpu), reference: `${round(bare, 1)} (who bought what counted once, bare SQL)`, ratio: round(cpu / bare, 1) },
      });
      report({
        id: 'p',
        what: 'the same, memory above rest at its peak, databases included, MB',
        value: `${round(peak - rest)} (rest: ${round(rest)})`,
      });
      report({
        ...{ id: 'p', what: 'the same: part that was done when it was killed, and went on from; people with a list' },
        ...{ value: `${round(killedAt! * 100)} %; ${round(job.result!.people)} of ${round(people)}` },
      });
      return server;
    }
    // Of five stages the last writes the lists.
    if (killedAt === undefined && part >= 0.9) {
      killedAt = part;
      cpu += server.usage().cpu - began;
      await server.kill();
      server = await startServer({}, dir);
      began = 0;
      process.stdout.write('   killed and started again\n');
    }
  }
}

/** Asks at a steady pace, each from when it was due; milliseconds, sorted. */
async function asked(server: Server, path: (turn: number) => string): Promise<number[]> {
  const times: number[] = [];
  const began = performance.now();
  const all = Array.from({ length: asks.aSecond * asks.seconds }, async (_, turn) => {
    const due = began + (turn * 1000) / asks.aSecond;
    await pause(Math.max(0, due - performance.now()));
    await server.api('GET', path(turn));
    times.push(performance.now() - due);
  });
  await Promise.all(all);
  return times.sort((a, b) => a - b);
}
const p = (times: readonly number[], part: number): number => times[Math.floor(times.length * part)]!;
const said = (times: readonly number[]): string => `${round(p(times, 0.5), 1)} / ${round(p(times, 0.99), 1)}`;

async function reading(server: Server): Promise<void> {
  const ids = (await server.api<{ items: { id: string }[] }>('GET', '/api/people?limit=100')).items.map((one) => one.id);
  const person = (turn: number): string => ids[(turn * 37) % ids.length]!;
  const next = (turn: number): string => `/api/people/${person(turn)}/recommendations?kind=product&limit=10`;
  // What the first to ask waits for is kept for those after them.
  for (let turn = 0; turn < 20; turn++) await server.api('GET', next(turn));
  const alone = await asked(server, next);
  const byId = await asked(server, (turn) => `/api/people/${person(turn)}`);
  const state = { going: true };
  const sending = send(server, state);
  const whileSent = await asked(server, next);
  state.going = false;
  const sent = await sending;
  await server.api('POST', '/api/matching/recompute');
  const whileRun = await asked(server, next);
  const lines: [string, number[]][] = [
    ['at rest', alone],
    [`while ${round(sent / asks.seconds)} events/s come in`, whileSent],
    ['while the next run goes on', whileRun],
  ];
  for (const [when, times] of lines)
    report({
      ...{
        id: 'p',
        what: `what is next for a person over HTTP, ${asks.aSecond} asked a second, ${when}, p50 / p99, ms`,
        value: said(times),
      },
      ...{ reference: `${said(byId)} (the person by id, at rest)`, ratio: round(p(times, 0.5) / p(byId, 0.5), 2) },
      ...{ target: '< 20 (p99)', met: p(times, 0.99) < 20 },
    });
}

/** Events by the hundred, at a steady pace, until it is told to stop; how many were sent. */
async function send(server: Server, state: { going: boolean }): Promise<number> {
  const began = performance.now();
  let sent = 0;
  for (let n = 0; state.going; n++) {
    await pause(Math.max(0, began + (n * 100_000) / eventsASecond - performance.now()));
    const batch = Array.from({ length: 100 }, (_, i) => ({
      ...{ type: 'track', event: 'Product Viewed', userId: `bench-${(n * 100 + i) % 5000}`, messageId: `bench-view-${began}-${n}-${i}` },
      ...{ timestamp: new Date().toISOString(), properties: { product_id: `g${(n * 31 + i) % items}` } },
    }));
    const answer = await fetch(`${server.url}/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ batch }),
    });
    if (!answer.ok) throw new Error(`events were refused: ${answer.status}`);
    sent += 100;
  }
  return sent;
}
