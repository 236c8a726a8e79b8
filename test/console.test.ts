/// <reference lib="dom" />
import { existsSync, readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, type sizes, type Visit, visit } from './browser.ts';
import { type Json, OWNER, type Running, running, until } from './running.ts';

/** The built console against the running program, as somebody who works with it would go through it. */
const consoleDir = fileURLToPath(new URL('../dist/console', import.meta.url));
/** A text that has no translation shows its key. */
const texts = readdirSync(fileURLToPath(new URL('../src/console/i18n/texts', import.meta.url))).map((file) => file.replace('.ts', ''));
const untranslated = new RegExp(`\\b(?:${texts.filter((t) => !t.includes('-')).join('|')})\\.[a-z][A-Za-z]+\\b`);
/** A picture of one point. */
const dot = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const people = 40;
/** Every fourth bought twice. */
const repeat = 10;

let y: Running;
let browser: Browser;
let sink: Server;
let journey: string;
let importId: string;
beforeAll(async () => {
  if (!existsSync(`${consoleDir}/index.html`))
    throw new Error('The console is not built: run the tests by `npm test`, or `npm run build` before.');
  sink = createServer((_req, res) => res.end());
  await new Promise<void>((ready) => sink.listen(0, '127.0.0.1', ready));
  const host = `127.0.0.1:${(sink.address() as AddressInfo).port}`;
  [y, browser] = await Promise.all([running({ consoleDir, env: { YUTANG_WEBHOOK_ALLOW: host } }), openBrowser()]);
  const sinkUrl = `http://${host}/`;
  const order = (i: number, no: number, daysAgo: number) =>
    `o${i}-${no},buyer-${i},${new Date(Date.now() - daysAgo * 86_400_000).toISOString()},${100 + i},Tea ${i % 3}`;
  const rows = Array.from({ length: people }, (_, i) => [order(i, 1, 20), ...(i % 4 === 0 ? [order(i, 2, 10)] : [])]).flat();
  const form = new FormData();
  form.append('kind', 'orders');
  form.append(
    'file',
    new Blob([`order_id,user_id,time,amount,product_name\n${rows.join('\n')}\n,,,,\nx,,2026-01-01,5,Nobody\n`]),
    'orders.csv',
  );
  importId = (await y.post('/api/imports', form)).body.id;
  const names = Array.from({ length: people }, (_, i) => ({
    type: 'identify',
    userId: `buyer-${i}`,
    traits: { name: `客人${String(i).padStart(2, '0')}` },
  }));
  await y.send('batch', { batch: names });
  await y.call({ method: 'PUT', path: '/api/channels/webhook', body: { url: sinkUrl, secret: 'a secret of sixteen' } });
  const content = (await y.post('/api/content', { name: '新茶上市', body: '{{ person.name }}，新茶到了' })).body.id;
  const graph = {
    nodes: [
      { id: 'entry', type: 'entry', event: 'Cart Left' },
      { id: 'send', type: 'send', channel: 'webhook', contentId: content },
      { id: 'exit', type: 'exit' },
    ],
    edges: [
      { from: 'entry', to: 'send' },
      { from: 'send', to: 'exit' },
    ],
  };
  journey = (await y.post('/api/journeys', { name: '加购提醒', purpose: 'convert', graph })).body.id;
  await until('the history', async () => (await y.get('/api/people/facets')).body.level?.repeat === repeat, 60_000);
  await until('the names', async () => (await y.get(`/api/people?query=${encodeURIComponent('客人39')}`)).body.items.length === 1);
});
afterAll(async () => {
  await browser?.close();
  await y?.close();
  sink?.close();
});

async function signIn(page: Page): Promise<void> {
  await page.goto('/');
  await page.getByTestId('sign-in-page').waitFor();
  await page.getByTestId('email').fill(OWNER.email);
  await page.getByTestId('password').fill(OWNER.password);
  await page.getByTestId('sign-in').click();
  await page.getByTestId('overview-page').waitFor();
}

/** Nothing stands out of the screen to the side. */
async function fits(page: Page): Promise<void> {
  const wide = await page.evaluate(() => {
    const content = document.getElementById('content') ?? document.documentElement;
    return [content.scrollWidth - content.clientWidth, document.documentElement.scrollWidth - innerWidth];
  });
  expect([page.url(), Math.max(...wide) > 1 ? wide : 'fits']).toEqual([page.url(), 'fits']);
}

/** What is to be seen, not what is there. */
// biome-ignore lint/performance/useDomNodeTextContent: hidden text is no text to whoever looks
const seen = (locator: Locator): Promise<string> => locator.innerText();
const digits = (text: string | null): number => Number((text ?? '').replace(/[^\d]/g, ''));

/** Pages and their handles; `true`: looked at in every language at every width. */
const pages: [string, string, boolean?][] = [
  ['/', 'overview-page', true],
  ['/people', 'people-page', true],
  ['/audiences', 'audiences-page'],
  ['/definitions', 'definitions-page', true],
  ['/content', 'content-page'],
  ['/content/new', 'content-editor-page'],
  ['/journeys', 'journeys-page'],
  ['/journeys/{journey}', 'journey-page', true],
  ['/journeys/new', 'journey-page'],
  ['/content/effect', 'content-effect-page'],
  ['/matching', 'matching-page'],
  ['/experiments', 'experiments-page'],
  ['/experiments/new', 'experiment-editor', true],
  ['/coupons', 'coupons-page'],
  ['/messages', 'messages-page', true],
  ['/funnel', 'funnel-page', true],
  ['/retention', 'retention-page'],
  ['/imports', 'imports-page'],
  ['/catalogue', 'catalogue-page'],
  ['/settings/workspace', 'workspace-page'],
  ['/settings/members', 'members-page'],
  ['/settings/keys', 'keys-page'],
  ['/settings/channels', 'channels-page'],
  ['/settings/policy', 'policy-page'],
];

describe.each([
  ['desktop', 'zh'],
  ['desktop', 'en'],
  ['phone', 'zh'],
  ['phone', 'en'],
] as [keyof typeof sizes, 'zh' | 'en'][])('the console at %s width in %s', (size, language) => {
  let v: Visit;
  beforeAll(async () => {
    v = await visit(browser, y.url, { size, language });
    await signIn(v.page);
  });
  afterAll(() => v?.close());
  const go = async (path: string, testId: string) => {
    await v.page.goto(path);
    await v.page.getByTestId(testId).waitFor();
  };

  it('shows what was imported', async () => {
    const { page } = v;
    await page.getByTestId('pool-people').waitFor();
    expect(await seen(page.getByTestId('pool-people'))).toContain(String(people));
    expect(await seen(page.getByTestId('overview-page'))).toMatch(language === 'zh' ? /复购/ : /[Rr]epeat/);
    await fits(page);
    await go('/people', 'people-page');
    await page.getByTestId('people-total').waitFor();
    expect(digits(await seen(page.getByTestId('people-total')))).toBe(people);
    await page.getByTestId('people-search').locator('input').fill('客人07');
    await page.waitForFunction((n) => document.querySelectorAll('[data-testid="person-link"]').length === n, 1);
    await fits(page);
    await page.getByTestId('person-link').click();
    await page.getByTestId('person-page').waitFor();
    expect(await seen(page.getByTestId('person-name'))).toContain('客人07');
    await page.getByTestId('timeline-event').first().waitFor();
    expect(await seen(page.getByTestId('timeline'))).toMatch(language === 'zh' ? /订单|下单|购买/ : /[Oo]rder/);
    await fits(page);
    await go(`/imports/${importId}`, 'import-page');
    expect(digits(await seen(page.getByTestId('rows-accepted')))).toBe(people + repeat);
    expect(v.faults).toEqual([]);
  });

  it('counts an audience while it is built, and keeps it', async () => {
    const { page } = v;
    const name = `回头客 ${size} ${language}`;
    await go('/audiences/new', 'audience-page');
    await page.getByTestId('audience-name').fill(name);
    await page.getByTestId('add-condition').first().click();
    await page.getByTestId('add-level').click();
    await page.getByTestId('level-picker').click();
    await page
      .locator('.ant-select-item-option')
      .filter({ hasText: language === 'zh' ? '复购用户' : 'Repeat buyer' })
      .first()
      .click();
    await page.waitForFunction((n) => document.querySelector('[data-testid="size-count"]')?.textContent?.trim() === n, String(repeat));
    expect(await seen(page.getByTestId('sentence'))).toMatch(language === 'zh' ? /复购/ : /[Rr]epeat/);
    await fits(page);
    await page.getByTestId('save-audience').click();
    await page.getByTestId('audience-members').waitFor();
    await page.waitForFunction(
      (n) => document.querySelectorAll('[data-testid="audience-members"] [data-testid="person-link"]').length >= n,
      Math.min(repeat, 5),
    );
    const kept = (await y.get('/api/audiences')).body.items.find((a: Json) => a.name === name);
    expect(kept).toMatchObject({ live: true, rule: { level: 'repeat' } });
    await go('/audiences', 'audiences-page');
    await page.getByText(name).first().waitFor();
    expect(v.faults).toEqual([]);
  });

  it('opens every page, whole and without a fault', async () => {
    // Each page in each language and at each width; all four of them for those that are wide and full of words.
    const whole = (size === 'desktop') === (language === 'zh');
    for (const [path, testId] of pages.filter(([, , both]) => whole || both)) {
      await go(path.replace('{journey}', journey), testId);
      await v.page.waitForLoadState('networkidle');
      const text = await seen(v.page.locator('main').first());
      expect([path, untranslated.exec(text)?.[0]]).toEqual([path, undefined]);
      expect([path, await v.page.getByTestId('problem').count()]).toEqual([path, 0]);
      await fits(v.page);
    }
    expect(await v.page.locator('html').getAttribute('lang')).toBe(language === 'zh' ? 'zh-CN' : 'en');
    expect(v.faults).toEqual([]);
    // Some forty pages, one after the other.
  }, 180_000);
});

describe('at the console', () => {
  it('a wrong password is told, signing in leads where one wanted to go, and the language changes at once', async () => {
    const v = await visit(browser, y.url, { size: 'desktop', language: 'zh' });
    const { page } = v;
    await page.goto('/people');
    await page.getByTestId('email').fill(OWNER.email);
    await page.getByTestId('password').fill('not the password');
    await page.getByTestId('sign-in').click();
    await page.getByTestId('problem').waitFor();
    expect(v.faults.filter((f) => !/sign-in/.test(f))).toEqual([]);
    await page.getByTestId('password').fill(OWNER.password);
    await page.getByTestId('sign-in').click();
    // Where one wanted to go.
    await page.getByTestId('people-page').waitFor();
    expect(await seen(page.getByTestId('menu-people'))).not.toMatch(/People/);
    await page.getByTestId('user-menu').click();
    await page.getByTestId('language').click();
    await page.getByTestId('menu-people').filter({ hasText: 'People' }).waitFor();
    await v.close();
  });

  it('a picture that was being sent takes nothing back that was written meanwhile', async () => {
    const v = await visit(browser, y.url, { size: 'desktop', language: 'en' });
    const { page } = v;
    await signIn(page);
    await page.goto('/content/new');
    let go = () => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    await page.route('**/api/content/files', (route) => held.then(() => route.continue()));
    await page.getByTestId('card-kind').getByText('Picture').click();
    const asked = page.waitForRequest('**/api/content/files');
    await page.locator('input[type=file]').setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: Buffer.from(dot, 'base64') });
    await asked;
    await page.getByTestId('content-body').fill('written meanwhile');
    go();
    await page.locator('img[src*="/api/content/files/"]').first().waitFor();
    expect(await page.getByTestId('content-body').inputValue()).toBe('written meanwhile');
    expect(v.faults).toEqual([]);
    await v.close();
  });

  it('a new operator takes up the second-order flow, adds a step, sees how it would go, and launches it', async () => {
    const v = await visit(browser, y.url, { size: 'desktop', language: 'en' });
    const { page } = v;
    await signIn(page);
    await page.goto('/journeys');
    await page.getByTestId('open-templates').click();
    await page.getByTestId('template-second-order').click();
    await page.waitForURL(/\/journeys\/(?!new)[^/]+$/);
    const id = page.url().split('/').at(-1)!;
    // A step is put on the first way; what it lacks is said on it, in words.
    const steps = (await y.get(`/api/journeys/${id}`)).body.graph.nodes.length;
    await page.getByTestId('add-after-entry').click();
    await page.getByTestId('insert-until').click();
    await page.getByTestId('form-until').waitFor();
    await page.getByTestId('node-until-1').getByText('is missing').waitFor();
    await page.getByTestId('until-event').locator('input').fill('Cart Left');
    await page.getByTestId('node-until-1').getByText('is missing').waitFor({ state: 'detached' });
    await page.getByTestId('node-drawer').locator('.ant-drawer-close').click();
    await page.getByTestId('save-journey').click();
    await until('the step to be saved', async () => (await y.get(`/api/journeys/${id}`)).body.graph.nodes.length === steps + 1);
    expect((await y.get(`/api/journeys/${id}`)).body.problems).toEqual([]);
    // One person's way, before anybody goes it.
    await page.goto(`/journeys/${id}`);
    await page.getByTestId('try').click();
    await page.getByTestId('try-person').locator('input').fill('客人07');
    await page.locator('.ant-select-item-option', { hasText: '客人07' }).click();
    await page.getByTestId('try-steps').waitFor();
    expect(await page.getByTestId('try-steps').textContent()).toContain('Wait until');
    await page.keyboard.press('Escape');
    await page.getByTestId('launch').click();
    await page.getByTestId('confirm-launch').click();
    await page.getByTestId('pause').waitFor();
    expect((await y.get(`/api/journeys/${id}`)).body.state).toBe('running');
    expect(v.faults).toEqual([]);
    await v.close();
  });

  it('a new operator plans an experiment on an audience, launches it, and is told when it can be looked at', async () => {
    const audience = (await y.post('/api/audiences', { name: '买过的客人', rule: { event: 'Order Completed' }, live: true })).body.id;
    const v = await visit(browser, y.url, { size: 'desktop', language: 'en' });
    const { page } = v;
    await signIn(page);
    await page.goto('/experiments');
    await page.getByTestId('new-experiment').click();
    await page.getByTestId('experiment-name').fill('Gift or none');
    await page.getByTestId('audience-picker').click();
    await page.locator('.ant-select-item-option', { hasText: '买过的客人' }).click();
    await page.getByTestId('event-picker').locator('input').fill('Order Completed');
    // How many people it takes stands there before anything is launched.
    await page.waitForFunction(() => /\d/.test(document.querySelector('[data-testid="experiment-plan"]')?.textContent ?? ''));
    await page.getByTestId('launch-experiment').click();
    await page.getByTestId('experiment-page').waitFor();
    const [made] = (await y.get('/api/experiments')).body.items as Json[];
    expect(made).toMatchObject({ name: 'Gift or none', state: 'running', definition: { on: { audienceId: audience } } });
    await until('an arm for everyone', async () => (await y.get(`/api/experiments/${made!.id}/results`)).body.assigned === people);
    await page.reload();
    await page.getByTestId('experiment-answer').getByText('Too early to tell').waitFor();
    expect(v.faults).toEqual([]);
    await v.close();
  });

  it('what fills a template of a provider is typed line by line, and nothing typed goes', async () => {
    const v = await visit(browser, y.url, { size: 'desktop', language: 'en' });
    const { page } = v;
    await signIn(page);
    await page.goto('/settings/channels');
    const lines = page.getByTestId('subscribe-fields').first();
    await lines.pressSequentially('thing1={{ text }}\nname');
    expect(await lines.inputValue()).toBe('thing1={{ text }}\nname');
    await lines.pressSequentially('2=Tea');
    expect(await lines.inputValue()).toBe('thing1={{ text }}\nname2=Tea');
    expect(v.faults).toEqual([]);
    await v.close();
  });

  it('a journey goes through its life by hand', async () => {
    const v = await visit(browser, y.url, { size: 'desktop', language: 'en' });
    const { page } = v;
    await signIn(page);
    await page.goto('/journeys');
    await page.getByText('加购提醒').first().click();
    await page.getByTestId('journey-page').waitFor();
    await page.getByTestId('launch').click();
    await page.getByTestId('confirm-launch').click();
    await page.getByTestId('pause').waitFor();
    expect((await y.get(`/api/journeys/${journey}`)).body.state).toBe('running');
    expect((await y.send('track', { userId: 'buyer-3', event: 'Cart Left' })).status).toBe(200);
    await until('somebody to enter', async () => (await y.get(`/api/journeys/${journey}/results`)).body.entered === 1);
    await page.goto(`/journeys/${journey}?tab=results`);
    await page.getByTestId('journey-results').waitFor();
    expect(digits(await seen(page.getByTestId('journey-entered')))).toBe(1);
    await page.getByTestId('pause').click();
    await page.getByTestId('resume').waitFor();
    expect((await y.get(`/api/journeys/${journey}`)).body.state).toBe('paused');
    expect(v.faults).toEqual([]);
    await v.close();
    expect(y.errors).toEqual([]);
  });
});
