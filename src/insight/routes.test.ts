import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, createHttp, silentLog } from '../base/index.ts';
import { routes } from './index.ts';
import { insightWorld, type World } from './world.fixture.ts';

let world: World;
let app: App;
let workspaceNo = 0;
beforeAll(async () => {
  world = await insightWorld();
  workspaceNo = await world.tell([
    { person: 1, event: 'Product Viewed', at: '2026-03-02T00:00:00Z', properties: { price: 5 } },
    { person: 1, event: 'Order Completed', at: '2026-03-03T00:00:00Z' },
    { person: 2, event: 'Product Viewed', at: '2026-03-02T00:00:00Z', properties: { price: 50 } },
  ]);
  await world.tell([{ person: 3, event: 'Product Viewed', at: '2026-03-02T00:00:00Z' }]);
  app = await createHttp({ log: silentLog, version: 'test' });
  app.addHook('onRequest', async (req) => {
    req.auth = { workspaceNo, timezone: 'Asia/Shanghai' } as typeof req.auth;
  });
  routes(app, world.insight);
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await world.close();
});

const post = async (path: string, payload: object) => {
  const answer = await app.inject({ method: 'POST', url: `/api/insight/${path}`, payload });
  return { status: answer.statusCode, body: answer.json() };
};
const range = { from: '2026-03-01', to: '2026-04-01' };
const steps = [{ event: 'Product Viewed', where: [{ property: 'price', op: '<', value: 20 }] }, { event: 'Order Completed' }];
const funnel = { steps, within: { days: 7 }, ...range };
const retention = { first: { event: '*' }, return: { event: '*' }, ...range, period: 'day', count: 3 };

describe('routes', () => {
  it('answers every question with rows and meta, and gives the people behind a number', async () => {
    const answer = await post('funnel', funnel);
    expect(answer).toMatchObject({ status: 200, body: { rows: [{ people: 1 }, { people: 1 }], meta: { timezone: 'Asia/Shanghai' } } });
    const { rows, meta } = answer.body;
    const people = await post('people', { question: meta.question, cell: rows[1].cell });
    expect(people.body).toEqual({ items: [{ id: 'p1' }], nextCursor: null, total: 1 });
    for (const [path, body] of [
      ['retention', retention],
      ['aarrr', range],
      ['ladder', range],
      ['flows', range],
    ] as const) {
      expect(await post(path, body), path).toMatchObject({
        status: 200,
        body: { rows: expect.any(Array), meta: { question: { kind: expect.any(String) } } },
      });
    }
    const overview = await app.inject({ url: '/api/insight/overview?days=7' });
    expect([overview.statusCode, overview.json().people.value, overview.json().growth.length]).toEqual([200, 2, 7]);
  });

  const bad: [string, object, string][] = [
    ['funnel', { ...funnel, steps: [] }, 'steps'],
    ['funnel', { ...funnel, steps: [{}] }, 'steps.0.event'],
    ['funnel', { ...funnel, steps: Array(11).fill(steps[1]) }, 'steps'],
    ['funnel', { ...funnel, steps: [{ event: 'a', where: [{ property: 'x', op: '~', value: 1 }] }] }, 'steps.0.where.0.op'],
    ['funnel', { ...funnel, steps: [{ event: 'a', where: [{ property: 'x', op: '=' }] }] }, 'steps.0.where.0.value'],
    ['funnel', { ...funnel, steps: [{ event: 'a', where: [{ property: 'x', op: 'after', value: 'soon' }] }] }, 'steps.0.where.0.value'],
    ['funnel', { ...funnel, steps: [{ event: 'a', where: [{ property: 'a..b', op: 'exists' }] }] }, 'steps.0.where.0.property'],
    ['funnel', { ...funnel, within: { weeks: 1 } }, 'within'],
    ['funnel', { ...funnel, within: { days: 0 } }, 'within.days'],
    ['funnel', { ...funnel, breakdown: { property: 'a..b' } }, 'breakdown.property'],
    ['funnel', { ...funnel, to: '9999-12-31' }, 'to'],
    ['people', { question: { kind: 'funnel', ...funnel }, cell: { step: 1, value: 'x' } }, 'cell.value'],
    ['funnel', { ...funnel, to: '2026-02-30' }, 'to'],
    ['funnel', { ...funnel, to: '2026-03-01' }, 'to'],
    ['funnel', { ...funnel, breakdown: { by: 'weather' } }, 'breakdown'],
    ['retention', { ...retention, period: 'minute' }, 'period'],
    ['retention', { ...retention, count: 0 }, 'count'],
    ['retention', { ...retention, from: '2020-01-01', to: '2026-01-01' }, 'to'],
    ['aarrr', { ...range, carrier: 'pigeon' }, 'carrier'],
    ['ladder', { from: '2026-03-01' }, 'to'],
    ['people', { question: { kind: 'weather' }, cell: {} }, 'question.kind'],
    ['people', { question: { kind: 'funnel', ...funnel }, cell: { step: 0 } }, 'cell.step'],
    ['people', { question: { kind: 'funnel', ...funnel }, cell: { step: 3 } }, 'cell.step'],
    ['people', { question: { kind: 'aarrr', ...range }, cell: { metric: 'luck' } }, 'cell.metric'],
    ['people', { question: { kind: 'retention', ...retention }, cell: { cohort: '2026-03-02', period: 'x' } }, 'cell.period'],
    ['people', { question: { kind: 'pool', ...range }, cell: {}, cursor: '???' }, 'cursor'],
  ];
  it.each(bad)('%s refuses what does not fit: %#', async (path, payload, field) => {
    const { status, body } = await post(path, payload);
    expect(status).toBe(400);
    expect(body.errors.map((e: { field: string }) => e.field)).toContain(field);
  });

  it('takes whatever comes without breaking', async () => {
    const scrap = fc.oneof(fc.jsonValue(), fc.constantFrom(...Object.values(funnel), ...Object.values(retention), funnel, retention));
    const fields = fc.constantFrom(
      'steps',
      'within',
      'from',
      'to',
      'breakdown',
      'first',
      'return',
      'period',
      'count',
      'carrier',
      'question',
      'cell',
      'cursor',
    );
    const door = fc.constantFrom('funnel', 'retention', 'aarrr', 'ladder', 'people');
    await fc.assert(
      fc.asyncProperty(
        door,
        fc.constantFrom(funnel, retention, { question: { kind: 'funnel', ...funnel }, cell: { step: 1 } }),
        fc.dictionary(fields, scrap),
        async (path, base, more) => {
          const { status } = await post(path, { ...base, ...more });
          expect([200, 400]).toContain(status);
        },
      ),
      { numRuns: 80 },
    );
    // The whole calendar is a range like any other.
    for (const path of ['funnel', 'aarrr', 'ladder'])
      expect((await post(path, { ...(path === 'funnel' ? funnel : {}), from: '1970-01-02', to: '2200-01-01' })).status, path).toBe(200);
    // Text that means something to the database stays text.
    for (const text of ["'", '\\', '`', "x') OR 1 --", '\u0000', '$now', '{a:String}', '你好']) {
      const question = {
        ...funnel,
        steps: [{ event: text, where: [{ property: text, op: '=', value: text }] }],
        breakdown: { property: text },
      };
      expect([200, 400], text).toContain((await post('funnel', question)).status);
      expect([200, 400], text).toContain((await post('aarrr', { ...range, keyEvents: [text] })).status);
      expect(
        (await post('people', { question: { kind: 'funnel', ...funnel, breakdown: { by: 'carrier' } }, cell: { step: 1, value: text } }))
          .body.total,
      ).toBe(0);
    }
  });
});
