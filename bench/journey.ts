import { report, round } from './report.ts';
import { treeUsage } from './server.ts';
import { openSink } from './sink.ts';
import { openWorld } from './world.ts';

const people = Number(process.env.BENCH_PEOPLE ?? 100_000);

/**
 * (c) Everyone enters at once, is branched by a rule, and is sent a message to a sink on this machine. The clock stops when the sink has everyone's;
 * processor time is that of the program, PostgreSQL, and this bench with its sink.
 */
export async function benchJourney(): Promise<void> {
  const sink = await openSink();
  const { system, workspaceNo: ws, close } = await openWorld({ YUTANG_WEBHOOK_ALLOW: sink.host });
  try {
    const { channels, content, journeys, events, clock } = system;
    await channels.save(ws, 'webhook', sink.webhook);
    await channels.setPolicy(ws, { quietHours: null } as never);
    const texts = await Promise.all(
      ['A', 'B'].map((name) => content.create(ws, { name, body: `{{ person.name }}，您好 ${name}` } as never)),
    );
    const nodes = [
      { id: 'in', type: 'entry', event: 'Bench Started', reentry: 'never' },
      {
        id: 'who',
        type: 'branch',
        branches: [{ key: 'rich', name: 'rich', rule: { event: 'Order Completed', sum: { property: 'revenue', op: '>=', value: 100 } } }],
      },
      { id: 'a', type: 'send', channel: 'webhook', contentId: texts[0]!.id },
      { id: 'b', type: 'send', channel: 'webhook', contentId: texts[1]!.id },
      { id: 'out', type: 'exit' },
    ];
    const edges = [
      { from: 'in', to: 'who' },
      { from: 'who', to: 'a', branch: 'rich' },
      { from: 'who', to: 'b', branch: 'else' },
      { from: 'a', to: 'out' },
      { from: 'b', to: 'out' },
    ];
    const journey = await journeys.create(ws, { name: 'bench', purpose: 'convert', graph: { nodes, edges } } as never);
    await journeys.launch(ws, journey.id);
    await inParts(
      (i) => ({
        messageId: `order-${i}`,
        event: 'Order Completed',
        timestamp: clock.now(),
        userId: `u${i}`,
        properties: { revenue: i % 200 },
      }),
      (list) => events.write(ws, list),
    );
    await inParts(
      (i) => ({ messageId: `who-${i}`, type: 'identify' as const, timestamp: clock.now(), userId: `u${i}`, traits: { name: `顾客${i}` } }),
      (list) => events.write(ws, list),
    );
    await system.start();
    await events.flush();
    const before = treeUsage(process.pid).cpu;
    const began = performance.now();
    await inParts(
      (i) => ({ messageId: `start-${i}`, event: 'Bench Started', timestamp: clock.now(), userId: `u${i}` }),
      (list) => events.write(ws, list),
    );
    for (let i = 0; sink.received.size < people && i < 12_000; i++) await new Promise((resolve) => setTimeout(resolve, 25));
    const seconds = (performance.now() - began) / 1000;
    const sent = treeUsage(process.pid).cpu;
    const rate = sink.received.size / seconds;
    report({
      id: 'c',
      what: `${round(people)} people through entry → branch → send, people/s (${round(sink.received.size)} received, ${sink.twice()} twice)`,
      value: round(rate),
      target: '5,000',
      met: rate >= 5_000 && sink.received.size === people && sink.twice() === 0,
    });
    const perPerson = (cpu: number) => round((cpu / people) * 1e6);
    report({ id: 'c', what: 'processor time until sent, PostgreSQL and the sink included, µs a person', value: perPerson(sent - before) });
    for (let done = 1; done > 0; ) done = (await journeys.announce()) + (await channels.announce());
    await events.flush();
    report({
      id: 'c',
      what: 'the same until all is told as events and every consumer has caught up, µs a person',
      value: perPerson(treeUsage(process.pid).cpu - before),
    });
  } finally {
    await close();
    sink.close();
  }
}

async function inParts<T>(make: (i: number) => T, write: (list: T[]) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < people; i += 5_000) await write(Array.from({ length: Math.min(5_000, people - i) }, (_, k) => make(i + k)));
}
