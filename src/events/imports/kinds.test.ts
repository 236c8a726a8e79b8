import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realHarness } from './harness.ts';
import { productsSource } from './sink.ts';

/** Refunds, members and products on real engines; and dry runs, which must leave them as they were. */
let h: Awaited<ReturnType<typeof realHarness>>;
beforeAll(async () => {
  h = await realHarness();
}, 60_000);
afterAll(() => h.close());

const orders =
  'order_id,user_id,phone,time,amount\nA1,u1,13800000001,2026-01-05 10:00,100\nA2,u2,,2026-02-05 10:00,50\nA3,u2,,2026-02-06 10:00,7\n';
const counts = async () => h.sql<{ n: number }>(`SELECT count() AS n FROM ${h.events.source(1)}`).then((r) => Number(r[0]!.n));
const people = async () => Number((await h.pg.query<{ n: number }>('SELECT count(*)::int AS n FROM people'))[0]!.n);

describe('a dry run', () => {
  it('says what the import will do, and writes nothing; then the import does just that', async () => {
    const file = `${orders}A4,,,2026-02-06 10:00,7\nA5,u9,,never,7\n`;
    const dry = await h.run(file, { kind: 'orders', dryRun: true });
    expect(dry).toMatchObject({
      state: 'done',
      dryRun: true,
      rows: { read: 5, accepted: 3, duplicate: 0, rejected: 2 },
      reasons: { no_customer: 1, bad_time: 1 },
      totals: { orders: 3, revenueFen: 15_700 },
      result: {
        people: { new: 2, known: 0, merged: 0 },
        months: [
          { month: '2026-01', currency: 'CNY', orders: 1, revenueFen: 10_000 },
          { month: '2026-02', orders: 2, revenueFen: 5_700 },
        ],
        earliest: '2026-01-05T02:00:00.000Z',
        latest: '2026-02-06T02:00:00.000Z',
      },
    });
    expect(await h.rejected(dry.id)).toContain('never');
    expect([await counts(), await people(), (await h.pg.query('SELECT 1 FROM imported_orders')).length]).toEqual([0, 0, 0]);
    const done = await h.run(file, { kind: 'orders' });
    expect([done.rows, done.totals, done.reasons, done.result]).toEqual([dry.rows, dry.totals, dry.reasons, null]);
    const again = await h.run(file, { kind: 'orders', dryRun: true });
    expect(again).toMatchObject({
      rows: { accepted: 0, duplicate: 3, rejected: 2 },
      result: { people: { new: 0, known: 2, merged: 0 }, months: [] },
    });
    const changed = await h.run(orders.replace(',100', ',101'), { kind: 'orders', dryRun: true });
    expect(changed).toMatchObject({ rows: { duplicate: 2, rejected: 1 }, reasons: { changed: 1 } });
  });

  it('of people: equal rows are one, those who would be joined are counted', async () => {
    const file = 'user_id,phone,name\nu1,13800000001,A\nu1,13800000001,A\nu2,13800000001,B\nu7,,C\n';
    const dry = await h.run(file, { kind: 'people', dryRun: true });
    expect(dry).toMatchObject({ rows: { accepted: 3, duplicate: 1 }, result: { people: { new: 1, known: 2, merged: 1 } } });
    expect(await people()).toBe(2);
    const real = 'user_id,name\nu8,D\n';
    await h.run(real, { kind: 'people' });
    expect(await h.run(real, { kind: 'people', dryRun: true })).toMatchObject({ rows: { accepted: 0, duplicate: 1 } });
  });
});

describe('refunds', () => {
  const file =
    '退款单号,订单号,订单金额,退款金额,退款时间,退款状态,退款原因\nR1,A1,100,30,2026-02-10 09:00,退款成功,尺码\nR2,A1,100,20,2026-02-11 09:00,退款成功,\nR3,A2,50,50,2026-02-11 09:00,退款关闭,\nR4,ZZ,9,9,2026-02-11 09:00,退款成功,\nR5,A2,50,5,2026-02-11 09:00,退款中,\n';
  it('find their customer through the order; withdrawn ones are none; parts of an order add up', async () => {
    const done = await h.run(file, { kind: 'refunds' });
    expect(done).toMatchObject({
      rows: { read: 5, accepted: 2, rejected: 3 },
      totals: { refunds: 2, refundFen: 5_000 },
      reasons: { not_refunded: 1, no_customer: 1, refund_pending: 1 },
    });
    const rows = await h.sql<{ person: number; fen: string; reason: string }>(
      `SELECT person_no AS person, sum(properties.\`revenue_fen\`.:Int64) AS fen, max(properties.\`reason\`.:String) AS reason FROM ${h.events.source(1)} WHERE event = 'Order Refunded' GROUP BY person`,
    );
    const [owner] = await h.pg.query<{ no: number }>("SELECT person_no::int AS no FROM identities WHERE type = 'user_id' AND value = 'u1'");
    expect(rows).toMatchObject([{ reason: '尺码' }]);
    expect([Number(rows[0]!.fen), Number(rows[0]!.person)]).toEqual([5_000, owner!.no]);
    expect(await h.run(file, { kind: 'refunds' })).toMatchObject({ rows: { accepted: 0, duplicate: 2, rejected: 3 } });
  });

  it('without an id of its own an order has one refund, whichever file says it', async () => {
    const rows = 'order_id,user_id,time,amount,status\nA3,u2,2026-02-20 10:00,7,refunded\n';
    expect(await h.run(rows, { kind: 'orders' })).toMatchObject({ totals: { refunds: 1 } });
    const again = await h.run('order_id,user_id,refund_amount,refund_time\nA3,u2,7,2026-02-20 10:00\n', { kind: 'refunds' });
    expect(again.rows.accepted).toBe(0);
  });
});

it('products can be joined with cost and stock, and a file without them leaves them', async () => {
  await h.run('sku,name,price,cost,stock\nP1,茶,30,12.5,8\n', { kind: 'products' });
  await h.run('sku,name,price\nP1,绿茶,32\n', { kind: 'products' });
  expect((await h.imports.products(1, { limit: 2 })).items).toMatchObject([{ name: '绿茶', priceFen: 3200, costFen: 1250, stock: 8 }]);
  const rows = await h.sql<{ name: string; cost_fen: string }>(`SELECT * FROM ${productsSource(1)}`);
  expect(rows).toMatchObject([{ name: '绿茶' }]);
  expect(Number(rows[0]!.cost_fen)).toBe(1250);
});
