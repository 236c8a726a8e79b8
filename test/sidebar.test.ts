/// <reference lib="dom" />
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLog, systemClock } from '../src/base/index.ts';
import { createWechatSimulator, openDemoCorp, type WechatSimulator } from '../src/simulators/wechat/index.ts';
import { openBrowser, sizes } from './browser.ts';
import { type Json, type Running, running, until } from './running.ts';
import { externalId } from './scoping-cases-binding.ts';

/** The page in WeCom's chat, on a slow phone, against the platform's simulator: signed in by its OAuth, looking at one customer. */
const consoleDir = fileURLToPath(new URL('../dist/console', import.meta.url));
let y: Running;
let simulator: WechatSimulator;
let browser: Browser;
let corpid: string;
let account: string;
let customer: string;
beforeAll(async () => {
  if (!existsSync(`${consoleDir}/sidebar.html`))
    throw new Error('The console is not built: run the tests by `npm test`, or `npm run build` before.');
  simulator = createWechatSimulator({ clock: systemClock, log: silentLog, seed: 'sidebar' });
  const platform = await simulator.listen();
  [y, browser] = await Promise.all([running({ consoleDir, env: { WECOM_BASE_URL: platform } }), openBrowser()]);
  const corp = openDemoCorp(simulator);
  corpid = corp.corpid;
  const keys = { token: 'a token of the tests', encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' };
  const settings = { corpId: corpid, agentId: corp.agentid, secret: corp.secret, ...keys };
  account = (await y.call({ method: 'PUT', path: '/api/channels/wecom', body: settings })).body.id;
  const rules = {
    enabled: true,
    touches: [{ event: 'Friend Added', staff: 'userId' }],
    protectionDays: 30,
    validityDays: 180,
    orderRenews: 'both',
  };
  // The platform tells times in whole seconds: of now it may say a time before now.
  const from = new Date(systemClock.ms() - 60_000).toISOString();
  await y.call({ method: 'PUT', path: '/api/binding/rules', body: { rules, from } });
  simulator.control.setDepartments(corpid, [
    { id: 1, name: '总部', parentid: 0, order: 1 },
    { id: 2, name: '南京路店', parentid: 1, order: 2 },
  ]);
  expect((await y.post('/api/staff/sync')).body).toMatchObject({ units: { added: 2 }, staff: { added: 3 } });
  await y.post('/api/tags', { key: 'vip', name: { zh: '大客户', en: 'Key account' } });
  // A picture of one dot.
  const dot = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  const form = new FormData();
  form.append('file', new Blob([Buffer.from(dot, 'base64')]), 'dot.png');
  const picture = (await y.post('/api/content/files', form)).body.id;
  const news = {
    name: '新茶上市',
    body: '{{ person.name }}，新茶到了，看看？',
    link: { url: 'https://example.com/tea', title: '新茶' },
    card: { kind: 'picture', picture },
  };
  expect((await y.post('/api/content', news)).status).toBe(201);
  const { ok } = await simulator.control.setCallback({ corpid, agentid: corp.agentid, url: `${y.url}/wecom/callback/${account}`, ...keys });
  expect(ok).toBe(true);
  ({ external_userid: customer } = simulator.control.addCustomer(corpid, { name: '王小明' }));
  simulator.control.addFriend({ corpid, userid: 'lixiaoyu', external_userid: customer });
  await simulator.control.settle();
  const ids = { externalIds: [externalId('wecom_external_userid', `${corpid}:${customer}`)] };
  await y.send('batch', {
    batch: [
      { type: 'identify', context: ids, traits: { phone: '13800001234' } },
      ...[1, 2].map((n) => ({
        ...{ type: 'track', event: 'Order Completed', context: ids },
        properties: { order_id: `o${n}`, revenue: 128 * n, products: [{ name: '明前龙井' }] },
      })),
    ],
  });
  await until(
    'the customer to be bound, with orders',
    async () => {
      const { body } = await y.get(`/api/sidebar/customers/${customer}`);
      return body.binding?.staffId === 'lixiaoyu' && body.person.orders.count === 2 && body.person.level !== null;
    },
    120_000,
  );
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await y?.close();
  await simulator?.close();
});

/** WeCom on a phone: what its client would give a page, written down. */
async function phone(who: string): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: y.url,
    viewport: sizes.phone,
    hasTouch: true,
    isMobile: true,
    locale: 'zh-CN',
    userAgent: 'Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36 wxwork/4.1.30 MicroMessenger/7.0.1',
  });
  await context.addInitScript((userId) => {
    const asked: [string, unknown][] = [];
    const invoke = (name: string, params: unknown, done: (result: object) => void) => {
      asked.push([name, params]);
      setTimeout(() => done({ err_msg: `${name}:ok`, ...(name === 'getCurExternalContact' ? { userId } : {}) }), 0);
    };
    Object.assign(window, { WeixinJSBridge: { invoke, on: () => {} }, asked });
  }, who);
  return context;
}

/** What is to be seen, not what is there. */
// biome-ignore lint/performance/useDomNodeTextContent: hidden text is no text to whoever looks
const seen = (locator: Locator): Promise<string> => locator.innerText();

async function slow(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 100,
    downloadThroughput: 200_000,
    uploadThroughput: 90_000,
  });
}

/** Says when the customer was seen; the wait for the answer shows that the network is as slow as it is meant to be. */
async function figures(page: Page, when: string): Promise<void> {
  const found = await page.evaluate(() => {
    const resources = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    const view = resources.find((r) => /customers\/[^/]+$/.test(r.name));
    return {
      paintedMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
      shownMs: performance.getEntriesByName('sidebar-shown')[0]?.startTime,
      waitedForAnswerMs: view && view.responseEnd - view.startTime,
      bytes: resources.reduce((n, r) => n + r.transferSize, 0),
    };
  });
  console.info(`sidebar ${when}, CPU 4x slower, 1.6 Mbit/s, 100 ms away: ${JSON.stringify(found)}`);
}

async function signIn(page: Page, name: string): Promise<void> {
  await page.goto(`/sidebar.html?account=${account}`);
  await page.getByRole('link', { name }).click();
}

it('shows who this is, on a slow phone, and sends in one tap with a link of its own', async () => {
  const context = await phone(customer);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await slow(page);
  await signIn(page, '李小渔');
  await page.getByTestId('sidebar-name').waitFor();
  expect(await seen(page.getByTestId('sidebar-name'))).toBe('王小明');
  // Personal values are masks here as well.
  expect(await seen(page.getByTestId('sidebar-person'))).toContain('138****1234');
  expect(await seen(page.getByTestId('sidebar-binding'))).toContain('我的客户');
  expect(await seen(page.getByTestId('sidebar-orders'))).toMatch(/2 单[\s\S]*384\.00/);
  await page.getByTestId('sidebar-order-lines').getByText('明前龙井').first().waitFor();

  await figures(page, 'the first time, after the sign-in');
  // Opened again, as on any day after the first.
  await page.reload();
  await page.getByTestId('sidebar-name').waitFor();
  await figures(page, 'again');
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);

  await page.getByTestId('sidebar-add-tag').selectOption('vip');
  await page.getByTestId('sidebar-tag-vip').waitFor();
  await page.getByTestId('sidebar-note').fill('喜欢龙井');
  await page.getByTestId('sidebar-save-note').tap();
  await page.getByTestId('sidebar-notes').getByText('喜欢龙井').waitFor();
  // Tomorrow is not today; the friend of today is to be greeted.
  await page.getByTestId('follow-up-text').fill('问问新茶喝得怎么样');
  await page.getByTestId('follow-up-add').tap();
  await page.getByTestId('sidebar-follow-ups').getByText('问问新茶喝得怎么样').waitFor();
  await page.getByTestId('today-open').tap();
  await page.getByTestId('task-greet').getByText('王小明').waitFor();
  expect(await seen(page.getByTestId('sidebar-today'))).toContain('以后还有 1 件');
  await page.getByTestId('task-done').tap();
  await page.getByTestId('today-none').waitFor();
  await page.getByTestId('today-back').tap();
  await page.getByTestId('sidebar-contents').getByRole('button', { name: '发送' }).tap();
  await page.getByTestId('sidebar-told').getByText('已发送').waitFor();
  const asked = await page.evaluate(() => (window as unknown as { asked: [string, Json][] }).asked);
  const names = asked.map(([name]) => name);
  expect(names).toEqual(expect.arrayContaining(['agentConfig', 'getCurExternalContact', 'sendChatMessage']));
  // The words, the link as a card, the picture by its id at WeCom.
  const sent = asked.filter(([name]) => name === 'sendChatMessage').map(([, message]) => message as Json);
  expect(sent.map((m) => [m.msgtype, m.text?.content ?? m.news?.title ?? m.image?.mediaid])).toEqual([
    ['text', '王小明，新茶到了，看看？'],
    ['news', '新茶'],
    ['image', expect.stringMatching(/^\S{5,}$/)],
  ]);
  const address: string = sent[1]!.news.link;
  expect(address).toMatch(/^http:\/\/\S+\/t\/[\w-]+$/);
  if (process.env.SIDEBAR_PICTURE) await page.screenshot({ path: process.env.SIDEBAR_PICTURE, fullPage: true });

  // What was done is known: the message, its click, the tag, the note.
  const person = (await y.get(`/api/sidebar/customers/${customer}`)).body;
  expect(person.notes[0]).toMatchObject({ text: '喜欢龙井', by: '李小渔' });
  await until('the tag', async () => (await y.get(`/api/people/${person.person.id}`)).body.tags.some((t: Json) => t.key === 'vip'));
  const [message] = (await y.get('/api/messages?channel=sidebar')).body.items;
  expect(message).toMatchObject({ state: 'sent', person: { id: person.person.id } });
  const link = await y.get(new URL(address).pathname, { key: null });
  expect([link.status, link.headers.get('location')]).toEqual([302, 'https://example.com/tea']);
  await until(
    'the click',
    async () => (await y.get(`/api/people/${person.person.id}/events?event=Message%20Clicked`)).body.items.length === 1,
  );
  const told = async (event: string) =>
    (await y.get(`/api/people/${person.person.id}/events?event=${encodeURIComponent(event)}`)).body.items.map(
      (e: Json) => e.properties.kind,
    );
  await until('the tasks', async () => (await told('Task Done')).length === 1 && (await told('Task Set')).length === 1);
  expect([await told('Task Done'), await told('Task Set')]).toEqual([['greet'], ['follow_up']]);
  expect((await y.get('/api/sidebar/tasks?staff=wangxin')).body).toMatchObject({ items: [], later: 0 });
  expect(errors).toEqual([]);
  await context.close();
}, 180_000);

it('is closed to who has not this customer, to outsiders, and to who comes without a sign-in of ours', async () => {
  const context = await phone(customer);
  const page = await context.newPage();
  await signIn(page, '王欣');
  await page.getByTestId('sidebar-refused').getByText('这不是你的客户').waitFor();
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const ask = (path: string, cookies = cookie) => y.call({ path, cookie: cookies });
  expect((await ask(`/api/sidebar/customers/${customer}/more`)).status).toBe(403);
  // The session opens the doors of this page and no others.
  expect((await ask('/api/people')).status).toBe(401);
  expect(
    (
      await ask(
        `/api/sidebar/customers/${customer}`,
        // The two last bits of the last letter say nothing.
        cookie.replace(/.$/, (c) => (c === 'A' ? 'E' : 'A')),
      )
    ).status,
  ).toBe(401);
  const signed = await ask(`/api/sidebar/signature?url=${encodeURIComponent(`${y.url}/sidebar.html`)}`);
  expect(signed.body).toMatchObject({ corpId: corpid, config: { signature: expect.stringMatching(/^[0-9a-f]{40}$/) } });
  await page.goto(`/sidebar.html?account=${account}`);
  await context.clearCookies();
  await signIn(page, '外部联系人');
  await page.getByTestId('sidebar-refused').getByText('不是这家企业的成员').waitFor();
  const code = simulator.control.oauthCode(corpid, { userid: 'lixiaoyu' });
  const back = await y.get(`/api/sidebar/back?account=${account}&code=${code}&state=made-up`, { key: null });
  expect([back.status, back.headers.get('location'), back.headers.get('set-cookie')]).toEqual([
    302,
    `/sidebar.html?account=${account}&refused=elsewhere`,
    null,
  ]);
  // Who has left is let in no more.
  await y.call({ method: 'PATCH', path: '/api/staff/wangxin', body: { state: 'left' } });
  expect((await ask(`/api/sidebar/customers/${customer}`)).status).toBe(401);
  await context.close();
}, 120_000);
