import { execFile } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { type Harness, startHarness } from './harness.fixture.ts';

let h: Harness;
afterEach(() => h.close());

/** Runs one step in a process of its own that dies at the boundary. Resolves with the signal that ended it. */
function run(step: string, boundary: string, more: Record<string, unknown> = {}): Promise<string | undefined> {
  const input = { url: h.databaseUrl, baseUrl: h.simulator.url(), now: h.clock.now(), account: h.account, step, ...more };
  const script = new URL('./killed.fixture.ts', import.meta.url).pathname;
  const env = { ...process.env, YUTANG_STOP_AT: boundary, YUTANG_STOP_GROUP: '0' };
  return new Promise((resolve) => {
    execFile(process.execPath, [script, JSON.stringify(input)], { env }, (error) => resolve(error?.signal ?? undefined));
  });
}
const confirmAll = () => {
  for (const { msgid, userid } of h.control.pendingMass(h.corpid)) h.control.confirmMass({ corpid: h.corpid, msgid, userid });
};

test.each([
  ['wecom.task.journalled', 0],
  ['wecom.task.made', 1],
])('killed at %s: everybody is written to once', async (boundary, made) => {
  h = await startHarness();
  const ids = [h.friend('li'), h.friend('li'), h.friend('007')];
  const messages = ids.map((id, i) => h.message(`o${i}`, id));
  expect(await run('submit', boundary, { messages })).toBe('SIGKILL');
  expect(h.calls('/add_msg_template').length).toBeGreaterThanOrEqual(made);
  h.control.advance(1_000);
  const first = await h.wecom.adapter.recover(h.account, messages);
  const again = messages.filter((message) => first.find((outcome) => outcome.outboxId === message.outboxId)?.state === 'retry');
  const second = again.length > 0 ? await h.wecom.adapter.submit(h.account, again) : [];
  expect([...first, ...second].filter((outcome) => outcome.state === 'submitted')).toHaveLength(3);
  h.control.advance(5_000);
  confirmAll();
  for (const id of ids) expect(h.control.inbox(h.corpid, id)).toHaveLength(1);
});

test('killed after an event was kept, and while it was worked off: told once', async () => {
  h = await startHarness({ welcome: { text: '你好' } });
  await h.saveCallback();
  h.control.setWeather({ loss: 1 });
  const id = h.friend('li');
  const lost = h.control.deliveries().at(-1)?.xml ?? '';
  const { query, body } = h.sealed(lost);
  const callback = { query: Object.fromEntries(new URLSearchParams(query)), body };
  expect(await run('receive', 'wecom.callback.kept', { callback })).toBe('SIGKILL');
  expect(await run('process', 'wecom.callback.worked')).toBe('SIGKILL');
  // The platform had no answer and sends again.
  const again = h.sealed(lost, { nonce: 'again' });
  expect((await h.post(again.query, again.body)).statusCode).toBe(200);
  expect(await h.rows()).toHaveLength(1);
  h.control.advance(60_000);
  await h.work();
  expect(await h.rows()).toMatchObject([{ state: 'done', welcome: 'sent' }]);
  expect(h.welcomesOf(id)).toHaveLength(1);
});

test('killed among the lists: another goes on from there, and both sides agree; two processes compare once', async () => {
  h = await startHarness();
  h.control.populate({ corpid: h.corpid, customers: 1_500, groups: 12, seats: 20, staff: 3 });
  expect(await run('reconcile', 'wecom.sync.stepped')).toBe('SIGKILL');
  const pages = () => h.calls('/batch/get_by_user').length;
  const before = pages();
  const sides = await Promise.all([h.wecom.reconcile(h.account.id), h.another().reconcile(h.account.id)]);
  expect(Math.max(...sides.map((one) => one.friends))).toBe(1_500);
  // The first thousand are not read again, and nothing is read by both.
  expect(pages() - before).toBe(5);
  const [held] = await h.pg.query(
    `SELECT (SELECT count(*) FROM wecom_friends WHERE ended_at IS NULL) AS friends, (SELECT count(*) FROM wecom_group_members WHERE ended_at IS NULL) AS seats,
       (SELECT count(*) FROM wecom_groups WHERE dismissed_at IS NULL) AS groups`,
  );
  const theirs = h.control.digest(h.corpid);
  expect(held).toEqual({ friends: theirs.friends.count, seats: theirs.seats.count, groups: theirs.groups });
});

test('a process that is alone takes up at its start what the one before had in hand', async () => {
  h = await startHarness({ welcome: { text: '你好' } });
  await h.saveCallback();
  h.control.setWeather({ loss: 1 });
  h.friend('li');
  const { query, body } = h.sealed(h.control.deliveries().at(-1)?.xml ?? '');
  await h.another().receive(h.account.id, Object.fromEntries(new URLSearchParams(query)) as never, body);
  // Taken up by a process that died: no other touches it for a minute.
  await h.pg.query('UPDATE platform_callbacks SET attempts = 1, due_at = $1', [new Date(h.clock.ms() + 60_000)]);
  expect(await h.another().processCallbacks()).toMatchObject({ handled: 0 });
  expect(await h.another(true).processCallbacks()).toMatchObject({ handled: 1 });
});
