import { Agent, request } from 'node:http';
import { report, round } from './report.ts';
import { startServer } from './server.ts';

const links = 20;
const connections = 64;
const warmUp = 5_000;
const total = Number(process.env.YUTANG_BENCH_SCANS ?? 60_000);
/** Phones that come back: one in so many scans is a new one. */
const freshEvery = 20;

/** Redirects of short links: how many a second, how quickly, and whether every one is counted. The client runs on the same cores. */
export async function benchCodes(): Promise<void> {
  const server = await startServer();
  try {
    const points: { id: string; key: string }[] = [];
    for (let i = 0; i < links; i++)
      points.push(await server.api('POST', '/api/touchpoints', { kind: 'short_link', name: `Link ${i}`, url: `https://example.com/${i}` }));
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    const cookies = Array.from({ length: total / freshEvery }, (_, i) => `yt_v=v-${String(i).padStart(22, '0')}`);
    const scan = (n: number): Promise<number> =>
      new Promise((resolve, reject) => {
        const began = performance.now();
        const headers = { 'user-agent': 'MicroMessenger', cookie: cookies[n % cookies.length]! };
        request(`${server.url}/s/${points[n % links]!.key}`, { agent, headers }, (answer) => {
          if (answer.statusCode !== 302) reject(new Error(`a link answered ${answer.statusCode}`));
          answer.resume().on('end', () => resolve(performance.now() - began));
        })
          .on('error', reject)
          .end();
      });
    const run = async (from: number, count: number): Promise<number[]> => {
      const times: number[] = [];
      let next = from;
      await Promise.all(
        Array.from({ length: connections }, async () => {
          while (next < from + count) times.push(await scan(next++));
        }),
      );
      return times.sort((a, b) => a - b);
    };
    await run(0, warmUp);
    const before = server.usage().cpu;
    const began = performance.now();
    const times = await run(warmUp, total);
    const seconds = (performance.now() - began) / 1000;
    const cpu = server.usage().cpu - before;
    const at = (part: number) => times[Math.min(times.length - 1, Math.floor(times.length * part))]!;
    agent.destroy();

    const ids = points.map((p) => p.id).join();
    const counted = async () =>
      (await server.api<{ items: { scans: number }[] }>('GET', `/api/touchpoints/figures?ids=${ids}`)).items.reduce(
        (sum, one) => sum + one.scans,
        0,
      );
    let scans = 0;
    for (let i = 0; i < 240 && scans < warmUp + total; i++) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      scans = await counted();
    }
    report({
      id: 'k',
      what: `redirects of short links, ${connections} connections, while their scans become events`,
      value: `${round(total / seconds)}/s · p50 ${round(at(0.5), 1)} ms · p99 ${round(at(0.99), 1)} ms · ${round((cpu / total) * 1e6)} µs of processor time each`,
      target: '≥ 5,000/s, p99 < 10 ms',
      met: total / seconds >= 5_000 && at(0.99) < 10,
    });
    report({
      id: 'k',
      what: `scans counted of ${round(warmUp + total)} answered`,
      value: round(scans),
      target: 'every one, once',
      met: scans === warmUp + total,
    });
  } finally {
    await server.stop();
  }
}
