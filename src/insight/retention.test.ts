import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slowRetention } from './retention.slow.fixture.ts';
import { retentionQuestion } from './schema.ts';
import { insightWorld, type World } from './world.fixture.ts';

let world: World;
beforeAll(async () => {
  world = await insightWorld();
});
afterAll(() => world.close());

const asker = (workspaceNo: number, timezone = 'UTC') => ({ workspaceNo, timezone });
const ask = (input: object) => retentionQuestion.parse({ first: { event: '*' }, return: { event: '*' }, ...input });

describe('retention', { timeout: 180_000 }, () => {
  it('is what counting by hand finds, for random histories, zones, periods and ways to count', async () => {
    const start = Date.parse('2026-03-05T00:00:00Z');
    // Around the change of daylight saving in Berlin (29 March 2026) and New York (8 March 2026).
    const history = fc.array(fc.record({ event: fc.constantFrom('a', 'b'), at: fc.integer({ min: -20 * 24, max: 40 * 24 }) }), {
      maxLength: 12,
    });
    const shape = fc.record({
      period: fc.constantFrom('day', 'week', 'month'),
      cohort: fc.constantFrom('first', 'any'),
      counting: fc.constantFrom('on', 'onOrAfter'),
      zone: fc.constantFrom('UTC', 'Asia/Shanghai', 'America/New_York', 'Europe/Berlin', 'Asia/Kathmandu'),
      back: fc.constantFrom('a', 'b', '*'),
      nowHours: fc.integer({ min: 1, max: 60 * 24 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(history, { minLength: 80, maxLength: 80 }),
        fc.array(shape, { minLength: 8, maxLength: 8 }),
        async (histories, shapes) => {
          const told = histories.flatMap((h, i) => h.map((e) => ({ person: i + 1, event: e.event, at: start + e.at * 3_600_000 })));
          const ws = await world.tell(told);
          for (const { zone, back, nowHours, ...rest } of shapes) {
            world.clock.set(new Date(start + nowHours * 3_600_000));
            const question = ask({
              first: { event: 'a' },
              return: { event: back },
              from: '2026-03-05',
              to: '2026-03-20',
              count: 9,
              ...rest,
            });
            const { rows, meta } = await world.insight.retention(asker(ws, zone), question);
            const slow = slowRetention(told, question, { from: meta.from, to: meta.to, zone, now: world.clock.ms() });
            expect(
              rows.filter((r) => r.cohort !== null).map((r) => [r.cohort, r.periods.map((p) => p.people)]),
              JSON.stringify({ zone, back, ...rest }),
            ).toEqual(slow);
          }
          world.clock.set('2030-01-01T00:00:00Z');
        },
      ),
      { numRuns: 6 },
    );
  });

  it('lists exactly the people that it counted', async () => {
    const ws = await world.tell(
      Array.from({ length: 300 }, (_, i) => ({
        person: (i * 7919) % 40,
        event: i % 3 ? 'b' : 'a',
        at: Date.parse('2026-03-05T00:00:00Z') + ((i * 104_729) % 4000) * 600_000,
      })),
    );
    for (const cohort of ['first', 'any'] as const) {
      const question = ask({
        first: { event: 'a' },
        return: { event: 'b' },
        from: '2026-03-05',
        to: '2026-03-20',
        period: 'week',
        count: 3,
        cohort,
      });
      const { rows, meta } = await world.insight.retention(asker(ws, 'Asia/Shanghai'), question);
      expect(rows.some((r) => r.cohort === null)).toBe(cohort === 'first');
      for (const cell of rows.flatMap((r) => r.periods))
        expect((await world.behind(ws, meta.question, cell.cell, 'Asia/Shanghai')).length).toBe(cell.people);
    }
  });

  it('keeps people out whose first time lies before the range, follows merges, and marks what is not over', async () => {
    const ws = await world.tell([
      { person: 1, event: 'a', at: '2025-01-01T00:00:00Z' },
      { person: 1, event: 'a', at: '2026-03-05T12:00:00Z' },
      { person: 2, event: 'a', at: '2026-03-05T15:59:59.999Z' },
      { person: 2, event: 'a', at: '2026-03-05T16:00:00Z' },
      { person: 3, event: 'a', at: '2026-03-05T12:00:00Z' },
    ]);
    world.clock.set('2026-03-06T15:00:00Z');
    const question = ask({ first: { event: 'a' }, return: { event: 'a' }, from: '2026-03-05', to: '2026-03-08', period: 'day', count: 2 });
    const first = async (zone: string) =>
      (await world.insight.retention(asker(ws, zone), question)).rows[1]!.periods.map((p) => [p.people, p.complete]);
    expect(await first('Asia/Shanghai')).toEqual([
      [2, true],
      [1, false],
    ]);
    expect(await first('UTC')).toEqual([
      [2, true],
      [0, false],
    ]);
    world.merge(ws, 3, 1);
    expect(await first('UTC')).toEqual([
      [1, true],
      [0, false],
    ]);
    world.clock.set('2030-01-01T00:00:00Z');
  });
});
