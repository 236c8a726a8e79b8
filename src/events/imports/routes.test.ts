import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, createHttp, silentLog } from '../../base/index.ts';
import { type Harness, harness } from './harness.ts';
import { importRoutes } from './routes.ts';

let h: Harness;
let app: App;
beforeAll(async () => {
  h = await harness();
  app = await createHttp({ log: silentLog, version: '0' });
  app.addHook('onRequest', async (req) => {
    req.auth = { workspaceNo: Number(req.headers['x-no'] ?? 1), actor: { kind: 'apiKey', id: 'k', name: 'test key' } } as never;
  });
  await importRoutes(app, h.imports);
});
afterAll(async () => {
  await app.close();
  await h.close();
});

function form(parts: Record<string, string | { file: string | Buffer; name: string }>) {
  const mark = 'xyzzy';
  const chunks = Object.entries(parts).flatMap(([name, value]) => {
    const isFile = typeof value !== 'string';
    const about = isFile ? `; filename="${value.name}"\r\nContent-Type: text/csv` : '';
    return [
      Buffer.from(`--${mark}\r\nContent-Disposition: form-data; name="${name}"${about}\r\n\r\n`),
      Buffer.from(isFile ? (value.file as string) : value),
      Buffer.from('\r\n'),
    ];
  });
  return {
    payload: Buffer.concat([...chunks, Buffer.from(`--${mark}--\r\n`)]),
    headers: { 'content-type': `multipart/form-data; boundary=${mark}` },
  };
}
const csv = '订单号,客户,下单时间,金额\nR1,c1,2026-01-01 10:00,12.5\nR2,,2026-01-01 10:00,1\n';
const post = (url: string, parts: Parameters<typeof form>[0]) => app.inject({ method: 'POST', url, ...form(parts) });

describe('the import door', () => {
  it('inspect, then import what was uploaded, watch it, fetch the rejected rows', async () => {
    const look = await post('/api/imports/inspect', { file: { file: csv, name: 'orders.csv' } });
    expect(look.statusCode).toBe(200);
    const seen = look.json();
    expect(seen).toMatchObject({
      file: 'orders.csv',
      format: 'csv',
      encoding: 'utf-8',
      delimiter: ',',
      rows: 2,
      kind: 'orders',
      mapping: { order_id: '订单号', user_id: '客户', time: '下单时间', order_total: '金额' },
      columns: [{ name: '订单号', examples: ['R1', 'R2'] }, { name: '客户', examples: ['c1'] }, {}, {}],
      sample: [{ 订单号: 'R1', 金额: '12.5' }, {}],
    });
    const begun = await app.inject({
      method: 'POST',
      url: '/api/imports',
      payload: { uploadId: seen.uploadId, kind: seen.kind, mapping: seen.mapping },
    });
    expect(begun.statusCode).toBe(202);
    const { id } = begun.json();
    expect((await app.inject(`/api/imports/${id}`)).json()).toMatchObject({
      state: 'queued',
      progress: { done: 0, total: 2 },
      rejectedUrl: null,
      createdBy: 'test key',
    });
    await h.jobs.flush();
    const done = (await app.inject(`/api/imports/${id}`)).json();
    expect(done).toMatchObject({
      id,
      kind: 'orders',
      state: 'done',
      rows: { read: 2, accepted: 1, duplicate: 0, rejected: 1 },
      progress: { done: 2, total: 2 },
    });
    const file = await app.inject(done.rejectedUrl);
    expect(file.headers['content-type']).toContain('text/csv');
    expect(file.body).toContain('订单号');
    expect((await app.inject({ url: `/api/imports/${id}`, headers: { 'x-no': '2' } })).statusCode).toBe(404);
    expect((await app.inject({ url: done.rejectedUrl, headers: { 'x-no': '2' } })).statusCode).toBe(404);
    expect((await app.inject({ url: '/api/imports', headers: { 'x-no': '2' } })).json()).toEqual({ items: [], nextCursor: null });
  });

  it('one multipart request does it all, fields before or after the file', async () => {
    const parts = {
      kind: 'people',
      file: { file: 'a,b\nx1,n\n', name: 'p.csv' },
      mapping: '{"user_id":"a","traits.name":"b"}',
      options: '{"timezone":"UTC"}',
    };
    const begun = await post('/api/imports', parts);
    expect(begun.statusCode).toBe(202);
    await h.jobs.flush();
    expect((await app.inject(`/api/imports/${begun.json().id}`)).json()).toMatchObject({ state: 'done', rows: { accepted: 1 } });
  });

  it('the list pages by cursor', async () => {
    const one = (await app.inject('/api/imports?limit=1')).json();
    const two = (await app.inject(`/api/imports?limit=1&cursor=${one.nextCursor}`)).json();
    // Both began in the same millisecond of a clock that stands still.
    expect([one.items[0].kind, two.items[0].kind].sort()).toEqual(['orders', 'people']);
    expect(two.nextCursor).toBeNull();
  });

  it.each<[string, () => ReturnType<typeof post>, number, string]>([
    ['no file', () => post('/api/imports/inspect', { kind: 'orders' }), 400, 'file'],
    ['no form', () => app.inject({ method: 'POST', url: '/api/imports/inspect', payload: {} }) as never, 400, 'file'],
    ['an empty file', () => post('/api/imports/inspect', { file: { file: '', name: 'e.csv' } }), 400, 'file'],
    ['no kind', () => post('/api/imports', { file: { file: csv, name: 'o.csv' } }), 400, 'kind'],
    ['a kind that is none', () => post('/api/imports', { kind: 'cats', file: { file: csv, name: 'o.csv' } }), 400, 'kind'],
    ['a mapping that is no JSON', () => post('/api/imports', { mapping: '{', file: { file: csv, name: 'o.csv' } }), 400, 'mapping'],
    [
      'a mapping to a column that is not there',
      () =>
        post('/api/imports', {
          kind: 'orders',
          mapping: '{"order_id":"x","time":"下单时间","amount":"金额"}',
          file: { file: csv, name: 'o.csv' },
        }),
      400,
      'mapping.order_id',
    ],
    [
      'a zone that is none',
      () => post('/api/imports', { options: '{"timezone":"Mars/Base"}', file: { file: csv, name: 'o.csv' } }),
      400,
      'options.timezone',
    ],
    ['an option that is none', () => post('/api/imports', { options: '{"x":1}', file: { file: csv, name: 'o.csv' } }), 400, 'options'],
    ['an unknown field', () => post('/api/imports', { colour: 'red' }), 400, 'colour'],
    [
      'an upload that is not there',
      () => app.inject({ method: 'POST', url: '/api/imports', payload: { uploadId: 'no', kind: 'people' } }) as never,
      404,
      '',
    ],
    [
      'a NUL in a mapping',
      () => post('/api/imports', { mapping: '{"properties.\\u0000":"a"}', file: { file: csv, name: 'o.csv' } }),
      400,
      'mapping',
    ],
    ['a NUL in an id', () => app.inject('/api/imports/%00') as never, 400, ''],
    ['a NUL in a search', () => app.inject('/api/products?query=%00') as never, 400, ''],
    ['a cursor that is none', () => app.inject('/api/imports?cursor=x') as never, 400, 'cursor'],
    ['an empty body', () => app.inject({ method: 'POST', url: '/api/imports', payload: {} }) as never, 400, 'uploadId'],
  ])('answers %s', async (_name, ask, status, field) => {
    const answer = await ask();
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    if (field) expect(answer.json().errors[0].field).toBe(field);
  });

  it('products', async () => {
    await h.run('sku,name\nA,Apple\nB,Banana\n', { kind: 'products' });
    const one = (await app.inject('/api/products?limit=1')).json();
    expect(one.items).toMatchObject([{ productId: 'A', name: 'Apple', priceFen: null }]);
    expect((await app.inject(`/api/products?limit=1&cursor=${one.nextCursor}`)).json()).toMatchObject({
      items: [{ productId: 'B' }],
      nextCursor: null,
    });
  });
});
