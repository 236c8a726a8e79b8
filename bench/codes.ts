import { connect, type Socket } from 'node:net';
import { report, round } from './report.ts';
import { type Server, startServer } from './server.ts';

const links = 20;
const connections = 64;
const warmUp = 10_000;
const total = Number(process.env.YUTANG_BENCH_SCANS ?? 60_000);
/** What a second of the measure of times offers. */
const offered = Number(process.env.YUTANG_BENCH_OFFERED ?? 5_000);
/** Phones that come back: one in so many scans is a new one. */
const freshEvery = 20;

/**
 * Redirects of short links: how many a second at the most; how quickly when so many a second are offered as are promised, each timed from the instant at
 * which it was due; and whether every one is counted. The client runs on the same cores: it writes and reads bare HTTP, so that it takes little of them.
 */
export async function benchCodes(): Promise<void> {
  const server = await startServer();
  try {
    const points: { id: string; key: string }[] = [];
    for (let i = 0; i < links; i++)
      points.push(await server.api('POST', '/api/touchpoints', { kind: 'short_link', name: `Link ${i}`, url: `https://example.com/${i}` }));
    const phones = await openPhones(
      server,
      points.map((p) => p.key),
    );
    await phones.asFastAsPossible(warmUp);
    const before = server.usage().cpu;
    const began = performance.now();
    await phones.asFastAsPossible(total);
    const rate = total / ((performance.now() - began) / 1000);
    const cpu = server.usage().cpu - before;
    const counted = async () =>
      (
        await server.api<{ items: { scans: number }[] }>('GET', `/api/touchpoints/figures?ids=${points.map((p) => p.id).join()}`)
      ).items.reduce((sum, one) => sum + one.scans, 0);
    const wait = async (expected: number): Promise<number> => {
      let scans = 0;
      for (let i = 0; i < 480 && scans < expected; i++) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        scans = await counted();
      }
      return scans;
    };
    // The second measure begins when the first is worked off.
    await wait(warmUp + total);
    const all = server.usage().cpu - before;
    const seconds = Math.max(4, total / offered);
    const times = (await phones.offered(offered, seconds)).sort((a, b) => a - b);
    const at = (part: number) => times[Math.min(times.length - 1, Math.floor(times.length * part))]!;
    phones.close();
    const answered = warmUp + total + times.length;
    const scans = await wait(answered);
    report({
      id: 'k',
      what: `redirects of short links, ${connections} connections, while their scans become events`,
      value: `${round(rate)}/s · ${round((cpu / total) * 1e6)} µs of processor time each, ${round((all / total) * 1e6)} with all that follows`,
      target: '≥ 5,000/s',
      met: rate >= 5_000,
    });
    report({
      id: 'k',
      what: `the same when ${round(offered)}/s are offered for ${round(seconds)} s, from when each was due`,
      value: `p50 ${round(at(0.5), 1)} ms · p99 ${round(at(0.99), 1)} ms`,
      target: 'p99 < 10 ms',
      met: at(0.99) < 10,
    });
    report({
      id: 'k',
      what: `scans counted of ${round(answered)} answered`,
      value: round(scans),
      target: 'every one, once',
      met: scans === answered,
    });
  } finally {
    await server.stop();
  }
}

/** Phones with connections of their own, each with one request at a time. */
async function openPhones(server: Server, keys: readonly string[]) {
  const { hostname, port, host } = new URL(server.url);
  const cookies = Array.from({ length: Math.max(1, Math.floor(total / freshEvery)) }, (_, i) => `yt_v=v-${String(i).padStart(22, '0')}`);
  let n = 0;
  const request = (): string => {
    const i = n++;
    return `GET /s/${keys[i % keys.length]} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: MicroMessenger\r\nCookie: ${cookies[i % cookies.length]}\r\n\r\n`;
  };
  const answered = new Map<Socket, (error?: Error) => void>();
  const sockets = await Promise.all(
    Array.from(
      { length: connections },
      () =>
        new Promise<Socket>((resolve, reject) => {
          const socket = connect(Number(port), hostname, () => resolve(socket)).setNoDelay(true);
          let text = '';
          socket.on('error', (error) => {
            reject(error);
            answered.get(socket)?.(error);
          });
          socket.on('data', (bytes) => {
            text += bytes.toString('latin1');
            // A redirect has no body: it ends with its head.
            if (!text.endsWith('\r\n\r\n')) return;
            const wrong = text.startsWith('HTTP/1.1 302') ? undefined : new Error(`a link answered: ${text.slice(0, 80)}`);
            text = '';
            answered.get(socket)?.(wrong);
          });
        }),
    ),
  );
  const scan = (socket: Socket): Promise<void> =>
    new Promise((resolve, reject) => {
      answered.set(socket, (error) => (error ? reject(error) : resolve()));
      socket.write(request());
    });
  return {
    asFastAsPossible: async (count: number): Promise<void> => {
      let left = count;
      await Promise.all(
        sockets.map(async (socket) => {
          while (left-- > 0) await scan(socket);
        }),
      );
    },
    /** So many a second, whether or not those before are answered; how long each took, waiting for a free phone included. */
    offered: async (rate: number, seconds: number): Promise<number[]> => {
      const began = performance.now();
      const times: number[] = [];
      const free = [...sockets];
      const waiting: number[] = [];
      const under = new Set<Promise<void>>();
      const serve = async (socket: Socket, first: number): Promise<void> => {
        for (let due: number | undefined = first; due !== undefined; due = waiting.shift()) {
          await scan(socket);
          times.push(performance.now() - due);
        }
        free.push(socket);
      };
      for (let sent = 0; sent < rate * seconds; ) {
        for (; sent < rate * seconds && began + (sent / rate) * 1000 <= performance.now(); sent++) {
          const due = began + (sent / rate) * 1000;
          const socket = free.pop();
          if (!socket) waiting.push(due);
          else {
            const one = serve(socket, due);
            under.add(one);
            void one.then(() => under.delete(one));
          }
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await Promise.all(under);
      return times;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}
