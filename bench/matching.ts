import { report, round } from './report.ts';
import { openWorld } from './world.ts';

const people = Number(process.env.BENCH_PEOPLE ?? 1_000_000);
const items = Number(process.env.BENCH_ITEMS ?? 10_000);
const ordersEach = 6;
const asked = 5_000;

/** (p) The daily run of matching, and how quickly what it found is read. */
export async function benchMatching(): Promise<void> {
  const world = await openWorld();
  try {
    const { system, workspaceNo: ws } = world;
    const { ch, clock, jobs, matching } = system;
    // Tastes: each person's goods come from a few of fifty families, the best sold far before the others, some again and again.
    const draw = (seed: number) => `(sipHash64(number, ${seed}) % 1000000) / 1000000`;
    const good = (line: number) =>
      `concat('{"product_id":"g', toString(toUInt32(${items} * pow(${draw(10 + line)}, 3) / 50) * 50 + sipHash64(person, if(${draw(20 + line)} < 0.8, 0, 1), number % 3) % 50), '","price":', toString(1 + sipHash64(number, ${line}) % 90), '}')`;
    const parts = Math.max(1, Math.ceil((people * ordersEach) / 1_000_000));
    for (let part = 0; part < parts; part++)
      await ch.command(`INSERT INTO events (workspace_no, person_no, time, type, event, message_id, key, batch, received_at, source, carrier, properties)
        SELECT ${ws}, toUInt32(1 + number % ${people}) AS person, fromUnixTimestamp64Milli(toInt64(${clock.ms()}) - toInt64(sipHash64(number, 3) % 31536000000)), 'track', 'Order Completed',
          toString(number), number, 1, now64(3), 'http', 'web', concat('{"order_id":"o', toString(number), '","products":[', ${good(1)}, ',', ${good(2)}, ',', ${good(3)}, ']}')
        FROM numbers(${Math.floor((part * people * ordersEach) / parts)}, ${Math.floor((people * ordersEach) / parts)})`);
    const before = process.cpuUsage();
    let peak = process.memoryUsage.rss();
    const watching = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss());
    }, 500);
    const { id } = await matching.recompute(ws);
    await jobs.flush();
    clearInterval(watching);
    const spent = process.cpuUsage(before);
    const job = await jobs.get(ws, id);
    if (job.state !== 'done') throw new Error(`the run ${job.state}: ${job.error}`);
    report({
      id: 'p',
      what: `daily run of matching, ${round(people)} people × ${round(items)} goods, ${round(people * ordersEach * 3)} lines, learning and trial included, PostgreSQL not, s of processor`,
      value: round((spent.user + spent.system) / 1e6),
    });
    report({ id: 'p', what: 'the same, resident memory of the process at its peak, engine included, MB', value: round(peak / 2 ** 20) });
    const times: number[] = [];
    const reading = process.cpuUsage();
    for (let i = 0; i < asked; i++) {
      const began = performance.now();
      const found = await matching.nextProducts(ws, 1 + ((i * 7919) % people), 10);
      if (found.items.length === 0) throw new Error('somebody has nothing next');
      times.push(performance.now() - began);
    }
    const read = process.cpuUsage(reading);
    times.sort((a, b) => a - b);
    const p99 = times[Math.floor(asked * 0.99)]!;
    report({
      id: 'p',
      what: `what is next for a person, by key, p50 / p99, ms (${round((read.user + read.system) / asked)} µs of processor each)`,
      value: `${round(times[asked >> 1]!, 1)} / ${round(p99, 1)}`,
      ...{ target: '< 20 (p99)', met: p99 < 20 },
    });
  } finally {
    await world.close();
  }
}
