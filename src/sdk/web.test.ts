import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../test/browser.ts';
import { type Json, type Running, running, WRITE_KEY } from '../../test/running.ts';
import { anonymous, builtSdk, flushed, html, type Shop, script, shop, told, wire } from './web.fixture.ts';

let y: Running;
let sdk: Awaited<ReturnType<typeof builtSdk>>;
let browser: Browser;
let site: Shop;

beforeAll(async () => {
  sdk = await builtSdk();
  [y, browser] = await Promise.all([running({ sdkDir: sdk.dir }), openBrowser()]);
  site = await shop({});
  const it_ = script(y.url, WRITE_KEY);
  site.pages['/'] = html(
    `<main id="app"><h1>春茶</h1><a class="nav" href="/cart?token=abcdef&utm_source=own">购物车</a>
     <button class="btn css-1x8a9z active primary" name="buy">立即 <b>购买</b></button>
     <form id="ask" action="/thanks" method="get"><input name="nickname"><select name="size"><option>S</option><option>L</option></select>
     <select name="colour" data-yt-capture="value"><option>red</option><option>green</option></select><button>提交</button></form></main>`,
    it_,
  );
  site.pages['/cart'] = html('<button id="pay">去结算</button>', it_);
  site.pages['/thanks'] = html('谢谢', it_);
  site.pages['/spa'] = html(
    `<nav><button id="go" onclick="history.pushState({}, '', '/spa/tea?id=7'); document.title = '龙井'">龙井</button>
     <button id="back" onclick="history.back()">返回</button><button id="hash" onclick="location.hash = '#/orders'">订单</button></nav>`,
    it_,
  );
  site.pages['/asks'] = html('<button id="b">好</button>', script(y.url, WRITE_KEY, 'data-consent="required"'));
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
  if (y.errors.length) console.info(JSON.stringify(y.errors.slice(0, 3)).slice(0, 1500));
  await y?.close();
  sdk?.remove();
});

async function visitor(act: (page: Page, context: BrowserContext) => Promise<void>): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  await act(page, context);
  expect(faults).toEqual([]);
  await context.close();
}
const eventsOf = (id: string, atLeast: number) => told(y, `anonymous_id:${id}`, atLeast);
const said = (events: Json[]) => events.map((e) => `${e.type} ${e.event || (e.properties.path ?? '')}`.trim());

describe('the web SDK in a browser', () => {
  it('a plain site: pages, clicks, changes and submits arrive, each once, with where they came from', () =>
    visitor(async (page) => {
      await page.goto(`${site.url}/?utm_source=xhs&utm_campaign=spring&yt_tp=poster-7&phone=13812345678`);
      await page.click('button[name=buy] b');
      await page.fill('[name=nickname]', '小满的秘密');
      await page.selectOption('[name=size]', 'L');
      await page.selectOption('[name=colour]', 'green');
      await page.click('#ask button');
      await page.waitForURL('**/thanks*');
      await page.goto(`${site.url}/cart`);
      await page.click('#pay');
      await flushed(page);
      const events = await eventsOf(await anonymous(page), 10);
      expect(said(events)).toEqual([
        'page /',
        'track Element Clicked',
        'track Element Changed',
        'track Element Changed',
        'track Element Changed',
        'track Element Clicked',
        'track Form Submitted',
        'page /thanks',
        'page /cart',
        'track Element Clicked',
      ]);
      const [landing, buy] = events as [Json, Json];
      expect(landing.properties).toMatchObject({ title: '茶铺', touchpoint: 'poster-7', utm_source: 'xhs', utm_campaign: 'spring' });
      expect(landing.context).toMatchObject({
        library: { name: 'yutang-web' },
        campaign: { source: 'xhs', name: 'spring' },
        sessionStart: true,
        touch: { first: { touchpoint: 'poster-7' }, last: { touchpoint: 'poster-7' } },
      });
      expect(landing.properties.url).toContain('phone=***');
      expect(buy.properties).toMatchObject({
        element_tag: 'button',
        element_text: '立即 购买',
        element_chain: 'main#app > button.btn.primary[name="buy"]',
        path: '/',
      });
      expect(events.filter((e) => e.properties.element_value).map((e) => e.properties)).toMatchObject([
        { element_name: 'colour', element_value: 'green' },
      ]);
      expect(new Set(events.map((e) => e.context.sessionId)).size).toBe(1);
      expect(JSON.stringify(events)).not.toMatch(/秘密|13812345678|"L"/);
    }));

  it('a single-page application: every address is a page, with its own title; an anchor is none', () =>
    visitor(async (page) => {
      await page.goto(`${site.url}/spa`);
      await page.click('#go');
      await page.waitForFunction(() => document.title === '龙井');
      await page.click('#back');
      await page.waitForURL('**/spa');
      await page.evaluate(() => location.assign('#top'));
      await page.click('#hash');
      await flushed(page);
      const events = (await eventsOf(await anonymous(page), 7)).filter((e) => e.type === 'page');
      expect(events.map((e) => e.properties.url.slice(site.url.length))).toEqual(['/spa', '/spa/tea?id=7', '/spa', '/spa#/orders']);
      expect(events[1]!.properties.title).toBe('龙井');
    }));

  it('calls by code, made before the script came too; a person signs in and out', () =>
    visitor(async (page) => {
      site.pages['/early'] = html(
        '',
        `<script>window.yutang = [['track', 'Tried', { n: 1 }], ['identify', 'u-sdk', { name: '林小满' }, { externalIds: [{ type: 'wechat_unionid', id: 'oSdkUnion' }] }]]</script>${script(y.url, WRITE_KEY)}`,
      );
      await page.goto(`${site.url}/early`);
      const before = await anonymous(page);
      await page.evaluate(() => {
        const { yutang } = window as unknown as { yutang: Record<string, (...args: unknown[]) => void> };
        yutang.group!('store-7', { city: '杭州' });
        yutang.page!('Named', { colour: 'red' });
        yutang.reset!();
        yutang.track!('Somebody Else');
      });
      await flushed(page);
      const person = await y.person('user_id:u-sdk');
      const events = await eventsOf(before, 5);
      expect(events.map((e) => e.type).sort()).toEqual(['group', 'identify', 'page', 'page', 'track']);
      expect(person.traits.name).toBe('林小满');
      expect(person.identities.map((i: Json) => i.type).sort()).toEqual(['anonymous_id', 'user_id', 'wechat_unionid']);
      expect(await anonymous(page)).not.toBe(before);
      expect((await y.person(`anonymous_id:${await anonymous(page)}`)).id).not.toBe(person.id);
    }));

  it('before consent nothing is stored and nothing leaves; after it what was done is told; after a no it is gone', () =>
    visitor(async (page, context) => {
      const sent = wire(context, y.url);
      const decide = (answer: string) =>
        page.evaluate((a) => (window as unknown as { yutang: { consent(a: string): void } }).yutang.consent(a), answer);
      const stored = () => page.evaluate(() => `${JSON.stringify({ ...localStorage, ...sessionStorage })}${document.cookie}`);
      await page.goto(`${site.url}/asks?utm_source=a`);
      await page.click('#b');
      await page.evaluate(() => dispatchEvent(new Event('pagehide')));
      expect([await stored(), sent.bodies()]).toEqual(['{}', []]);
      await decide('denied');
      expect([await stored(), sent.bodies()]).toEqual(['{}', []]);
      await page.reload();
      await page.click('#b');
      await decide('granted');
      await flushed(page);
      expect(said(await eventsOf(await anonymous(page), 2))).toEqual(['page /asks', 'track Element Clicked']);
      await page.reload();
      await flushed(page);
      expect(await eventsOf(await anonymous(page), 3)).toHaveLength(3);
      await decide('denied');
      expect(await stored()).toBe('{}');
    }));

  it('nothing is lost when the network drops and the tab closes: it arrives with the next visit, once', () =>
    visitor(async (page, context) => {
      await page.goto(`${site.url}/cart`);
      await flushed(page);
      const id = await anonymous(page);
      await context.setOffline(true);
      for (let i = 0; i < 20; i++) await page.evaluate((n) => (window as unknown as { yutang: Json }).yutang.track('Offline', { n }), i);
      await page.click('#pay');
      const again = await context.newPage();
      // Asked to close as a person asks, it closes in its own time.
      const closed = page.waitForEvent('close');
      await page.close({ runBeforeUnload: true });
      await closed;
      await context.setOffline(false);
      await again.goto(`${site.url}/thanks`);
      await flushed(again);
      expect(await anonymous(again)).toBe(id);
      const events = await eventsOf(id, 23);
      expect(events).toHaveLength(23);
      const numbers = events.filter((e) => e.event === 'Offline').map((e) => e.properties.n);
      expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    }));

  it('a click that leads away is told while the page goes; a door that answers 503 and 429 is asked again; an answer that was lost counts once', () =>
    visitor(async (page, context) => {
      const answers = [503, 429, 'lost', 200];
      let asked = 0;
      await context.route(`${y.url}/v1/batch`, async (route) => {
        const how = answers[Math.min(asked++, 3)];
        if (how === 'lost') {
          await route.fetch();
          return route.abort();
        }
        return how === 200
          ? route.continue()
          : route.fulfill({ status: how as number, headers: { 'access-control-allow-origin': '*', 'retry-after': '1' } });
      });
      await page.goto(`${site.url}/`);
      const id = await anonymous(page);
      await page.click('a.nav');
      await page.waitForURL('**/cart*');
      for (let i = 0; i < 4; i++) {
        await page.evaluate(() => (window as unknown as { yutang: Json }).yutang.flush());
        await page.waitForTimeout(100);
      }
      await flushed(page);
      expect(said(await eventsOf(id, 3))).toEqual(['page /', 'track Element Clicked', 'page /cart']);
      expect(asked).toBeGreaterThan(3);
    }));

  it('is served to any site, and says when it has not changed', async () => {
    const first = await fetch(`${y.url}/sdk/web.js`);
    expect(first.headers.get('access-control-allow-origin')).toBe('*');
    expect(first.headers.get('cache-control')).toContain('max-age=3600');
    const second = await fetch(`${y.url}/sdk/web.js`, { headers: { 'if-none-match': first.headers.get('etag')! } });
    expect(second.status).toBe(304);
  });

  it('the doors let pages of any origin in, by key alone', async () => {
    const ask = (init: RequestInit, path = '/v1/batch') =>
      fetch(y.url + path, { ...init, headers: { origin: 'https://shop.example', ...init.headers } });
    const before = await ask({ method: 'OPTIONS', headers: { 'access-control-request-headers': 'authorization' } });
    expect([before.status, before.headers.get('access-control-allow-origin')]).toEqual([204, 'https://shop.example']);
    const body = JSON.stringify({ batch: [{ type: 'track', event: 'X', anonymousId: 'cors' }], writeKey: WRITE_KEY });
    expect((await ask({ method: 'POST', body })).status).toBe(200);
    expect((await ask({ method: 'POST', body: body.replace(WRITE_KEY, 'wrong') })).status).toBe(401);
    const wrong = await ask({ method: 'POST', body: '{"batch":[]}' });
    expect([wrong.status, wrong.headers.get('access-control-allow-origin')]).toEqual([401, 'https://shop.example']);
    const inAddress = body.replace(/,"writeKey".*/, '}');
    expect((await ask({ method: 'POST', body: inAddress }, `/v1/batch?writeKey=${WRITE_KEY}`)).status).toBe(200);
    expect((await ask({ method: 'POST', body, headers: { authorization: 'Basic eDo=' } })).status).toBe(401);
    const other = await fetch(`${y.url}/api/people`, { headers: { origin: 'https://shop.example' } });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });
});
