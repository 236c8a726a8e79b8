import { afterAll, beforeAll, expect, test } from 'vitest';
import { setLimit } from './limits/limits.ts';
import { limitMigrations } from './limits/migrations.ts';
import { periodOf } from './limits/period.ts';
import { outboxMigrations } from './migrations.ts';
import { readReach } from './reach.ts';
import { type Harness, startHarness } from './wecom/harness.fixture.ts';

let h: Harness;
beforeAll(async () => {
  h = await startHarness({ weather: { loss: 1 } });
  for (const step of [...outboxMigrations, ...limitMigrations]) await h.pg.query(step.pg ?? '');
});
afterAll(() => h.close());

test("periods are Beijing's", () => {
  // Half past midnight on the first of March, a Sunday, in Beijing.
  const at = Date.parse('2026-02-28T16:30:00Z');
  expect(periodOf(at, 'month')).toEqual({ from: new Date('2026-02-28T16:00:00Z'), to: new Date('2026-03-31T16:00:00Z'), messages: 31 });
  expect(periodOf(at, 'week')).toEqual({ from: new Date('2026-02-22T16:00:00Z'), to: new Date('2026-03-01T16:00:00Z'), messages: 7 });
  expect(periodOf(at, 'day')).toEqual({ from: new Date('2026-02-28T16:00:00Z'), to: new Date('2026-03-01T16:00:00Z'), messages: 1 });
});

test('who can still be reached, by whom: what was sent and what waits for staff counts, what was skipped does not', async () => {
  const ids = [h.friend('li'), h.friend('li'), h.friend('007')];
  h.control.advance(60_000);
  await h.wecom.reconcile('ca_1');
  const put = (state: string, id: string | undefined, at: Date) =>
    h.pg.query(
      `INSERT INTO outbox (workspace_no, person_no, channel, content_id, idempotency_key, state, address, queued_at, decided_at)
       VALUES (7, 1, 'wecom', 'c', gen_random_uuid()::text, $1, $2, $3, $3)`,
      [state, `${h.corpid}:${id}`, at],
    );
  const now = h.clock.now();
  await put('sent', ids[0], now);
  await put('submitted', ids[2], now);
  await put('skipped', ids[1], now);
  await put('sent', ids[1], new Date(now.getTime() - 40 * 86_400_000));
  const reach = async (calendar: 'day' | 'month') => {
    await setLimit(h.pg, h.clock, 7, 'wecom.mass.perCustomer', { period: { calendar } }, 'Li');
    return readReach({ pg: h.pg, clock: h.clock }, { one: async () => h.account }, 7);
  };
  expect(await reach('day')).toMatchObject({
    rule: { key: 'wecom.mass.perCustomer', period: { calendar: 'day' }, messages: 1, own: { by: 'Li' } },
    customers: 3,
    left: [
      { messages: 1, customers: 1 },
      { messages: 0, customers: 2 },
    ],
    staff: [
      { userId: 'li', customers: 2, reachable: 1, waiting: 0 },
      { userId: '007', customers: 1, reachable: 0, waiting: 1 },
    ],
  });
  expect((await reach('month')).staff.every((one) => one.reachable === one.customers)).toBe(true);
});
