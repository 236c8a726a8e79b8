import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engines, testEngines } from '../../test/kit.ts';
import { type Audience, migrations as audienceMigrations, createAudience } from '../audience/index.ts';
import { createJobs, type Jobs, jobMigrations, type ManualClock, manualClock, migrate, silentLog } from '../base/index.ts';
import { createEvents, type Events, migrations as eventMigrations } from '../events/index.ts';
import { migrations as peopleMigrations } from '../people/index.ts';
import { createInsight, type Insight } from './index.ts';
import { aarrrQuestion, funnelQuestion } from './schema.ts';

/** The same questions over the real rooms: identities, merges, money and the ladder as they are in the product. */
let engines: Engines;
let events: Events;
let jobs: Jobs;
let clock: ManualClock;
let insight: Insight;
let audience: Audience;
const workspaceNo = 7;
const asker = { workspaceNo, timezone: 'Asia/Shanghai' };
const range = { from: '2026-03-01', to: '2026-04-01' };

let counter = 0;
const happen = (who: object, event: string, timestamp: string, properties: Record<string, unknown> = {}, carrier?: string) =>
  events.write(workspaceNo, [
    { messageId: `m${counter++}`, event, timestamp, properties, source: 'http', ...who, ...(carrier && { context: { carrier } }) },
  ]);

beforeAll(async () => {
  engines = await testEngines();
  const { pg, ch, url } = engines;
  clock = manualClock('2026-04-01T00:00:00Z');
  const log = silentLog;
  await migrate(pg, ch, [...jobMigrations, ...peopleMigrations, ...eventMigrations, ...audienceMigrations]);
  jobs = await createJobs({ pg, clock, log, connectionString: url, alone: true });
  events = await createEvents({ pg, ch, clock, log, grace: async () => {} });
  audience = createAudience({ pg, ch, clock, log, jobs, events });
  insight = createInsight({
    ch,
    clock,
    source: (ws, columns, people) => events.source(ws, people, columns),
    personNo: async () => undefined,
    people: async (_ws, numbers) => numbers,
    levels: (ws, from, to) => audience.levelsSql(ws, from, to),
    standings: (ws, of, instants) => audience.standingsSql(ws, of, instants),
    rules: (ws, rules) => audience.compile(ws, rules),
    ladder: async (ws) => (await audience.definitions(ws)).levels.map(({ key, name }) => ({ key, name })),
  });
  const phone = (id: string) => ({ externalIds: [{ type: 'phone', id }] });
  await happen({ userId: 'ann' }, 'Product Viewed', '2026-03-02T00:00:00Z', { price: 9.5, city: '上海' }, 'app');
  await happen(phone('13800138000'), 'Order Completed', '2026-03-03T00:00:00Z', { revenue: 12.34 }, 'store');
  await happen({ userId: 'bob' }, 'Product Viewed', '2026-03-02T00:00:00Z', { price: 20, city: '北京' }, 'wecom');
  await happen({ userId: 'bob' }, 'Order Completed', '2026-03-20T00:00:00Z', { revenue: 10 });
  await happen({ userId: 'bob' }, 'Order Completed', '2026-03-21T00:00:00Z', { revenue: 20 });
  await happen({ userId: 'bob' }, 'Order Refunded', '2026-03-22T00:00:00Z', { revenue: 5.55 });
  await events.flush();
});
afterAll(async () => {
  await events.stop();
  await jobs.stop();
  await engines.close();
});

describe('over the real rooms', () => {
  const steps = [{ event: 'Product Viewed' }, { event: 'Order Completed' }];
  const ask = (more: object = {}) => insight.funnel(asker, funnelQuestion.parse({ steps, within: { days: 7 }, ...range, ...more }));

  it('tells the funnel by property, carrier and level, and the money', async () => {
    expect((await ask()).rows.map((r) => r.people)).toEqual([2, 0]);
    expect((await ask({ steps: [{ event: '*', where: [{ property: 'price', op: '<=', value: 9.5 }] }] })).rows[0]!.people).toBe(1);
    const cities = (await ask({ breakdown: { property: 'city' } })).rows.filter((r) => r.step === 1);
    expect(cities.map((r) => [r.value, r.people])).toEqual([
      [undefined, 2],
      ['上海', 1],
      ['北京', 1],
    ]);
    const levels = (await ask({ breakdown: { by: 'level' } })).rows.filter((r) => r.step === 1 && 'value' in r);
    expect(Object.fromEntries(levels.map((r) => [r.value, r.people]))).toEqual({ basic: 1, repeat: 1 });
    const { rows } = await insight.aarrr(asker, aarrrQuestion.parse(range));
    const value = (metric: string, carrier: string | null = null) => rows.find((r) => r.metric === metric && r.carrier === carrier)?.value;
    expect([value('revenue.revenue'), value('revenue.revenue', 'wecom'), value('revenue.revenue', 'store')]).toEqual([3679, 2445, 1234]);
    expect([value('acquisition.new'), value('revenue.buyers'), value('revenue.repeat')]).toEqual([3, 2, 0.5]);
  });

  it('follows the ladder, and its lists are its counts', async () => {
    const flow = await insight.ladder(asker, { from: '2026-03-10', to: '2026-03-31' });
    expect(flow.links).toContainEqual({ from: 'basic', to: 'repeat', count: 1 });
    for (const row of flow.rows) {
      const page = await insight.people(asker, { question: flow.meta.question, cell: row.cell });
      expect([page.items.length, page.total]).toEqual([row.people, row.people]);
    }
    const o = await insight.overview(asker, 30);
    expect(o.ladder.levels.reduce((sum, l) => sum + l.after, 0)).toBe(o.people.value);
  });

  it('is one person after a merge, before and after the events have moved', async () => {
    await happen({ userId: 'ann', externalIds: [{ type: 'phone', id: '13800138000' }] }, 'Opened', '2026-03-25T00:00:00Z');
    for (let i = 0; i < 2; i++) {
      const { rows, meta } = await ask();
      expect(rows.map((r) => r.people)).toEqual([2, 1]);
      expect(rows[1]!.medianSecondsFromPrevious).toBe(86_400);
      expect((await insight.people(asker, { question: meta.question, cell: rows[1]!.cell })).total).toBe(1);
      expect((await insight.overview(asker, 60)).people.value).toBe(2);
      await events.flush();
    }
  });
});
