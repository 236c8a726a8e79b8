import { report, round } from './report.ts';
import { startServer, writeKey } from './server.ts';

const orders = Number(process.env.BENCH_ORDERS ?? 100);

/** (e) CPU and memory at rest, and (f) from an event to the changed level. */
export async function benchRest(): Promise<void> {
  const server = await startServer();
  try {
    const authorization = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`;
    const track = async (event: string, userId: string) => {
      const answer = await fetch(`${server.url}/v1/track`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ event, userId, properties: { revenue: 10 } }),
      });
      if (!answer.ok) throw new Error(`track: ${answer.status}`);
    };
    const delays: number[] = [];
    const acknowledged: number[] = [];
    for (let i = 0; i < orders + 20; i++) {
      const began = performance.now();
      await track('Order Completed', `buyer-${i}`);
      const answered = performance.now();
      for (;;) {
        const { items } = await server.api<{ items: { level: string | null }[] }>('GET', `/api/people?externalId=user_id:buyer-${i}`);
        if (items[0]?.level === 'buyer') break;
        if (performance.now() - began > 30_000) throw new Error('the level never changed');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      if (i < 20) continue;
      delays.push(performance.now() - began);
      acknowledged.push(answered - began);
    }
    const at = (list: number[], q: number) => [...list].sort((a, b) => a - b)[Math.floor(list.length * q)]!;
    report({
      id: 'f',
      what: 'event sent to level changed, as the API tells it, p50 / p99, ms',
      value: `${round(at(delays, 0.5))} / ${round(at(delays, 0.99))}`,
      target: '< 1,000',
      met: at(delays, 0.99) < 1000,
    });
    report({
      id: 'f',
      what: 'event sent to acknowledged (durable), p50 / p99, ms',
      value: `${round(at(acknowledged, 0.5))} / ${round(at(acknowledged, 0.99))}`,
    });
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    const before = server.usage();
    const began = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    const after = server.usage();
    const share = ((after.cpu - before.cpu) / ((performance.now() - began) / 1000)) * 100;
    report({
      id: 'e',
      what: 'CPU at rest over a minute, PostgreSQL included, % of a core',
      value: round(share, 1),
      target: '< 2',
      met: share < 2,
    });
    report({ id: 'e', what: 'memory at rest, PostgreSQL included, MB', value: round(after.rss) });
  } finally {
    await server.stop();
  }
}
