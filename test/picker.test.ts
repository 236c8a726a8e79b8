import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtSdk, flushed, html, type Shop, script, shop } from '../src/sdk/web.fixture.ts';
import { openBrowser } from './browser.ts';
import { type Json, OWNER, type Running, running, until, WRITE_KEY } from './running.ts';

/** An element of a customer's page, on another origin, gets its name in the console; what it was clicked before counts too. */
describe('naming elements by pointing at them', () => {
  let y: Running;
  let sdk: Awaited<ReturnType<typeof builtSdk>>;
  let browser: Browser;
  let site: Shop;
  let context: BrowserContext;
  let console_: Page;
  beforeAll(async () => {
    sdk = await builtSdk();
    [y, browser] = await Promise.all([
      running({ sdkDir: sdk.dir, consoleDir: fileURLToPath(new URL('../dist/console', import.meta.url)) }),
      openBrowser(),
    ]);
    const body = '<main id="shop"><button class="buy">立即购买</button><button class="later">以后</button><a href="/away">走</a></main>';
    site = await shop({
      '/': {
        html: html(body, script(y.url, WRITE_KEY)),
        headers: { 'content-security-policy': `default-src 'none'; script-src ${y.url}; connect-src ${y.url}` },
      },
      '/away': 'gone',
      '/evil': '<title>evil</title>',
    });
    const visitor = await (await browser.newContext()).newPage();
    await visitor.goto(site.url);
    await visitor.click('.buy');
    await visitor.click('.later');
    await visitor.click('.buy');
    await flushed(visitor);
    context = await browser.newContext({ baseURL: y.url, locale: 'zh-CN', viewport: { width: 1366, height: 860 } });
    console_ = await context.newPage();
    console_.setDefaultTimeout(20_000);
    await console_.goto('/sign-in');
    await console_.getByTestId('email').fill(OWNER.email);
    await console_.getByTestId('password').fill(OWNER.password);
    await console_.getByTestId('sign-in').click();
    await console_.getByTestId('overview-page').waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
    await y?.close();
    sdk?.remove();
  });

  it('a click there, a name here: past and future clicks are counted under it', async () => {
    await console_.goto('/named-events');
    await console_.getByTestId('picker-url').fill(site.url);
    const [page] = await Promise.all([context.waitForEvent('page'), console_.getByTestId('picker-open').click()]);
    await console_.getByTestId('picker-ready').waitFor();
    await page.hover('.buy');
    await page.click('.buy');
    await page.click('a');
    expect(page.url()).toContain(site.url);
    expect(page.url()).not.toContain('/away');
    await page.click('.buy');
    await console_.bringToFront();
    await console_.getByTestId('named-selector').waitFor();
    await until('the rule', async () => (await console_.getByTestId('named-selector').inputValue()) === 'button.buy');
    await until('the preview', async () => /2 次、1 人/.test((await console_.getByTestId('named-preview').textContent()) ?? ''));
    await console_.getByTestId('named-name').fill('点了购买');
    await console_.getByTestId('save-named').click();
    await console_.getByTestId('named').waitFor();
    const named = await until('two of them', async () => {
      const [one] = (await y.get('/api/named-events')).body.items as Json[];
      return one?.count === 2 && one;
    });
    expect(named).toMatchObject({ name: '点了购买', on: 'click', selector: 'button.buy', people: 1 });
    await page.close();
  });

  it('the clicks of whoever names are no visitor’s', async () => {
    const items = (await y.get('/api/catalog/events')).body.items as Json[];
    expect(items.find((e) => e.event === 'Element Clicked')!.count).toBe(3);
  });

  it('whoever else opens a page with such an address learns nothing, and can start nothing', async () => {
    const evil = await context.newPage();
    await evil.goto(`${site.url}/evil`);
    const heard = await evil.evaluate(async (target) => {
      const said: unknown[] = [];
      addEventListener('message', (event) => said.push(event.data));
      const token = 'a'.repeat(24);
      const page = window.open(`${target}#yt-pick=${token}`)!;
      for (let i = 0; i < 20; i++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        page.postMessage({ yutang: 'start', token }, '*');
      }
      return said;
    }, site.url);
    expect(heard).toEqual([]);
    const opened = context.pages().at(-1)!;
    await opened.click('a');
    await opened.waitForURL('**/away');
    // And no page can put words into the console's mouth.
    await console_.evaluate(() => window.postMessage({ yutang: 'picked', token: 'a'.repeat(24), element: { selector: 'button' } }, '*'));
    expect(await console_.getByTestId('named-selector').count()).toBe(0);
    await console_.goto('/named-events');
  });
});
