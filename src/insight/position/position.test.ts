import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../base/index.ts';
import { insightWorld, type World } from '../world.fixture.ts';
import { createPosition, type Position, type Purposed, positionMigrations } from './index.ts';
import { pace } from './pace.ts';
import { statementSchema } from './schema.ts';

const day = 86_400_000;
const now = Date.parse('2026-03-31T04:00:00Z');
const at = (days: number) => now - days * day;
let world: World;
let position: Position;
let known: Purposed[] = [];
beforeAll(async () => {
  world = await insightWorld(new Date(now).toISOString());
  await migrate(world.engines.pg, world.engines.ch, positionMigrations);
  position = createPosition({ ...world.deps, pg: world.engines.pg, purposed: async () => known });
});
afterAll(() => world.close());
const asker = (workspaceNo: number) => ({ workspaceNo, timezone: 'Asia/Shanghai' });
const order = (person: number, days: number, fen: number, event = 'Order Completed') => ({
  person,
  event,
  at: at(days),
  carrier: 'app',
  properties: { revenue_fen: fen },
});

describe('what the pool is for', () => {
  it('is stated, versioned, and begins with the net rise of the ladder', async () => {
    expect(await position.statement(99)).toMatchObject({
      version: 0,
      statement: { northStar: { metric: 'ladder.net' }, fanLevel: 'repeat' },
    });
    await position.state(99, 'Li', statementSchema.parse({ need: '阅读' }));
    expect(await position.state(99, 'Wang', statementSchema.parse({ need: '一生的阅读' }))).toMatchObject({
      version: 2,
      updatedBy: 'Wang',
      statement: { need: '一生的阅读' },
    });
    expect((await position.statement(98)).version).toBe(0);
  });

  it('refuses metrics that are not measured, and a target that ends before it begins', () => {
    const target = { metric: 'revenue.revenue', term: 'short', from: '2026-03-01', by: '2026-02-01', value: 1 };
    const bad = statementSchema.safeParse({
      northStar: { metric: 'chatter' },
      guards: [{ metric: 'ladder.net', carrier: 'app', op: '>=', limit: 1 }],
      targets: [target],
    });
    expect(bad.error!.issues.map((i) => i.path.join('.'))).toEqual(['northStar.metric', 'guards.0.carrier', 'targets.0.by']);
  });
});

describe('progress', () => {
  it('tells targets by their way so far, guards by the last 30 days, and every number by its people', async () => {
    const ws = await world.tell([
      ...Array.from({ length: 30 }, (_, i) => order(i + 1, 29 - i, 1000)),
      order(1, 3, 400, 'Order Refunded'),
      { person: 1, event: 'Friend Added', at: at(20) },
      { person: 1, event: 'Friend Removed', at: at(2) },
    ]);
    await position.state(
      ws,
      'Li',
      statementSchema.parse({
        northStar: { metric: 'revenue.revenue' },
        guards: [
          { metric: 'revenue.refunds', op: '<=', limit: 300 },
          { metric: 'pool.people', op: '>=', limit: 30 },
          { metric: 'reach.removed', op: '<=', limit: 0.5 },
          { metric: 'reach.clicked', op: '>=', limit: 0.5 },
        ],
        targets: [
          { metric: 'revenue.revenue', term: 'short', from: '2026-03-02', by: '2026-04-10', value: 30_000 },
          { metric: 'revenue.orders', carrier: 'app', term: 'long', from: '2026-03-02', by: '2026-12-31', value: 5000 },
          { metric: 'acquisition.new', term: 'long', from: '2027-01-01', by: '2027-12-31', value: 5000 },
        ],
      }),
    );
    const p = await position.progress(asker(ws));
    expect(p.northStar.value).toBe(29_600);
    expect(p.guards.map((g) => g.state)).toEqual(['broken', 'near', 'thin', 'unknown']);
    const [star, orders, later] = p.targets;
    expect(p.northStar.targets).toEqual([star]);
    expect(star).toMatchObject({ value: 29_600, state: 'ahead' });
    expect(star!.points.at(-1)!.value).toBe(29_600);
    expect(orders).toMatchObject({ value: 30, state: 'behind' });
    expect(orders!.projected!.value).toBeGreaterThan(250);
    expect(later).toMatchObject({ ahead: true, value: null, state: 'unknown', points: [] });
    expect((await world.behind(ws, orders!.question, orders!.cell, 'Asia/Shanghai')).length).toBe(30);
    expect(await world.behind(ws, p.guards[2]!.question, p.guards[2]!.cell)).toEqual([1]);
    for (const one of [p.northStar, ...p.guards, ...p.targets]) expect(p.meta.definitions[one.definition]).toBeTruthy();
  });

  it('projects an even way without doubt and an uneven one with it', () => {
    const way = (values: number[]) => values.map((value, i) => ({ at: i * 7 * day, value }));
    const target = { value: 100, byMs: 70 * day };
    expect(pace(way([0, 10, 20, 30, 40, 50]), target, true)).toMatchObject({
      expected: 50,
      projected: { value: 100, low: 100, high: 100 },
      state: 'ahead',
    });
    expect(pace(way([0, 20, 21, 22, 44, 45]), target, true)).toMatchObject({ state: 'atRisk' });
    expect(pace(way([0, 1, 2, 3, 4, 5]), target, true).state).toBe('behind');
    expect(pace(way([0, 5]), target, true)).toMatchObject({ state: 'unknown', projected: null });
    expect(pace(way([0, 120]), target, true).state).toBe('reached');
    expect(
      pace(
        [
          { at: 0, value: 0 },
          { at: 70 * day, value: 9 },
        ],
        target,
        true,
      ).state,
    ).toBe('missed');
    expect(pace([], target, true).state).toBe('unknown');
  });
});

describe('purposes', () => {
  const said = (person: number, event: string, days: number) => ({
    person,
    event,
    at: at(days),
    properties: { contentId: 'c1', journeyId: 'j1' },
  });
  it('are judged by what followed within the days, each by its own; chatter is in none', async () => {
    known = [
      { kind: 'content', id: 'c1', name: '到货通知', purpose: 'notify' },
      { kind: 'journey', id: 'j1', name: '第二单', purpose: 'convert' },
    ];
    const ws = await world.tell([
      ...[1, 2, 3].map((p) => said(p, 'Message Sent', 20)),
      said(1, 'Message Clicked', 19),
      order(1, 18, 2000),
      order(2, 5, 9000),
      { person: 3, event: 'Group Joined', at: at(3), properties: { chatId: 'g1' } },
      { person: 3, event: 'Coupon Redeemed', at: at(2) },
    ]);
    await position.state(ws, 'Li', statementSchema.parse({ groups: [{ id: 'g1', purpose: 'benefit' }] }));
    const { rows, meta } = await position.purposes(asker(ws), { from: '2026-03-01', to: '2026-04-01', withinDays: 7 });
    const row = (id: string) => rows.find((r) => r.id === id)!;
    expect(row('c1')).toMatchObject({
      name: '到货通知',
      reached: 3,
      open: 0,
      judgedBy: ['opened', 'clicked', 'followed'],
      revenueFen: 2000,
    });
    expect(row('c1').followed).toMatchObject({ clicked: { part: 1, of: 3 }, ordered: { part: 1 }, left: { part: 0 } });
    expect(row('j1').judgedBy).toEqual(['ordered', 'clicked']);
    expect(row('g1')).toMatchObject({ reached: 1, open: 1, purpose: 'benefit', followed: { claimed: { part: 1 } } });
    for (const one of rows) {
      for (const metric of ['clicked', 'ordered', 'claimed', 'followed'] as const)
        expect((await world.behind(ws, meta.question, one.cells[metric])).length).toBe(one.followed[metric].part);
      expect((await world.behind(ws, meta.question, one.cells.reached)).length).toBe(one.reached);
    }
  });
});

describe('private-domain value', () => {
  it('is the product of its three factors, each with its people', async () => {
    const ws = await world.tell([order(1, 2, 5000), order(1, 1, 1000, 'Order Refunded'), order(2, 3, 700), order(2, 40, 900)]);
    const levels = { 1: 'repeat', 2: 'buyer', 3: 'koc', 4: 'basic' };
    world.levels.set('2026-03-31T04:00:00.001Z', levels);
    const { points } = await position.value(asker(ws), { days: 30, count: 2 });
    const [before, last] = points;
    expect(before).toMatchObject({ size: 0, fans: 0, fanMaking: null, monetisationFen: null, valueFen: 0 });
    expect(last).toMatchObject({ size: 4, fans: 2, paying: 1, fanMaking: 0.5, monetisationFen: 2000, valueFen: 4000, partial: true });
    expect(last!.size * last!.fanMaking! * last!.monetisationFen!).toBe(last!.valueFen);
    for (const factor of ['size', 'fans', 'paying'] as const)
      expect((await world.behind(ws, last!.question, last!.cells[factor])).length).toBe(last![factor]);
  });
});
