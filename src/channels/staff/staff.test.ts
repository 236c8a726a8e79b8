import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../base/index.ts';
import { outboxId } from '../ids.ts';
import { publishedLimits } from '../limits/limits.ts';
import { outboxMigrations } from '../migrations.ts';
import type { ChannelEvent } from '../platform/events.ts';
import { type Harness, startHarness } from '../wecom/harness.fixture.ts';
import { type StaffWork, staffWork } from './index.ts';
import { staffMigrations } from './migrations.ts';

let h: Harness;
let staff: StaffWork;
let policy = { paused: false, quietHours: null as { from: string; to: string } | null, remindAfterHours: null as number | null };
const told = new Map<string, ChannelEvent>();
const named = (name: string) => [...told.values()].filter((event) => event.event === name);
const content = {
  item: { id: 'c1', name: 'New', purpose: null, link: { url: 'https://shop.example/new', title: '上新' }, card: null as object | null },
  template: { render: () => '今晚上新' },
};

beforeAll(async () => {
  h = await startHarness();
  for (const step of [...outboxMigrations, ...staffMigrations]) await h.pg.query(step.pg ?? '');
  const account = { ...h.account, config: { ...h.account.config, agentId: h.agentid } as never, client: h.client };
  staff = staffWork({
    ...{ pg: h.pg, clock: h.clock, log: silentLog },
    events: {
      write: async (_ws, items) => {
        for (const item of items) told.set(item.messageId, item);
      },
    },
    content: {
      picture: async () => ({ mime: 'image/png', bytes: Buffer.alloc(64, 7) }),
      ready: async (_ws, ids) => new Map(ids.flatMap((id) => (id === 'c1' ? [['c1', content as never]] : []))),
    },
    limits: async () => publishedLimits,
    open: async (ws) => (ws === 7 ? account : undefined),
    policy: async () => policy,
    workspaces: async () => [{ no: 7, timezone: 'Asia/Shanghai' }],
  });
});
afterAll(() => h.close());
beforeEach(() => told.clear());

const code = async (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: { code?: string }) => error.code,
  );

test('staff who have not confirmed are reminded, three times a day at most, and their task goes from the list when it is done', async () => {
  const id = h.friend('li');
  h.control.advance(60_000);
  await h.wecom.reconcile('ca_1');
  const [row] = await h.pg.query<{ no: number }>(
    `INSERT INTO outbox (workspace_no, person_no, channel, content_id, idempotency_key, state, address, text, queued_at, decided_at)
     VALUES (7, 1, 'wecom', 'c1', 'k', 'submitted', $1, '第二单立减', $2, $2) RETURNING no`,
    [`${h.corpid}:${id}`, h.clock.now()],
  );
  const [made] = await h.wecom.adapter.submit(h.account, [h.message(outboxId(row!.no), id)]);
  await h.pg.query('UPDATE outbox SET provider_ref = $2 WHERE no = $1', [row!.no, made?.providerRef]);
  await h.pg.query(`INSERT INTO outbox_waiting VALUES (7, 'wecom', 'submitted', $2, $1)`, [row!.no, h.clock.now()]);

  const [task] = await staff.waiting(7);
  expect(task).toMatchObject({ userId: 'li', waiting: 1, receivers: 1, text: '第二单立减', remindersLeft: 3, remindedAt: null });
  expect(await staff.waiting(8)).toEqual([]);
  for (let i = 0; i < 3; i++) {
    await staff.remind(7, task!.id, 'Li');
    h.control.advance(60_000);
  }
  expect(await code(staff.remind(7, task!.id, 'Li'))).toBe('wecom.mass.reminders');
  expect(h.calls('remind_groupmsg_send')).toHaveLength(3);
  const [used] = await staff.waiting(7);
  expect(used?.remindersLeft).toBe(0);
  h.control.advance(Date.parse(used!.nextReminderAt!) - h.clock.ms() + 1);
  expect((await staff.waiting(7))[0]?.remindersLeft).toBe(1);
  await staff.remind(7, task!.id, 'Li');
  // By itself, where the policy says so: after as many hours again, and not at night.
  expect(await staff.remindDue()).toBe(0);
  policy = { ...policy, remindAfterHours: 4 };
  expect(await staff.remindDue()).toBe(0);
  h.control.advance(25 * 3_600_000);
  policy = { ...policy, quietHours: { from: '00:00', to: '23:59' } };
  expect(await staff.remindDue()).toBe(0);
  policy = { ...policy, quietHours: null };
  expect([await staff.remindDue(), await staff.remindDue()]).toEqual([1, 0]);
  policy = { ...policy, remindAfterHours: null };
  // Of another workspace, or of nobody.
  await expect(staff.remind(8, task!.id, 'x')).rejects.toMatchObject({ status: 409 });
  await expect(staff.remind(7, 'msgnobody', 'x')).rejects.toMatchObject({ status: 404 });
});

test('a moment is published by staff, followed to likes and comments, and told once', async () => {
  const [one, two] = [h.friend('li'), h.friend('007')];
  h.control.advance(60_000);
  await h.wecom.reconcile('ca_1');
  const check = await staff.moments.check(7, { contentId: 'c1', staff: ['li', '007', 'nobody'] });
  expect(check).toMatchObject({
    text: '今晚上新\nhttps://shop.example/new',
    staff: ['007', 'li'],
    stopped: [{ userId: 'nobody', limit: 'no_customers' }],
  });
  const made = await staff.moments.make(7, { contentId: 'c1' }, 'Li');
  expect(made).toMatchObject({ state: 'making', staff: 2, published: 0 });
  const follow = async (ms: number) => {
    h.control.advance(ms);
    await staff.moments.follow();
  };
  await follow(0);
  await follow(6_000);
  expect((await staff.moments.get(7, made.id)).state).toBe('made');
  const [pending] = h.control.pendingMoments(h.corpid, 'li');
  h.control.publishMoment(h.corpid, pending!.moment_id, 'li');
  h.control.reactToMoment(h.corpid, pending!.moment_id, one, 'like');
  h.control.reactToMoment(h.corpid, pending!.moment_id, two, 'like');
  await follow(360_000);
  const first = await staff.moments.get(7, made.id);
  expect(first).toMatchObject({ published: 1, likes: 1, comments: 0 });
  expect(first.members.find((m) => m.userId === 'li')).toMatchObject({ likes: 1, refused: false });
  expect(named('Moment Liked')).toMatchObject([{ properties: { userId: 'li', momentId: made.id, contentId: 'c1' } }]);
  expect(named('Moment Received').length).toBe(first.customers);
  expect(first.customers).toBeGreaterThan(0);
  h.control.reactToMoment(h.corpid, pending!.moment_id, one, 'comment');
  h.control.publishMoment(h.corpid, pending!.moment_id, '007');
  await follow(360_000);
  expect((await staff.moments.list(7)).items[0]).toMatchObject({ published: 2, likes: 2, comments: 1 });
  expect(named('Moment Liked')).toHaveLength(2);

  // One a day and member of staff: who has had theirs is left out and named.
  const third = h.friend('li');
  expect(third).toBeTruthy();
  expect((await staff.moments.check(7, { contentId: 'c1' })).stopped.map((s) => [s.userId, s.limit])).toEqual([
    ['007', 'wecom.moment.perStaff'],
    ['li', 'wecom.moment.perStaff'],
  ]);
  expect(await code(staff.moments.make(7, { contentId: 'c1' }, 'Li'))).toBe('wecom.moment.perStaff');
  h.control.advance(86_400_000);
  content.item.card = { kind: 'picture', picture: 'pic_x' };
  const next = await staff.moments.make(7, { contentId: 'c1', staff: ['li'] }, 'Li');
  await follow(0);
  await follow(6_000);
  expect(h.control.pendingMoments(h.corpid, 'li')[0]?.moment).toMatchObject({
    text: { content: '今晚上新' },
    attachments: [{ msgtype: 'link', link: { url: 'https://shop.example/new', media_id: expect.any(String) } }],
  });
  content.item.card = null;
  expect(await staff.moments.cancel(7, next.id)).toMatchObject({ state: 'cancelled' });
  expect(h.control.pendingMoments(h.corpid, 'li')).toEqual([]);
  await expect(staff.moments.get(8, next.id)).rejects.toMatchObject({ status: 404 });
});

test('a moment whose answer was lost is found in the list, and not made twice', async () => {
  h.control.advance(2 * 86_400_000);
  h.control.setFault({ endpoint: 'add_moment_task', drop: true, when: 'after', times: 1 });
  const before = h.calls('add_moment_task').length;
  const made = await staff.moments.make(7, { contentId: 'c1', staff: ['li'] }, 'Li');
  expect(made).toMatchObject({ state: 'calling' });
  h.control.advance(10_000);
  await staff.moments.follow();
  expect((await staff.moments.list(7)).items[0]).toMatchObject({ state: 'made' });
  expect(h.calls('add_moment_task')).toHaveLength(before + 1);
});

test('app messages reach staff, once under one key, and no more than the platform lets through', async () => {
  const say = (more: object = {}) => staff.tell(7, { staff: ['li', 'gone'], title: '现在跟进', text: '她刚看了三次', ...more }, 'Li');
  expect(await say({ key: 'a' })).toMatchObject({ state: 'sent', staff: ['li', 'gone'], refused: ['gone'], stopped: [] });
  expect(await say({ key: 'a' })).toMatchObject({ state: 'sent' });
  expect(h.calls('message/send')).toHaveLength(1);
  for (let i = 0; i < 29; i++) await say({ staff: ['li'], url: 'https://yutang.example/people/1' });
  expect(await code(say({ staff: ['li'] }))).toBe('wecom.app.perMinute');
  expect(await say({ staff: ['li', '007'] })).toMatchObject({ staff: ['007'], stopped: [{ userId: 'li', limit: 'wecom.app.perMinute' }] });
  h.control.advance(61_000);
  policy = { ...policy, paused: true };
  expect(await code(say({ staff: ['li'] }))).toBe('paused');
  policy = { ...policy, paused: false };
  expect(await say({ staff: ['li'] })).toMatchObject({ state: 'sent' });
  h.control.advance(1_000);
  expect(await code(say({ staff: ['gone'] }))).toBe(undefined);
  expect((await staff.told(7))[0]).toMatchObject({ state: 'failed', reason: 'wecom_81013', by: 'Li' });
  expect(await staff.told(8)).toEqual([]);
});
