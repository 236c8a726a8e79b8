// Pictures of the console for the docs, from a running program: node scripts/with-node.mjs scripts/screenshots.mjs [url] [email] [password]
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumPlaces } from './chromium.mjs';
import { root } from './runtime.mjs';

const [url = 'http://127.0.0.1:7100', email = 'owner@yutang.local', password = ''] = process.argv.slice(2);
const only = process.env.ONLY?.split(',');
const out = process.env.OUT ?? join(root, 'docs', 'images');
mkdirSync(out, { recursive: true });
const browser = await chromium.launch({
  executablePath: chromiumPlaces.find((p) => p && existsSync(p)),
  args: ['--no-sandbox', '--disable-gpu', '--lang=zh-CN'],
});

async function signIn(context) {
  const answer = await context.request.post(`${url}/api/auth/sign-in/email`, { data: { email, password }, headers: { origin: url } });
  if (!answer.ok()) throw new Error(`sign-in: ${answer.status()}`);
}

async function shoot(context, name, path, full = false) {
  if (only && !only.includes(name)) return;
  const page = await context.newPage();
  page.on('pageerror', (error) => console.log(`${name}: ${error.message}`));
  await page.goto(url + path, { waitUntil: 'networkidle', timeout: 90_000 }).catch(() => {});
  // A picture shows the page, not its waiting.
  await page
    .waitForFunction(() => !document.querySelector('.ant-skeleton, .ant-spin-spinning'), undefined, { timeout: 90_000 })
    .catch(() => console.log(`${name}: still loading`));
  await page.waitForTimeout(1500);
  await page.screenshot({ path: join(out, `${name}.png`), fullPage: full });
  await page.close();
  console.log(name);
}

const desktop = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
await signIn(desktop);
const first = async (path) => (await (await desktop.request.get(url + path)).json()).items?.[0]?.id;
const pages = {
  overview: '/',
  people: '/people',
  person: `/people/${await first('/api/people?level=repeat&limit=1')}`,
  audiences: '/audiences',
  'audience-new': '/audiences/new',
  definitions: '/definitions',
  content: '/content',
  journeys: '/journeys',
  journey: `/journeys/${await first('/api/journeys')}`,
  messages: '/messages',
  funnel: '/funnel',
  retention: '/retention',
  imports: '/imports',
  catalogue: '/catalogue',
  health: '/health',
  position: '/position',
  suitability: '/suitability',
  value: '/value',
  heat: '/heat',
  koc: '/koc',
  paths: '/explore/paths',
  ladder: '/ladder',
  touchpoint: `/touchpoints/${await first('/api/touchpoints?kind=live_code')}`,
  settings: '/settings/channels',
  'binding-rules': '/staff?tab=rules',
};
for (const [name, path] of Object.entries(pages)) await shoot(desktop, name, path);
const phone = await browser.newContext({
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  locale: 'zh-CN',
  timezoneId: 'Asia/Shanghai',
  isMobile: true,
});
await signIn(phone);
for (const name of ['overview', 'people', 'journeys', 'journey', 'audience-new', 'settings'])
  await shoot(phone, `${name}-phone`, pages[name]);
await browser.close();
