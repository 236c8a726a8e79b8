import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insightWorld, type World } from '../world.fixture.ts';

let world: World;
beforeAll(async () => {
  world = await insightWorld('2026-06-01T00:00:00Z');
});
afterAll(() => world.close());

const shanghai = 'Asia/Shanghai';

describe("a person's past at a glance", () => {
  it('has changes, active days, kinds, months, groups and carriers, of this person alone', async () => {
    const order = (at: string, fen: number, event = 'Order Completed') => ({
      person: 1,
      event,
      at,
      properties: { revenue_fen: fen },
      carrier: 'app',
    });
    const group = (event: string, at: string, chatId: string, groupName?: string) => ({
      person: 1,
      event,
      at,
      source: 'wecom',
      carrier: 'group',
      properties: { chatId, ...(groupName ? { groupName } : {}) },
    });
    const workspaceNo = await world.tell([
      order('2026-03-31T15:59:59Z', 1000),
      order('2026-03-31T16:00:00Z', 2000),
      order('2026-04-20T00:00:00Z', -500, 'Order Refunded'),
      { person: 1, event: 'Level Changed', at: '2026-03-31T15:59:59.500Z', source: 'yutang', properties: { from: 'basic', to: 'buyer' } },
      { person: 1, event: 'Stage Changed', at: '2026-04-01T00:00:00Z', source: 'yutang', properties: { to: 'paying' } },
      { person: 1, event: 'Message Sent', at: '2026-04-02T00:00:00Z', source: 'yutang' },
      { person: 1, event: 'Product Viewed', at: '2025-05-31T23:59:00Z', carrier: 'mini_program' },
      group('Group Joined', '2026-04-03T00:00:00Z', 'c1', '一号群'),
      group('Group Left', '2026-04-04T00:00:00Z', 'c1'),
      group('Group Joined', '2026-04-05T00:00:00Z', 'c2'),
      group('Group Left', '2026-04-06T00:00:00Z', 'c2'),
      group('Group Joined', '2026-04-07T00:00:00Z', 'c2', '二号群'),
      { person: 2, event: 'Order Completed', at: '2026-03-01T00:00:00Z', properties: { revenue_fen: 99 } },
    ]);
    const told = await world.insight.story({ workspaceNo, timezone: shanghai }, 'p1');
    expect(told.months).toEqual([
      { month: '2026-03', orders: 1, revenueFen: 1000, refundFen: 0 },
      { month: '2026-04', orders: 1, revenueFen: 2000, refundFen: 500 },
    ]);
    expect(told.changes).toEqual([
      { at: '2026-04-01T00:00:00.000Z', kind: 'stage', from: null, to: 'paying' },
      { at: '2026-03-31T15:59:59.500Z', kind: 'level', from: 'basic', to: 'buyer' },
    ]);
    expect(told.groups).toEqual([
      { id: 'c2', name: '二号群', joinedAt: '2026-04-07T00:00:00.000Z', leftAt: null },
      { id: 'c1', name: '一号群', joinedAt: '2026-04-03T00:00:00.000Z', leftAt: '2026-04-04T00:00:00.000Z' },
    ]);
    // The view lies more than a year back; what we decided of the person is no doing of the person's.
    expect(told.days.slice(0, 3)).toEqual([
      { day: '2026-03-31', done: 1, said: 0 },
      { day: '2026-04-01', done: 1, said: 0 },
      { day: '2026-04-02', done: 0, said: 1 },
    ]);
    expect(told.kinds.find((k) => k.event === 'Order Completed')).toEqual({
      type: 'track',
      event: 'Order Completed',
      count: 2,
      firstAt: '2026-03-31T15:59:59.000Z',
      lastAt: '2026-03-31T16:00:00.000Z',
    });
    expect(told.carriers.map((c) => [c.carrier, c.count])).toEqual([
      ['mini_program', 1],
      ['app', 3],
      ['group', 5],
    ]);
  });

  it('follows a merge, and knows nobody by a wrong id', async () => {
    const workspaceNo = await world.tell([
      { person: 1, event: 'Product Viewed', at: '2026-05-01T00:00:00Z' },
      { person: 2, event: 'Product Viewed', at: '2026-05-02T00:00:00Z' },
    ]);
    world.merge(workspaceNo, 2, 1);
    const asker = { workspaceNo, timezone: shanghai };
    expect((await world.insight.story(asker, 'p1')).kinds[0]).toMatchObject({ event: 'Product Viewed', count: 2 });
    await expect(world.insight.story(asker, 'nobody')).rejects.toMatchObject({ status: 404 });
  });
});
