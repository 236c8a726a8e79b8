import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Json, type Running, running, WRITE_KEY } from '../../test/running.ts';
import { builtSdk, told } from './web.fixture.ts';
import { miniProgram, type Phone, phone } from './wechat.fixture.ts';

let y: Running;
let sdk: Awaited<ReturnType<typeof builtSdk>>;
beforeAll(async () => {
  sdk = await builtSdk();
  y = await running({ sdkDir: sdk.dir });
});
afterAll(async () => {
  await y?.close();
  sdk?.remove();
});

const code = (more = '') => `
  yutang.init({ writeKey: '${WRITE_KEY}', host: '${y.url}' ${more} });
  App({ globalData: { n: 1 }, onLaunch(how) { this.launched = how.scene } });
  Page({ name: 'pages/home', data: {}, onLoad() { this.loaded = true }, buy(e) { return 'bought ' + this.loaded }, wrap() { return 'wrapped' }, helper(a, b) { return a + b },
    quiet() {}, fails() { throw new Error('of the page') }, onShareAppMessage() { return { title: '春茶', path: '/pages/tea?id=7' } } });
  Page({ name: 'pages/tea', onShow() {}, onShareAppMessage() { return { title: '龙井', promise: Promise.resolve({ title: '龙井', path: '/pages/tea?id=8' }) } },
    onShareTimeline() { return { title: '龙井', query: 'id=9' } } });
  Component({ methods: { pick(e) { return 'picked' } } });`;
const start = (on: Phone, opened?: Json, more?: string) => miniProgram(on, join(sdk.dir, 'miniprogram.js'), code(more), opened);
const sent = (on: Phone): Json[] => on.sent.flatMap((body) => JSON.parse(body).batch);

async function flushed(run: ReturnType<typeof start>): Promise<void> {
  run.yutang.flush();
  await run.settled();
}

describe('the mini-program SDK under a simulated runtime', () => {
  it('tells launch, pages, taps, shares, leaving and coming back, and changes nothing of the program', async () => {
    const on = phone();
    const run = start(on, { scene: 1047, path: 'pages/home', query: { scene: encodeURIComponent('yt_tp=store-3&x=1') } });
    expect([run.app.launched, run.app.globalData.n]).toEqual([1047, 1]);
    const home = run.open('pages/home', { mobile: '13812345678', id: '5' });
    const buy = { id: 'buy', dataset: { content: '立即购买 13812345678', type: 'button' } };
    expect(run.tap(home, buy, ['buy', buy], ['wrap', { id: 'card', dataset: {} }])).toEqual(['bought true', 'wrapped']);
    expect(home.helper(1, 2)).toBe(3);
    run.tap(home, { id: 'q' }, ['quiet', { id: 'q', dataset: { ytIgnore: '' } }]);
    expect(() => run.tap(home, { id: 'f' }, ['fails', { id: 'f', dataset: {} }])).toThrow('of the page');
    const shared = home.onShareAppMessage({ from: 'button' });
    expect(shared).toMatchObject({ title: '春茶' });
    expect(shared.path).toMatch(/^\/pages\/tea\?id=7&yt_tp=store-3&yt_sh=\w{16}$/);
    run.hide();
    run.show({ scene: 1089, path: 'pages/home', query: {} });
    run.open('pages/tea', { id: '8' });
    run.back();
    await flushed(run);

    const events = await told(y, `anonymous_id:${run.yutang.anonymousId()}`, 9);
    expect(events.map((e) => `${e.type} ${e.event}`)).toEqual([
      'track Application Opened',
      'screen pages/home',
      'track Element Clicked',
      'track Element Clicked',
      'track Content Shared',
      'track Application Backgrounded',
      'track Application Opened',
      'screen pages/tea',
      'screen pages/home',
    ]);
    expect(events[0]!.properties).toMatchObject({ scene: 1047, touchpoint: 'store-3', from_background: false });
    expect(events[2]!.properties).toEqual({
      element_id: 'buy',
      element_text: '立即购买 ***',
      element_type: 'button',
      element_name: 'buy',
      gesture: 'tap',
      path: 'pages/home',
    });
    expect(events[4]!.properties).toMatchObject({ method: 'friend', from: 'button', path: 'pages/tea', touchpoint: 'store-3' });
    expect(events[6]!.properties).toMatchObject({ from_background: true, scene: 1089 });
    expect(events[0]!.context).toMatchObject({
      carrier: 'mini_program',
      device: { model: 'M1' },
      touch: { first: { touchpoint: 'store-3' } },
    });
    expect(on.sent.join()).not.toContain('13812345678');
  });

  it('a shared path leads whoever opens it back to the share, and on; one that comes later too', async () => {
    const first = start(phone());
    first.yutang.setTouchpoint('koc-42');
    const tea = first.open('pages/tea');
    const { promise } = tea.onShareAppMessage({ from: 'menu' });
    const { path } = await promise;
    expect(path).toMatch(/^\/pages\/tea\?id=8&yt_tp=koc-42&yt_sh=\w{16}$/);
    expect(tea.onShareTimeline().query).toMatch(/^id=9&yt_tp=koc-42&yt_sh=\w{16}$/);
    const query = Object.fromEntries(new URLSearchParams(path.split('?')[1]));
    const second = start(phone(), { scene: 1007, path: 'pages/tea', query });
    const again = second.open('pages/tea', query).onShareAppMessage({ from: 'menu' });
    expect((await again.promise).path).toMatch(/^\/pages\/tea\?id=8&yt_tp=koc-42&yt_sh=/);
    await flushed(second);
    const events = await told(y, `anonymous_id:${second.yutang.anonymousId()}`, 4);
    expect(events[0]!.properties).toMatchObject({ touchpoint: 'koc-42', share_id: query.yt_sh });
    expect(events.findLast((e) => e.event === 'Content Shared')!.properties.shared_after).toBe(query.yt_sh);
  });

  it('openid and unionid join the visitor to the person, scoped by the app', async () => {
    const run = start(phone());
    run.yutang.setWechat({ openid: 'oMini1', unionid: 'oUnionMini1' });
    run.yutang.identify('u-mini', { name: '周周' });
    await flushed(run);
    await told(y, `anonymous_id:${run.yutang.anonymousId()}`, 3);
    const person = await y.person('wechat_openid:wx1234567890abcdef:oMini1');
    expect(person.identities.map((i: Json) => i.type).sort()).toEqual(['anonymous_id', 'user_id', 'wechat_openid', 'wechat_unionid']);
    expect(person.traits.name).toBe('周周');
  });

  it('what could not be sent outlives the process, and arrives once', async () => {
    const on = phone();
    on.online = false;
    const run = start(on);
    for (let n = 0; n < 120; n++) run.yutang.track('Offline', { n });
    run.hide();
    await run.settled();
    on.online = true;
    const again = start(on);
    await flushed(again);
    await flushed(again);
    await flushed(again);
    const id = again.yutang.anonymousId();
    expect(id).toBe(run.yutang.anonymousId());
    const events = (await told(y, `anonymous_id:${id}`, 123)).filter((e) => e.event === 'Offline');
    expect(events.map((e) => e.properties.n).sort((a, b) => a - b)).toEqual(Array.from({ length: 120 }, (_, n) => n));
    again.hide();
    await again.settled();
    expect(JSON.parse((on.storage.get('yt.queue') as string | undefined) ?? '[]').length).toBeLessThan(3);
  });

  it('before consent nothing is stored or sent; after it what was done is told', async () => {
    const on = phone();
    const run = start(on, undefined, ", consent: 'required'");
    run.open('pages/home');
    run.hide();
    await run.settled();
    expect([on.storage.size, on.sent]).toEqual([0, []]);
    run.yutang.consent('granted');
    await flushed(run);
    expect(sent(on).map((e) => e.event ?? e.name)).toEqual(['Application Opened', 'pages/home', 'Application Backgrounded']);
    run.yutang.consent('denied');
    await run.settled();
    expect([...on.storage.keys()].filter((key) => key !== 'yt.queue')).toEqual([]);
  });

  it('errors of ours never become errors of the program', () => {
    const on = phone();
    on.storage.set('yt.queue', '{broken');
    const run = start(on);
    const home = run.open('pages/home');
    Object.defineProperty(home, 'route', {
      get: () => {
        throw new Error('a getter of the page');
      },
    });
    expect(
      run.tap(home, {}, [
        'buy',
        {
          get id() {
            throw new Error('no');
          },
        },
      ]),
    ).toEqual(['bought true']);
    expect(home.onShareAppMessage({}).title).toBe('春茶');
    expect(run.components[0].methods.pick({ type: 'tap' })).toBe('picked');
  });
});
