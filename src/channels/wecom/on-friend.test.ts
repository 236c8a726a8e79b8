import { afterEach, describe, expect, test } from 'vitest';
import { type Harness, startHarness } from './harness.fixture.ts';

let h: Harness;
afterEach(() => h.close());

describe('friends', () => {
  test('added: one person with the ids, the name and how they came', async () => {
    h = await startHarness();
    await h.saveCallback();
    const id = h.friend('007', { name: '鱼小姐', unionid: 'oUnion1', gender: 2, state: '1e5', add_way: 1 });
    await h.work();
    const externalIds = [
      { type: 'wecom_external_userid', id: `${h.corpid}:${id}`, collection: 'users', encoding: 'none' },
      { type: 'wechat_unionid', id: 'oUnion1', collection: 'users', encoding: 'none' },
    ];
    expect(h.named('identify')).toMatchObject([
      { traits: { name: '鱼小姐', gender: 'female' }, externalIds, context: { carrier: 'wecom' } },
    ]);
    expect(h.named('Friend Added')).toMatchObject([
      {
        externalIds,
        properties: { corpId: h.corpid, userId: '007', state: '1e5', addWay: 1 },
        source: 'wecom',
        context: { carrier: 'wecom' },
      },
    ]);
    expect(h.named('Friend Added')[0]?.timestamp.getTime()).toBe(Math.floor(h.clock.ms() / 1000) * 1000);
  });

  test('removed by the customer, by staff, by hand-over', async () => {
    h = await startHarness();
    await h.saveCallback();
    const [a, b, c] = [h.friend(), h.friend(), h.friend()];
    h.control.deleteByCustomer(h.corpid, 'li', a);
    h.control.deleteByStaff(h.corpid, 'li', b);
    h.control.deleteByStaff(h.corpid, 'li', c, 'DELETE_BY_TRANSFER');
    await h.work();
    const told = h.named('Friend Removed').map((one) => [one.externalIds[0]?.id, one.properties]);
    expect(Object.fromEntries(told)).toEqual({
      [`${h.corpid}:${a}`]: { corpId: h.corpid, userId: 'li', by: 'customer' },
      [`${h.corpid}:${b}`]: { corpId: h.corpid, userId: 'li', by: 'staff' },
      [`${h.corpid}:${c}`]: { corpId: h.corpid, userId: 'li', by: 'staff', handedOver: true },
    });
  });

  test('the event comes before its data: looked up again after 2, 10 and 60 seconds by due time', async () => {
    h = await startHarness({ rules: { relationLagMs: 30_000 } });
    await h.saveCallback();
    h.friend();
    const dueAfter = async () => {
      const { nextDueAt } = await h.work();
      return nextDueAt && nextDueAt.getTime() - h.clock.ms();
    };
    expect(await dueAfter()).toBe(2_000);
    h.control.advance(2_000);
    expect(await dueAfter()).toBe(10_000);
    h.control.advance(10_000);
    expect(await dueAfter()).toBe(60_000);
    expect(h.events()).toEqual([]);
    expect(h.slept).toEqual([]);
    h.control.advance(60_000);
    expect(await dueAfter()).toBeUndefined();
    expect(h.named('identify')).toHaveLength(1);
    expect(h.named('Friend Added')).toHaveLength(1);
    expect(await h.rows()).toMatchObject([{ state: 'done', attempts: 4 }]);
  });

  test('never there: the fact is told without details', async () => {
    h = await startHarness();
    await h.saveCallback();
    const message = h.sealed(h.added('li', 'wmGhost', { State: '0012' }));
    await h.post(message.query, message.body);
    for (const ms of [0, 2_000, 10_000, 60_000]) {
      h.control.advance(ms);
      await h.work();
    }
    expect(h.events().map((one) => [one.event, one.properties])).toEqual([
      ['Friend Added', { corpId: h.corpid, userId: 'li', state: '0012' }],
    ]);
    expect(await h.rows()).toMatchObject([{ state: 'done' }]);
  });

  test('a platform that is down: the fact after ten minutes, the name when it is back', async () => {
    h = await startHarness();
    await h.saveCallback();
    h.control.setFault({ endpoint: 'externalcontact/get', httpStatus: 502 });
    h.friend('li', { name: '小海' });
    await h.work();
    expect(h.events()).toEqual([]);
    for (let i = 0; i < 14; i++) {
      h.control.advance(60_000);
      await h.work();
    }
    expect(h.events().map((one) => one.event)).toEqual(['Friend Added']);
    h.control.clearFaults();
    h.control.advance(600_000);
    await h.work();
    expect(h.named('identify')).toMatchObject([{ traits: { name: '小海' } }]);
    expect(h.named('Friend Added')).toHaveLength(1);
    expect(await h.rows()).toMatchObject([{ state: 'done' }]);
  });

  test('duplicates, losses of our answers and disorder say nothing twice and nothing false', async () => {
    h = await startHarness({ weather: { duplication: 1, disorder: 0.7 } });
    await h.saveCallback();
    const ids = Array.from({ length: 20 }, (_, i) => h.friend(i % 2 ? 'li' : '007'));
    h.control.advance(5_000);
    for (const id of ids.slice(0, 10)) h.control.deleteByCustomer(h.corpid, ids.indexOf(id) % 2 ? 'li' : '007', id);
    // Those who left at once are looked for until the platform's word is final.
    for (const ms of [5_000, 2_000, 10_000, 60_000]) {
      h.control.advance(ms);
      await h.work();
    }
    expect(h.named('Friend Added')).toHaveLength(20);
    expect(h.named('Friend Removed')).toHaveLength(10);
    const alive = await h.pg.query<{ external_userid: string }>('SELECT external_userid FROM wecom_friends WHERE ended_at IS NULL');
    expect(new Set(alive.map((row) => row.external_userid))).toEqual(new Set(ids.slice(10)));
  });

  test('removal heard before the addition leaves no friend', async () => {
    h = await startHarness();
    const at = Math.floor(h.clock.ms() / 1000);
    const gone = h.sealed(
      h.event({ Event: 'change_external_contact', ChangeType: 'del_follow_user', UserID: '007', ExternalUserID: 'wm1' }, at),
      { nonce: '1' },
    );
    const come = h.sealed(
      h.event({ Event: 'change_external_contact', ChangeType: 'add_external_contact', UserID: '007', ExternalUserID: 'wm1' }, at - 5),
      { nonce: '2' },
    );
    await h.post(gone.query, gone.body);
    await h.post(come.query, come.body);
    await h.wecom.processCallbacks();
    expect(await h.pg.query('SELECT external_userid FROM wecom_friends WHERE ended_at IS NULL')).toEqual([]);
  });

  test('an edit in the client refreshes the name, and our own changes come back as nothing', async () => {
    h = await startHarness();
    await h.saveCallback();
    const id = h.friend('li', { name: '旧' });
    await h.work();
    await h.client.call('externalcontact.remark', { userid: 'li', external_userid: id, remark: 'VIP' });
    await h.work();
    expect(await h.rows()).toHaveLength(1);
    h.control.advance(1000);
    h.control.editByStaff(h.corpid, 'li', id, { remark: '改' });
    await h.work();
    expect(h.named('identify')).toHaveLength(2);
  });
});
