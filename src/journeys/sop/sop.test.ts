import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, createHttp, Problem, silentLog } from '../../base/index.ts';
import type { Channels } from '../../channels/index.ts';
import type { Graph, JourneyNode } from '../graph.ts';
import { routes } from '../index.ts';
import { chain, createHarness, day, type Harness, hour, ws } from '../journeys.fixture.ts';
import { createMomentPlans } from './moments.ts';
import { rowsOf, withRows } from './rows.ts';
import { tableOf, timeOf } from './table.ts';

const row = fc.record({
  day: fc.nat(30),
  at: fc.constantFrom('00:00', '09:30', '19:45'),
  channel: fc.constantFrom('wecom', 'sms'),
  name: fc.constantFrom('', 'Hello'),
  contentId: fc.constantFrom('c1', 'auto', null),
  rule: fc.option(fc.constant({ stage: 'new' })),
  fallback: fc.constantFrom<{ channel: string }[]>([], [{ channel: 'email' }]),
});
const bare = ({ id: _, among: __, ...said }: ReturnType<typeof rowsOf>[number]) => said;

describe('a table of days and a journey', () => {
  it('are the same thing twice: nothing is lost on the way there and back', () => {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 8 }),
        fc.array(row, { maxLength: 3 }),
        fc.infiniteStream(fc.nat(99)),
        (given, more, places) => {
          const graph = withRows(undefined, { event: 'Friend Added' }, given);
          // A canvas keeps places, people keep names, an operator adds a goal: none of which a table shows.
          for (const node of graph.nodes) Object.assign(node, { place: { x: places.next().value } });
          graph.nodes.push({ id: 'g', type: 'goal', event: 'Order Completed', withinDays: 7 });
          graph.nodes.reverse();
          graph.edges.reverse();
          const table = tableOf(graph)!;
          const shown = rowsOf(table);
          expect(shown.map(bare)).toEqual(given.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0)));
          expect(sorted(withRows(graph, undefined, shown))).toEqual(sorted(graph));
          // What is changed changes alone; what is taken out leaves its neighbours connected.
          const changed = withRows(graph, undefined, [...shown.slice(1), ...more, { ...shown[0]!, at: '12:00' }]);
          const kept = new Map(changed.nodes.map((node) => [node.id, node]));
          for (const { send } of table.rows.slice(1)) expect(kept.get(send.id)).toEqual(send);
          expect(rowsOf(tableOf(changed)!)).toHaveLength(shown.length + more.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are not where a journey is more than a table', () => {
    const plain = withRows(undefined, { event: 'E' }, [
      { day: 0, at: '00:00', channel: 'wecom', contentId: 'c' },
      { day: 3, at: '09:00', channel: 'wecom', contentId: 'c', rule: { stage: 'new' } },
    ]);
    const with_ = (change: (graph: Graph) => void): Graph => {
      const graph = structuredClone(plain);
      change(graph);
      return graph;
    };
    const set = (id: string, more: object) => with_((g) => Object.assign(g.nodes.find((n) => n.id === id)!, more));
    expect(tableOf(plain)).toBeDefined();
    const others: Record<string, Graph> = {
      'a span instead of a day': with_((g) => {
        g.nodes = g.nodes.map((n): JourneyNode => (n.id === 'wait-1' ? { id: 'wait-1', type: 'wait', days: 1 } : n));
      }),
      'days that go back': set('wait-1', { day: 9 }),
      'a second condition': set('branch-1', {
        branches: [{ key: 'yes', name: '', rule: { stage: 'new' }, entry: [{ property: 'x', op: 'exists' }] }],
      }),
      'a way that ends earlier': with_(
        (g) =>
          void g.edges.splice(
            g.edges.findIndex((e) => e.from === 'branch-1' && e.branch === 'else'),
            1,
          ),
      ),
      'a step that nobody reaches': with_((g) => void g.nodes.push({ id: 'tag', type: 'tag', add: 't' })),
      'an entry that leads elsewhere': with_((g) => {
        g.nodes.push({ id: 'late', type: 'entry', event: 'F' });
        g.edges.push({ from: 'late', to: 'wait-2' });
      }),
      'words on a way': with_((g) => void Object.assign(g.edges[0]!, { label: 'first' })),
    };
    for (const [what, graph] of Object.entries(others)) expect(tableOf(graph), what).toBeUndefined();
    expect(() => withRows(others['days that go back'], undefined, [])).toThrow();
  });
});
const sorted = ({ nodes, edges }: Graph) => ({
  nodes: nodes.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  edges: edges.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
});

let h: Harness;
let app: App;
beforeAll(async () => {
  h = await createHarness();
  app = await createHttp({ log: silentLog, version: 'test' });
  app.addHook('onRequest', async (req) => {
    Object.assign(req, {
      auth: { workspaceNo: ws, workspaceId: 'ws', timezone: 'Asia/Shanghai', actor: { kind: 'user', id: 'u', name: 'Li' } },
    });
  });
  routes(app, h.current.journeys);
});
afterAll(async () => {
  await app.close();
  await h.close();
});
// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes are looked into here.
type Body = any;
const call = async (
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
  url: string,
  payload?: object,
): Promise<{ status: number; body: Body }> => {
  const answer = await app.inject({ method, url: `/api${url}`, ...(payload ? { payload } : {}) });
  return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() };
};
const week = async (from: string): Promise<Body[]> => (await call('GET', `/sop/calendar?from=${from}&days=14`)).body.items;

describe('calendars through the doors', () => {
  it('a first week is made from its template, changed as a table, launched, and says what went and what will go', async () => {
    h.clock.set('2026-03-02T02:00:00Z');
    const made = await call('POST', '/sop/templates/friend-week', { language: 'en', channel: 'webhook' });
    expect(made).toMatchObject({ status: 201, body: { kind: 'person' } });
    const { sop } = (await call('GET', `/journeys/${made.body.id}/sop`)).body;
    expect(sop).toMatchObject({ state: 'draft', problems: [], entries: [{ event: 'Friend Added' }] });
    expect(sop.rows.map((r: Body) => r.day)).toEqual([0, 1, 2, 3, 5, 7]);
    const rows = [
      ...sop.rows.slice(0, 2).map((r: Body) => ({ ...r, channel: 'webhook' })),
      { day: 4, at: '09:00', channel: 'webhook', text: 'Fourth day' },
    ];
    const put = await call('PUT', `/journeys/${made.body.id}/sop`, { name: 'First week', rows: [...rows].reverse() });
    expect(put).toMatchObject({ status: 200, body: { name: 'First week', problems: [] } });
    expect(put.body.rows.map((r: Body) => [r.id, r.day])).toEqual([
      [sop.rows[0].id, 0],
      [sop.rows[1].id, 1],
      [expect.stringMatching(/^send-/), 4],
    ]);
    // An unfinished row says so at its place.
    const unfinished = await call('PUT', `/journeys/${made.body.id}/sop`, {
      rows: [...put.body.rows, { day: 9, at: '09:00', channel: 'webhook' }],
    });
    expect(unfinished.body.problems).toEqual([{ field: 'rows.3.contentId', reason: expect.stringContaining('is missing') }]);
    await call('PUT', `/journeys/${made.body.id}/sop`, { rows: put.body.rows });
    expect((await call('POST', `/journeys/${made.body.id}/launch`)).status).toBe(200);
    await h.happen('ann', 'Friend Added');
    await h.happen('bob', 'Friend Added');
    await h.settle();
    expect(await h.received('ann')).toBe(1);
    // Another calendar for the same friends: the days on which both speak are pointed out.
    const other = await call('POST', '/sop/persons', {
      ...{ name: 'Care', entry: { event: 'Friend Added' } },
      rows: [
        { day: 1, at: '15:00', channel: 'webhook', text: 'Care' },
        { day: 3, at: '15:00', channel: 'webhook', text: 'Care again' },
      ],
    });
    await call('POST', `/journeys/${other.body.id}/launch`);
    await h.happen('bob', 'Friend Added', {}, { at: new Date(h.clock.ms() + 1000) });
    await h.settle();
    const items = await week('2026-03-02');
    const of = (plan: string) =>
      items.filter((i) => i.plan === plan).map(({ day: on, at, ahead, expected, sent }) => ({ on, at, ahead, expected, sent }));
    expect(of('First week')).toEqual([
      { on: '2026-03-02', at: '2026-03-02T02:00:00.000Z', ahead: false, expected: 2, sent: 2 },
      { on: '2026-03-03', at: '2026-03-03T02:30:00.000Z', ahead: true, expected: 2, sent: 0 },
      { on: '2026-03-06', at: '2026-03-06T01:00:00.000Z', ahead: true, expected: 2, sent: 0 },
    ]);
    expect(of('Care').map((i) => [i.on, i.expected])).toEqual([
      ['2026-03-03', 1],
      ['2026-03-05', 1],
    ]);
    const second = items.filter((i) => i.day === '2026-03-03');
    expect(second.map((i) => i.collides.map((c: Body) => [c.plan, c.count]))).toEqual([[['Care', 1]], [['First week', 1]]]);
    expect(items.filter((i) => i.day !== '2026-03-03').flatMap((i) => i.collides)).toEqual([]);
    await h.pass(day + hour);
    expect(await h.received('bob')).toBe(2);
    expect((await week('2026-03-03')).find((i) => i.plan === 'First week')).toMatchObject({ ahead: false, sent: 2, step: 'How to choose' });
    expect((await call('GET', '/sop')).body.items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'person', name: 'First week', state: 'running', messages: 3, days: 4, now: 2 }),
      ]),
    );
    await h.clear();
  });

  it('a journey that is more than a table opens on the canvas', async () => {
    const graph = chain({ id: 'in', type: 'entry', event: 'E' }, { id: 'w', type: 'wait', days: 1 }, { id: 'x', type: 'exit' });
    const { id } = await h.current.journeys.create(ws, { name: 'Canvas', graph });
    expect((await call('GET', `/journeys/${id}/sop`)).body).toEqual({ sop: null });
    const refused = await call('PUT', `/journeys/${id}/sop`, { rows: [{ day: 0, at: '09:00', channel: 'webhook', text: 'x' }] });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ field: 'rows' }] } });
    const odd = { day: 0, at: '9', channel: 'webhook', text: 'x' };
    expect((await call('PUT', `/journeys/${id}/sop`, { rows: [odd] })).body.errors).toEqual([
      { field: 'rows.0.at', reason: 'must be a time as HH:MM' },
    ]);
  });

  it('a week of a group and a month of moments come from templates, and are seen on their days', async () => {
    h.clock.set('2026-04-06T02:00:00Z');
    const group = (await call('POST', '/sop/templates/group-week', { language: 'en' })).body;
    await h.engines.pg.query(
      "INSERT INTO wecom_groups (workspace_no, corp_id, chat_id, name, owner, purpose, created_at) VALUES (1, 'c', 'wr1', 'G', 'li', 'benefit', $1)",
      [h.clock.now()],
    );
    await h.current.channels.groupPlans.plans.launch(ws, group.id);
    expect((await call('POST', '/sop/templates/moments-month', { language: 'en', from: '2026-04-06' })).status).toBe(201);
    const items = await week('2026-04-06');
    expect(items.filter((i) => i.kind === 'group').map((i) => i.day)).toEqual([
      '2026-04-06',
      '2026-04-08',
      '2026-04-10',
      '2026-04-12',
      '2026-04-13',
      '2026-04-15',
      '2026-04-17',
      '2026-04-19',
    ]);
    const moments = items.filter((i) => i.kind === 'moment');
    expect(moments.map((i) => [i.day, i.state, i.ahead])).toEqual(
      ['06', '08', '10', '13', '15', '17'].map((d) => [`2026-04-${d}`, 'planned', true]),
    );
    // Two for the same staff on one day: a customer sees only so many.
    const moved = await call('PATCH', `/sop/moments/${moments[1].planId}`, { day: '2026-04-10', series: 'Other' });
    expect(moved.body).toMatchObject({ day: '2026-04-10', at: '2026-04-10T11:40:00.000Z' });
    expect((await week('2026-04-06')).filter((i) => i.kind === 'moment' && i.collides.length > 0).map((i) => i.day)).toEqual([
      '2026-04-10',
      '2026-04-10',
    ]);
    expect((await call('PATCH', `/sop/moments/${moments[1].planId}`, { day: '2026-04-01' })).body.errors[0].field).toBe('day');
    expect((await call('POST', '/sop/moments', { day: '2026-05-01', at: '09:00' })).body.errors).toEqual([
      { field: 'contentId', reason: 'is missing; choose content, or write a text' },
    ]);
    expect((await call('DELETE', `/sop/moments/${moments[2].planId}`)).status).toBe(204);
    expect((await call('GET', `/sop/moments/${moments[2].planId}`)).status).toBe(404);
    // No WeCom here: its day comes, and the calendar says why nothing went.
    await h.pass(3 * hour);
    expect((await call('GET', `/sop/moments/${moments[0].planId}`)).body).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('settings'),
    });
    const again = await call('PATCH', `/sop/moments/${moments[0].planId}`, { day: '2026-04-07' });
    expect(again.body).toMatchObject({ state: 'planned', problem: null });
  });

  it('a moment is handed over once however the process dies, waits while all is paused, and is too late after half a day', async () => {
    h.clock.set('2026-05-04T02:00:00Z');
    const given: string[] = [];
    let paused = false;
    let dies: string | undefined;
    const make = async (_ws: number, _ask: object, _by: string, id?: string) => {
      if (paused) throw new Problem(409, 'All sending is paused', { code: 'paused' });
      if (!given.includes(id!)) given.push(id!);
    };
    const { pg } = h.engines;
    const plans = createMomentPlans({
      ...{ pg, clock: h.clock, content: h.current.content, workspaces: async () => [{ no: ws, timezone: 'Asia/Shanghai' }] },
      channels: {
        ...h.current.channels,
        staff: { ...h.current.channels.staff, moments: { ...h.current.channels.staff.moments, make: make as never } },
      } as Channels,
      boundary: (name) => {
        if (name === dies) {
          dies = undefined;
          throw new Error('died');
        }
      },
    });
    const add = (at: string) => plans.add(ws, { day: '2026-05-04', at, contentId: h.contentId, series: 'S' }, 'Li');
    const [one, two, three] = [await add('11:00'), await add('12:00'), await add('13:00')];
    h.clock.set('2026-05-04T03:00:00Z');
    for (const boundary of ['journeys.moment.taken', 'journeys.moment.handed']) {
      dies = boundary;
      await expect(plans.handOver(ws)).rejects.toThrow('died');
    }
    await plans.handOver(ws);
    expect(given).toHaveLength(1);
    expect(await plans.get(ws, one.id)).toMatchObject({ state: 'handed', momentId: given[0] });
    await expect(plans.remove(ws, one.id)).rejects.toMatchObject({ status: 409 });
    paused = true;
    h.clock.set('2026-05-04T04:00:00Z');
    await plans.handOver(ws);
    expect(await plans.get(ws, two.id)).toMatchObject({ state: 'planned', problem: null });
    paused = false;
    await plans.handOver(ws);
    expect(await plans.get(ws, two.id)).toMatchObject({ state: 'handed' });
    h.clock.set('2026-05-04T17:00:01Z');
    await plans.handOver(ws);
    expect(await plans.get(ws, three.id)).toMatchObject({ state: 'failed', problem: 'late' });
    expect(given).toHaveLength(2);
  });
});
