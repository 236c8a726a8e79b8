import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insightWorld, type World } from './world.fixture.ts';

let world: World;
beforeAll(async () => {
  world = await insightWorld('2026-03-10T10:00:00Z');
});
afterAll(() => world.close());

const asker = (workspaceNo: number) => ({ workspaceNo, timezone: 'Asia/Shanghai' });
const march = { from: '2026-03-01T00:00:00Z', to: '2026-03-08T00:00:00Z' };

describe('ladder', () => {
  it('says who rose, fell and stayed, and lists them', async () => {
    const ws = await world.tell([]);
    world.levels.set('2026-03-01T00:00:00.000Z', { 1: 'basic', 2: 'basic', 3: 'buyer', 4: 'repeat', 5: 'member' });
    world.levels.set('2026-03-08T00:00:00.000Z', { 1: 'buyer', 2: 'basic', 3: 'member', 4: 'koc', 6: 'basic', 7: 'basic' });
    const answer = await world.insight.ladder(asker(ws), march);
    expect(answer).toMatchObject({ up: 4, down: 2, stay: 1, net: 2 });
    expect(answer.links).toContainEqual({ from: null, to: 'basic', count: 2 });
    expect(answer.links).toContainEqual({ from: 'member', to: null, count: 1 });
    expect(answer.levels.map((l) => [l.key, l.before, l.after])).toEqual([
      ['basic', 2, 3],
      ['member', 1, 1],
      ['buyer', 1, 1],
      ['repeat', 1, 0],
      ['koc', 0, 1],
    ]);
    const behind = (cell: object) => world.behind(ws, answer.meta.question, cell);
    for (const row of answer.rows) expect((await behind(row.cell)).length).toBe(row.people);
    for (const level of answer.levels)
      expect([(await behind(level.beforeCell)).length, (await behind(level.cell)).length]).toEqual([level.before, level.after]);
    expect(await behind(answer.cells.up)).toEqual([1, 4, 6, 7]);
    expect(await behind(answer.cells.down)).toEqual([3, 5]);
    expect(await behind(answer.cells.stay)).toEqual([2]);
  });
});

describe('overview', () => {
  it('draws the pool, its growth by the days of the zone, the ladder and the freshness', async () => {
    const ws = await world.tell([
      { person: 1, event: 'Opened', at: '2026-02-01T00:00:00Z', carrier: 'app' },
      { person: 1, event: 'Opened', at: '2026-03-09T00:00:00Z', carrier: 'web' },
      { person: 2, event: 'Opened', at: '2026-03-04T15:59:59Z', carrier: 'app' },
      { person: 3, event: 'Opened', at: '2026-03-09T15:59:59Z', carrier: 'wecom' },
      { person: 4, event: 'Opened', at: '2026-03-09T16:00:00Z', carrier: 'wecom' },
    ]);
    world.levels.set('2026-03-03T16:00:00.000Z', { 1: 'basic' });
    world.levels.set('2026-03-10T10:00:00.001Z', { 1: 'buyer', 2: 'basic' });
    const o = await world.insight.overview(asker(ws), 7);
    expect(o.people).toMatchObject({ value: 4, previous: 1 });
    expect(o.newPeople).toMatchObject({ value: 3, previous: 0 });
    expect(o.growth.map((g) => [g.day, g.new, g.total])).toEqual([
      ['2026-03-04', 1, 2],
      ['2026-03-05', 0, 2],
      ['2026-03-06', 0, 2],
      ['2026-03-07', 0, 2],
      ['2026-03-08', 0, 2],
      ['2026-03-09', 1, 3],
      ['2026-03-10', 1, 4],
    ]);
    expect(Object.fromEntries(o.byCarrier.map((c) => [c.carrier, c.value]))).toEqual({ app: 2, wecom: 2, web: 1 });
    expect(o.northStar).toMatchObject({ value: 2, previous: 1, up: 2, down: 0 });
    expect(o.freshness).toMatchObject({ lastEventAt: '2026-03-09T16:00:00.000Z', lastReceivedAt: '2026-03-09T16:00:01.000Z', events: 5 });
    const behind = (f: { question?: unknown; cell: object }) => world.behind(ws, f.question ?? o.meta.question, f.cell, 'Asia/Shanghai');
    expect((await behind(o.people)).length).toBe(4);
    expect((await behind(o.newPeople)).length).toBe(3);
    for (const c of o.byCarrier) expect((await behind(c)).length).toBe(c.value);
    for (const g of o.growth) expect((await behind(g)).length).toBe(g.new);
    expect(await behind({ question: o.northStar.question, cell: o.northStar.upCell })).toEqual([1, 2]);
    for (const row of o.aarrr) expect(o.meta.definitions[row.definition]).toBeTruthy();
  });

  it('answers for an empty pool', async () => {
    const ws = await world.tell([]);
    const o = await world.insight.overview(asker(ws), 30);
    expect(o.people.value).toBe(0);
    expect(o.growth).toHaveLength(30);
    expect(o.freshness.lastEventAt).toBeNull();
    expect(o.aarrr.length).toBeGreaterThan(0);
  });
});
