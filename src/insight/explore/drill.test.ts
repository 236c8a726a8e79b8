import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explored } from '../schema.ts';
import { insightWorld, type Told, type World } from '../world.fixture.ts';
import type { Kind } from './explore.ts';

/** What a chart says is what its lists hold, for every number of every kind, over random events. */
const runs = Number(process.env.YUTANG_DRILL_RUNS ?? 1);
let world: World;
beforeAll(async () => {
  world = await insightWorld();
});
afterAll(() => world.close());

const start = Date.parse('2026-03-01T00:00:00Z');
const range = { from: '2026-03-02', to: '2026-03-20' };
const a = { event: 'a' };
const breakdowns = [{ property: 'city' }, { by: 'carrier' }, { by: 'level' }, { tags: ['vip', 'mum'] }];
const withPart = (question: object) => breakdowns.map((breakdown) => ({ ...question, breakdown }));

const questions: Record<Kind, object[]> = {
  funnel: [
    { steps: [a, { event: 'b' }, { event: 'c' }], within: { days: 2 }, trend: 'day' },
    { steps: [a, { event: '*' }, a], within: { days: 3 }, order: 'any' },
    { steps: [a, { event: 'b' }], within: { days: 3 }, order: 'strict', breakdown: { property: 'city' } },
    {
      steps: [a, { event: 'b' }, { event: 'c' }],
      within: { days: 4 },
      exclude: [{ event: 'd', from: 1, to: 2 }],
      breakdown: { by: 'carrier' },
      trend: 'week',
    },
    {
      steps: [a, { event: 'b' }],
      within: { days: 4 },
      order: 'any',
      exclude: [{ event: 'd', from: 1, to: 2 }],
      breakdown: { tags: ['vip', 'mum'] },
    },
  ],
  retention: [
    {
      first: a,
      return: { event: '*' },
      period: 'week',
      count: 3,
      brackets: [
        [1, 1],
        [2, 3],
      ],
      weekStart: 'sunday',
    },
    { first: a, return: { event: 'b' }, period: 'week', count: 2, cohort: 'any', breakdown: { property: 'city' } },
    { first: a, return: { event: 'b' }, period: 'week', count: 2, breakdown: { tags: ['vip', 'mum'] } },
  ],
  trend: withPart({ series: [a, { event: 'b', measure: 'people' }, { event: '*', measure: 'sum', property: 'amount' }], interval: 'week' }),
  paths: [
    {},
    { start: 'a', steps: 4 },
    { end: 'c', collapse: false, gap: { days: 2 } },
    { start: 'a', end: 'd', steps: 4, gap: { days: 9 }, clean: [{ prefix: 'b', as: 'B' }] },
  ],
  stickiness: [{ done: { event: '*' }, interval: 'week' }, ...withPart({ done: a, interval: 'day' }).slice(0, 1)],
  lifecycle: [
    { done: a, interval: 'week' },
    { done: { event: '*' }, interval: 'day' },
  ],
  distribution: [
    { done: a, of: 'events', breakdown: { by: 'level' } },
    { done: { event: '*' }, of: 'days', breakdown: { property: 'city' } },
    { done: a, of: { sum: 'amount' } },
    { done: a, of: { average: 'amount' }, edges: [0, 20, 50] },
    { done: a, of: { values: 'amount' } },
    { done: a, of: { values: 'city' }, breakdown: { by: 'carrier' } },
  ],
  worth: [{ count: 2 }, { first: a, count: 3, period: 'week', breakdown: { property: 'city' } }],
};

/** Every number of people in an answer, with its cell: rows, their periods, times, trends, nodes, whole paths. */
function numbersOf(answer: object): [number, object][] {
  const found: [number, object][] = [];
  const pairs = [
    ['people', 'cell'],
    ['dropped', 'droppedCell'],
    ['atLeast', 'atLeastCell'],
    ['ended', 'endedCell'],
    ['entered', 'cell'],
    ['converted', 'convertedCell'],
  ] as const;
  const walk = (part: unknown): void => {
    if (Array.isArray(part)) for (const one of part) walk(one);
    else if (part && typeof part === 'object') {
      const row = part as Record<string, unknown>;
      for (const [number, cell] of pairs) if (typeof row[number] === 'number' && row[cell]) found.push([row[number], row[cell] as object]);
      for (const key of ['rows', 'periods', 'times', 'trend', 'nodes', 'top']) if (Array.isArray(row[key])) walk(row[key]);
    }
  };
  walk(answer);
  return found;
}

describe('what a chart says is what its lists hold', { timeout: 300_000 }, () => {
  it.each(Object.keys(questions) as Kind[])('%s', async (kind) => {
    const history = fc.array(
      fc.record({
        event: fc.constantFrom('a', 'a', 'b', 'c', 'd', 'Order Completed', 'Order Refunded'),
        hour: fc.integer({ min: -60, max: 24 * 24 }),
        city: fc.constantFrom('北京', "O'Hare", undefined),
        carrier: fc.constantFrom('wecom', 'app', ''),
        amount: fc.oneof(fc.integer({ min: -5, max: 90 }), fc.constant(undefined), fc.constant(3.25)),
      }),
      { maxLength: 14 },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(history, { minLength: 40, maxLength: 40 }), async (histories) => {
        const told: Told[] = histories.flatMap((h, i) =>
          h.map(({ event, hour, city, carrier, amount }) => ({
            person: i + 1,
            event,
            at: start + hour * 3_600_000,
            carrier,
            properties: {
              ...(city ? { city } : {}),
              ...(amount === undefined ? {} : { amount }),
              ...(event.startsWith('Order') ? { revenue_fen: (amount ?? 0) * 100 } : {}),
            },
          })),
        );
        const ws = await world.tell(told);
        world.levels.set('2026-03-20T00:00:00.000Z', Object.fromEntries(histories.map((_, i) => [i + 1, ['basic', 'buyer', ''][i % 3]!])));
        world.tags.set(
          'vip',
          histories.map((_, i) => i + 1).filter((n) => n % 2),
        );
        world.tags.set(
          'mum',
          histories.map((_, i) => i + 1).filter((n) => n % 3 === 0),
        );
        for (const question of questions[kind]) {
          const asked = explored.parse({ kind, ...range, ...question });
          const { kind: _, ...rest } = asked;
          const answer = await world.insight.explore({ workspaceNo: ws, timezone: 'UTC' }, kind, rest as never);
          const numbers = numbersOf(answer);
          expect(
            numbers.some(([n]) => n > 0),
            JSON.stringify(question),
          ).toBe(true);
          // Each of the cells would be a query; some of them, spread over all, say as much.
          const every = Math.max(1, Math.floor(numbers.length / 9));
          for (const [number, cell] of numbers.filter((_n, i) => i % every === 0))
            expect((await world.behind(ws, answer.meta.question, cell)).length, JSON.stringify({ kind, question, cell })).toBe(number);
        }
      }),
      { numRuns: runs, seed: 11, endOnFailure: true },
    );
  });
});
