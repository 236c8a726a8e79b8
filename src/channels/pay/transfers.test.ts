import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../base/index.ts';
import { carry, type Transfer } from './carry.ts';
import { Killed, type PayHarness, startPay } from './harness.fixture.ts';

/** Money goes out once, whatever happens on the way: everything here counts what the simulated platform has in its books. */

let h: PayHarness;
beforeAll(async () => {
  h = await startPay();
});
beforeEach(() => {
  h.killAt(undefined);
  h.control.pay.clearFaults();
});
afterAll(() => h.close());

const CREATE = 'mch-transfer/transfer-bills';
/** Histories of the random test. */
const ROUNDS = Number(process.env.YUTANG_PAY_ROUNDS ?? 2);

/** The same choices for the same seed. */
function createLuck(seed: number) {
  let a = seed + 1;
  const next = () => {
    a = (a * 48_271) % 2_147_483_647;
    return a / 2_147_483_647;
  };
  for (let i = 0; i < 10; i++) next();
  return { of: <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]! };
}
const ask = (key: string, amountFen = 100, personNo = 1) => ({ personNo, amountFen, currency: 'CNY' as const, reason: '邀请奖励', key });

describe('a transfer', () => {
  it('is offered, confirmed and told, once for a key', async () => {
    const m = h.merchant();
    const first = await h.pay().transfer(m.workspaceNo, ask('a'));
    expect(first).toMatchObject({ state: 'queued', amountFen: 100, confirm: null });
    expect(await h.pay().transfer(m.workspaceNo, ask('a'))).toEqual(first);
    await expect(h.pay().transfer(m.workspaceNo, ask('a', 101))).rejects.toMatchObject({ status: 409 });
    await h.settle();
    const offered = await h.pay().get(m.workspaceNo, 'a');
    expect(offered).toMatchObject({ state: 'waiting_user', confirm: { mchId: m.mchid, appId: h.appId } });
    expect(h.control.pay.transfers(m.mchid)).toMatchObject([{ out_bill_no: first.id, openid: h.openidOf(1), transfer_amount: 100 }]);
    h.control.pay.confirmTransfer(m.mchid, first.id);
    await h.settle();
    expect(await h.pay().get(m.workspaceNo, 'a')).toMatchObject({ state: 'paid', confirm: null });
    const mine = [...h.events.values()].filter((one) => one.messageId.startsWith(`pay:${first.id}`));
    expect(mine.map((one) => one.event)).toEqual(['Transfer Offered', 'Transfer Completed']);
    expect(mine[1]).toMatchObject({ personNo: 1, properties: { key: 'a', amount_fen: 100, currency: 'CNY', reason: '邀请奖励' } });
    // By the platform's own word: nothing was asked.
    expect(h.asked('{out_bill_no}').filter((one) => one.mchid === m.mchid)).toEqual([]);
  });

  it('ends as its receiver and time will have it', async () => {
    const m = h.merchant();
    for (const key of ['late', 'fails', 'back', 'lost']) await h.pay().transfer(m.workspaceNo, ask(key));
    const never = await h.pay().transfer(m.workspaceNo, ask('never'));
    await h.pay().cancel(m.workspaceNo, 'never');
    await h.settle();
    expect(h.control.pay.transfers(m.mchid).some((one) => one.out_bill_no === never.id)).toBe(false);
    const id = async (key: string) => (await h.pay().get(m.workspaceNo, key))!.id;
    h.control.pay.failTransfer(m.mchid, await id('fails'), 'REALNAME_CHECK');
    await h.pay().cancel(m.workspaceNo, 'back');
    // A notification that is lost is made up for by asking.
    h.control.setWeather({ loss: 1 });
    h.control.pay.confirmTransfer(m.mchid, await id('lost'));
    h.control.setWeather({ loss: 0 });
    await h.settle();
    h.control.advance(5 * 60_000);
    await h.settle();
    expect(await h.pay().get(m.workspaceNo, 'lost')).toMatchObject({ state: 'paid' });
    h.control.advance(24 * 3_600_000);
    await h.settle();
    const state = async (key: string) => {
      const view = await h.pay().get(m.workspaceNo, key);
      return [view?.state, view?.why];
    };
    expect(await state('late')).toEqual(['failed', 'OVERDUE_CLOSE']);
    expect(await state('fails')).toEqual(['failed', 'REALNAME_CHECK']);
    expect(await state('back')).toEqual(['cancelled', null]);
    expect(await state('never')).toEqual(['cancelled', null]);
    expect(h.control.pay.merchant(m.mchid).balance).toBe(1_000_000 - 100);
  });

  it('keeps the limits of one, of a person and of a day, also when many ask at once', async () => {
    const m = h.merchant({ limits: { most: 500, perPersonDay: 800, perDay: 2_000 } });
    const why = (promise: Promise<unknown>) =>
      promise.then(
        () => 'made',
        (error) => error.errors?.[0]?.reason ?? String(error),
      );
    expect(await why(h.pay().transfer(m.workspaceNo, ask('big', 501)))).toContain('10 to 500');
    expect(await why(h.pay().transfer(m.workspaceNo, ask('small', 9)))).toContain('10 to 500');
    expect(await why(h.pay().transfer(m.workspaceNo, ask('nobody', 100, 9_001)))).toContain('not known in');
    expect(await why(h.pay().transfer(m.workspaceNo, { ...ask('odd'), amountFen: 0.5 }))).toContain('whole fen');
    const all = await Promise.all(
      Array.from({ length: 12 }, (_, i) => why(h.pay().transfer(m.workspaceNo, ask(`many${i}`, 400, 1 + (i % 4))))),
    );
    expect(all.filter((one) => one === 'made').length).toBe(5);
    expect(all.filter((one) => /day's limit|person's limit/.test(one)).length).toBe(7);
    // Failed ones give their part back, and tomorrow is another day.
    h.control.advance(24 * 3_600_000);
    expect(await why(h.pay().transfer(m.workspaceNo, ask('tomorrow', 400)))).toBe('made');
    await h.settle();
  });
});

describe('paid once', () => {
  /** What is wrong, and how often the platform may be asked to make it. */
  const troubles: [name: string, trouble: () => void][] = [
    ['the line is cut before', () => h.control.pay.setFault({ endpoint: CREATE, drop: true, times: 1 })],
    ['the line is cut after', () => h.control.pay.setFault({ endpoint: CREATE, drop: true, when: 'after', times: 1 })],
    ['502 after the effect', () => h.control.pay.setFault({ endpoint: CREATE, httpStatus: 502, when: 'after', times: 2 })],
    ['SYSTEM_ERROR after the effect', () => h.control.pay.setFault({ endpoint: CREATE, code: 'SYSTEM_ERROR', when: 'after', times: 2 })],
    ['a code nobody knows', () => h.control.pay.setFault({ endpoint: CREATE, code: 'BRAND_NEW', when: 'after', times: 1 })],
    ['too often', () => h.control.pay.setFault({ endpoint: CREATE, code: 'FREQUENCY_LIMITED', times: 2 })],
    ['a forged answer', () => h.control.pay.setFault({ endpoint: CREATE, forge: 'key', times: 1 })],
    [
      'asking is forbidden for a while, too',
      () => {
        h.control.pay.setFault({ endpoint: CREATE, drop: true, when: 'after', times: 1 });
        h.control.pay.setFault({ endpoint: '{out_bill_no}', code: 'SYSTEM_ERROR', times: 3 });
      },
    ],
  ];

  it.each(troubles)('%s', async (_name, trouble) => {
    const m = h.merchant();
    trouble();
    const { id } = await h.pay().transfer(m.workspaceNo, ask('x'));
    for (let i = 0; i < 8; i++) {
      await h.settle();
      h.control.advance(60_000);
    }
    expect(await h.pay().get(m.workspaceNo, 'x')).toMatchObject({ id, state: 'waiting_user' });
    expect(h.control.pay.transfers(m.mchid).length).toBe(1);
    expect(h.control.pay.merchant(m.mchid).balance).toBe(1_000_000 - 100);
  });

  it.each(['pay.transfer.calling', 'pay.transfer.called'])('killed at %s', async (boundary) => {
    const m = h.merchant();
    const { id } = await h.pay().transfer(m.workspaceNo, ask('x'));
    h.killAt(boundary);
    await h.pay().work();
    h.killAt(undefined);
    expect(await h.pay().get(m.workspaceNo, 'x')).toMatchObject({ state: 'calling' });
    h.restart();
    await h.settle();
    const before = h.asked(CREATE).filter((one) => one.mchid === m.mchid).length;
    expect(before).toBe(boundary === 'pay.transfer.called' ? 1 : 0);
    h.control.advance(61_000);
    await h.settle();
    expect(await h.pay().get(m.workspaceNo, 'x')).toMatchObject({ id, state: 'waiting_user' });
    // Asked before anything is sent again.
    const paths = h.control.pay.calls().filter((one) => one.mchid === m.mchid);
    expect(paths[before]?.path).toContain('/out-bill-no/');
    expect(h.control.pay.transfers(m.mchid).length).toBe(1);
    expect(h.control.pay.merchant(m.mchid).balance).toBe(1_000_000 - 100);
  });

  it('never by another merchant than the one it was sent to', async () => {
    const m = h.merchant();
    h.control.pay.setFault({ endpoint: CREATE, drop: true, when: 'after', times: 1 });
    await h.pay().transfer(m.workspaceNo, ask('x'));
    await h.pay().work();
    const other = h.merchant();
    const before = m.account.config;
    await h.pay().transfer(m.workspaceNo, ask('y'));
    m.account.config = other.account.config;
    for (let i = 0; i < 3; i++) {
      h.control.advance(15 * 60_000);
      await h.settle();
    }
    expect(h.control.pay.transfers(other.mchid)).toEqual([]);
    // That they wait is told, and what never left can be taken back.
    expect((await h.pay().health(m.account)).health.zh).toContain('之前的商户号');
    await h.pay().cancel(m.workspaceNo, 'y');
    await h.settle();
    expect(await h.pay().get(m.workspaceNo, 'y')).toMatchObject({ state: 'cancelled' });
    m.account.config = before;
    h.control.advance(15 * 60_000);
    await h.settle();
    expect(await h.pay().get(m.workspaceNo, 'x')).toMatchObject({ state: 'waiting_user' });
    expect(h.control.pay.transfers(m.mchid).length).toBe(1);
  });

  it('over is over, also for who took it up before', async () => {
    const m = h.merchant();
    const { id } = await h.pay().transfer(m.workspaceNo, ask('x'));
    const [row] = await h.pg.query<{ no: number; request: Transfer['request'] }>(
      'SELECT no::int AS no, request FROM pay_transfers WHERE out_bill_no = $1',
      [id],
    );
    const inHand: Transfer = {
      ...{ workspaceNo: m.workspaceNo, no: row!.no, outBillNo: id, accountId: m.id, mchid: m.mchid, request: row!.request },
      ...{ state: 'queued', refused: null, cancelWanted: false, sends: 0, sentAt: null, looks: 0 },
    };
    await h.settle();
    h.control.pay.confirmTransfer(m.mchid, id);
    await h.settle();
    const stop = (name: string) => {
      throw new Killed(name);
    };
    const idle = async () => {};
    const deps = { pg: h.pg, clock: h.clock, log: silentLog, stop, faulted: idle, mended: idle };
    await carry(deps, await h.pay().merchant(m.workspaceNo), inHand);
    expect(await h.pay().get(m.workspaceNo, 'x')).toMatchObject({ state: 'paid' });
  });

  it('what the platform hid from us is seen in the end', async () => {
    const m = h.merchant();
    h.control.pay.setFault({ endpoint: CREATE, code: 'PARAM_ERROR', when: 'after', times: 1 });
    h.control.pay.setFault({ endpoint: '{out_bill_no}', code: 'NOT_FOUND' });
    const { id } = await h.pay().transfer(m.workspaceNo, ask('x'));
    for (let i = 0; i < 4; i++) {
      await h.settle();
      h.control.advance(60_000);
    }
    expect(await h.pay().get(m.workspaceNo, 'x')).toMatchObject({ state: 'failed', why: 'PARAM_ERROR' });
    h.control.setWeather({ loss: 1 });
    h.control.pay.confirmTransfer(m.mchid, id);
    h.control.setWeather({ loss: 0 });
    h.control.pay.clearFaults();
    h.control.advance(26 * 3_600_000);
    await h.settle();
    expect(await h.pay().get(m.workspaceNo, 'x')).toMatchObject({ state: 'paid' });
    expect([...h.events.keys()].filter((one) => one.startsWith(`pay:${id}`))).toEqual([`pay:${id}:failed`, `pay:${id}:paid`]);
  });

  it('refused for good is over only when the platform knows nothing of it', async () => {
    const m = h.merchant();
    h.control.pay.setFault({ endpoint: CREATE, code: 'PARAM_ERROR', times: 1 });
    await h.pay().transfer(m.workspaceNo, ask('gone'));
    h.control.pay.setFault({ endpoint: CREATE, code: 'PARAM_ERROR', when: 'after', times: 1 });
    await h.pay().work();
    await h.pay().transfer(m.workspaceNo, ask('there', 200));
    for (let i = 0; i < 6; i++) {
      await h.settle();
      h.control.advance(20_000);
    }
    expect(await h.pay().get(m.workspaceNo, 'gone')).toMatchObject({ state: 'failed', why: 'PARAM_ERROR' });
    expect(await h.pay().get(m.workspaceNo, 'there')).toMatchObject({ state: 'waiting_user' });
    expect(h.asked(CREATE).filter((one) => one.mchid === m.mchid).length).toBe(2);
  });
});

it('whatever happens in whatever order, both books say the same and nobody was paid twice', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const m = h.merchant({ limits: { perPersonDay: 100_000 } });
    const luck = createLuck(round);
    const wrong = [{ drop: true }, { httpStatus: 502 }, { code: 'SYSTEM_ERROR' }, { code: 'FREQUENCY_LIMITED' }, { code: 'NOT_ENOUGH' }];
    const strange = [
      { code: 'PARAM_ERROR' },
      { code: 'UNHEARD_OF' },
      { code: 'NOT_FOUND' },
      { forge: 'key' as const },
      { forge: 'none' as const },
    ];
    const ways = [CREATE, '{out_bill_no}', 'cancel', '*'];
    const keys = Array.from({ length: 6 }, (_, i) => `k${i}`);
    h.control.setWeather({ loss: 0.3, duplication: 0.3, disorder: 0.3 });
    for (let step = 0; step < 40; step++) {
      const key = luck.of(keys);
      const open = h.control.pay.transfers(m.mchid).filter((one) => one.state === 'WAIT_USER_CONFIRM');
      const deeds: (() => unknown)[] = [
        () => h.pay().transfer(m.workspaceNo, ask(key, 100 + keys.indexOf(key))),
        () => h.pay().transfer(m.workspaceNo, ask(key, 100 + keys.indexOf(key))),
        () => h.pay().cancel(m.workspaceNo, luck.of(keys)),
        () => open[0] && h.control.pay.confirmTransfer(m.mchid, open[0].out_bill_no),
        () => open[0] && luck.of([0, 1, 2]) === 0 && h.control.pay.failTransfer(m.mchid, open[0].out_bill_no),
        () => h.control.pay.setFault({ endpoint: luck.of(ways), when: luck.of(['before', 'after']), times: 1, ...luck.of(wrong) }),
        () => h.control.pay.setFault({ endpoint: luck.of(ways), when: luck.of(['before', 'after']), times: 1, ...luck.of(strange) }),
        () => h.killAt(luck.of(['pay.transfer.calling', 'pay.transfer.called'])),
        () => h.control.advance(luck.of([1_000, 30_000, 120_000, 900_000])),
      ];
      await luck.of(deeds)();
      await h.control.settle();
      await h.pay().work();
      h.killAt(undefined);
    }
    h.control.setWeather({ loss: 0, duplication: 0, disorder: 0 });
    h.control.pay.clearFaults();
    for (let hour = 0; hour < 30; hour++) {
      h.control.advance(3_600_000);
      await h.settle();
    }
    const books = new Map(h.control.pay.transfers(m.mchid).map((one) => [one.out_bill_no, one]));
    const said = { paid: 'SUCCESS', failed: 'FAIL', cancelled: 'CANCELLED' };
    let paid = 0;
    for (const key of keys) {
      const view = await h.pay().get(m.workspaceNo, key);
      if (!view) continue;
      const theirs = books.get(view.id);
      books.delete(view.id);
      expect([round, key, view.state]).toEqual([round, key, expect.stringMatching(/^(paid|failed|cancelled)$/)]);
      // What the platform never had can only have come to nothing here.
      expect([round, key, said[view.state as keyof typeof said]]).toEqual([
        round,
        key,
        theirs?.state ?? expect.not.stringMatching('SUCCESS'),
      ]);
      if (theirs?.state === 'SUCCESS') paid += theirs.transfer_amount;
    }
    expect([round, [...books.keys()]]).toEqual([round, []]);
    expect([round, h.control.pay.merchant(m.mchid).balance]).toEqual([round, 1_000_000 - paid]);
  }
});

describe('what somebody must mend', () => {
  it('an empty balance holds all up, is told with its mend, and goes on under the same numbers', async () => {
    const m = h.merchant({ balance: 150 });
    for (let i = 0; i < 20; i++) await h.pay().transfer(m.workspaceNo, ask(`k${i}`));
    await h.settle();
    expect(h.control.pay.transfers(m.mchid).length).toBe(1);
    const { health } = await h.pay().health(m.account);
    expect(health.zh).toContain('余额不足');
    expect(health.en).toContain('balance');
    const tries = h.asked(CREATE).filter((one) => one.mchid === m.mchid).length;
    expect(tries).toBeLessThanOrEqual(16);
    // Nobody runs in circles meanwhile.
    expect((await h.pay().work()).nextInMs).toBeGreaterThan(60_000);
    h.control.advance(10 * 60_000);
    await h.settle();
    // One goes ahead to see.
    expect(h.asked(CREATE).filter((one) => one.mchid === m.mchid).length).toBe(tries + 1);
    h.control.pay.setMerchant(m.mchid, { balance: 100_000 });
    h.control.advance(10 * 60_000);
    await h.settle();
    expect(h.control.pay.transfers(m.mchid).length).toBe(20);
    expect(h.control.pay.merchant(m.mchid).balance).toBe(100_000 - 1_900);
    expect((await h.pay().health(m.account)).health.zh).not.toContain('余额');
  });

  it('a wrong serial number, a product that is not open, a scene that was not granted', async () => {
    const words = async (m: ReturnType<PayHarness['merchant']>) => {
      await h.pay().transfer(m.workspaceNo, ask('x'));
      await h.settle();
      expect(await h.pay().get(m.workspaceNo, 'x')).toMatchObject({ state: 'held' });
      return (await h.pay().health(m.account)).health.zh;
    };
    const serial = h.merchant({ settings: { serial: 'AB'.repeat(20) } });
    expect(await words(serial)).toContain('序列号');
    const closed = h.merchant();
    h.control.pay.setMerchant(closed.mchid, { scenes: [] });
    expect(await words(closed)).toContain('没有开通');
    const scene = h.merchant({ settings: { sceneId: '1005' } });
    expect(await words(scene)).toContain('转账场景未获批');
    // Mended and saved: at once.
    h.control.pay.setMerchant(closed.mchid, { scenes: ['1000'] });
    await h.pay().mend(closed.account);
    await h.settle();
    expect(await h.pay().get(closed.workspaceNo, 'x')).toMatchObject({ state: 'waiting_user' });
  });

  it('settings that do not fit are told when they are saved', async () => {
    const words = async (settings: Record<string, unknown>, more: { mode?: 'certificate' } = {}) => {
      const m = h.merchant({ ...more, settings });
      await h.pay().mend(m.account);
      return (await h.pay().health(m.account)).health.zh;
    };
    expect(await words({})).toContain('正常');
    expect(await words({}, { mode: 'certificate' })).toContain('正常');
    expect(await words({ serial: 'AB'.repeat(20) })).toContain('序列号');
    expect(await words({ publicKeyId: 'PUB_KEY_ID_OTHER' })).toContain('无法验签');
    expect(await words({ apiV3Key: 'f'.repeat(32) }, { mode: 'certificate' })).toContain('无法验签');
  });

  it('settings that cannot be used, no key of the platform, an address that is not https', async () => {
    const m = h.merchant({ mode: 'certificate' });
    expect((await h.pay().health({ ...m.account, config: {} })).health.zh).toContain('设置不完整');
    expect((await h.pay().health(m.account)).health.zh).toContain('平台证书');
    await (await h.pay().merchant(m.workspaceNo)).client.refreshKeys();
    expect((await h.pay().health(m.account)).healthy).toBe(true);
    h.restart('http://shop.example.com');
    expect((await h.pay().health(m.account)).health.zh).toContain('不是 https');
    h.restart();
    expect((await h.pay().health({ ...m.account, config: { ...m.account.config, paused: true } })).health.zh).toContain('暂停');
    await expect(h.pay().transfer(99_999, ask('x'))).rejects.toMatchObject({ status: 409 });
  });
});

it('transfers are listed, and follow people who merge and are split', async () => {
  const m = h.merchant();
  await h.pay().transfer(m.workspaceNo, ask('x', 100, 5));
  await h.pay().transfer(m.workspaceNo, ask('y', 100, 8));
  const page = (more: object) => h.pay().list(m.workspaceNo, { limit: 1, ...more });
  const first = await page({});
  expect(first.items).toMatchObject([{ key: 'y', amountFen: 100, state: 'queued', why: null }]);
  expect((await page({ cursor: first.nextCursor })).items.map((one) => one.key)).toEqual(['x']);
  expect((await page({ state: 'paid' })).items).toEqual([]);
  expect((await page({ personId: first.items[0]!.person.id })).nextCursor).toBeNull();
  await h.pay().onMerge(m.workspaceNo, [{ from: 5, to: 6 }]);
  expect(await h.pay().get(m.workspaceNo, 'x')).toMatchObject({ personNo: 6 });
  const identities = [{ type: 'wechat_openid', value: `${h.appId}:${h.openidOf(5)}` }];
  await h.pay().onSplit(m.workspaceNo, { from: 6, to: 7, identities });
  expect(await h.pay().get(m.workspaceNo, 'x')).toMatchObject({ personNo: 7 });
});
