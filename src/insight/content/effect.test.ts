import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Engines, testEngines } from '../../../test/kit.ts';
import { jobMigrations, type ManualClock, manualClock, migrate, silentLog } from '../../base/index.ts';
import { createEvents, type Events, migrations as eventMigrations } from '../../events/index.ts';
import { migrations as peopleMigrations, personNo } from '../../people/index.ts';
import type { InsightDeps } from '../deps.ts';
import { people } from '../people.ts';
import { contentEffect } from './effect.ts';
import { contentRadar } from './radar.ts';
import type { EffectQuestion } from './schema.ts';

let engines: Engines;
let events: Events;
let clock: ManualClock;
let deps: Parameters<typeof contentEffect>[0];
const ws = 3;
const asker = { workspaceNo: ws, timezone: 'Asia/Shanghai' };
let counter = 0;
const at = (hours: number) => new Date(Date.UTC(2026, 2, 2) + hours * 3_600_000);
const did = (who: string, event: string, hours: number, properties: object = {}) => ({
  ...{ messageId: `e${counter++}`, anonymousId: who, event, timestamp: at(hours), properties: { ...properties }, source: 'yutang' },
});
const sent = (who: string, hours: number, contentId: string, channel = 'wecom') =>
  did(who, 'Message Sent', hours, { contentId, channel, outboxId: `m-${who}`, journeyId: 'jrn' });
const bought = (who: string, hours: number, revenue = 10) => did(who, 'Order Completed', hours, { order_id: `o${counter}`, revenue });

beforeAll(async () => {
  engines = await testEngines();
  const { pg, ch } = engines;
  clock = manualClock('2026-04-20T00:00:00Z');
  await migrate(pg, ch, [...jobMigrations, ...peopleMigrations, ...eventMigrations]);
  events = await createEvents({ pg, ch, clock, log: silentLog, grace: async () => {} });
  deps = {
    ...({} as InsightDeps),
    ch,
    clock,
    source: (no, columns, some) => events.source(no, some, columns),
    people: async (_no, numbers) => numbers,
    personNo: async (_ws, id) => personNo(id),
    contents: async () => [
      { id: 'A', name: 'Coupon', kind: 'text', scenes: ['second_order', 'festival'] },
      { id: 'B', name: 'Article', kind: 'article', scenes: [] },
    ],
    touchpoints: async () => [{ id: 'tp', name: '门店' }],
  };
  const many = (n: number, make: (i: number) => object[]) => Array.from({ length: n }, (_, i) => make(i)).flat();
  await events.write(ws, [
    // Forty get A: twenty click, ten of them order within a week; five others order too late, and one before.
    ...many(40, (i) => [
      did(`a${i}`, 'Touchpoint Entered', -5, { touchpointId: i < 8 ? 'tp' : 'tp2' }),
      did(`a${i}`, 'Level Changed', -4, { from: '', to: i < 10 ? 'buyer' : 'basic' }),
      sent(`a${i}`, 1, 'A'),
      ...(i < 20 ? [did(`a${i}`, 'Message Clicked', 2, { contentId: 'A', channel: 'wecom' })] : []),
      ...(i < 10 ? [bought(`a${i}`, 30, 20), did(`a${i}`, 'Level Changed', 31, { from: 'buyer', to: 'repeat' })] : []),
      ...(i >= 30 && i < 35 ? [bought(`a${i}`, 24 * 8)] : []),
      ...(i === 39 ? [bought(`a${i}`, 0)] : []),
    ]),
    // Thirty-two get B, the same channel and another; nobody orders.
    ...many(32, (i) => [sent(`b${i}`, 1, 'B', i < 20 ? 'wecom' : 'webhook')]),
    // One opens B because it was passed on, reads it twice and orders; the click on it belongs to B alone.
    did('c', 'Content Viewed', 3, { contentId: 'B', readId: 'r1', sharedBy: 'p_x', generation: 1 }),
    did('c', 'Content Read', 3.01, { contentId: 'B', readId: 'r1', seconds: 30, depth: 0.5, sharedBy: 'p_x', generation: 1 }),
    did('c', 'Content Read', 3.02, { contentId: 'B', readId: 'r1', seconds: 40, depth: 1, sharedBy: 'p_x', generation: 1 }),
    did('c', 'Content Shared', 3.1, { contentId: 'B' }),
    bought('c', 4),
    // Of another workspace's time, and before the range.
    sent('old', -100, 'A'),
  ] as never);
  await events.flush();
});
afterAll(async () => {
  await events.stop();
  await engines.close();
});

const question: EffectQuestion = { from: '2026-03-02T00:00:00Z', to: '2026-03-30T00:00:00Z', withinDays: 7, by: 'item' };
const ask = (by: EffectQuestion['by']) => contentEffect(deps, asker, { ...question, by });

it('counts whom content reached, who opened, clicked and ordered within the window, with intervals and a word where they are too few', async () => {
  const { rows } = await ask('item');
  expect(rows.map((r) => [r.contentId, r.exposed, r.open.part, r.click.part, r.order.part, r.fen])).toEqual([
    ['A', 40, 20, 20, 10, 20_000],
    ['B', 33, 1, 0, 1, 1_000],
  ]);
  const [a] = rows;
  expect(a!.order).toMatchObject({ share: 0.25, enough: true });
  expect([a!.order.low! < 0.25, a!.order.high! > 0.25, a!.beside!.low > 0]).toEqual([true, true, true]);
  expect((await ask('channel')).rows.map((r) => [r.contentId, r.key, r.exposed, r.order.enough])).toEqual([
    ['A', 'wecom', 40, true],
    ['B', 'wecom', 20, false],
    ['B', 'webhook', 12, false],
    ['B', 'page', 1, false],
  ]);
});

it('sets it apart by scene, by way in, and by where people stood when it reached them', async () => {
  const keys = async (by: EffectQuestion['by']) =>
    (await ask(by)).rows.filter((r) => r.contentId === 'A').map((r) => [r.key, r.exposed, r.order.part]);
  expect((await keys('scene')).sort()).toEqual([
    ['festival', 40, 10],
    ['second_order', 40, 10],
  ]);
  expect(await keys('path')).toEqual([
    ['tp2', 32, 2],
    ['tp', 8, 8],
  ]);
  expect(await keys('level')).toEqual([
    ['basic', 30, 0],
    ['buyer', 10, 10],
  ]);
});

it('leads from every number to its people', async () => {
  for (const by of ['scene', 'level'] as const) {
    const { rows, meta } = await ask(by);
    for (const row of rows)
      for (const step of ['exposed', 'open', 'click', 'order'] as const) {
        const page = await people(deps, asker, { question: meta.question, cell: row.cells[step], limit: 1 });
        expect([by, row.contentId, row.key, step, page.total]).toEqual([
          by,
          row.contentId,
          row.key,
          step,
          step === 'exposed' ? row.exposed : row[step].part,
        ]);
      }
  }
});

it('the radar says who read how long and through whom', async () => {
  const radar = await contentRadar({ ...deps, personNo: async () => undefined }, asker, 'B');
  expect(radar).toMatchObject({ readers: 1, views: 1, medianSeconds: 70, finished: 1, sharers: 1, brought: 1, through: [] });
  expect(radar.days).toEqual([{ day: '2026-03-02', views: 1, readers: 1, shares: 1 }]);
  expect(radar.recent).toMatchObject([{ at: '2026-03-02T03:00:00.000Z', seconds: 70, depth: 1, sharedBy: 'p_x' }]);
});
