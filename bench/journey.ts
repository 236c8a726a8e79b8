import { createServer } from 'node:http';
import { report, round } from './report.ts';
import { treeUsage } from './server.ts';
import { openWorld } from './world.ts';

const people = Number(process.env.BENCH_PEOPLE ?? 100_000);
const waiting = Number(process.env.BENCH_WAITING ?? 1_000_000);

/**
 * (c) Everyone enters at once, is branched by a rule, and is sent a message to a sink on this machine. The clock stops when the sink has everyone's;
 * processor time is that of the program, PostgreSQL, and this bench with its sink.
 */
export async function benchJourney(): Promise<void> {
  const received = new Set<string>();
  let twice = 0;
  const sink = createServer((req, res) => {
    const parts: Buffer[] = [];
    req.on('data', (part: Buffer) => parts.push(part));
    req.on('end', () => {
      const body = JSON.parse(Buffer.concat(parts).toString()) as { messages: { idempotencyKey: string }[] };
      for (const { idempotencyKey: key } of body.messages) {
        if (received.has(key)) twice += 1;
        received.add(key);
      }
      res.end('{}');
    });
  });
  await new Promise<void>((resolve) => {
    sink.listen(0, '127.0.0.1', resolve);
  });
  const { port } = sink.address() as { port: number };
  const { system, workspaceNo: ws, close } = await openWorld({ YUTANG_WEBHOOK_ALLOW: `127.0.0.1:${port}` });
  try {
    const { channels, content, journeys, events, clock } = system;
    await channels.save(ws, 'webhook', { url: `http://127.0.0.1:${port}/sink`, secret: 'bench-secret-0123456789', batch: true });
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
    for (let i = 0; received.size < people && i < 12_000; i++) await new Promise((resolve) => setTimeout(resolve, 25));
    const seconds = (performance.now() - began) / 1000;
    const sent = treeUsage(process.pid).cpu;
    const rate = received.size / seconds;
    report({
      id: 'c',
      what: `${round(people)} people through entry → branch → send, people/s (${round(received.size)} received, ${twice} twice)`,
      value: round(rate),
      target: '5,000',
      met: rate >= 5_000 && received.size === people && twice === 0,
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
  await benchWaiting();
}

/**
 * Many who wait, some of whom are due in the same second. They are put where they stand by the database itself; what is measured is how they are moved
 * (each comes to a goal, takes a branch, and waits again: three steps), and what it costs that the others stand there.
 */
async function benchWaiting(): Promise<void> {
  if (waiting === 0) return;
  const due = Math.ceil(waiting / 10);
  const { system, workspaceNo: ws, close } = await openWorld();
  try {
    const { journeys, clock, pg } = system;
    const nodes = [
      { id: 'in', type: 'entry', event: 'Bench Started', reentry: 'never' },
      { id: 'w', type: 'wait', days: 1 },
      { id: 'g', type: 'goal', event: 'Bench Reached', withinDays: 1 },
      {
        id: 'ab',
        type: 'split',
        branches: [
          { key: 'a', name: 'A', weight: 50 },
          { key: 'b', name: 'B', weight: 50 },
        ],
      },
      { id: 'w2', type: 'wait', days: 30 },
      { id: 'out', type: 'exit' },
    ];
    const edges = [
      { from: 'in', to: 'w' },
      { from: 'w', to: 'g' },
      { from: 'g', to: 'ab' },
      { from: 'ab', to: 'w2', branch: 'a' },
      { from: 'ab', to: 'w2', branch: 'b' },
      { from: 'w2', to: 'out' },
    ];
    const { id } = await journeys.create(ws, { name: 'waiting', purpose: 'convert', graph: { nodes, edges } } as never);
    await journeys.launch(ws, id);
    const now = clock.now();
    await pg.query(
      `INSERT INTO journey_people (workspace_no, journey_no, version, person_no, entry_no, node, due_at, event_at, entered_at, moved_at)
       SELECT $1, j.no, 1, 1000000 + n, 1, 'w', CASE WHEN n <= $3 THEN $4::timestamptz ELSE $4::timestamptz + interval '1 day' END, $4, $4, $4
       FROM journeys j, generate_series(1, $5::int) AS n WHERE j.id = $2`,
      [ws, id, due, now, waiting],
    );
    await pg.query('ANALYZE journey_people');
    const before = treeUsage(process.pid).cpu;
    const began = performance.now();
    const moved = await journeys.tick();
    const seconds = (performance.now() - began) / 1000;
    const rate = (moved * 3) / seconds;
    report({
      id: 'c',
      what: `${round(waiting)} wait, ${round(due)} due in the same second: people-steps/s (${round(moved)} moved)`,
      value: round(rate),
      target: '20,000',
      met: rate >= 20_000 && moved === due,
    });
    report({
      id: 'c',
      what: 'the same in processor time, µs a step',
      value: round(((treeUsage(process.pid).cpu - before) / (moved * 3)) * 1e6),
    });
    await system.start();
    for (let done = 1; done > 0; ) done = await journeys.announce();
    await system.events.flush();
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const idle = treeUsage(process.pid).cpu;
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    report({
      id: 'c',
      what: `processor time a second while ${round(waiting)} wait, ms`,
      value: round(((treeUsage(process.pid).cpu - idle) / 10) * 1000),
    });
  } finally {
    await close();
  }
}

async function inParts<T>(make: (i: number) => T, write: (list: T[]) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < people; i += 5_000) await write(Array.from({ length: Math.min(5_000, people - i) }, (_, k) => make(i + k)));
}
