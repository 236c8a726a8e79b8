import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AarrrRow } from './aarrr.ts';
import { aarrrQuestion } from './schema.ts';
import { insightWorld, type Told, type World } from './world.fixture.ts';

let world: World;
beforeAll(async () => {
  world = await insightWorld('2026-04-20T00:00:00Z');
});
afterAll(() => world.close());

const order = (person: number, at: string, fen: number): Told => ({
  person,
  event: 'Order Completed',
  at,
  properties: { revenue: fen / 100, revenue_fen: fen },
});
const asker = (workspaceNo: number) => ({ workspaceNo, timezone: 'Asia/Shanghai' });
const march = { from: '2026-03-01', to: '2026-04-01' };

const story: Told[] = [
  // 1 came in February by an app, buys twice in March, and gives a part back.
  { person: 1, event: 'Opened', at: '2026-02-10T00:00:00Z', carrier: 'app' },
  order(1, '2026-03-02T00:00:00Z', 1005),
  order(1, '2026-03-03T00:00:00Z', 2000),
  { person: 1, event: 'Order Refunded', at: '2026-03-04T00:00:00Z', properties: { revenue_fen: 505 } },
  // 2 comes in March over WeCom and buys on the seventh day.
  { person: 2, event: 'Friend Added', at: '2026-03-10T00:00:00Z', carrier: 'wecom', source: 'yutang' },
  order(2, '2026-03-16T23:59:59Z', 300),
  // 3 comes in March over WeCom and looks at a product a moment too late to count as activated.
  { person: 3, event: 'Friend Added', at: '2026-03-10T00:00:00Z', carrier: 'wecom', source: 'yutang' },
  { person: 3, event: 'Product Viewed', at: '2026-03-17T00:00:00Z', carrier: 'mini_program' },
  // 4 comes on the last evening of March in Shanghai and is active in April.
  { person: 4, event: 'Group Joined', at: '2026-03-31T15:59:59Z', carrier: 'group', source: 'yutang' },
  { person: 4, event: 'Product Viewed', at: '2026-04-02T00:00:00Z', carrier: 'group' },
  // 5 was active in February only; in March only we did something.
  { person: 5, event: 'Opened', at: '2026-02-11T00:00:00Z', carrier: 'app' },
  { person: 5, event: 'Message Sent', at: '2026-03-11T00:00:00Z', source: 'yutang' },
  { person: 5, event: 'Tag Added', at: '2026-03-11T00:00:00Z', source: 'yutang' },
  // 6 shares and brings two.
  { person: 6, event: 'Content Shared', at: '2026-03-05T00:00:00Z' },
  { person: 6, event: 'Invite Accepted', at: '2026-03-06T00:00:00Z', source: 'yutang' },
  { person: 6, event: 'Invite Accepted', at: '2026-03-07T00:00:00Z', source: 'yutang' },
  // 7 comes in April by the clock of Shanghai.
  { person: 7, event: 'Opened', at: '2026-03-31T16:00:00Z', carrier: 'web' },
];

describe('aarrr', { timeout: 180_000 }, () => {
  const find = (rows: AarrrRow[], metric: string, carrier: string | null = null) =>
    rows.find((r) => r.metric === metric && r.carrier === carrier);

  it('counts what the story says', async () => {
    const ws = await world.tell(story);
    const { rows, meta } = await world.insight.aarrr(asker(ws), aarrrQuestion.parse(march));
    const value = (metric: string, carrier?: string | null) => find(rows, metric, carrier)?.value;
    expect(value('acquisition.new')).toBe(4);
    expect(value('acquisition.new', 'wecom')).toBe(2);
    expect(value('acquisition.new', 'group')).toBe(1);
    expect(value('acquisition.new', '')).toBe(1);
    expect(value('acquisition.friends')).toBe(2);
    expect(value('acquisition.groups')).toBe(1);
    expect(find(rows, 'activation.activated')).toMatchObject({ value: 0.5, people: 2, interval: { part: 2, of: 4, enough: false } });
    expect(value('activation.activated', 'wecom')).toBe(0.5);
    expect(value('retention.active')).toBe(5);
    expect(find(rows, 'retention.returned_period')).toMatchObject({ value: 0.5, people: 1, interval: { of: 2 } });
    expect(value('revenue.revenue')).toBe(1005 + 2000 - 505 + 300);
    expect(value('revenue.revenue', 'app')).toBe(2500);
    expect(find(rows, 'revenue.orders')).toMatchObject({ value: 3, previous: 0, unit: 'count', people: 2 });
    expect(value('revenue.buyers')).toBe(2);
    expect(find(rows, 'revenue.repeat')).toMatchObject({ value: 0.5, interval: { part: 1, of: 2 } });
    expect(value('revenue.average')).toBe(933);
    expect(value('revenue.average', 'group')).toBeNull();
    expect(find(rows, 'referral.accepted')).toMatchObject({ value: 2, people: 1 });
    expect(value('referral.k')).toBe(2 / 5);
    expect(find(rows, 'acquisition.new')!.previous).toBe(2);
    expect(meta).toMatchObject({ from: '2026-02-28T16:00:00.000Z', to: '2026-03-31T16:00:00.000Z' });
    for (const row of rows) expect(meta.definitions[row.definition], row.definition).toBeTruthy();
  });

  it('keeps to one carrier, to the key events asked for, and follows merges', async () => {
    const ws = await world.tell(story);
    const ask = async (more: object) => (await world.insight.aarrr(asker(ws), aarrrQuestion.parse({ ...march, ...more }))).rows;
    const wecom = await ask({ carrier: 'wecom' });
    expect(new Set(wecom.map((r) => r.carrier))).toEqual(new Set(['wecom']));
    expect(wecom.find((r) => r.metric === 'acquisition.new')!.value).toBe(2);
    expect(find(await ask({ keyEvents: ['Content Shared'] }), 'activation.activated')!.people).toBe(1);
    world.merge(ws, 2, 1);
    const merged = await ask({});
    expect(find(merged, 'acquisition.new')!.value).toBe(3);
    expect(find(merged, 'revenue.buyers')!.value).toBe(1);
  });

  it('lists exactly the people behind every number, of this period and the one before, of every carrier', async () => {
    const ws = await world.tell(story);
    for (const more of [{}, { carrier: 'app' }] as { carrier?: string }[]) {
      const { rows, meta } = await world.insight.aarrr(asker(ws), aarrrQuestion.parse({ ...march, ...more }));
      for (const row of rows.filter((r) => r.carrier === (more.carrier ?? null) || r.carrier === 'wecom'))
        expect((await world.behind(ws, meta.question, row.cell, 'Asia/Shanghai')).length, `${row.metric} ${row.carrier}`).toBe(row.people);
      const before = rows.filter((r) => r.unit === 'people' && r.carrier === (more.carrier ?? null));
      for (const row of before)
        expect((await world.behind(ws, meta.question, row.previousCell, 'Asia/Shanghai')).length).toBe(row.previous);
    }
  });
});
