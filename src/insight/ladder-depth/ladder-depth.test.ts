import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dwellQuestion, movesQuestion } from '../explore/schema.ts';
import { insightWorld, type World } from '../world.fixture.ts';

let world: World;
let ws = 0;
const asker = () => ({ workspaceNo: ws, timezone: 'UTC' });
const day = 86_400_000;
const start = Date.parse('2026-03-01T00:00:00Z');
const range = { from: '2026-03-01', to: '2026-03-11' };

/** Ten days: 40 people join as members on day 2; half of them rise to buyers on day 6, ten of those fall back on day 9. The others stay members. */
function levelOn(n: number, on: number): string {
  if (on < 2) return 'basic';
  if (n > 20) return 'member';
  if (on >= 9 && n <= 10) return 'member';
  return on >= 6 ? 'buyer' : 'member';
}

beforeAll(async () => {
  world = await insightWorld('2026-04-01T00:00:00Z');
  const people = Array.from({ length: 80 }, (_, i) => i + 1);
  ws = await world.tell(
    people.flatMap((n) => [
      { person: n, event: 'Opened', at: start + 2 * day },
      ...(n <= 10 ? [{ person: n, event: 'Content Viewed', at: start + 4 * day, properties: { contentId: 'c1' } }] : []),
      // Three quarters of those who rise ask before; of those who stay, one in eight.
      ...((n <= 20 && n % 4 !== 0) || n % 8 === 0
        ? [
            { person: n, event: 'Asked', at: start + 4 * day },
            { person: n, event: 'Asked', at: start + day },
          ]
        : []),
    ]),
  );
  for (let on = 0; on <= 10; on++)
    world.levels.set(
      new Date(start + on * day).toISOString(),
      Object.fromEntries(people.map((n) => [n, n <= 40 ? levelOn(n, on) : 'member'])),
    );
});
afterAll(() => world.close());

describe('depth of the ladder', { timeout: 60_000 }, () => {
  it('says how long people stay, and of whom that is not known yet', async () => {
    const { rows, meta } = await world.insight.dwell(asker(), dwellQuestion.parse(range));
    const of = (level: string) => rows.find((r) => r.level === level)!;
    expect(meta.everyDays).toBe(1);
    // 40 came on day 2, ten of them again on day 9; 20 left after 4 days, of 40 who were seen so long.
    expect(of('member')).toMatchObject({ people: 40, left: 20, still: 30, enough: true, medianDays: 4 });
    expect(of('member').curve.map((p) => [p.days, p.share])).toEqual([[4, 0.5]]);
    // 20 came on day 6; ten left after 3 days, of the others it is known that they stayed 4.
    expect(of('buyer')).toMatchObject({ people: 20, left: 10, still: 10, medianDays: 3, enough: false });
    // A quarter of the buyers have left when the first of them do; three quarters have not, as far as it is known.
    expect(of('buyer')).toMatchObject({
      firstQuarterDays: 3,
      lastQuarterDays: null,
      next: [{ level: 'member', people: 10, move: 'down' }],
    });
    expect(of('member').next).toMatchObject([{ level: 'buyer', people: 20, move: 'up' }]);
    expect(of('koc')).toMatchObject({ people: 0, medianDays: null, curve: [], next: [] });
    for (const row of rows)
      for (const [count, cell] of [
        [row.people, row.cell],
        [row.left, row.leftCell],
        [row.still, row.stillCell],
        ...row.next.map((one) => [one.people, one.cell] as const),
      ] as const)
        expect((await world.behind(ws, meta.question, cell)).length, JSON.stringify(cell)).toBe(count);
  });

  it('says what came before a step up or down, against those who stayed', async () => {
    const ask = movesQuestion.parse({ ...range, move: 'up', fromLevel: 'member', toLevel: 'buyer', days: 5 });
    const { rows, moved, stayed, movedCell, stayedCell, meta } = await world.insight.moves(asker(), ask);
    expect([moved, stayed]).toEqual([20, 60]);
    const asked = rows.find((r) => r.event === 'Asked')!;
    expect(asked.people).toBe(15 + 2);
    expect(asked.lift).toBeGreaterThan(2);
    // Twenty who moved are too few to say anything by.
    expect([asked.enough, asked.tells]).toEqual([false, false]);
    for (const [count, cell] of [
      [moved, movedCell],
      [stayed, stayedCell],
      ...rows.flatMap(
        (r) =>
          [
            [r.people, r.cell],
            [r.stayedPeople, r.stayedCell],
          ] as const,
      ),
    ] as const)
      expect((await world.behind(ws, meta.question, cell)).length, JSON.stringify(cell)).toBe(count);
    // By content: which of it, and what was done with it.
    const seen = await world.insight.moves(asker(), { ...ask, by: 'content' });
    expect(seen.rows.map((r) => [r.event, r.thing, r.people, r.stayedPeople])).toEqual([['Content Viewed', 'c1', 10, 0]]);
    expect((await world.behind(ws, seen.meta.question, seen.rows[0]!.cell)).length).toBe(10);
    const down = await world.insight.moves(asker(), movesQuestion.parse({ ...range, move: 'down' }));
    expect(down.moved).toBe(10);
    await expect(world.insight.moves(asker(), movesQuestion.parse({ ...range, move: 'up', fromLevel: 'x' }))).rejects.toMatchObject({
      status: 400,
    });
  });
});
