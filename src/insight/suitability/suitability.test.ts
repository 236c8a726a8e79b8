import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insightWorld, type World } from '../world.fixture.ts';
import { at, kaplanMeier, medianOf } from './kaplan-meier.ts';
import { asEvent, type RetailOrder, retailOrders } from './retail.fixture.ts';
import { model, suitabilityQuestion } from './schema.ts';
import { suitability } from './suitability.ts';
import { poolValue } from './value-model.ts';

let world: World;
beforeAll(async () => {
  world = await insightWorld('2012-06-01T00:00:00Z');
});
afterAll(() => world.close());

const asker = (workspaceNo: number) => ({ workspaceNo, timezone: 'Asia/Shanghai' });
const ask = (ws: number, more: object = {}) => suitability(world.deps, asker(ws), suitabilityQuestion.parse(more));

/** A second opinion, person by person and straight from the orders: every wait as one line, and the product over the times at which one ended. */
function byHand(orders: RetailOrder[], category: string | null, scope: 'same' | 'any', after: 'first' | 'every') {
  const end = Math.max(...orders.map((o) => o.at));
  const people = new Map<number, RetailOrder[]>();
  for (const o of orders) people.set(o.person, [...(people.get(o.person) ?? []), o]);
  const waits: { days: number; ended: boolean }[] = [];
  for (const all of people.values()) {
    all.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
    const has = (o: RetailOrder) => category === null || o.lines.some((l) => l.category === category);
    const starts = all.filter(has);
    for (const start of after === 'first' ? starts.slice(0, 1) : starts) {
      const next = all.slice(all.indexOf(start) + 1).find((o) => scope === 'any' || has(o));
      waits.push({ days: Math.floor(((next?.at ?? end) - start.at) / 86_400_000), ended: next !== undefined });
    }
  }
  let survival = 1;
  let sum = 0;
  const points: { day: number; survival: number; low: number; high: number }[] = [];
  for (const day of [...new Set(waits.filter((w) => w.ended).map((w) => w.days))].sort((a, b) => a - b)) {
    if (day > 365) break;
    const n = waits.filter((w) => w.days >= day).length;
    const d = waits.filter((w) => w.days === day && w.ended).length;
    survival *= (n - d) / n;
    sum += d / (n * (n - d));
    const half = (1.959963984540054 * Math.sqrt(sum)) / Math.log(survival);
    points.push({ day, survival, low: survival ** Math.exp(-half), high: survival ** Math.exp(half) });
  }
  return { spells: waits.length, points };
}

describe('over the retail history', () => {
  let orders: RetailOrder[];
  let ws: number;
  beforeAll(async () => {
    orders = retailOrders();
    ws = await world.tell(orders.map(asEvent));
  });

  it.each(['first', 'every'] as const)('curves by category (after the %s order) are those of a plain script', async (after) => {
    const { rows, history } = await ask(ws, { after, top: 6 });
    expect(history).toMatchObject({ orders: orders.length, people: 4338, to: '2011-12-09T12:50:00.000Z' });
    expect(rows).toHaveLength(7);
    for (const row of rows) {
      for (const scope of row.category === null ? (['any'] as const) : (['same', 'any'] as const)) {
        const hand = byHand(orders, row.category, scope, after);
        const curve = row[scope]!;
        expect([row.category, scope, curve.spells, curve.points.length]).toEqual([row.category, scope, hand.spells, hand.points.length]);
        for (const [i, point] of curve.points.entries()) {
          const other = hand.points[i]!;
          expect(point.day).toBe(other.day);
          for (const key of ['survival', 'low', 'high'] as const) expect(Math.abs(point[key] - other[key])).toBeLessThan(1e-9);
        }
      }
    }
  });

  it('every number is as long as the list behind it', async () => {
    const { rows, meta } = await ask(ws, { top: 1 });
    const behind = async (cell: object) => (await world.insight.people(asker(ws), { question: meta.question, cell, limit: 1 })).total;
    const row = rows[1]!;
    expect(await behind(row.cells.people)).toBe(row.people);
    expect(await behind(row.cells.recent)).toBe(row.recent);
    expect(await behind(row.cells.waiting)).toBe(row.people - row.repeated.part);
    expect(await behind(row.same!.within.find((w) => w.days === 90)!.cell)).toBe(
      row.same!.points.filter((p) => p.day <= 90).reduce((n, p) => n + p.events, 0),
    );
    expect(await behind(rows[0]!.cells.repeated)).toBe(rows[0]!.repeated.part);
  });

  it('rates, repeaters and averages are those of a count by hand', async () => {
    const [whole] = (await ask(ws, { top: 1 })).rows;
    const end = Math.max(...orders.map((o) => o.at));
    const first = new Map<number, number>();
    for (const o of orders) first.set(o.person, Math.min(first.get(o.person) ?? o.at, o.at));
    const years = [...first.values()].reduce((sum, t) => sum + (end - t) / (365 * 86_400_000), 0);
    expect(whole!.perYear!.value).toBeCloseTo((orders.length - first.size) / years, 9);
    expect(whole!.perYear!.low).toBeLessThan(whole!.perYear!.value);
    expect(whole!.averageFen).toBe(Math.round(orders.reduce((sum, o) => sum + o.fen, 0) / orders.length));
    expect(whole!.pool!.verdict).toMatch(/pays|depends|never/);
  });
});

describe('the history as it comes', () => {
  const order = (person: number, day: number, products?: object[], more: object = {}) => ({
    person,
    event: 'Order Completed',
    at: Date.parse('2012-01-01T00:00:00Z') + day * 86_400_000,
    properties: { revenue_fen: 1000, ...(products && { products }), ...more },
  });

  it('lines without a category go by the mapping, then by the rule', async () => {
    const ws = await world.tell([
      order(1, 0, [{ product_id: 'p1', name: '儿童面霜', price: 10 }]),
      order(1, 20, [{ product_id: 7, name: '成人面霜', price: 5, quantity: 2 }]),
      order(2, 0, [{ product_id: 'p9', name: '水杯', price: 3.5 }]),
      order(2, 40),
    ]);
    const mapping = [
      { category: '护肤', nameContains: ['面霜'] },
      { category: '七', products: ['7'] },
    ];
    const found = async (more: object) => (await ask(ws, more)).rows.map((r) => [r.category, r.people, r.orders]);
    expect(await found({ mapping })).toEqual([
      [null, 2, 4],
      ['护肤', 1, 2],
      ['水杯', 1, 1],
    ]);
    expect(await found({ otherwise: 'together' })).toEqual([
      [null, 2, 4],
      ['~', 2, 3],
    ]);
    const { rows, history } = await ask(ws, { mapping });
    expect(history).toMatchObject({ lines: 3, namedLines: 0 });
    expect(rows[1]!.same!.points).toMatchObject([{ day: 20, events: 1, survival: 0 }]);
    expect(rows[1]!.averageFen).toBe(1000);
    expect(rows[2]!.same).toMatchObject({ spells: 1, events: 0, median: { days: null }, enough: false });
    expect(rows[2]!.any.events).toBe(1);
  });

  it('an order told twice is one; an empty pool has no rows', async () => {
    const ws = await world.tell([order(1, 0, [], { order_id: 'a' }), order(1, 0, [], { order_id: 'a' }), order(1, 9, [], { order_id: 8 })]);
    expect((await ask(ws)).rows).toMatchObject([{ orders: 2, any: { points: [{ day: 9 }] } }]);
    expect(await ask(await world.tell([]))).toMatchObject({ rows: [], history: { orders: 0, from: null } });
  });
});

describe('Kaplan and Meier', () => {
  it('agrees with the published table of the 6-MP group of Freireich and others (1963)', () => {
    const ends: [number, number, number][] = [
      [6, 3, 1],
      [7, 1, 0],
      [9, 0, 1],
      [10, 1, 1],
      [11, 0, 1],
      [13, 1, 0],
      [16, 1, 0],
      [17, 0, 1],
      [19, 0, 1],
      [20, 0, 1],
      [22, 1, 0],
      [23, 1, 0],
      [25, 0, 1],
      [32, 0, 2],
      [34, 0, 1],
      [35, 0, 1],
    ];
    const counts = ends.map(([day, events, censored]) => ({ day, events, censored }));
    const curve = kaplanMeier(counts);
    expect(curve.points.map((p) => [p.day, p.atRisk, Number(p.survival.toFixed(4))])).toEqual([
      [6, 21, 0.8571],
      [7, 17, 0.8067],
      [10, 15, 0.7529],
      [13, 12, 0.6902],
      [16, 11, 0.6275],
      [22, 7, 0.5378],
      [23, 6, 0.4482],
    ]);
    expect([curve.points[0]!.low, curve.points[0]!.high].map((n) => Number(n.toFixed(3)))).toEqual([0.62, 0.952]);
    expect(medianOf(curve)).toEqual({ days: 23, low: 13, high: null });
    expect(at(counts, curve, 12)).toMatchObject({ atRisk: 12 });
  });
});

describe('what a pool could add', () => {
  it('pays where people come back often, and never where they hardly do', () => {
    const assumed = model.parse({});
    const food = poolValue(assumed, { buyers: 1000, perYear: 10, averageFen: 20_000 });
    expect(food.verdict).toBe('pays');
    expect(food.cases.likely).toEqual({ members: 350, extraOrders: 350, perMemberFen: 6400, totalFen: 2_240_000 });
    expect(food.breakEven.uplift).toBeCloseTo(600 / (10 * 20_000 * 0.35), 12);
    expect(poolValue(assumed, { buyers: 1000, perYear: 0.01, averageFen: 20_000 }).verdict).toBe('never');
    expect(poolValue(assumed, { buyers: 0, perYear: 0, averageFen: 0 })).toMatchObject({
      verdict: 'never',
      breakEven: { uplift: null, costFen: 0 },
    });
  });
});
