import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../simulators/wechat/random.ts';
import { type Harness, startHarness } from './harness.fixture.ts';

/**
 * Traffic on a virtual clock with calls that fail and callbacks that are lost, doubled and out of order. After a comparison with the lists both
 * sides agree, and every welcome whose event arrived was said once. YUTANG_SOAK_MINUTES=60 for an hour.
 */

const minutes = Number(process.env.YUTANG_SOAK_MINUTES ?? 4);
const FAULTS = 0.05;

let h: Harness;
beforeAll(async () => {
  h = await startHarness({
    seed: 'soak',
    weather: { loss: 0.03, duplication: 0.05, disorder: 0.05 },
    rules: { relationLagMs: 800, groupLagMs: 2_000 },
    welcome: { text: '你好 {{ name }}' },
  });
  await h.saveCallback();
});
afterAll(() => h.close());

const open = async () => {
  const friends = await h.pg.query<{ pair: string }>(
    `SELECT userid || ' ' || external_userid AS pair FROM wecom_friends WHERE ended_at IS NULL ORDER BY 1`,
  );
  const seats = await h.pg.query<{ seat: string }>(
    `SELECT chat_id || ' ' || external_userid AS seat FROM wecom_group_members WHERE ended_at IS NULL ORDER BY 1`,
  );
  const groups = await h.pg.query<{ words: string }>(
    `SELECT chat_id || ' ' || name || ' ' || owner AS words FROM wecom_groups WHERE dismissed_at IS NULL ORDER BY 1`,
  );
  return { friends: friends.map((one) => one.pair), seats: seats.map((one) => one.seat), groups: groups.map((one) => one.words) };
};

function truth() {
  const corp = h.control.corp(h.corpid)!;
  const alive = [...corp.relations.values()].flatMap((followers) => [...followers.values()].filter((one) => one.endedAt === undefined));
  const groups = [...corp.groups.values()].filter((one) => !one.dismissed);
  return {
    friends: alive.map((one) => `${one.userid} ${one.external_userid}`).sort(),
    seats: groups.flatMap((one) => one.members.filter((m) => m.type === 2).map((m) => `${one.chat_id} ${m.userid}`)).sort(),
    groups: groups.map((one) => `${one.chat_id} ${one.name} ${one.owner}`).sort(),
  };
}

/** Whatever people do in a minute. */
function live(random: ReturnType<typeof createRandom>, minute: number): void {
  const { control, corpid } = h;
  const corp = control.corp(corpid)!;
  const staff = ['li', '007'];
  for (let i = 0; i < 3; i++) h.friend(random.pick(staff), { name: `客${minute}-${i}`, ...(random.chance(0.5) ? { state: 'k1' } : {}) });
  const alive = [...corp.relations.values()].flatMap((followers) => [...followers.values()].filter((one) => one.endedAt === undefined));
  const leaving = random.chance(0.5) ? random.pick(alive) : undefined;
  if (leaving && leaving.createdAt < h.clock.ms()) {
    const { userid, external_userid } = leaving;
    if (random.chance(0.7)) control.deleteByCustomer(corpid, userid, external_userid);
    else control.deleteByStaff(corpid, userid, external_userid);
  }
  const groups = [...corp.groups.values()].filter((one) => !one.dismissed);
  if (groups.length < 3 || random.chance(0.1)) control.createGroup({ corpid, name: `群${minute}`, owner: random.pick(staff)! });
  const group = random.pick(groups);
  if (!group) return;
  const comer = random.pick(alive);
  if (comer) control.joinGroup({ corpid, chat_id: group.chat_id, userid: comer.external_userid, byCode: true, state: 'k2' });
  const goer = random.pick(group.members.filter((one) => one.type === 2 && one.joinedAt < h.clock.ms()));
  if (goer && random.chance(0.4)) control.leaveGroup({ corpid, chat_id: group.chat_id, userid: goer.userid });
  if (random.chance(0.1)) control.renameGroup(corpid, group.chat_id, `改名${minute}`);
  if (groups.length > 2 && random.chance(0.05)) control.dismissGroup(corpid, group.chat_id);
}

test(`${minutes} minutes of traffic with ${FAULTS * 100} % faults`, { timeout: 600_000 }, async () => {
  const random = createRandom('soak-traffic');
  const third = FAULTS / 3;
  h.control.setFault({ endpoint: '*', errcode: -1, rate: third });
  h.control.setFault({ endpoint: '*', drop: true, when: 'after', rate: third });
  h.control.setFault({ endpoint: '*', httpStatus: 502, rate: third });
  for (let minute = 0; minute < minutes; minute++) {
    live(random, minute);
    for (let second = 0; second < 15; second++) {
      await h.work();
      h.control.advance(1_000);
    }
    h.control.advance(45_000);
    await h.work();
  }
  const faulted = h.control.calls().filter((one) => one.unanswered || one.errcode === -1).length;
  expect(faulted).toBeGreaterThan(0);

  // Every welcome whose event came to the door was said, and none twice.
  const rows = await h.pg.query<{ welcome: string | null; id: string }>(
    `SELECT welcome, substring(plaintext FROM '<ExternalUserID><!\\[CDATA\\[([^]]+)') AS id FROM platform_callbacks WHERE change_type = 'add_external_contact'`,
  );
  expect(rows.length).toBeGreaterThan(minutes);
  expect(rows.filter((row) => row.welcome !== 'sent' && row.welcome !== 'already')).toEqual([]);
  for (const row of rows) expect([row.id, h.welcomesOf(row.id).length]).toEqual([row.id, 1]);

  h.control.clearFaults();
  h.control.setWeather({ loss: 0, duplication: 0, disorder: 0 });
  for (let i = 0; i < 5; i++) {
    h.control.advance(60_000);
    await h.work();
  }
  await h.wecom.reconcile('ca_1');
  expect(await open()).toEqual(truth());
  // Who is here now has been told of once; of who came and went unheard only the going may be known.
  const counted = (name: string, of: (one: { id: string; properties: Record<string, unknown> }) => string) =>
    Map.groupBy(
      h.named(name).map((one) => of({ id: one.externalIds[0]?.id.split(':')[1] ?? '', properties: one.properties ?? {} })),
      (key) => key,
    );
  const friendOf = (one: { id: string; properties: Record<string, unknown> }) => `${one.properties.userId} ${one.id}`;
  const [added, removed] = [counted('Friend Added', friendOf), counted('Friend Removed', friendOf)];
  for (const pair of truth().friends) expect([pair, added.get(pair)?.length, removed.get(pair)]).toEqual([pair, 1, undefined]);
  const joined = counted('Group Joined', (one) => `${one.properties.chatId} ${one.id}`);
  expect(truth().seats.filter((seat) => !joined.has(seat))).toEqual([]);
  // A second comparison has nothing to say.
  h.control.advance(120_000);
  expect(await h.wecom.reconcile('ca_1')).toMatchObject({ added: 0, ended: 0, joined: 0, gone: 0 });
});

test('a comparison that breaks off goes on where it stood, and says nothing twice', async () => {
  h.control.advance(120_000);
  h.control.setWeather({ loss: 1 });
  const before = h.named('Friend Added').length;
  for (let i = 0; i < 350; i++) h.friend(i % 2 ? 'li' : '007');
  h.control.advance(60_000);
  const pagesRead = () => h.calls('/batch/get_by_user').filter((one) => one.errcode === 0).length;
  const start = pagesRead();
  // The third page fails until somebody mends it.
  h.control.setFault({ endpoint: 'externalcontact/batch/get_by_user', errcode: 60020, times: 1, rate: 0.5 });
  let broken = 0;
  for (let tries = 0; tries < 20; tries++) {
    const done = await h.wecom.reconcile('ca_1').then(
      () => true,
      () => false,
    );
    if (done) break;
    broken += 1;
    await h.client.mend();
  }
  expect(broken).toBe(1);
  const whole = Math.ceil(truth().friends.length / 100);
  expect(pagesRead() - start).toBeLessThanOrEqual(whole + 1);
  expect(h.named('Friend Added').length - before).toBe(350);
  expect((await open()).friends).toEqual(truth().friends);
  expect(await h.wecom.sync(7, 'ca_1')).toMatchObject({ phase: 'done', friends: truth().friends.length, added: 350 });
});
