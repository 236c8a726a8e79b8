import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const places = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export async function openBrowser(): Promise<Browser> {
  const executablePath = places.find((place) => place && existsSync(place));
  if (!executablePath) throw new Error('No Chromium was found; set CHROMIUM_PATH, or run the tests by `npm test`, which installs one.');
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'] });
}

export const sizes = { desktop: { width: 1366, height: 860 }, phone: { width: 390, height: 844 } };

/** A page of a visitor of their own, who writes down whatever goes wrong. */
export interface Visit {
  page: Page;
  faults: string[];
  close(): Promise<void>;
}

export async function visit(browser: Browser, url: string, how: { size: keyof typeof sizes; language: 'zh' | 'en' }): Promise<Visit> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: sizes[how.size],
    ...(how.size === 'phone' ? { hasTouch: true, isMobile: true } : {}),
    locale: how.language === 'zh' ? 'zh-CN' : 'en-GB',
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
  });
  await context.addInitScript((language) => {
    if (!localStorage.getItem('yutang.language')) localStorage.setItem('yutang.language', language);
  }, how.language);
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const faults: string[] = [];
  // Whoever is not signed in is asked to: the only answer that may be a refusal.
  const asked = (at: string, status: number) => status === 401 && new URL(at).pathname === '/api/me';
  page.on('console', (message) => {
    const from = message.location().url;
    if (['error', 'warning'].includes(message.type()) && !(from && /401/.test(message.text()) && asked(from, 401))) {
      faults.push(`console ${message.type()}: ${message.text()} (${from})`);
    }
  });
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('response', (answer) => {
    if (answer.status() >= 400 && !asked(answer.url(), answer.status())) faults.push(`${answer.status()} ${answer.url()}`);
  });
  page.on('requestfailed', (request) => {
    // What is still under way when the page is left is given up by the browser itself.
    const why = request.failure()?.errorText ?? '';
    if (why !== 'net::ERR_ABORTED') faults.push(`${why} ${request.url()}`);
  });
  return { page, faults, close: () => context.close() };
}
