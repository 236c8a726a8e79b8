import { afterEach, describe, expect, test } from 'vitest';
import type { SubmitOutcome } from '../adapter.ts';
import { type Harness, startHarness } from './harness.fixture.ts';

let h: Harness;
afterEach(() => h.close());

const byId = (outcomes: SubmitOutcome[]) => Object.fromEntries(outcomes.map((outcome) => [outcome.outboxId, outcome]));
const confirmAll = () => {
  for (const { msgid, userid } of h.control.pendingMass(h.corpid)) h.control.confirmMass({ corpid: h.corpid, msgid, userid });
};
const inboxOf = (id: string) => h.control.inbox(h.corpid, id).filter((message) => message.kind !== 'welcome');
const tasks = () => h.calls('/add_msg_template').length;

const poster = (id = 'pst_1') => ({ extra: { poster: id } });

describe('posters', () => {
  test('everybody gets their own, uploaded once in its life; a medium that is dead before its time is uploaded anew', async () => {
    h = await startHarness();
    const [a, b] = [h.friend('li'), h.friend('li')];
    const to = (round: number) => [
      h.message(`a${round}`, a, { ...poster(), personNo: 1 }),
      h.message(`b${round}`, b, { ...poster(), personNo: 2 }),
    ];
    const states = async (round: number) => (await h.wecom.adapter.submit(h.account, to(round))).map((one) => one.state);
    expect(await states(1)).toEqual(['submitted', 'submitted']);
    expect(await states(2)).toEqual(['submitted', 'submitted']);
    const uploads = () => h.calls('/media/upload').length;
    expect([tasks(), uploads()]).toEqual([4, 2]);
    confirmAll();
    const shown = async (id: string) => {
      const { image } = inboxOf(id)[0]!.attachments[0] as unknown as { image: { media_id: string } };
      return Buffer.from((await h.client.call('media.get', { media_id: image.media_id })).data).toString();
    };
    expect(await Promise.all([shown(a), shown(b)])).toEqual(['the picture of person 1', 'the picture of person 2']);
    h.control.setFault({ endpoint: 'externalcontact/add_msg_template', errcode: 40007, times: 1 });
    expect(await states(3)).toEqual(['submitted', 'submitted']);
    expect(uploads()).toBe(3);
    h.control.advance(61 * 3_600_000);
    await states(4);
    expect(uploads()).toBe(5);
  });

  test('what cannot be drawn or uploaded now waits; what is gone fails; nothing goes without its picture', async () => {
    h = await startHarness();
    const [a, b, c] = [h.friend('li'), h.friend('li'), h.friend('li')];
    h.control.setFault({ endpoint: 'media/upload', errcode: -1, times: 9 });
    const outcomes = byId(
      await h.wecom.adapter.submit(h.account, [
        h.message('gone', a, poster('gone')),
        h.message('late', b, { ...poster(), personNo: 404 }),
        h.message('busy', c, poster()),
      ]),
    );
    expect(outcomes).toMatchObject({
      gone: { state: 'failed', reason: 'no_poster' },
      late: { state: 'retry', reason: 'poster_later', waitsAlone: true },
      busy: { state: 'retry', reason: 'wecom_-1' },
    });
    expect(tasks()).toBe(0);
  });
});

describe('submit', () => {
  test('one task for the same words through the same staff member; staff confirm; poll tells', async () => {
    h = await startHarness();
    const [a, b, c] = [h.friend('li'), h.friend('li'), h.friend('007')];
    const link = { url: 'https://shop.test/x', title: '看看' };
    const outcomes = byId(
      await h.wecom.adapter.submit(h.account, [
        h.message('o1', a, { link }),
        h.message('o2', b, { link }),
        h.message('o3', c, { link }),
        h.message('o4', a, { text: '另一句' }),
      ]),
    );
    expect(Object.values(outcomes).map((outcome) => outcome.state)).toEqual(['submitted', 'submitted', 'submitted', 'submitted']);
    expect(outcomes.o1?.providerRef).toBe(outcomes.o2?.providerRef);
    expect(new Set(Object.values(outcomes).map((outcome) => outcome.providerRef)).size).toBe(3);
    const submitted = Object.values(outcomes).map((outcome) => ({
      outboxId: outcome.outboxId,
      providerRef: outcome.providerRef ?? '',
      address: `${h.corpid}:${outcome.outboxId === 'o2' ? b : outcome.outboxId === 'o3' ? c : a}`,
    }));
    // Still being dispatched: nothing to tell, and no error.
    expect(await h.wecom.adapter.poll(h.account, submitted)).toEqual([]);
    h.control.advance(2000);
    expect(await h.wecom.adapter.poll(h.account, submitted)).toEqual([]);
    confirmAll();
    expect(byId(await h.wecom.adapter.poll(h.account, submitted))).toMatchObject({
      o1: { state: 'sent' },
      o2: { state: 'sent' },
      o3: { state: 'sent' },
    });
    expect(inboxOf(a).map((message) => message.text)).toEqual(['第二单立减', '另一句']);
    expect(inboxOf(c)).toHaveLength(1);
  });

  test('no longer a friend, never one, of another corp, over the platform cap', async () => {
    h = await startHarness({ rules: { massCap: { period: 'day', max: 1 } } });
    const [gone, capped] = [h.friend('li'), h.friend('li')];
    const stranger = h.control.addCustomer(h.corpid, { name: '生' }).external_userid;
    h.control.deleteByCustomer(h.corpid, 'li', gone);
    const outcomes = byId(
      await h.wecom.adapter.submit(h.account, [
        h.message('gone', gone),
        h.message('stranger', stranger),
        h.message('nobody', 'wmNobody'),
        h.message('other', capped, { address: `wwother:${capped}` }),
        h.message('empty', capped, { address: `${h.corpid}:` }),
        h.message('first', capped),
        h.message('second', capped),
      ]),
    );
    expect(outcomes).toMatchObject({
      gone: { state: 'failed', reason: 'not_a_friend' },
      stranger: { state: 'failed', reason: 'not_a_friend' },
      nobody: { state: 'failed' },
      other: { state: 'failed', reason: 'address_of_another_corp' },
      empty: { state: 'failed', reason: 'address_of_another_corp' },
      first: { state: 'submitted' },
      second: { state: 'submitted' },
    });
    expect(outcomes.first?.providerRef).not.toBe(outcomes.second?.providerRef);
    h.control.advance(2000);
    confirmAll();
    const polled = await h.wecom.adapter.poll(
      h.account,
      ['first', 'second'].map((outboxId) => ({
        outboxId,
        providerRef: outcomes[outboxId]?.providerRef ?? '',
        address: `${h.corpid}:${capped}`,
      })),
    );
    expect(polled.map((outcome) => [outcome.state, outcome.reason]).sort()).toEqual([
      ['failed', 'platform_cap'],
      ['sent', undefined],
    ]);
  });

  test('a friend lost between submit and confirmation fails by poll', async () => {
    h = await startHarness();
    const a = h.friend('li');
    const [outcome] = await h.wecom.adapter.submit(h.account, [h.message('o1', a)]);
    h.control.deleteByCustomer(h.corpid, 'li', a);
    h.control.advance(2000);
    confirmAll();
    const submitted = [{ outboxId: 'o1', providerRef: outcome?.providerRef ?? '', address: `${h.corpid}:${a}` }];
    expect(await h.wecom.adapter.poll(h.account, submitted)).toMatchObject([{ state: 'failed', reason: 'not_a_friend' }]);
  });

  test('a relation that ended unheard is looked up, and another staff member speaks', async () => {
    h = await startHarness();
    const [a, b, c] = [h.friend('li'), h.friend('li'), h.friend('li')];
    await h.wecom.adapter.submit(h.account, [h.message('warm1', a), h.message('warm2', b), h.message('warm3', c)]);
    h.control.deleteByCustomer(h.corpid, 'li', a);
    h.control.addFriend({ corpid: h.corpid, userid: '007', external_userid: a });
    h.control.deleteByCustomer(h.corpid, 'li', b);
    const outcomes = byId(
      await h.wecom.adapter.submit(
        h.account,
        [a, b, c].map((id, i) => h.message(`o${i}`, id, { text: '新的一句' })),
      ),
    );
    expect(outcomes).toMatchObject({
      o0: { state: 'submitted' },
      o1: { state: 'failed', reason: 'not_a_friend' },
      o2: { state: 'submitted' },
    });
    h.control.advance(2000);
    confirmAll();
    expect(inboxOf(a).map((message) => [message.from, message.text])).toEqual([['007', '新的一句']]);
    expect(inboxOf(c)).toHaveLength(2);
  });

  test('one bad receiver does not keep the others back', async () => {
    h = await startHarness();
    const friends = Array.from({ length: 5 }, () => h.friend('li'));
    await h.wecom.adapter.submit(
      h.account,
      friends.map((id, i) => h.message(`w${i}`, id)),
    );
    h.control.setFault({ endpoint: 'externalcontact/add_msg_template', errcode: 40096, times: 1 });
    const outcomes = await h.wecom.adapter.submit(
      h.account,
      friends.map((id, i) => h.message(`o${i}`, id, { text: 'b' })),
    );
    expect(outcomes.map((outcome) => outcome.state)).toEqual(Array(5).fill('submitted'));
    h.control.advance(2000);
    confirmAll();
    for (const id of friends) expect(inboxOf(id)).toHaveLength(2);
  });

  test.each([
    [{ errcode: 45009 }, { state: 'retry', reason: 'wecom_45009' }],
    [{ errcode: 60020 }, { state: 'retry', reason: 'wecom_60020' }],
    [{ errcode: -1 }, { state: 'retry', reason: 'wecom_-1' }],
    [{ errcode: 40058 }, { state: 'failed', reason: 'wecom_40058' }],
  ])('a refused task: %o', async (fault, expected) => {
    h = await startHarness();
    const a = h.friend('li');
    h.control.setFault({ endpoint: 'externalcontact/add_msg_template', ...fault });
    expect(await h.wecom.adapter.submit(h.account, [h.message('o1', a)])).toMatchObject([expected]);
    h.control.clearFaults();
    h.control.advance(3_600_000);
    if (expected.state === 'retry')
      expect(await h.wecom.adapter.submit(h.account, [h.message('o1', a)])).toMatchObject([{ state: 'submitted' }]);
  });

  test('settings that cannot be used fail with a reason', async () => {
    h = await startHarness();
    expect(await h.wecom.adapter.submit({ ...h.account, config: {} }, [h.message('o1', 'wm1')])).toEqual([
      { outboxId: 'o1', state: 'failed', reason: 'account_settings' },
    ]);
  });
});

describe('nobody is written to twice', () => {
  test('handed in again, after another process stopped before it could record the outcome', async () => {
    h = await startHarness();
    const a = h.friend('li');
    const first = await h.wecom.adapter.submit(h.account, [h.message('o1', a)]);
    expect(await h.another().adapter.submit(h.account, [h.message('o1', a)])).toEqual(first);
    expect(await h.another().adapter.recover(h.account, [h.message('o1', a)])).toEqual(first);
    expect(tasks()).toBe(1);
  });

  test.each(['drop', 'httpStatus'] as const)('the task was made and the answer lost (%s)', async (kind) => {
    h = await startHarness();
    const [a, b] = [h.friend('li'), h.friend('li')];
    const both = [h.message('o1', a), h.message('o2', b)];
    // The same words went to one of them before: that older task must not be taken for this one.
    const earlier = await h.wecom.adapter.submit(h.account, [h.message('earlier', a), h.message('earlier2', b)]);
    h.control.setFault({
      endpoint: 'externalcontact/add_msg_template',
      when: 'after',
      times: 1,
      ...(kind === 'drop' ? { drop: true } : { httpStatus: 502 }),
    });
    const found = await h.wecom.adapter.submit(h.account, both);
    expect(found[0]?.providerRef).not.toBe(earlier[0]?.providerRef);
    expect(tasks()).toBe(2);
    expect(await h.another().adapter.recover(h.account, both)).toEqual(found);
    expect(found.map((outcome) => outcome.state)).toEqual(['submitted', 'submitted']);
    confirmAll();
    expect(
      await h.wecom.adapter.poll(h.account, [
        { outboxId: 'o1', providerRef: found[0]?.providerRef ?? '', address: both[0]?.address ?? '' },
      ]),
    ).toMatchObject([{ outboxId: 'o1', state: 'sent' }]);
    expect(inboxOf(a)).toHaveLength(2);
    expect(inboxOf(b)).toHaveLength(2);
  });

  test('the call never arrived: not found, so it goes again', async () => {
    h = await startHarness();
    const a = h.friend('li');
    h.control.setFault({ endpoint: 'externalcontact/add_msg_template', drop: true, times: 1 });
    expect(await h.wecom.adapter.submit(h.account, [h.message('o1', a)])).toEqual([
      { outboxId: 'o1', state: 'retry', reason: 'never_sent' },
    ]);
    expect(h.slept.at(-1)).toBeGreaterThan(10_000);
    expect(await h.wecom.adapter.recover(h.account, [h.message('o1', a)])).toEqual([
      { outboxId: 'o1', state: 'retry', reason: 'never_sent' },
    ]);
    expect(await h.wecom.adapter.submit(h.account, [h.message('o1', a)])).toMatchObject([{ state: 'submitted' }]);
    confirmAll();
    expect(inboxOf(a)).toHaveLength(1);
  });

  test('stopped between the call and its record: found by its words and receivers, not by others like it', async () => {
    h = await startHarness();
    const [a, b] = [h.friend('li'), h.friend('li')];
    // Another program of the same corp says the same words to someone else.
    const other = { chat_type: 'single' as const, sender: 'li', external_userid: [b], text: { content: '第二单立减' } };
    await h.client.call('externalcontact.add_msg_template', other);
    const made = await h.wecom.adapter.submit(h.account, [h.message('o1', a)]);
    await h.pg.query(`UPDATE wecom_mass_tasks SET state = 'calling', msgid = NULL`);
    const process = h.another();
    expect(await process.adapter.recover(h.account, [h.message('o1', a), h.message('o2', b)])).toEqual([
      made[0],
      { outboxId: 'o2', state: 'retry', reason: 'never_sent' },
    ]);
    expect(tasks()).toBe(2);
  });

  test('the list cannot be read either: still in doubt, and nothing is sent', async () => {
    h = await startHarness();
    const a = h.friend('li');
    h.control.setFault({ endpoint: 'externalcontact/add_msg_template', drop: true, when: 'after', times: 1 });
    h.control.setFault({ endpoint: 'externalcontact/get_groupmsg_list_v2', errcode: -1 });
    expect(await h.wecom.adapter.submit(h.account, [h.message('o1', a)])).toMatchObject([{ state: 'retry', reason: 'in_doubt' }]);
    expect(await h.wecom.adapter.submit(h.account, [h.message('o1', a)])).toMatchObject([{ state: 'retry', reason: 'in_doubt' }]);
    h.control.clearFaults();
    expect(await h.wecom.adapter.submit(h.account, [h.message('o1', a)])).toMatchObject([{ state: 'submitted' }]);
    expect(tasks()).toBe(1);
  });

  test('stopped before anything was called', async () => {
    h = await startHarness();
    const a = h.friend('li');
    expect(await h.wecom.adapter.recover(h.account, [h.message('o1', a)])).toEqual([
      { outboxId: 'o1', state: 'retry', reason: 'never_sent' },
    ]);
    expect(h.control.calls()).toHaveLength(0);
  });
});
