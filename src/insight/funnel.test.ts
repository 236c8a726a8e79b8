import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { median } from '../experiments/index.ts';
import { type SlowEvent, slowFunnel } from './funnel.slow.fixture.ts';
import { funnelQuestion } from './schema.ts';
import { insightWorld, type Told, type World } from './world.fixture.ts';

let world: World;
beforeAll(async () => {
  world = await insightWorld();
});
afterAll(() => world.close());

const asker = (workspaceNo: number, timezone = 'UTC') => ({ workspaceNo, timezone });
const ask = (input: unknown) => funnelQuestion.parse(input);
const ranges = { from: '2026-01-01T00:00:00Z', to: '2029-12-31T00:00:00Z' };

describe('funnel', { timeout: 180_000 }, () => {
  const t0 = Date.parse('2026-03-01T00:00:00Z');
  const range = { from: t0, to: t0 + 60 };
  const shapes = [
    { steps: ['a', 'b', 'c'] },
    { steps: ['a', 'a'] },
    { steps: ['a', 'a', 'a'] },
    { steps: ['a', 'b', 'a'] },
    { steps: ['a', '*', 'b'] },
    { steps: ['b', 'a', 'a', 'c'] },
    { steps: ['a', 'ax', 'a'] },
    { steps: ['ax', 'b', 'ax', 'b'] },
  ];
  const fitsStep = (step: string, event: string, x: boolean) => step === '*' || (step === 'ax' ? event === 'a' && x : step === event);
  const toStep = (step: string) => (step === 'ax' ? { event: 'a', where: [{ property: 'x', op: '=', value: true }] } : { event: step });

  it('is what trying every chain finds, for random histories', async () => {
    const history = fc.array(
      fc.record({ event: fc.constantFrom('a', 'b', 'c', 'd'), x: fc.boolean(), at: fc.integer({ min: -5, max: 80 }) }),
      { maxLength: 9 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(history, { minLength: 150, maxLength: 150 }),
        fc.integer({ min: 1, max: 60 }),
        async (histories, windowMs) => {
          // Where an event can fit several steps, the order within one millisecond is a choice; so those histories have none.
          const apart = histories.map((h) => h.filter((e, i) => h.findIndex((o) => o.at === e.at) === i));
          const told = (hs: typeof histories): Told[] =>
            hs.flatMap((h, i) => h.map((e) => ({ person: i + 1, event: e.event, at: t0 + e.at, properties: { x: e.x } })));
          const [mixed, single] = [await world.tell(told(histories)), await world.tell(told(apart))];
          for (const { steps } of shapes) {
            const disjoint = steps.join() === 'a,b,c';
            const people = disjoint ? histories : apart;
            const slow = people.map((h) => {
              const events: SlowEvent[] = h.map((e) => ({
                at: t0 + e.at,
                fits: steps.flatMap((s, k) => (fitsStep(s, e.event, e.x) ? [k + 1] : [])),
              }));
              return slowFunnel(events, steps.length, windowMs, range);
            });
            const question = ask({
              steps: steps.map(toStep),
              within: { seconds: windowMs / 1000 },
              from: new Date(range.from).toISOString(),
              to: new Date(range.to).toISOString(),
            });
            const { rows } = await world.insight.funnel(asker(disjoint ? mixed : single), question);
            const expected = steps.map((_, i) => {
              const there = slow.filter((s) => s.level > i);
              const seconds = (of: 'total' | 'gap') =>
                i === 0 || there.length === 0 ? null : median(there.map((s) => s[of][i + 1]!))! / 1000;
              return { people: there.length, total: seconds('total'), gap: seconds('gap') };
            });
            expect(
              rows.map((r) => ({ people: r.people, total: r.medianSecondsFromFirst, gap: r.medianSecondsFromPrevious })),
              steps.join(),
            ).toEqual(expected);
          }
        },
      ),
      { numRuns: 5 },
    );
  });

  it('lists exactly the people that it counted, for every step, outcome and value', async () => {
    const events = ['a', 'b', 'c'];
    const ws = await world.tell(
      Array.from({ length: 400 }, (_, i) => ({
        person: (i * 7919) % 60,
        event: events[(i * 31) % 3]!,
        at: t0 + ((i * 104_729) % 5000) * 1000,
        carrier: ['wecom', 'app', ''][Math.floor(i / 3) % 3]!,
        properties: i % 4 === 0 ? {} : { city: ['北京', "O'Hare", 7][Math.floor(i / 9) % 3] },
      })),
    );
    world.levels.set('2029-12-31T00:00:00.000Z', Object.fromEntries(Array.from({ length: 50 }, (_, i) => [i, i % 2 ? 'buyer' : 'member'])));
    for (const breakdown of [undefined, { by: 'carrier' }, { property: 'city' }, { by: 'level' }]) {
      const { rows, meta } = await world.insight.funnel(
        asker(ws),
        ask({ steps: events.map((event) => ({ event })), within: { minutes: 10 }, ...ranges, ...(breakdown && { breakdown }) }),
      );
      expect(rows.length).toBeGreaterThan(breakdown ? 6 : 2);
      // Of many values the first is as good as any other.
      for (const row of rows.slice(0, 2 * events.length)) {
        expect((await world.behind(ws, meta.question, row.cell)).length).toBe(row.people);
        if (row.droppedCell) expect((await world.behind(ws, meta.question, row.droppedCell)).length).toBe(row.dropped);
      }
      const everyone = await world.behind(ws, meta.question, rows[0]!.cell, 'UTC', 200);
      if (!breakdown) expect(await world.behind(ws, meta.question, rows[0]!.cell, 'UTC', 9)).toEqual(everyone);
      // The values share out the whole.
      if (breakdown)
        for (const whole of rows.filter((r) => !('value' in r)))
          expect(rows.filter((r) => 'value' in r && r.step === whole.step).reduce((sum, r) => sum + r.people, 0)).toBe(whole.people);
    }
  });

  it('counts who enters in the range, also when the later steps lie after it, and takes late events where they belong', async () => {
    const at = (text: string) => Date.parse(text);
    const ws = await world.tell([
      { person: 1, event: 'a', at: at('2026-03-31T23:00:00Z') },
      { person: 2, event: 'a', at: at('2026-04-01T00:00:00Z') },
      { person: 2, event: 'b', at: at('2026-04-01T01:00:00Z') },
    ]);
    const question = ask({ steps: [{ event: 'a' }, { event: 'b' }], within: { days: 2 }, from: '2026-03-01', to: '2026-04-01' });
    const counts = async (zone?: string) => (await world.insight.funnel(asker(ws, zone), question)).rows.map((r) => r.people);
    expect(await counts()).toEqual([1, 0]);
    // Arrives after the question was first asked, but happened inside the window.
    await world.add(ws, [{ person: 1, event: 'b', at: at('2026-04-02T22:59:59.999Z') }]);
    expect(await counts()).toEqual([1, 1]);
    // In Shanghai April had begun at 16:00 UTC; in New York it begins at 04:00.
    expect(await counts('Asia/Shanghai')).toEqual([0, 0]);
    expect(await counts('America/New_York')).toEqual([2, 2]);
    world.merge(ws, 2, 1);
    expect(await counts('America/New_York')).toEqual([1, 1]);
  });

  it('says how sure it is, and when it is not', async () => {
    const ws = await world.tell(
      Array.from({ length: 40 }, (_, i) => [
        { person: i, event: 'a', at: t0 },
        ...(i < 10 ? [{ person: i, event: 'b', at: t0 + 5000 }] : []),
      ]).flat(),
    );
    const { rows } = await world.insight.funnel(
      asker(ws),
      ask({ steps: [{ event: 'a' }, { event: 'b' }, { event: 'c' }], within: { hours: 1 }, ...ranges }),
    );
    expect(rows[1]).toMatchObject({ people: 10, dropped: 30, medianSecondsFromPrevious: 5, conversion: { share: 0.25, enough: true } });
    expect(rows[1]!.conversion.low).toBeCloseTo(0.1419, 3);
    expect(rows[2]).toMatchObject({ people: 0, dropped: 10, medianSecondsFromFirst: null, fromPrevious: { share: 0, enough: false } });
  });
});
