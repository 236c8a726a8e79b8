import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Harness, harness } from './harness.ts';

let h: Harness;
beforeAll(async () => {
  h = await harness();
});
afterAll(() => h.close());
beforeEach(() => h.stored.clear());

let serial = 0;
/** An order id that no other test uses: imported orders are remembered. */
const fresh = () => `T${++serial}`;
const head = 'order_id,user_id,time,product_id,quantity,price\n';
const events = () => [...h.stored.values()];

describe('orders', () => {
  it('lines of an order become one event, wherever in the file they stand; equal lines are two', async () => {
    const [a, b] = [fresh(), fresh()];
    const done = await h.run(
      `${head}${a},u1,2026-01-02 09:00,p1,2,1.50\n${b},u2,2026-01-02 10:00,p2,1,9.99\n${a},u1,2026-01-02 09:01,p1,2,1.50\n${a},u1,2026-01-02 09:00,p3,1,0\n`,
      { kind: 'orders' },
    );
    expect(done).toMatchObject({
      state: 'done',
      rows: { read: 4, accepted: 4, duplicate: 0, rejected: 0 },
      totals: { orders: 2, revenueFen: 1599 },
    });
    expect(done.rejectedUrl).toBeNull();
    const order = events().find((e) => e.properties?.order_id === a)!;
    expect(order).toMatchObject({
      event: 'Order Completed',
      userId: 'u1',
      timestamp: '2026-01-02T01:00:00.000Z',
      source: `import:${done.id}`,
      properties: {
        revenue: 6,
        revenue_fen: 600,
        currency: 'CNY',
        lines: 3,
        products: [
          { product_id: 'p1', quantity: 2, price: 1.5 },
          { product_id: 'p1', quantity: 2, price: 1.5 },
          { product_id: 'p3', quantity: 1, price: 0 },
        ],
      },
    });
  });

  it('the same file again, in another order of rows, adds nothing; a changed order is told', async () => {
    const [a, b] = [fresh(), fresh()];
    const lines = [`${a},u1,2026-01-02,p1,1,5`, `${a},u1,2026-01-02,p2,1,6`, `${b},u1,2026-01-03,p1,1,5`];
    await h.run(head + lines.join('\n'), { kind: 'orders' });
    const again = await h.run(head + [...lines].reverse().join('\n'), { kind: 'orders' });
    expect(again.rows).toEqual({ read: 3, accepted: 0, duplicate: 3, rejected: 0 });
    const changed = await h.run(`${head}${a},u1,2026-01-02,p1,1,5\n`, { kind: 'orders' });
    expect(changed.rows).toEqual({ read: 1, accepted: 0, duplicate: 0, rejected: 1 });
    expect(await h.rejected(changed.id)).toContain('imported before with other content');
    expect(h.stored.size).toBe(2);
    const otherWorkspace = await h.run(head + lines.join('\n'), { kind: 'orders', workspaceNo: 2 });
    expect(otherWorkspace.rows.accepted).toBe(3);
    const otherOrigin = await h.run(head + lines.join('\n'), { kind: 'orders', options: { origin: 'tmall' } });
    expect(otherOrigin.rows.accepted).toBe(3);
  });

  const bad: [name: string, row: (id: string) => string, reason: RegExp][] = [
    ['no order id', () => ',u1,2026-01-01,p,1,2', /has no order id/],
    ['no time', (id) => `${id},u1,,p,1,2`, /has no order time/],
    ['a bad time', (id) => `${id},u1,last week,p,1,2`, /"last week" is not a time/],
    ['a day that is not', (id) => `${id},u1,2026-02-30,p,1,2`, /is not a time/],
    ['a date in two readings', (id) => `${id},u1,3/4/2026,p,1,2`, /two ways; set the option dateOrder/],
    ['a bad price', (id) => `${id},u1,2026-01-01,p,1,two`, /price "two" is not an amount/],
    ['a bad quantity', (id) => `${id},u1,2026-01-01,p,1.5.2,2`, /quantity "1.5.2" is not an amount/],
    ['no price', (id) => `${id},u1,2026-01-01,p,1,`, /has no price, amount or order total/],
    ['no customer', (id) => `${id},,2026-01-01,p,1,2`, /names no customer/],
    ['a blocked customer', (id) => `${id},null,2026-01-01,p,1,2`, /names no customer/],
    ['too few fields', (id) => `${id},u1,2026-01-01`, /has 3 fields where the header has 6/],
    ['too many fields', (id) => `${id},u1,2026-01-01,p,1,2,3`, /has 7 fields where the header has 6/],
    ['a huge field', (id) => `${id},u1,2026-01-01,${'x'.repeat(40_000)},1,2`, /product_id is longer than 32768 characters/],
  ];
  it.each(bad)('refuses a row with %s, with the reason, and keeps the others', async (_name, row, reason) => {
    const good = fresh();
    const done = await h.run(`${head}${good},u1,2026-01-01,p,1,2\n${row(fresh())}\n`, { kind: 'orders' });
    expect(done).toMatchObject({ state: 'done', rows: { read: 2, accepted: 1, duplicate: 0, rejected: 1 } });
    expect(done.rejectedUrl).toBe(`/api/imports/${done.id}/rejected`);
    const lines = (await h.rejected(done.id)).trimEnd().split('\r\n');
    expect(lines[0]).toBe('\uFEFFrow,reason,order_id,user_id,time,product_id,quantity,price');
    expect(lines[1]).toMatch(/^3,/);
    expect(lines[1]!.replaceAll('""', '"')).toMatch(reason);
  });

  it('takes an order whole or not at all; the mended rows then go in', async () => {
    const [a, b] = [fresh(), fresh()];
    const done = await h.run(
      `${head}${a},u1,2026-01-01,p,1,2\n${a},u1,2026-01-01,q,1,oops\n${b},u1,2026-01-01,p,1,2\n${b},u9,2026-01-01,p,1,2\n`,
      {
        kind: 'orders',
      },
    );
    expect(done.rows).toEqual({ read: 4, accepted: 0, duplicate: 0, rejected: 4 });
    expect(done.reasons).toEqual({ bad_amount: 1, order_incomplete: 2, two_customers: 1 });
    const file = await h.rejected(done.id);
    expect(file).toContain('row 3 of the same order cannot be taken');
    const mended = await h.run(file.replaceAll('oops', '3').replaceAll('u9', 'u1'), { kind: 'orders' });
    expect(mended.rows).toEqual({ read: 4, accepted: 4, duplicate: 0, rejected: 0 });
    expect(mended.totals).toEqual({ orders: 2, revenueFen: 900 });
  });

  it('refunds, cancellations, gifts, adjustments and unpaid orders', async () => {
    const id = [0, 1, 2, 3, 4, 5, 6].map(fresh);
    const done = await h.run(
      `订单号,客户,下单时间,金额,订单状态\n${id[0]},c,2026-01-01,-20,\n${id[1]},c,2026-01-01,30.5,退款成功\n${id[2]},c,2026-01-01,9,交易关闭\n${id[3]},c,2026-01-01,0,\n${id[4]},c,2026-01-01,7,调整\n${id[5]},c,2026-01-01,8,待付款\n${id[6]},c,2026-01-01,8,什么\n`,
      { kind: 'orders' },
    );
    expect(done.totals).toEqual({ refunds: 2, refundFen: 5050, cancelled: 1, gifts: 1 });
    expect(done.reasons).toEqual({ adjustment: 1, unpaid: 1, unknown_status: 1 });
    expect(events().map((e) => [e.event, e.properties?.revenue_fen])).toEqual([
      ['Order Refunded', 2000],
      ['Order Refunded', 3050],
      ['Order Cancelled', 900],
      ['Gift Received', 0],
    ]);
  });

  it('orders of nobody become anonymous people when asked to; times move; currency and zone are taken', async () => {
    const a = fresh();
    await h.run(`${head}${a},,2026-01-01 00:00,p,1,2\n`, {
      kind: 'orders',
      options: { withoutCustomer: 'anonymous', shiftDays: 10, timezone: 'UTC', currency: 'GBP' },
    });
    const [order] = events();
    expect(order).toMatchObject({ timestamp: '2026-01-11T00:00:00.000Z', properties: { currency: 'GBP', revenue_fen: 200 } });
    expect(order!.anonymousId).toMatch(/^order:/);
    expect(order!.userId).toBeUndefined();
  });

  it('JSONL with products inside, several identities, and properties', async () => {
    const a = fresh();
    const order = {
      id: a,
      phone: '138 0013 8000',
      unionid: 'oU1',
      at: 1769817600,
      channel: '小程序',
      items: [{ product_id: 'x', price: 1.1, quantity: 3 }],
      note: 'hi',
    };
    const done = await h.run(`${JSON.stringify(order)}\n{"broken\n[1]\n`, {
      kind: 'orders',
      name: 'orders.jsonl',
      mapping: {
        order_id: 'id',
        phone: 'phone',
        wechat_unionid: 'unionid',
        time: 'at',
        carrier: 'channel',
        products: 'items',
        'properties.note': 'note',
      },
    });
    expect(done.rows).toEqual({ read: 3, accepted: 1, duplicate: 0, rejected: 2 });
    expect(events()[0]).toMatchObject({
      timestamp: '2026-01-31T00:00:00.000Z',
      externalIds: [
        { type: 'phone', id: '+8613800138000' },
        { type: 'wechat_unionid', id: 'oU1' },
      ],
      context: { carrier: 'mini_program' },
      properties: { revenue: 3.3, revenue_fen: 330, note: 'hi', products: order.items, lines: 1 },
    });
  });

  it('text that no database takes is refused row by row; escaped pairs are text as any other', async () => {
    const row = (name: string) => `{"user_id":"${fresh()}","name":${name}}`;
    const done = await h.run([row('"\\u0000"'), row('"\\ud800"'), row('{"\\u0000":1}'), row('"\\ud83d\\ude00"')].join('\n'), {
      kind: 'people',
    });
    expect(done.rows).toEqual({ read: 4, accepted: 1, duplicate: 0, rejected: 3 });
    expect(events()[0]?.traits).toEqual({ name: '😀' });
  });

  it('a very long order keeps its figure, its first goods and the count of all', async () => {
    const a = fresh();
    const rows = Array.from({ length: 2000 }, (_, i) => `${a},u1,2026-01-01,product-${i},1,0.01`).join('\n');
    await h.run(head + rows, { kind: 'orders' });
    const { properties } = events()[0]!;
    expect(properties).toMatchObject({ revenue_fen: 2000, lines: 2000 });
    expect(JSON.stringify(properties).length).toBeLessThan(60_000);
  });
});

describe('files', () => {
  const expectOne = async (content: Buffer | string, name = 'é') => {
    const done = await h.run(content, { kind: 'people' });
    expect(done.rows).toMatchObject({ read: 1, rejected: 0 });
    expect(events().at(-1)?.traits).toMatchObject({ name });
  };
  it('byte order mark', () => expectOne(`\uFEFFuser_id,name\n${fresh()},é\n`));
  it('CRLF, quotes, line breaks in a field', () => expectOne(`"user_id","name"\r\n"${fresh()}","a ""b"",\r\nc"\r\n`, 'a "b",\r\nc'));
  it('semicolons', () => expectOne(`user_id;name\n${fresh()};é\n`));
  it('tabs', () => expectOne(`user_id\tname\n${fresh()}\té\n`));
  it('GB18030', () => expectOne(Buffer.concat([Buffer.from(`user_id,name\n${fresh()},`), Buffer.from([0xc4, 0xe3, 0xba, 0xc3])]), '你好'));
  it('UTF-16 with a mark', () => expectOne(Buffer.from(`\uFEFFuser_id,name\n${fresh()},é\n`, 'utf16le')));
  it('gzip', () => expectOne(gzipSync(`user_id,name\n${fresh()},é\n`)));
  it('a header and no rows', async () => {
    expect(await h.run(head, { kind: 'orders' })).toMatchObject({ state: 'done', rows: { read: 0, accepted: 0 } });
  });

  it.each<[string, Buffer | string, RegExp]>([
    ['empty', '', /is empty/],
    ['blank', ' \n \n', /is empty/],
    ['no header', '1,2,2026-01-01\n', /has no header line/],
    ['half a workbook', Buffer.from([0x50, 0x4b, 3, 4, 0, 0]), /damaged/],
    ['bytes', Buffer.from([1, 2, 0, 255, 254]), /is not text/],
    ['half a gzip', gzipSync('user_id,name\n1,2\n'.repeat(100)).subarray(0, 30), /breaks off/],
    ['JSON that is not lines of objects', '{\n"a": 1\n}\n', /no line is a JSON object/],
  ])('says what is wrong with a file that is %s', async (_n, content, reason) => {
    const refused = h.imports.upload(1, { name: 'x', stream: Readable.from([Buffer.from(content as string)]) });
    await expect(refused).rejects.toMatchObject({ status: 400, errors: [{ field: 'file', reason: expect.stringMatching(reason) }] });
  });

  it('a quote that is not closed fails the import and names the row', async () => {
    const done = await h.run(`${head}${fresh()},u1,2026-01-01,"p,1,2\n${fresh()},u1,2026-01-01,p,1,2\n`, { kind: 'orders' });
    expect(done).toMatchObject({ state: 'failed', error: expect.stringMatching(/quote/), rows: { accepted: 0 } });
  });

  it('a mapping that does not fit names field and mend', async () => {
    const { uploadId } = await h.imports.upload(1, { name: 'x', stream: Readable.from(['a,b\n1,x\n']) });
    const start = (kind: 'orders' | 'people', mapping?: Record<string, string>) =>
      h.imports.start(1, { uploadId, kind, mapping, options: {} as never });
    await expect(start('orders')).rejects.toMatchObject({
      status: 400,
      errors: [{ field: 'mapping.order_id' }, { field: 'mapping.time' }, { field: 'mapping.amount' }],
    });
    await expect(start('people', { user_id: 'c', colour: 'a' })).rejects.toMatchObject({
      errors: [{ field: 'mapping.user_id', reason: expect.stringContaining('no column "c"') }, { field: 'mapping.colour' }],
    });
    await expect(h.imports.start(2, { uploadId, kind: 'people', mapping: { user_id: 'a' }, options: {} as never })).rejects.toMatchObject({
      status: 404,
    });
  });
});

describe('people, events, products', () => {
  it('people: identify, once for the same content', async () => {
    const [a, b] = [fresh(), fresh()];
    const file = `会员号,姓名,手机号,积分\n${a},张三,13800138000,12\n${b},李四,,007\n${a},张三,13800138000,12\n,王五,,\n${fresh()},赵六,12,\n`;
    const done = await h.run(file, { kind: 'people' });
    expect(done.rows).toEqual({ read: 5, accepted: 2, duplicate: 1, rejected: 2 });
    expect(done.reasons).toEqual({ no_identity: 1, bad_identity: 1 });
    expect(events()[0]).toMatchObject({
      type: 'identify',
      externalIds: [
        { type: 'member_id', id: a },
        { type: 'phone', id: '+8613800138000' },
      ],
      traits: { name: '张三', points: 12 },
    });
    expect(events()[1]?.traits).toEqual({ name: '李四', points: '007' });
    expect((await h.run(file, { kind: 'people' })).rows).toEqual({ read: 5, accepted: 0, duplicate: 3, rejected: 2 });
  });
  it('events: by message id, else by content', async () => {
    const u = fresh();
    const file = `user_id,event,time,page\n${u},Product Viewed,2026-01-01 10:00,7\n${u},Product Viewed,2026-01-01 10:00,7\n${u},Product Viewed,2026-01-01 10:01,7\n${u},,2026-01-01,\n${u},X,,\n${u},Refused,2026-01-01,\n`;
    const done = await h.run(file, { kind: 'events' });
    expect(done.rows).toEqual({ read: 6, accepted: 2, duplicate: 1, rejected: 3 });
    expect(done.reasons).toEqual({ no_event: 1, bad_time: 1, refused: 1 });
    expect(events()[0]).toMatchObject({ event: 'Product Viewed', userId: u, properties: { page: 7 } });
    expect((await h.run(file, { kind: 'events' })).rows).toMatchObject({ accepted: 0, duplicate: 3 });
  });
  it('products: stored, listed, and giving names to orders that have only ids', async () => {
    const file = '商品编码,商品名称,售价,类目\ns1,杯子,19.9,家居\ns2,盘子,,\n,碗,,\ns3,锅,-1,\n';
    expect((await h.run(file, { kind: 'products' })).rows).toEqual({ read: 4, accepted: 2, duplicate: 0, rejected: 2 });
    expect((await h.run(file.replace('盘子', '大盘子'), { kind: 'products' })).rows).toEqual({
      read: 4,
      accepted: 1,
      duplicate: 1,
      rejected: 2,
    });
    const { items } = await h.imports.products(1, { limit: 10 });
    expect(items).toMatchObject([
      { productId: 's1', name: '杯子', priceFen: 1990, category: '家居' },
      { productId: 's2', name: '大盘子', priceFen: null },
    ]);
    expect((await h.imports.products(1, { query: '大', limit: 10 })).items).toHaveLength(1);
    expect((await h.imports.products(2, { limit: 10 })).items).toEqual([]);
    await h.run(`${head}${fresh()},u1,2026-01-01,s1,1,18\n`, { kind: 'orders' });
    expect(events()[0]?.properties?.products).toEqual([{ product_id: 's1', name: '杯子', category: '家居', price: 18, quantity: 1 }]);
  });
});

describe('stopped and taken up again', () => {
  const boundaries = [
    'import.read',
    'import.chunk.claimed',
    'import.chunk.written',
    'import.rejects.written',
    'import.checkpoint',
    'import.done',
  ];
  // Three chunks of orders, some rows refused in each.
  const file = () => {
    const run = fresh();
    const rows = Array.from({ length: 2500 }, (_, i) => `${run}-${i},u${i % 50},2026-01-01,p,1,${i % 100 === 7 ? 'bad' : 1}`);
    return head + rows.join('\n');
  };
  it.each(
    boundaries.flatMap(
      (b) =>
        (b.includes('chunk') || b.includes('checkpoint') || b.includes('rejects')
          ? [
              [b, 1],
              [b, 2],
            ]
          : [[b, 1]]) as [string, number][],
    ),
  )('orders, at %s (%i)', async (name, nth) => {
    h.stopAt(name, nth);
    const broken = await h.run(file(), { kind: 'orders' });
    expect(broken.error).toBe(`stopped at ${name}`);
    h.stopAt(undefined);
    await h.imports.resume(1, broken.id);
    await h.jobs.flush();
    const done = await h.imports.get(1, broken.id);
    expect(done).toMatchObject({
      state: 'done',
      error: null,
      rows: { read: 2500, accepted: 2475, duplicate: 0, rejected: 25 },
      totals: { orders: 2475, revenueFen: 247500 },
    });
    expect((await h.rejected(done.id)).trim().split('\r\n')).toHaveLength(26);
    expect(h.stored.size).toBe(2475);
  });
  it.each(['import.chunk.written', 'import.checkpoint'])('people, at %s', async (name) => {
    const run = fresh();
    const people = `user_id,name\n${Array.from({ length: 2500 }, (_, i) => `${run}-${i},n`).join('\n')}\n${run}-0,n\n`;
    h.stopAt(name, 2);
    const broken = await h.run(people, { kind: 'people' });
    h.stopAt(undefined);
    await h.imports.resume(1, broken.id);
    await h.jobs.flush();
    expect((await h.imports.get(1, broken.id)).rows).toEqual({ read: 2501, accepted: 2500, duplicate: 1, rejected: 0 });
  });
  it('a process that was killed: the next start takes it up', async () => {
    const { uploadId } = await h.imports.upload(1, { name: 'x.csv', stream: Readable.from([file()]) });
    const { id } = await h.imports.start(1, { uploadId, kind: 'orders', options: (await import('./schema.ts')).importOptions.parse({}) });
    await h.pg.query("UPDATE imports SET state = 'running' WHERE id = $1", [id]);
    expect(await h.imports.underWay()).toBe(true);
    await h.imports.recover();
    await h.jobs.flush();
    expect(await h.imports.get(1, id)).toMatchObject({ state: 'done', rows: { read: 2500 } });
    expect(await h.imports.underWay()).toBe(false);
    expect((await h.imports.list(1, undefined, 1)).items[0]?.id).toBe(id);
    await expect(h.imports.get(2, id)).rejects.toMatchObject({ status: 404 });
  });
});
