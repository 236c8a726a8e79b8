import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routeTable } from '../src/access/index.ts';
import { type Answer, API_KEY, basic, type Json, type Running, running, until, WRITE_KEY } from './running.ts';

/** The public surface: names, shapes and promises that other programs rely on. */
let y: Running;
beforeAll(async () => {
  y = await running();
});
afterAll(() => y?.close());

const day = 86_400_000;
const ago = (days: number): string => new Date(Date.now() - days * day).toISOString();
const instant = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/);
const good = (answer: Answer, status = 200): Json => {
  expect([answer.status, answer.status === status ? '' : JSON.stringify(answer.body)]).toEqual([status, '']);
  return answer.body as Json;
};
const events = async (id: string, query = ''): Promise<Json[]> => good(await y.get(`/api/people/${id}/events?limit=200${query}`)).items;
const personOf = async (externalId: string): Promise<Json | undefined> =>
  good(await y.get(`/api/people?externalId=${encodeURIComponent(externalId)}`)).items[0];
/** What was said is there, and what follows from it has been worked out. */
const known = (externalId: string, holds: (person: Json) => boolean = (p) => p.level !== null): Promise<Json> =>
  until(externalId, async () => {
    const person = await personOf(externalId);
    return person && holds(person) && person;
  });
const track = (message: object) => y.send('track', { event: 'Seen', ...message });

describe('health', () => {
  it('says that it lives, that its engines answer, and how it does', async () => {
    expect((await y.get('/healthz', { key: null })).status).toBe(200);
    expect(good(await y.get('/readyz', { key: null }))).toEqual({ postgres: true, clickhouse: true });
    const metrics = await y.get('/metrics', { key: null });
    expect(metrics.type).toMatch(/^text\/plain/);
    expect(metrics.body).toMatch(/^# HELP process_cpu_user_seconds_total/m);
    expect(metrics.body).toMatch(/^yutang_consumer_lag_batches\{consumer="\w+"\} \d+$/m);
    // Each line is a comment or a sample, so that any scraper reads it.
    for (const line of (metrics.body as string).split('\n').filter(Boolean))
      expect(line).toMatch(/^(#.*|[a-zA-Z_:][\w:]*(\{.*\})? [-+.\dNaInfe]+)$/);
  });
});

describe('events in', () => {
  it('takes Basic auth with the write key as user name, with and without a colon, with any password', async () => {
    for (const text of [`${WRITE_KEY}:`, WRITE_KEY, `${WRITE_KEY}:anything`]) {
      const answer = await y.send(
        'track',
        { userId: 'auth', event: 'Seen' },
        { authorization: `Basic ${Buffer.from(text).toString('base64')}` },
      );
      expect([text, answer.status]).toEqual([text, 200]);
      expect(answer.body).toEqual({ success: true });
    }
  });

  it('takes gzip, and JSON under other names', async () => {
    const message = (n: number) => JSON.stringify({ userId: 'packed', event: 'Packed', messageId: `packed-${n}` });
    const send = (body: unknown, headers: Record<string, string>) => y.send('track', body, headers);
    expect((await send(gzipSync(message(1)), { 'content-encoding': 'gzip' })).status).toBe(200);
    expect((await send(message(2), { 'content-type': 'text/plain;charset=UTF-8' })).status).toBe(200);
    expect((await send(message(3), { 'content-type': 'application/json; charset=utf-8' })).status).toBe(200);
    const { id } = await y.person('user_id:packed');
    await until('all three', async () => (await events(id, '&event=Packed')).length === 3);
  });

  it('counts a messageId once, in one request, in two, and as another kind', async () => {
    const once = { type: 'track', messageId: 'only-once', userId: 'twice', event: 'Once' };
    expect((await y.send('batch', { batch: [once, once, { ...once, event: 'Other' }] })).body).toEqual({ success: true });
    expect((await y.send('track', once)).body).toEqual({ success: true });
    await Promise.all(Array.from({ length: 5 }, () => y.send('track', once)));
    const { id } = await y.person('user_id:twice');
    const items = await until('the event', async () => {
      const all = await events(id);
      return all.length > 0 && all;
    });
    expect(items.filter((e) => e.source !== 'yutang' && e.messageId === 'only-once')).toHaveLength(1);
    await y.system.events.flush();
    expect((await events(id)).filter((e) => e.messageId === 'only-once').map((e) => e.event)).toEqual(['Once']);
  });

  it('puts late and out-of-order events where they belong', async () => {
    const order = (no: number, days: number) =>
      track({
        userId: 'late',
        event: 'Order Completed',
        messageId: `late-${no}`,
        timestamp: ago(days),
        properties: { order_id: `late-${no}`, revenue: 10, no },
      });
    await order(3, 1);
    await known('user_id:late', (p) => p.level === 'buyer');
    await order(1, 400);
    await order(2, 20);
    const person = await known('user_id:late', (p) => p.level === 'repeat');
    expect((await events(person.id, '&event=Order%20Completed')).map((e) => e.properties.no)).toEqual([3, 2, 1]);
    expect(Math.abs(Date.parse(person.createdAt) - Date.parse(ago(400)))).toBeLessThan(60_000);
    const traits = (name: string, days: number) => y.send('identify', { userId: 'late', traits: { name }, timestamp: ago(days) });
    await traits('newer', 2);
    await traits('older', 9);
    expect((await known('user_id:late', (p) => p.traits.name !== undefined)).traits.name).toBe('newer');
  });

  it('keeps a batch in part and says what it did not keep', async () => {
    const answer = await y.send('batch', {
      context: { carrier: 'mini_program' },
      batch: [
        { type: 'track', userId: 'part', event: 'A', messageId: 'part-0' },
        { type: 'track', userId: 'part', event: 'B', timestamp: 'soon' },
        { type: 'page', userId: 'part', name: 'Home', messageId: 'part-2' },
      ],
    });
    expect(good(answer)).toEqual({ success: true, rejected: [{ index: 1, field: 'timestamp', reason: expect.any(String) }] });
    const { id } = await y.person('user_id:part');
    const kept = await until('both', async () => {
      const all = (await events(id)).filter((e) => e.messageId.startsWith('part-'));
      return all.length === 2 && all;
    });
    for (const event of kept) expect(event.context).toMatchObject({ carrier: 'mini_program' });
  });

  it('joins by alias where the limits allow, else answers 409 with the conflict', async () => {
    await track({ anonymousId: 'visitor', event: 'Looked' });
    expect((await y.send('alias', { previousId: 'visitor', userId: 'aliased' })).status).toBe(200);
    expect((await known('anonymous_id:visitor')).id).toBe((await known('user_id:aliased')).id);
    await y.send('identify', { userId: 'one' });
    await y.send('identify', { userId: 'two' });
    const answer = await y.send('alias', { previousId: 'one', userId: 'two' });
    expect(answer.status).toBe(409);
    expect(answer.type).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ status: 409, type: 'urn:yutang:problem:identity_conflict', errors: [{ field: 'previousId' }] });
    expect((await known('user_id:one')).id).not.toBe((await known('user_id:two')).id);
  });

  it('knows one person by many identities', async () => {
    const externalIds = [
      { id: 'oXyz', type: 'wechat_unionid' },
      { id: 'wxapp:o123', type: 'wechat_openid' },
      { id: '138 0013 8000', type: 'phone' },
      { id: ' Lin@Example.COM ', type: 'email' },
      { id: 'ww1:wm1', type: 'wecom_external_userid' },
      { id: 'taobao:t1', type: 'platform_id' },
    ].map((one) => ({ ...one, collection: 'users', encoding: 'none' }));
    await y.send('identify', { userId: 'many', anonymousId: 'device-7', context: { externalIds } });
    const person = await known('wechat_unionid:oXyz');
    for (const externalId of [
      'user_id:many',
      'anonymous_id:device-7',
      'wechat_openid:wxapp:o123',
      'phone:+8613800138000',
      'phone:13800138000',
      'email:lin@example.com',
      'wecom_external_userid:ww1:wm1',
      'platform_id:taobao:t1',
    ]) {
      expect([externalId, (await personOf(externalId))?.id]).toEqual([externalId, person.id]);
    }
    expect(await personOf('wechat_unionid:nobody')).toBeUndefined();
  });
});

describe('people', () => {
  it('have the shape of the contract, and their events theirs, newest first, page by page', async () => {
    await y.send('identify', { userId: 'shape', messageId: 'shape-i', traits: { name: '形状', city: '杭州' }, timestamp: ago(5) });
    const batch = Array.from({ length: 25 }, (_, i) => ({
      type: 'track',
      userId: 'shape',
      event: 'Product Viewed',
      messageId: `shape-${i}`,
      // Several at one instant: pages must not lose or repeat them.
      timestamp: ago(4 - Math.floor(i / 5) / 10),
      properties: { i, price: 12.5, tags: ['a'], deep: { x: true } },
      context: { page: { url: 'https://shop.example/' } },
    }));
    await y.send('batch', { batch });
    const person = await known('user_id:shape', (p) => p.level !== null && p.tags.length > 0);
    expect(person).toEqual({
      id: expect.any(String),
      identities: [{ type: 'user_id', id: 'shape', firstSeenAt: instant }],
      traits: { name: '形状', city: '杭州' },
      tags: expect.arrayContaining([{ key: 'recent_7d', since: instant, by: 'rule' }]),
      orders: { count: 0, revenueFen: 0, refundFen: 0, lastAt: null },
      stage: 'new',
      tier: null,
      level: 'basic',
      createdAt: instant,
      lastSeenAt: instant,
    });
    expect(good(await y.get(`/api/people/${person.id}`))).toEqual(person);

    const seen: Json[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const page = good(
        await y.get(
          `/api/people/${person.id}/events?limit=4&event=Product%20Viewed${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
        ),
      );
      expect(page.items.length).toBeLessThanOrEqual(4);
      seen.push(...page.items);
      cursor = page.nextCursor;
      pages += 1;
    } while (cursor && pages < 20);
    expect(seen.map((e) => e.messageId).sort()).toEqual(batch.map((m) => m.messageId).sort());
    expect(seen.map((e) => e.timestamp)).toEqual(
      seen
        .map((e) => e.timestamp)
        .sort()
        .reverse(),
    );
    for (const event of seen) {
      expect(event).toEqual({
        messageId: expect.any(String),
        type: 'track',
        event: 'Product Viewed',
        timestamp: instant,
        receivedAt: instant,
        personId: person.id,
        properties: { i: expect.any(Number), price: 12.5, tags: ['a'], deep: { x: true } },
        context: { page: { url: 'https://shop.example/' } },
      });
    }
  });

  it('are listed by pages, found by name and identity, and counted by what is true of them', async () => {
    const all: string[] = [];
    let cursor: string | null = null;
    let total = 0;
    do {
      const page = good(await y.get(`/api/people?limit=3${cursor ? `&cursor=${cursor}` : ''}`));
      all.push(...page.items.map((p: Json) => p.id));
      total = page.total;
      cursor = page.nextCursor;
    } while (cursor);
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBe(total);
    const named = good(await y.get(`/api/people?query=${encodeURIComponent('形')}`)).items;
    expect(named.map((p: Json) => p.traits.name)).toEqual(['形状']);
    expect(good(await y.get('/api/people?query=138001')).items).toHaveLength(0);
    expect(good(await y.get('/api/people?query=13800138000')).items).toHaveLength(1);
    const repeat = good(await y.get('/api/people?level=repeat')).items;
    expect(repeat.every((p: Json) => p.level === 'repeat')).toBe(true);
    const facets = good(await y.get('/api/people/facets'));
    expect(facets.level.repeat).toBe(repeat.length);
    expect(Object.keys(facets).sort()).toEqual(['level', 'stage', 'tag', 'tier']);
  });
});

describe('imports', () => {
  const rows = [
    'order_id,user_id,time,amount',
    'i1,imp-1,2026-02-01T10:00:00Z,12.30',
    'i2,imp-2,2026-02-02T10:00:00Z,40',
    'i3,imp-2,not a time,5',
    '',
  ];
  const start = async (): Promise<Json> => {
    const form = new FormData();
    form.append('kind', 'orders');
    form.append('file', new Blob([rows.join('\n')]), 'orders.csv');
    const { id } = good(await y.post('/api/imports', form), 202);
    return until('the import', async () => {
      const view = good(await y.get(`/api/imports/${id}`));
      return ['done', 'failed'].includes(view.state) && view;
    });
  };

  it('take a file, say how far they are, give back what they did not take, and add nothing the second time', async () => {
    const first = await start();
    expect(first).toMatchObject({
      state: 'done',
      rows: { read: 3, accepted: 2, duplicate: 0, rejected: 1 },
      progress: { done: expect.any(Number), total: expect.any(Number) },
      rejectedUrl: `/api/imports/${first.id}/rejected`,
    });
    const rejected = await y.get(first.rejectedUrl);
    expect(rejected.type).toMatch(/^text\/csv/);
    const [head, row] = (rejected.body as string)
      .replace(/^\uFEFF/, '')
      .trim()
      .split(/\r?\n/);
    expect(head).toMatch(/^row,reason,/);
    expect(row).toMatch(/^4,.*time/);
    const inChinese = await y.get(first.rejectedUrl, { headers: { 'accept-language': 'zh-CN' } });
    expect((inChinese.body as string).split('\r\n')).toEqual([
      head!.replace('row,reason', '被拒行号,被拒原因'),
      row!.replace(/"[^,]*"/, '“not a time”不是时间；请写成 2026-01-31 08:00:00'),
      '',
    ]);
    const again = await start();
    expect(again.rows).toEqual({ read: 3, accepted: 0, duplicate: 2, rejected: 1 });
    const person = await known('user_id:imp-1', (p) => p.level !== null);
    const orders = await events(person.id, '&event=Order%20Completed');
    expect(orders).toHaveLength(1);
    expect(orders[0]!.properties).toMatchObject({ order_id: 'i1', revenue: 12.3, revenue_fen: 1230 });
    expect(good(await y.get('/api/imports')).items.map((i: Json) => i.id)).toEqual([again.id, first.id]);
  });

  it('guess kind and mapping, to be confirmed', async () => {
    const form = new FormData();
    form.append('file', new Blob([rows.join('\n')]), 'orders.csv');
    const seen = good(await y.post('/api/imports/inspect', form));
    expect(seen).toMatchObject({
      kind: 'orders',
      format: 'csv',
      rows: 3,
      mapping: { order_id: 'order_id', user_id: 'user_id', time: 'time' },
    });
    const { id } = good(await y.post('/api/imports', { uploadId: seen.uploadId, kind: seen.kind, mapping: seen.mapping }), 202);
    const done = await until('the import', async () => {
      const view = good(await y.get(`/api/imports/${id}`));
      return view.state === 'done' && view;
    });
    expect(done.rows.duplicate).toBe(2);
  });
});

describe('audiences and definitions', () => {
  it('are previewed, kept live, listed with their members, changed and removed', async () => {
    const rule = { event: 'Order Completed', within: { days: 60 }, count: { op: '>=', value: 2 } };
    const preview = good(await y.post('/api/audiences/preview', { rule }));
    expect(preview).toMatchObject({
      count: expect.any(Number),
      elapsedMs: expect.any(Number),
      warnings: [],
      sentence: { zh: expect.any(String), en: expect.any(String) },
    });
    const made = good(await y.post('/api/audiences', { name: 'Twice', rule, live: true }), 201);
    expect(made).toMatchObject({ id: expect.any(String), name: 'Twice', live: true, createdAt: instant });
    const order = (no: number) =>
      track({ userId: 'joins', event: 'Order Completed', messageId: `joins-${no}`, properties: { order_id: `joins-${no}`, revenue: 20 } });
    await order(1);
    await order(2);
    const person = await y.person('user_id:joins');
    const member = await until('the member', async () => {
      const { items } = good(await y.get(`/api/audiences/${made.id}/members?limit=200`));
      return items.find((m: Json) => m.personId === person.id) as Json | undefined;
    });
    expect(member).toEqual({ personId: person.id, since: instant });
    const size = await until('the size', async () => {
      const { count } = good(await y.get(`/api/audiences/${made.id}`));
      return count === preview.count + 1 && count;
    });
    const members: string[] = [];
    let cursor: string | null = null;
    do {
      const page = good(await y.get(`/api/audiences/${made.id}/members?limit=1${cursor ? `&cursor=${cursor}` : ''}`));
      members.push(...page.items.map((m: Json) => m.personId));
      cursor = page.nextCursor;
    } while (cursor);
    expect(new Set(members).size).toBe(size);
    expect((await events(person.id, '&event=Audience%20Entered')).map((e) => e.properties)).toEqual([
      { audienceId: made.id, name: 'Twice' },
    ]);

    const path = `/api/audiences/${made.id}`;
    expect(
      good(await y.call({ method: 'PATCH', path, body: { name: 'Thrice', rule: { ...rule, count: { op: '>=', value: 3 } } } })).name,
    ).toBe('Thrice');
    await until('fewer', async () => good(await y.get(path)).count < size);
    expect((await y.call({ method: 'DELETE', path })).status).toBe(204);
    expect((await y.get(path)).status).toBe(404);
  });

  it('are worked out again on demand, in a job that can be watched', async () => {
    const { id } = good(await y.post('/api/definitions/recompute'), 202);
    const job = await until('the job', async () => {
      const view = good(await y.get(`/api/jobs/${id}`));
      return view.state === 'done' && view;
    });
    expect(job).toMatchObject({ id, kind: expect.any(String), state: 'done', error: null });
    const definitions = good(await y.get('/api/definitions'));
    expect(definitions.levels.map((l: Json) => l.key)).toEqual(['basic', 'member', 'buyer', 'repeat', 'koc']);
    expect(definitions.stages.map((l: Json) => l.key).sort()).toEqual(['active', 'churned', 'new', 'paying', 'silent']);
    expect(definitions.tiers.map((l: Json) => l.key).sort()).toEqual(['lost', 'low_frequency', 'loyal', 'ordinary', 'quality']);
    const total = good(await y.get('/api/people?limit=1')).total;
    expect(definitions.levels.reduce((n: number, l: Json) => n + l.count, 0)).toBe(total);
  });
});

describe('journeys', () => {
  it('are drafted, launched, paused, resumed, changed as a new version, archived; results by node and branch', async () => {
    const graph = {
      nodes: [
        { id: 'entry', type: 'entry', event: 'Journey Begins' },
        {
          id: 'ab',
          type: 'split',
          branches: [
            { key: 'a', name: 'A', weight: 50 },
            { key: 'b', name: 'B', weight: 50 },
          ],
        },
        { id: 'goal', type: 'goal', event: 'Order Completed', withinDays: 7 },
        { id: 'exit', type: 'exit' },
      ],
      edges: [
        { from: 'entry', to: 'ab' },
        { from: 'ab', to: 'goal', branch: 'a' },
        { from: 'ab', to: 'goal', branch: 'b' },
        { from: 'goal', to: 'exit' },
      ],
    };
    const { id, state } = good(await y.post('/api/journeys', { name: 'Contract', purpose: 'convert', graph }), 201);
    expect(state).toBe('draft');
    const verb = async (word: string) => good(await y.post(`/api/journeys/${id}/${word}`)).state;
    expect(await verb('launch')).toBe('running');
    const { version } = good(await y.get(`/api/journeys/${id}`));
    // So many that the lot does not send all of them the same way.
    const people = Array.from({ length: 20 }, (_, i) => `walker-${i}`);
    for (const userId of people) await track({ userId, event: 'Journey Begins', messageId: `${userId}-in` });
    const results = (n: number, converted = 0): Promise<Json> =>
      until(`${n} entered, ${converted} converted`, async () => {
        const body = good(await y.get(`/api/journeys/${id}/results`));
        return body.entered === n && body.converted === converted && body;
      });
    await results(20);
    for (const userId of people.slice(0, 3))
      await track({ userId, event: 'Order Completed', messageId: `${userId}-buy`, properties: { order_id: userId, revenue: 1 } });
    const after = await results(20, 3);
    expect(after.nodes.map((n: Json) => n.id)).toEqual(['entry', 'ab', 'goal', 'exit']);
    for (const node of after.nodes) {
      expect(node).toMatchObject({
        entered: expect.any(Number),
        left: expect.any(Number),
        waiting: expect.any(Number),
        converted: expect.any(Number),
      });
    }
    const [a, b] = after.branches;
    expect([a.entered + b.entered, a.converted + b.converted]).toEqual([20, 3]);
    expect(a).toMatchObject({
      node: 'ab',
      branch: 'a',
      rate: expect.any(Number),
      low: expect.any(Number),
      high: expect.any(Number),
      difference: null,
    });
    expect(b.difference).toMatchObject({ value: expect.any(Number), low: expect.any(Number), high: expect.any(Number) });

    expect(await verb('pause')).toBe('paused');
    await track({ userId: 'too-late', event: 'Journey Begins' });
    await known('user_id:too-late');
    await y.system.events.flush();
    await results(20, 3);
    expect(await verb('resume')).toBe('running');
    const next = good(
      await y.call({
        method: 'PATCH',
        path: `/api/journeys/${id}`,
        body: { graph: { ...graph, nodes: graph.nodes.map((n) => (n.id === 'goal' ? { ...n, withinDays: 3 } : n)) } },
      }),
    );
    expect(next.version).toBe(version + 1);
    expect(await verb('archive')).toBe('archived');
    expect((await y.post(`/api/journeys/${id}/launch`)).status).toBe(409);
    const walker = await y.person('user_id:walker-0');
    const told = (await events(walker.id)).map((e) => e.event).filter((e) => e.startsWith('Journey ') && e !== 'Journey Begins');
    expect(told.sort()).toEqual(['Journey Branched', 'Journey Converted', 'Journey Entered', 'Journey Exited'].sort());
  });
});

describe('insight', () => {
  const range = { from: ago(30), to: new Date(Date.now() + day).toISOString() };

  it('answers with rows and meta, and gives the people behind each number', async () => {
    for (const [userId, far] of [
      ['f1', 3],
      ['f2', 2],
      ['f3', 1],
    ] as const) {
      const steps = ['Funnel One', 'Funnel Two', 'Funnel Three'].slice(0, far);
      await y.send('batch', {
        batch: steps.map((event, i) => ({
          type: 'track',
          userId,
          event,
          messageId: `${userId}-${i}`,
          timestamp: ago(2 - i / 10),
          properties: {},
        })),
      });
    }
    await known('user_id:f3');
    await y.system.events.flush();
    const funnel = good(
      await y.post('/api/insight/funnel', {
        steps: ['Funnel One', 'Funnel Two', 'Funnel Three'].map((event) => ({ event })),
        within: { days: 7 },
        ...range,
      }),
    );
    expect(funnel.rows.map((r: Json) => r.people)).toEqual([3, 2, 1]);
    expect(funnel.meta).toMatchObject({ question: { kind: 'funnel' }, elapsedMs: expect.any(Number) });
    for (const row of funnel.rows) {
      const behind = good(await y.post('/api/insight/people', { question: funnel.meta.question, cell: row.cell }));
      expect(behind.items).toHaveLength(row.people);
    }
    const retention = good(
      await y.post('/api/insight/retention', {
        first: { event: 'Funnel One' },
        return: { event: 'Funnel Two' },
        ...range,
        period: 'day',
        count: 3,
      }),
    );
    expect(retention).toMatchObject({ rows: expect.any(Array), meta: { question: { kind: 'retention' } } });
    const flows = good(await y.post('/api/insight/flows', range));
    expect(flows.meta.question.kind).toMatch(/flows|ladder/);
    expect(flows.rows.reduce((n: number, r: Json) => n + r.people, 0)).toBe(good(await y.get('/api/people?limit=1')).total);
    for (const row of flows.rows) {
      const behind = good(await y.post('/api/insight/people', { question: flows.meta.question, cell: row.cell, limit: 200 }));
      expect([row.cell, behind.items.length]).toEqual([row.cell, row.people]);
    }
    const aarrr = good(await y.post('/api/insight/aarrr', range));
    expect(aarrr).toMatchObject({ rows: expect.any(Array), meta: { question: { kind: 'aarrr' } } });
    expect(good(await y.get('/api/insight/overview?days=30'))).toMatchObject({ people: expect.anything() });
  });
});

describe('the description', () => {
  it('is OpenAPI 3.1, lists every route that is not hidden, and its examples of paths agree', async () => {
    const api = good(await y.get('/api/openapi.json', { key: null }));
    expect(api.openapi).toBe('3.1.0');
    expect(api.info).toMatchObject({ title: 'Yutang', version: expect.any(String) });
    const described = Object.entries(api.paths as Json).flatMap(([path, verbs]) =>
      Object.keys(verbs as Json).map((verb) => `${verb.toUpperCase()} ${path}`),
    );
    const hidden =
      /^\w+ \/(healthz|readyz|metrics|[coprstu]\/|poster\/|share\/|email\/|sms\/|wecom\/|wechat\/|api\/openapi\.json|\{file\}\(\^MP_verify_)/;
    const there = routeTable(y.system.app)
      .filter((r) => r.method !== 'HEAD' && r.method !== 'OPTIONS')
      .map((r) => `${r.method} ${r.url.replace(/:(\w+)/g, '{$1}')}`)
      .filter((r) => !hidden.test(r));
    expect(described.sort()).toEqual([...new Set(there)].sort());
    for (const [path, verbs] of Object.entries(api.paths as Json)) {
      for (const [verb, operation] of Object.entries(verbs as Json) as [string, Json][]) {
        const where = `${verb} ${path}`;
        expect([where, typeof operation.responses]).toEqual([where, 'object']);
        expect([where, operation.tags?.length > 0]).toEqual([where, true]);
        const named = [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]);
        const inPath = (operation.parameters ?? []).filter((p: Json) => p.in === 'path');
        expect([where, inPath.map((p: Json) => p.name)]).toEqual([where, named]);
        expect([where, inPath.every((p: Json) => p.required === true)]).toEqual([where, true]);
        // What a schema points to is there.
        for (const [, ref] of JSON.stringify(operation).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
          expect([where, ref, ref!.split('/').reduce((at: Json | undefined, key) => at?.[key], api) !== undefined]).toEqual([
            where,
            ref,
            true,
          ]);
        }
      }
    }
    expect(api.paths['/v1/track'].post.security).toEqual([{ writeKey: [] }]);
  });

  it('errors are problems', async () => {
    const answers = await Promise.all([
      y.get('/api/people', { key: 'wrong' }),
      y.get('/api/nowhere'),
      y.post('/api/audiences', {}),
      y.call({ method: 'POST', path: '/v1/track', body: {}, headers: { authorization: basic('wrong') }, key: null }),
    ]);
    expect(answers.map((a) => a.status)).toEqual([401, 404, 400, 401]);
    for (const { body, status, type } of answers) {
      expect(type).toContain('application/problem+json');
      expect(body).toMatchObject({ type: expect.any(String), title: expect.any(String), status });
    }
    expect(answers[0]!.headers.get('www-authenticate')).toMatch(/Bearer/);
    expect(answers[3]!.headers.get('www-authenticate')).toMatch(/Basic/);
    expect(JSON.stringify(answers.map((a) => a.body))).not.toContain(API_KEY);
    expect(y.errors).toEqual([]);
  });
});
