import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CrowdOptions, createCrowd, type SegmentMessage } from './crowd.ts';
import { type Started, startReceiver, startSimulator, xmlField } from './testkit.ts';

let s: Started;
let posted: SegmentMessage[];
beforeEach(async () => {
  s = await startSimulator();
  posted = [];
});
afterEach(() => s.close());

const crowd = (more: Partial<CrowdOptions> = {}) =>
  createCrowd({
    simulator: s.simulator,
    corpid: s.corpid,
    seed: 'crowd',
    post: async (messages) => void posted.push(...messages),
    existingPeople: Array.from({ length: 40 }, (_, i) => ({ userId: `u${i}`, name: `老客${i}` })),
    products: [
      { id: 'p1', name: '茶', price: 12.5, category: '饮品' },
      { id: 'p2', name: '杯', price: 30 },
    ],
    ...more,
  });

/** so many seconds, one tick each */
async function live(c: ReturnType<typeof crowd>, seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    s.control.advance(1000);
    await c.tick();
  }
}

test('within two minutes people add, look, buy and leave, and the product hears of it', async () => {
  const receiver = await startReceiver(s);
  const c = crowd({ rates: { leavesPerMinute: 2 } });
  await live(c, 120);
  await s.control.settle();
  const stats = c.stats();
  for (const name of ['added', 'left', 'viewed', 'orders'] as const) expect(stats[name], name).toBeGreaterThan(0);
  const kinds = receiver.events.map((xml) => xmlField(xml, 'ChangeType'));
  expect(kinds.filter((k) => k === 'add_external_contact')).toHaveLength(stats.added);
  expect(kinds.filter((k) => k === 'del_follow_user')).toHaveLength(stats.left);
  await receiver.close();

  expect(stats.posted).toBe(posted.length);
  expect(new Set(posted.map((m) => m.messageId)).size).toBe(posted.length);
  const orders = posted.filter((m) => m.event === 'Order Completed');
  expect(orders).toHaveLength(stats.orders);
  for (const order of orders) {
    expect(order.userId).toBeTruthy();
    const ids = order.context.externalIds;
    expect(ids[0]).toMatchObject({ type: 'wecom_external_userid', collection: 'users', encoding: 'none' });
    expect(s.corp.customers.has(ids[0]?.id.replace(`${s.corpid}:`, '') ?? '')).toBe(true);
    const products = order.properties?.products as { price: number; quantity: number }[];
    expect(order.properties?.revenue).toBeCloseTo(
      products.reduce((sum, p) => sum + p.price * p.quantity, 0),
      2,
    );
  }
  expect(posted.some((m) => m.type === 'identify' && /^u\d+$/.test(m.userId ?? ''))).toBe(true);
});

test('the same seed lives the same life', async () => {
  const first = crowd();
  await live(first, 60);
  const other = await startSimulator();
  const before = s;
  s = other;
  const second = crowd({ simulator: other.simulator });
  await live(second, 60);
  expect(second.stats()).toEqual(first.stats());
  await before.close();
});

test('members confirm, customers read, tap the link, and some buy after it', async () => {
  let taps = 0;
  const server = createServer((_request, response) => {
    taps += 1;
    response.end('ok');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const link = `http://127.0.0.1:${(server.address() as AddressInfo).port}/t/1`;
  const ids = Array.from({ length: 40 }, (_, i) => s.friend('li', `客${i}`));
  await s.contact('add_msg_template', { external_userid: ids, text: { content: `上新 ${link}` } });
  const quiet = { addsPerMinute: 0, viewsPerMinute: 0, ordersPerMinute: 0, leavesPerMinute: 0 };
  const c = crowd({ rates: quiet });
  await live(c, 90);
  server.close();
  const stats = c.stats();
  expect(stats).toMatchObject({ confirmed: 1, added: 0, left: 0, clicked: taps });
  expect(stats.read).toBeGreaterThan(30);
  expect(taps).toBeGreaterThan(5);
  expect(stats.orders).toBeGreaterThan(0);
  expect(posted.find((m) => m.event === 'Order Completed')?.userId).toMatch(/^member-/);
});

test('staff played by hand: nothing is confirmed for them', async () => {
  const id = s.friend();
  await s.contact('add_msg_template', { external_userid: [id], text: { content: 'x' } });
  const c = crowd({ playStaff: false });
  await live(c, 60);
  expect(c.stats().confirmed).toBe(0);
});

test('what could not be posted is posted again under the same ids, in order', async () => {
  let down = true;
  const tried: string[] = [];
  const c = crowd({
    post: async (messages) => {
      if (down) {
        tried.push(...messages.map((m) => m.messageId));
        throw new Error('refused');
      }
      posted.push(...messages);
    },
    rates: { viewsPerMinute: 60, addsPerMinute: 60 },
  });
  await live(c, 30);
  expect(c.stats().postFailures).toBeGreaterThan(0);
  down = false;
  await live(c, 1);
  const once = [...new Set(tried)];
  expect(posted.slice(0, once.length).map((m) => m.messageId)).toEqual(once);
  expect(new Set(posted.map((m) => m.messageId)).size).toBe(posted.length);
});

test('channel codes of the product are scanned when there are any', async () => {
  await s.contact('add_contact_way', { type: 2, scene: 2, user: ['li', 'wang'], state: 'poster1' });
  await live(crowd({ rates: { addsPerMinute: 60 } }), 20);
  const states = [...s.corp.relations.values()].flatMap((f) => [...f.values()].map((r) => r.state));
  expect(states.filter((state) => state === 'poster1').length).toBeGreaterThan(states.length / 2);
});

test('started by a timer and stopped', async () => {
  let task: (() => void) | undefined;
  const c = crowd({
    every: (_ms, given) => {
      task = given;
      return () => {
        task = undefined;
      };
    },
  });
  c.start();
  s.control.advance(30_000);
  task?.();
  await c.stop();
  expect(task).toBeUndefined();
  expect(c.stats().added).toBeGreaterThan(0);
});
