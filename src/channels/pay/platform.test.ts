import { createCipheriv, createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PayName, payEndpoints } from './endpoints.ts';
import { PayError, PayUnreachable, payReactions } from './errors.ts';
import { type PayHarness, startPay } from './harness.fixture.ts';
import { authorization, openSealed, paymentOf } from './seals.ts';

/** The platform's protocol: seals, every row of the endpoint table, every reaction of the error table, and the door for notifications. */

let h: PayHarness;
beforeAll(async () => {
  h = await startPay();
});
beforeEach(() => {
  h.control.pay.clearFaults();
});
afterAll(() => h.close());

const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error) => (error instanceof PayError ? error.code : error instanceof PayUnreachable ? error.why : String(error)),
  );
const notify_url = 'https://example.com/pay';
const order = (out_trade_no: string, total = 1_000) => ({
  ...{ appid: h.appId, description: '春茶', out_trade_no, notify_url },
  ...{ amount: { total, currency: 'CNY' as const }, payer: { openid: h.openidOf(1) } },
});

describe('seals', () => {
  const key = 'b302fd4719dd26523d555e6fe392b91a';
  const sealed = {
    nonce: 'b302fd4719dd',
    associated_data: '26523d555e6fe392b91a',
    ciphertext: 'bUGHWv7V1+rMtfIx4pIhD95i3J72AK+K1I0vsxBNWAUq8JLjUJ1iSY79kdqp2LCDe4IuOpPxXC0=',
  };

  it('opens the public vector, and nothing of which a byte was changed', () => {
    expect(openSealed(key, sealed)).toBe('Awesome SKIT.FlurlHttpClient.Wechat.Api!');
    const bytes = Buffer.from(sealed.ciphertext, 'base64');
    for (let i = 0; i < bytes.length; i++) {
      const other = Buffer.from(bytes);
      other[i]! ^= 1;
      expect(() => openSealed(key, { ...sealed, ciphertext: other.toString('base64') })).toThrow();
    }
    expect(() => openSealed(key, { ...sealed, associated_data: 'other' })).toThrow();
    expect(() => openSealed(key, { ...sealed, nonce: 'b302fd4719de' })).toThrow();
    expect(() => openSealed('a'.repeat(32), sealed)).toThrow();
    // Without associated data, as certificates of old had it.
    const cipher = createCipheriv('aes-256-gcm', key, sealed.nonce);
    const bare = Buffer.concat([cipher.update('bare'), cipher.final(), cipher.getAuthTag()]).toString('base64');
    expect(openSealed(key, { nonce: sealed.nonce, associated_data: null, ciphertext: bare })).toBe('bare');
  });

  it('signs a request and a payment as the documents write the text out', () => {
    const { privateKey } = h.merchant().account.config as { privateKey: string };
    const fits = (text: string, signature: string) =>
      verify('sha256', Buffer.from(text), createPublicKey(privateKey), Buffer.from(signature, 'base64'));
    const header = authorization({ mchid: '1900000001', serial: 'AB12', privateKey }, 'GET', '/v3/certificates?a=1', 1_554_208_460_999, '');
    const [, nonce = '', signature = ''] = /nonce_str="(\w{32})",signature="([^"]+)"$/.exec(header) ?? [];
    expect(header).toMatch(/^WECHATPAY2-SHA256-RSA2048 mchid="1900000001",serial_no="AB12",timestamp="1554208460",/);
    expect(fits(`GET\n/v3/certificates?a=1\n1554208460\n${nonce}\n\n`, signature)).toBe(true);
    const page = paymentOf({ privateKey }, 'wx1', 'wx2016', 1_554_208_460_000);
    expect(fits(`wx1\n1554208460\n${page.nonceStr}\nprepay_id=wx2016\n`, page.paySign)).toBe(true);
  });
});

describe.each(['public_key', 'certificate'] as const)('every call, checked by %s', (mode) => {
  it('does as the documents say', async () => {
    const m = h.merchant(mode === 'certificate' ? { mode } : {});
    const { client } = await h.pay().merchant(m.workspaceNo);
    const called = new Set<PayName>();
    const call: typeof client.call = (name, request) => {
      called.add(name);
      return client.call(name, request);
    };
    expect((await call('order.jsapi', order('order-1'))).prepay_id).toMatch(/^wx/);
    expect(await outcome(call('order.jsapi', order('order-1', 2_000)))).toBe('OUT_TRADE_NO_USED');
    expect(await call('order.byOutTradeNo', { out_trade_no: 'order-1' })).toMatchObject({ trade_state: 'NOTPAY' });
    const paid = h.control.pay.payOrder(m.mchid, 'order-1');
    expect(await call('order.byId', { transaction_id: paid.transaction_id! })).toMatchObject({
      trade_state: 'SUCCESS',
      amount: { total: 1_000 },
    });
    expect(await outcome(call('order.close', { out_trade_no: 'order-1' }))).toBe('ORDERPAID');
    await call('order.jsapi', order('order-2'));
    await call('order.close', { out_trade_no: 'order-2' });
    expect(await outcome(call('order.jsapi', order('order-2')))).toBe('ORDER_CLOSED');
    expect(await outcome(call('order.byOutTradeNo', { out_trade_no: 'order-3' }))).toBe('ORDER_NOT_EXIST');

    const part = { out_trade_no: 'order-1', out_refund_no: 'r1', amount: { refund: 400, total: 1_000, currency: 'CNY' as const } };
    const first = await call('refund.create', part);
    expect(await call('refund.create', part)).toEqual(first);
    expect(await outcome(call('refund.create', { ...part, amount: { ...part.amount, refund: 401 } }))).toBe('INVALID_REQUEST');
    h.control.advance(3_000);
    expect(await call('refund.get', { out_refund_no: 'r1' })).toMatchObject({ status: 'SUCCESS', amount: { refund: 400 } });
    expect(await outcome(call('refund.get', { out_refund_no: 'r2' }))).toBe('RESOURCE_NOT_EXISTS');

    const reports = [
      { info_type: '活动名称', info_content: '老客回馈' },
      { info_type: '奖励说明', info_content: '邀请奖励' },
    ];
    const bill = {
      ...{ appid: h.appId, out_bill_no: 'B1', transfer_scene_id: '1000', openid: h.openidOf(1), transfer_amount: 300 },
      // A name goes out sealed; the platform opens it.
      ...{ transfer_remark: '奖励', user_name: '张三', transfer_scene_report_infos: reports },
    };
    const made = await call('transfer.create', bill);
    expect(made).toMatchObject({ state: 'WAIT_USER_CONFIRM', out_bill_no: 'B1' });
    expect(made.package_info).toBeTruthy();
    expect((await call('transfer.create', bill)).transfer_bill_no).toBe(made.transfer_bill_no);
    expect(await call('transfer.byOutBillNo', { out_bill_no: 'B1' })).toMatchObject({ transfer_amount: 300 });
    expect(await call('transfer.cancel', { out_bill_no: 'B1' })).toMatchObject({ state: 'CANCELING' });
    h.control.advance(3_000);
    expect(await call('transfer.byBillNo', { transfer_bill_no: made.transfer_bill_no })).toMatchObject({ state: 'CANCELLED' });
    expect(await outcome(call('transfer.byOutBillNo', { out_bill_no: 'B2' }))).toBe('NOT_FOUND');
    expect(await outcome(call('transfer.create', { ...bill, out_bill_no: 'B3', transfer_amount: 30_000 }))).toBe('PARAM_ERROR');
    expect(await outcome(call('transfer.create', { ...bill, out_bill_no: 'not a number' }))).toContain('not called rightly');

    const certificates = await outcome(call('certificates', {}));
    expect(certificates).toBe(mode === 'certificate' ? 'done' : 'RESOURCE_NOT_EXISTS');
    expect((Object.keys(payEndpoints) as PayName[]).filter((name) => !called.has(name))).toEqual([]);

    for (const forge of ['key', 'body', 'time', 'serial', 'none'] as const) {
      h.control.pay.setFault({ endpoint: '{out_bill_no}', forge, times: 1 });
      expect([forge, await outcome(client.call('transfer.byOutBillNo', { out_bill_no: 'B1' }))]).not.toEqual([forge, 'done']);
    }
  });
});

it('errors: the reaction of the table, and what becomes of a transfer', async () => {
  const m = h.merchant({ limits: { perPersonDay: 10_000 } });
  const path = 'mch-transfer/transfer-bills';
  const states = { again: 'queued', query: 'in_doubt', absent: 'in_doubt', refused: 'in_doubt', fault: 'held' };
  const ends = { again: 'waiting_user', query: 'waiting_user', absent: 'waiting_user', refused: 'failed', fault: 'waiting_user' };
  for (const code of [...payReactions.keys(), 'NOT_IN_THE_TABLE']) {
    const { class: kind, words } = payReactions.get(code) ?? { class: 'query' as const, words: undefined };
    h.control.pay.setFault({ endpoint: path, code, times: 1 });
    const ask = { personNo: 1, amountFen: 100, currency: 'CNY' as const, reason: '奖励', key: code };
    await h.pay().transfer(m.workspaceNo, ask);
    await h.pay().work();
    const now = await h.pay().get(m.workspaceNo, code);
    expect([code, now?.state, now?.why]).toEqual([code, states[kind], code]);
    if (words) expect((await h.pay().health(m.account)).health.zh).toContain(words.zh);
    // Ten minutes on, or mended: under the same number.
    h.control.advance(600_000);
    await h.settle();
    expect([code, (await h.pay().get(m.workspaceNo, code))?.state]).toEqual([code, ends[kind]]);
  }
});

describe('the door', () => {
  const bill = (state: string, out_bill_no: string, mchid: string, amount = 100) => ({
    ...{ mch_id: mchid, out_bill_no, transfer_bill_no: 'T1', state, transfer_amount: amount, openid: h.openidOf(1) },
  });
  const write = (mchid: string, resource: Record<string, unknown>, id = 'EV-1', about = 'mch_payment') =>
    h.control.pay.writtenPayNotice(mchid, { id, event_type: 'MCHTRANSFER.BILL.FINISHED', about, resource });
  const post = async (account: string, { headers, body }: { headers: Record<string, string>; body: string }) => {
    const answer = await fetch(`${h.door}/wechat/pay/${account}`, { method: 'POST', headers, body });
    return { status: answer.status, text: await answer.text() };
  };
  const kept = async (account: string) =>
    (await h.pg.query<{ n: number }>('SELECT count(*)::int AS n FROM platform_callbacks WHERE account_id = $1', [account]))[0]?.n;

  it('takes what the platform signed, once, and nothing else', async () => {
    const m = h.merchant();
    const other = h.merchant();
    const good = write(m.mchid, bill('SUCCESS', 'B1', m.mchid));
    const tampered = { ...good, body: good.body.replace('通知', '通告') };
    const broken = (name: string, value: string) => ({ ...good, headers: { ...good.headers, [`wechatpay-${name}`]: value } });
    const refused: [number, Promise<{ status: number; text: string }>][] = [
      [403, post(m.id, tampered)],
      [403, post(m.id, broken('timestamp', String(Number(good.headers['wechatpay-timestamp']) + 1)))],
      [403, post(m.id, broken('nonce', 'x'))],
      [403, post(m.id, broken('serial', 'F'.repeat(40)))],
      [403, post(m.id, broken('signature', 'WECHATPAY/SIGNTEST/abc'))],
      [403, post(m.id, broken('signature', ''))],
      // Another merchant's, rightly signed: by a key whose id is not known here.
      [403, post(m.id, write(other.mchid, bill('SUCCESS', 'B1', m.mchid)))],
      [404, post('pay_none', good)],
      [413, post(m.id, { ...good, body: good.body.padEnd(300 * 1024) })],
    ];
    for (const [status, answer] of refused) expect((await answer).status).toBe(status);
    expect(await kept(m.id)).toBe(0);
    expect(await post(m.id, good)).toEqual({ status: 200, text: '{"code":"SUCCESS","message":""}' });
    // The same request again is a replay; the same notification signed anew is known.
    expect((await post(m.id, good)).status).toBe(403);
    expect((await post(m.id, write(m.mchid, bill('SUCCESS', 'B1', m.mchid)))).status).toBe(200);
    const old = write(m.mchid, bill('SUCCESS', 'B1', m.mchid), 'EV-2');
    h.control.advance(6 * 60_000);
    expect((await post(m.id, old)).status).toBe(403);
    expect(await kept(m.id)).toBe(1);
  });

  it('believes no amount and no merchant but its own, and no word that comes too late', async () => {
    const m = h.merchant();
    const { id } = await h.pay().transfer(m.workspaceNo, { personNo: 1, amountFen: 100, currency: 'CNY', reason: '奖励', key: 'k' });
    await h.settle();
    const state = async () => {
      await h.settle();
      return (await h.pay().get(m.workspaceNo, 'k'))?.state;
    };
    await post(m.id, write(m.mchid, bill('SUCCESS', id, m.mchid, 1), 'EV-a'));
    await post(m.id, write(m.mchid, bill('SUCCESS', id, '1900009999'), 'EV-b'));
    expect(await state()).toBe('waiting_user');
    await post(m.id, write(m.mchid, bill('SUCCESS', id, m.mchid), 'EV-c'));
    expect(await state()).toBe('paid');
    await post(m.id, write(m.mchid, bill('WAIT_USER_CONFIRM', id, m.mchid), 'EV-d'));
    await post(m.id, write(m.mchid, bill('FAIL', id, m.mchid), 'EV-e'));
    await post(m.id, write(m.mchid, { odd: true }, 'EV-f'));
    await post(m.id, write(m.mchid, { odd: true }, 'EV-g', 'something new'));
    expect(await state()).toBe('paid');
  });

  it('looks for a certificate that is new', async () => {
    const m = h.merchant({ mode: 'certificate' });
    expect((await post(m.id, write(m.mchid, bill('SUCCESS', 'B1', m.mchid), 'EV-1'))).status).toBe(200);
    h.control.pay.renewCertificate(m.mchid);
    h.control.advance(61_000);
    expect((await post(m.id, write(m.mchid, bill('SUCCESS', 'B1', m.mchid), 'EV-2'))).status).toBe(200);
    // Who only guesses serials causes no more than one look a minute.
    const good = write(m.mchid, bill('SUCCESS', 'B1', m.mchid), 'EV-3');
    const before = h.asked('certificates').length;
    for (let i = 0; i < 5; i++) {
      const headers = { ...good.headers, 'wechatpay-serial': `${i}`.repeat(40) };
      expect((await post(m.id, { ...good, headers })).status).toBe(403);
    }
    expect(h.asked('certificates').length - before).toBeLessThanOrEqual(1);
  });

  it('tells payments and refunds as events, in bad weather and out of order', async () => {
    const m = h.merchant();
    const { client } = await h.pay().merchant(m.workspaceNo);
    const to = `${h.door}/wechat/pay/${m.id}`;
    h.control.setWeather({ duplication: 0.5, disorder: 0.5 });
    for (let i = 0; i < 6; i++) {
      await client.call('order.jsapi', { ...order(`weather-${i}`), notify_url: to });
      h.control.pay.payOrder(m.mchid, `weather-${i}`);
      const amount = { refund: 200, total: 1_000, currency: 'CNY' as const };
      await client.call('refund.create', { out_trade_no: `weather-${i}`, out_refund_no: `w${i}`, notify_url: to, amount });
      if (i === 5) h.control.pay.endRefund(m.mchid, 'w5', 'ABNORMAL');
    }
    h.control.advance(3_000);
    await h.settle();
    h.control.setWeather({ duplication: 0, disorder: 0 });
    const mine = (name: string) => h.told(name).filter((one) => String(one.properties?.outTradeNo).startsWith('weather-'));
    expect(mine('Payment Completed').length).toBe(6);
    expect(mine('Payment Refunded').length).toBe(5);
    expect(mine('Refund Failed').length).toBe(1);
    expect(mine('Payment Refunded')[0]).toMatchObject({
      externalIds: [{ type: 'wechat_openid', id: `${h.appId}:${h.openidOf(1)}` }],
      properties: { amount_fen: 200, currency: 'CNY' },
    });
  });

  it('a refund waits for its order as long as the platform cannot be asked', async () => {
    const m = h.merchant();
    const { client } = await h.pay().merchant(m.workspaceNo);
    const to = `${h.door}/wechat/pay/${m.id}`;
    await client.call('order.jsapi', { ...order('unseen-1'), notify_url: to });
    h.control.setWeather({ loss: 1 });
    h.control.pay.payOrder(m.mchid, 'unseen-1');
    h.control.setWeather({ loss: 0 });
    const amount = { refund: 200, total: 1_000, currency: 'CNY' as const };
    await client.call('refund.create', { out_trade_no: 'unseen-1', out_refund_no: 'u1', notify_url: to, amount });
    h.control.pay.setFault({ endpoint: '{out_trade_no}', drop: true });
    for (let i = 0; i < 6; i++) {
      h.control.advance(120_000);
      await h.settle();
    }
    h.control.pay.clearFaults();
    h.control.advance(600_000);
    await h.settle();
    expect(h.told('Payment Refunded').filter((one) => one.properties?.outTradeNo === 'unseen-1').length).toBe(1);
  });
});
