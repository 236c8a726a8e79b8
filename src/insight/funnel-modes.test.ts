import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { funnelQuestion } from './schema.ts';
import { insightWorld, type World } from './world.fixture.ts';

/** Strict order, any order and exclusions against a reading of their meaning that tries everything, one person at a time. */
const runs = Number(process.env.YUTANG_FUNNEL_RUNS ?? 1);
let world: World;
beforeAll(async () => {
  world = await insightWorld();
});
afterAll(() => world.close());

interface One {
  event: string;
  at: number;
}
interface Shape {
  steps: string[];
  order: 'ordered' | 'strict' | 'any';
  exclude: { event: string; from: number; to: number }[];
}

const fits = (step: string, e: One) => step === '*' || step === e.event;
const [from, to] = [0, 60];

/** The first event of each step after the one before; in strict order only the very next. */
function attempt({ steps, order }: Shape, events: One[], start: number, windowMs: number): number[] {
  const times = [events[start]!.at];
  let place = start;
  for (const step of steps.slice(1)) {
    const next = order === 'strict' ? place + 1 : events.findIndex((e, i) => i > place && fits(step, e));
    const event = next < 0 ? undefined : events[next];
    if (!event || !fits(step, event) || event.at - times[0]! > windowMs) break;
    times.push(event.at);
    place = next;
  }
  return times;
}

/** How many steps a set of events can serve, each event one step. */
function served(steps: string[], events: One[]): number {
  if (steps.length === 0) return 0;
  const [step, ...rest] = steps;
  return Math.max(served(rest, events), ...events.flatMap((e, i) => (fits(step!, e) ? [1 + served(rest, events.toSpliced(i, 1))] : [])));
}

function levelOf(shape: Shape, all: One[], windowMs: number): number {
  const { steps, order, exclude } = shape;
  const events = [...all].sort((a, b) => a.at - b.at);
  const levels = events.map((start, i) => {
    if (start.at < from || start.at >= to) return 0;
    if (order === 'any') {
      if (!steps.some((s) => fits(s, start))) return 0;
      const inside = events.filter((e) => e.at >= start.at && e.at <= start.at + windowMs && e.at >= from);
      const bad = exclude.length > 0 ? inside.find((e) => e.at > start.at && exclude.some((x) => x.event === e.event)) : undefined;
      if (!bad) return served(steps, inside);
      return served(
        steps,
        inside.filter((e) => e.at <= bad.at),
      ) === steps.length
        ? steps.length
        : 0;
    }
    if (!fits(steps[0]!, start)) return 0;
    const times = attempt(shape, events, i, windowMs);
    const spoiled = exclude.some(({ event, from: a, to: b }) => {
      if (times.length < a) return false;
      const until = times.length >= b ? times[b - 1]! : start.at + windowMs + 1;
      return events.some((e) => e.event === event && e.at > times[a - 1]! && e.at < until);
    });
    return spoiled ? 0 : times.length;
  });
  return Math.max(0, ...levels);
}

const shapes: Shape[] = [
  { steps: ['a', 'b', 'c'], order: 'strict', exclude: [] },
  { steps: ['a', 'a'], order: 'strict', exclude: [] },
  { steps: ['a', 'b', 'c'], order: 'any', exclude: [] },
  { steps: ['a', 'a', 'b'], order: 'any', exclude: [] },
  { steps: ['a', '*', 'a'], order: 'any', exclude: [] },
  { steps: ['a', 'b'], order: 'any', exclude: [{ event: 'd', from: 1, to: 2 }] },
  { steps: ['a', 'b', 'c'], order: 'ordered', exclude: [{ event: 'd', from: 2, to: 3 }] },
  {
    steps: ['a', '*', 'b'],
    order: 'ordered',
    exclude: [
      { event: 'c', from: 1, to: 3 },
      { event: 'd', from: 1, to: 2 },
    ],
  },
];

describe('strict order, any order, exclusions', { timeout: 180_000 }, () => {
  it('are what trying everything finds, for random histories', async () => {
    const t0 = Date.parse('2026-03-01T00:00:00Z');
    const history = fc.uniqueArray(fc.record({ event: fc.constantFrom('a', 'b', 'c', 'd'), at: fc.integer({ min: 0, max: 80 }) }), {
      maxLength: 8,
      selector: (e) => e.at,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(history, { minLength: 150, maxLength: 150 }),
        fc.integer({ min: 5, max: 50 }),
        async (histories, windowMs) => {
          const ws = await world.tell(histories.flatMap((h, i) => h.map((e) => ({ person: i + 1, event: e.event, at: t0 + e.at }))));
          for (const shape of shapes) {
            const question = funnelQuestion.parse({
              ...shape,
              steps: shape.steps.map((event) => ({ event })),
              within: { seconds: windowMs / 1000 },
              from: new Date(t0 + from).toISOString(),
              to: new Date(t0 + to).toISOString(),
            });
            const { rows } = await world.insight.funnel({ workspaceNo: ws, timezone: 'UTC' }, question);
            const levels = histories.map((h) => levelOf(shape, h, windowMs));
            expect(
              rows.map((r) => r.people),
              JSON.stringify(shape),
            ).toEqual(shape.steps.map((_, k) => levels.filter((l) => l > k).length));
          }
        },
      ),
      { numRuns: runs, endOnFailure: true },
    );
  });
});
