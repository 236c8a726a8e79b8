import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHarness, type Harness, hour, minute, ws } from './journeys.fixture.ts';

let h: Harness;
let run = 0;
beforeAll(async () => {
  h = await createHarness();
});
afterAll(() => h.close());

/** From here on every process dies at the n-th passing of the boundary, until `live`. */
function dieAt(name: string, nth = 1): void {
  let passed = 0;
  Object.assign(
    h.current,
    h.process((at) => {
      if (at === name && ++passed === nth) throw new Error(`killed at ${name}`);
    }),
  );
}
const live = () => Object.assign(h.current, h.process());

/** entry → branch → (send a | split → send b, send c) → wait → send d → exit, with a goal beside it. */
const launch = () => {
  const send = (id: string) => ({ id, type: 'send', channel: 'webhook', contentId: h.contentId });
  return h.launch({
    nodes: [
      { id: 'in', type: 'entry', event: `Start ${run}` },
      {
        id: 'b',
        type: 'branch',
        branches: [{ key: 'vip', name: 'VIP', rule: { event: `Start ${run}`, where: [{ property: 'vip', op: '=', value: true }] } }],
      },
      {
        id: 'ab',
        type: 'split',
        branches: [
          { key: 'x', name: 'X', weight: 50 },
          { key: 'y', name: 'Y', weight: 50 },
        ],
      },
      send('sa'),
      send('sb'),
      send('sc'),
      { id: 'w', type: 'wait', hours: 1 },
      send('sd'),
      { id: 'out', type: 'exit' },
      { id: 'g', type: 'goal', event: `Goal ${run}`, withinDays: 2 },
    ],
    edges: [
      { from: 'in', to: 'b' },
      { from: 'b', to: 'sa', branch: 'vip' },
      { from: 'b', to: 'ab', branch: 'else' },
      { from: 'ab', to: 'sb', branch: 'x' },
      { from: 'ab', to: 'sc', branch: 'y' },
      { from: 'sa', to: 'w' },
      { from: 'sb', to: 'w' },
      { from: 'sc', to: 'w' },
      { from: 'w', to: 'sd' },
      { from: 'sd', to: 'out' },
    ],
  });
};
const user = (i: number) => `r${run}u${i}`;
const start = (i: number) => h.happen(user(i), `Start ${run}`, { vip: i % 3 === 0 }).catch(() => {});
const goal = (i: number) => h.happen(user(i), `Goal ${run}`).catch(() => {});

/** Who started has two messages, one of each step; and every step was told once. */
async function judge(journeyId: string, started: Set<number>, reached: Set<number>): Promise<void> {
  live();
  for (let i = 0; i < 4; i++) {
    await h.settle();
    h.clock.advance(hour);
  }
  await h.settle();
  const numbers = new Map(await Promise.all([...started].map(async (i) => [await h.number(user(i)), i] as const)));
  const mine = h.sink.received.filter((m) => numbers.has(m.personNo));
  expect(mine).toHaveLength(started.size * 2);
  for (const [no, i] of numbers) {
    const nodes = mine.filter((m) => m.personNo === no).map((m) => m.idempotencyKey.split(':')[2]);
    expect(nodes.filter((n) => n === 'sd')).toHaveLength(1);
    if (i % 3 === 0) expect(nodes).toContain('sa');
    else expect(nodes.filter((n) => n === 'sb' || n === 'sc')).toHaveLength(1);
  }
  const told = await h.engines.ch.query<{ event: string; n: number; people: number }>(
    `SELECT event, count() AS n, uniqExact(person_no) AS people FROM ${h.events.source(ws)} WHERE properties.journeyId.:String = '${journeyId}' GROUP BY event ORDER BY event`,
  );
  const n = started.size;
  const branched = [...started].reduce((sum, i) => sum + (i % 3 === 0 ? 1 : 2), 0);
  const expected = {
    'Journey Entered': n,
    'Journey Branched': branched,
    'Journey Exited': n,
    'Journey Converted': reached.size,
    'Message Queued': 2 * n,
    'Message Sent': 2 * n,
  };
  expect(Object.fromEntries(told.map((t) => [t.event, t.n]))).toEqual(
    Object.fromEntries(Object.entries(expected).filter(([, count]) => count > 0)),
  );
  const results = await h.current.journeys.results(ws, journeyId);
  expect(results).toMatchObject({ entered: n, inside: 0, converted: reached.size });
}

const boundaries = [
  'journeys.entered',
  'journeys.advanced',
  'journeys.converted',
  'journeys.announced',
  'journeys.told',
  'outbox.claimed',
  'outbox.submitted',
  'outbox.recorded',
  'outbox.announced',
  'outbox.told',
];

describe('journeys when the process dies', () => {
  it.each(boundaries)('at %s: everyone goes the way once and gets each message once', async (name) => {
    run += 1;
    live();
    const j = await launch();
    const started = new Set([1, 2, 3, 4]);
    dieAt(name);
    for (const i of started) await start(i);
    await h.settle().catch(() => {});
    h.clock.advance(minute);
    await goal(1);
    await h.settle().catch(() => {});
    await judge(j, started, new Set([1]));
    await h.clear();
  });

  it('at any place, in any order, any number of times', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('start' as const), i: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ do: fc.constant('goal' as const), i: fc.integer({ min: 1, max: 9 }) }),
      fc.record({
        do: fc.constantFrom('tick' as const, 'dispatch' as const, 'tell' as const, 'wait' as const, 'flush' as const),
        i: fc.constant(0),
      }),
      {
        weight: 2,
        arbitrary: fc.record({ do: fc.constant('die' as const), at: fc.constantFrom(...boundaries), i: fc.integer({ min: 1, max: 3 }) }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 20 }), async (steps) => {
        run += 1;
        live();
        const j = await launch();
        const started = new Set<number>();
        const reached = new Set<number>();
        for (const s of steps) {
          const { journeys, channels } = h.current;
          h.clock.advance(1000);
          switch (s.do) {
            case 'start':
              if (!started.has(s.i)) await start(s.i);
              started.add(s.i);
              break;
            case 'goal':
              if (started.has(s.i)) {
                await goal(s.i);
                reached.add(s.i);
              }
              break;
            case 'tick':
              await journeys.tick().catch(() => {});
              break;
            case 'dispatch':
              await channels.dispatch().catch(() => {});
              break;
            case 'tell':
              await journeys.announce().catch(() => {});
              await channels.announce().catch(() => {});
              break;
            case 'flush':
              await h.events.flush().catch(() => {});
              break;
            case 'wait':
              h.clock.advance(40 * minute);
              break;
            case 'die':
              dieAt(s.at, s.i);
          }
        }
        await judge(j, started, reached);
        await h.clear();
      }),
      { numRuns: Number(process.env.YUTANG_CRASH_RUNS ?? 12) },
    );
  });
});
