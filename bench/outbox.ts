import { report, round } from './report.ts';
import { measured } from './server.ts';
import { openSink } from './sink.ts';
import { openWorld } from './world.ts';

const messages = Number(process.env.BENCH_MESSAGES ?? process.env.BENCH_PEOPLE ?? 100_000);
const target = 5_000;

/**
 * (o) Messages of one step, a different person each, are queued; then they are decided (consent, caps, limits), written, handed to a sink on this machine
 * and recorded. Processor time is that of the program, PostgreSQL, and this bench with its sink.
 */
export async function benchOutbox(): Promise<void> {
  const sink = await openSink();
  const { system, workspaceNo: ws, close } = await openWorld({ YUTANG_WEBHOOK_ALLOW: sink.host });
  try {
    const { channels, content, clock, pg } = system;
    await channels.save(ws, 'webhook', sink.webhook);
    await channels.setPolicy(ws, { quietHours: null } as never);
    const { id: contentId } = await content.create(ws, { name: 'A', body: '{{ person.name }}，您好' } as never);
    const base = 50_000_000;
    await pg.query(
      `INSERT INTO people (workspace_no, person_no, created_at, traits) SELECT $1, n, $2, jsonb_build_object('name', '顾客' || n) FROM generate_series($3::bigint, $4::bigint) AS n`,
      [ws, clock.now(), base, base + messages - 1],
    );
    const items = Array.from({ length: messages }, (_, i) => ({ personNo: base + i, passNo: i + 1 }));
    const journey = { id: 'bench', version: 1, node: 'send' };
    const queued = await measured(async () => {
      for (let i = 0; i < messages; i += 20_000)
        await pg.tx((tx) =>
          channels.enqueue(tx, ws, {
            ...{ channel: 'webhook', contentId, journey, dueAt: clock.now(), queuedAt: clock.now() },
            items: items.slice(i, i + 20_000),
          }),
        );
    });
    const sent = await measured(async () => {
      for (let done = 1; done > 0; ) done = await channels.dispatch();
    });
    const rate = sink.received.size / sent.seconds;
    report({
      ...{
        id: 'o',
        what: `${round(messages)} queued messages to a local sink, messages/s (${round(sink.received.size)} received, ${sink.twice()} twice)`,
      },
      ...{ value: round(rate), target: round(target), met: rate >= target && sink.received.size === messages && sink.twice() === 0 },
    });
    const each = (cpu: number) => round((cpu / messages) * 1e6);
    report({
      ...{ id: 'o', what: 'the same in processor time, the sink included, µs a message (of these PostgreSQL; to queue it before)' },
      value: `${each(sent.cpu)} (${each(sent.cpu - sent.own)}; ${each(queued.cpu)})`,
    });
  } finally {
    await close();
    sink.close();
  }
}
