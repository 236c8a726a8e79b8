import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testEngines } from '../../../../test/kit.ts';
import { type App, createHttp, jobMigrations, manualClock, migrate, silentLog } from '../../../base/index.ts';
import { migrations as peopleMigrations } from '../../../people/index.ts';
import { createEvents, type Events } from '../../events.ts';
import { migrations as eventMigrations } from '../../migrations.ts';
import { createHooks, eventSink, hookRoutes, importMigrations } from '../index.ts';

const clock = manualClock('2026-03-01T00:00:00Z');
let engines: Awaited<ReturnType<typeof testEngines>>;
let events: Events;
let app: App;
let failAt: string | undefined;
beforeAll(async () => {
  engines = await testEngines();
  const { pg, ch } = engines;
  await migrate(pg, ch, [...jobMigrations, ...peopleMigrations, ...eventMigrations, ...importMigrations]);
  events = await createEvents({ pg, ch, clock, log: silentLog });
  const hooks = createHooks({
    pg,
    clock,
    events: eventSink(events, ch),
    boundary: (name) => {
      if (name === failAt) throw new Error('stopped there');
    },
    workspace: async () => ({ timezone: 'Asia/Shanghai', currency: 'CNY' }),
    secrets: { seal: (t) => Buffer.from(t).toString('hex'), open: (s) => Buffer.from(s, 'hex').toString() },
    publicUrl: 'https://pool.example',
  });
  app = await createHttp({ log: silentLog, version: '0' });
  app.addHook('onRequest', async (req) => {
    req.auth = { workspaceNo: 1, actor: { kind: 'user', id: 'u', name: 'Ann' } } as never;
  });
  await hookRoutes(app, hooks);
}, 60_000);
afterAll(async () => {
  await app.close();
  await events.stop();
  await engines.close();
});

const api = async (method: string, url: string, payload?: object) => {
  const answer = await app.inject({ method: method as 'POST', url, ...(payload ? { payload } : {}) });
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() };
};
const sample = {
  event: 'order.paid',
  order: {
    no: 'H1',
    paid_at: '2026-02-01 10:00:00',
    buyer: { id: 'b1', mobile: '13800000009' },
    items: [{ sku: 'P1', quantity: 2, price: '12.50' }],
  },
};
const order = {
  name: '商城',
  kind: 'orders',
  rows: 'order.items',
  mapping: {
    order_id: '$.order.no',
    time: '$.order.paid_at',
    user_id: '$.order.buyer.id',
    phone: '$.order.buyer.mobile',
    product_id: 'sku',
    quantity: 'quantity',
    price: 'price',
  },
};
const count = async (event: string) =>
  Number((await engines.ch.query<{ n: number }>(`SELECT count() AS n FROM ${events.source(1)} WHERE event = '${event}'`))[0]!.n);
const send = async (id: string, secret: string, body: unknown, more: { stamp?: number; headers?: Record<string, string> } = {}) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const stamp = String(more.stamp ?? Math.floor(clock.ms() / 1000));
  const signature = createHmac('sha256', secret).update(`${stamp}.`).update(text).digest('hex');
  const headers = { 'content-type': 'application/json', 'x-time': stamp, 'x-signature': `sha256=${signature}`, ...more.headers };
  const answer = await app.inject({ method: 'POST', url: `/hooks/${id}`, headers, payload: text });
  return { status: answer.statusCode, body: answer.json() };
};
const signed = { type: 'hmac', prefix: 'sha256=', timestampHeader: 'X-Time' };

describe('inbound webhooks', () => {
  it('a sample is understood without a mapping, and writes nothing', async () => {
    const tried = await api('POST', '/api/hooks/test', { sample });
    expect(tried.body).toMatchObject({
      kind: 'orders',
      rows: 'order.items',
      mapping: {
        order_id: '$.order.no',
        time: '$.order.paid_at',
        phone: '$.order.buyer.mobile',
        product_id: 'sku',
        quantity: 'quantity',
        price: 'price',
      },
      rowsFound: 1,
      accepted: 1,
      events: [{ event: 'Order Completed', properties: { revenue_fen: 2500 } }],
    });
    expect(await count('Order Completed')).toBe(0);
    expect((await api('POST', '/api/hooks/test', {})).body.errors[0].field).toBe('sample');
  });

  it('signed requests become events, once; what is forged, late or odd is refused with the field', async () => {
    const made = await api('POST', '/api/hooks', { ...order, auth: signed });
    expect(made).toMatchObject({
      status: 201,
      body: { url: `https://pool.example/hooks/${made.body.id}`, secret: expect.stringMatching(/^.{40,}$/) },
    });
    const { id, secret } = made.body;
    expect(JSON.stringify((await api('GET', '/api/hooks')).body)).not.toContain(secret);
    const first = await send(id, secret, sample);
    expect(first).toMatchObject({ status: 200, body: { accepted: 1, duplicates: 0, replayed: false } });
    expect(await count('Order Completed')).toBe(1);
    expect(await send(id, secret, sample)).toMatchObject({ status: 200, body: { replayed: true, deliveryId: first.body.deliveryId } });
    clock.advance(1000);
    expect(await send(id, secret, sample)).toMatchObject({ status: 200, body: { replayed: false, accepted: 0, duplicates: 1 } });
    expect(await count('Order Completed')).toBe(1);

    expect(await send(id, 'not-it', sample)).toMatchObject({ status: 401, body: { errors: [{ field: 'x-signature' }] } });
    expect(await send(id, secret, sample, { stamp: clock.ms() / 1000 - 900 })).toMatchObject({
      status: 401,
      body: { errors: [{ field: 'x-time' }] },
    });
    expect(await send(id, secret, sample, { headers: { 'x-time': '' } })).toMatchObject({ status: 401 });
    expect(await send(id, secret, '{"order":')).toMatchObject({ status: 400, body: { errors: [{ field: 'body' }] } });
    expect(await send(id, secret, { order: {} })).toMatchObject({ status: 400, body: { errors: [{ field: 'order.items' }] } });
    const bad = { order: { ...sample.order, no: 'H2', paid_at: 'soon' } };
    expect(await send(id, secret, bad)).toMatchObject({
      status: 400,
      body: { errors: [{ field: '$.order.paid_at', reason: expect.stringContaining('soon') }] },
    });
    // Mended and sent again it is taken: what was refused is not remembered as done.
    expect(await send(id, secret, { order: { ...sample.order, no: 'H2' } })).toMatchObject({ status: 200, body: { accepted: 1 } });
    const { items } = (await api('GET', `/api/hooks/${id}/deliveries`)).body;
    expect(
      items
        .map((d: { accepted: number; rejected: number }) => [d.accepted, d.rejected])
        .sort()
        .reverse(),
    ).toEqual([
      [1, 0],
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
    expect((await api('GET', `/api/hooks/${id}`)).body.refused).toMatchObject({ count: 3 });
    const renewed = await api('POST', `/api/hooks/${id}/secret`);
    clock.advance(1000);
    expect((await send(id, secret, sample)).status).toBe(401);
    expect((await send(id, renewed.body.secret, sample)).status).toBe(200);
    await api('PATCH', `/api/hooks/${id}`, { enabled: false });
    expect((await send(id, renewed.body.secret, sample)).status).toBe(403);
    expect((await api('DELETE', `/api/hooks/${id}`)).status).toBe(204);
    expect((await send(id, secret, sample)).status).toBe(404);
  });

  it('a shared token, rows in a list, some of them bad, a form, and a stop before the answer', async () => {
    const made = await api('POST', '/api/hooks', {
      name: 'CRM',
      kind: 'people',
      rows: 'data.list',
      mapping: { crm_id: 'id', phone: 'tel', 'traits.city': 'address.city' },
      auth: { type: 'token', header: 'authorization' },
    });
    const { id, secret } = made.body;
    const put = (payload: string, type = 'application/json') =>
      app.inject({ method: 'POST', url: `/hooks/${id}`, headers: { authorization: `Bearer ${secret}`, 'content-type': type }, payload });
    const list = [{ id: 'c1', tel: '13800000011', address: { city: '杭州' } }, { name: 'nobody' }, 7, { id: 'c2', tel: 'x\u0000' }];
    failAt = 'hook.written';
    expect((await put(JSON.stringify({ data: { list } }))).statusCode).toBe(500);
    failAt = undefined;
    const again = (await put(JSON.stringify({ data: { list } }))).json();
    expect(again).toMatchObject({ accepted: 0, duplicates: 1, replayed: false });
    expect(again.rejected.map((r: { index: number; field: string }) => [r.index, r.field])).toEqual([
      [1, 'tel'],
      [2, 'body'],
      [3, 'body'],
    ]);
    const form = new URLSearchParams({ data: JSON.stringify({ list: [{ id: 'c3', tel: '13800000012' }] }) }).toString();
    expect((await put(form, 'application/x-www-form-urlencoded')).json()).toMatchObject({ accepted: 1 });
    expect((await put('')).statusCode).toBe(400);
    expect((await put(`{"data":{"list":[${'['.repeat(50_000)}${']'.repeat(50_000)}]}}`)).statusCode).toBe(400);
    expect((await put(`{"data":${JSON.stringify({ list: Array(5001).fill({}) })}}`)).json().errors[0].reason).toContain('more than 5000');
  });

  it.each([
    [{ ...order, mapping: { order_id: 'a..b', time: 't', amount: 'x' } }, 'mapping.order_id'],
    [{ ...order, mapping: { colour: 'a', order_id: 'a', time: 't', amount: 'x' } }, 'mapping.colour'],
    [{ ...order, mapping: { order_id: 'a' } }, 'mapping.time'],
    [{ ...order, rows: '[' }, 'rows'],
    [{ ...order, auth: { type: 'hmac', header: 'a b' } }, 'auth.header'],
  ])('names what does not fit in a configuration (%#)', async (body, field) => {
    const answer = await api('POST', '/api/hooks', body);
    expect([answer.status, answer.body.errors[0].field]).toEqual([400, field]);
  });
});
