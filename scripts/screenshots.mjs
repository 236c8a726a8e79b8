// Pictures of the console for the docs, from a running program: node scripts/with-node.mjs scripts/screenshots.mjs [url] [email] [password]
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
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
  const picture = await page.screenshot({ fullPage: full });
  // 128 colours are enough for a page, and a third of the bytes.
  await sharp(picture)
    .png({ palette: true, colours: 128, effort: 10 })
    .toFile(join(out, `${name}.png`));
  await page.close();
  console.log(name);
}

const desktop = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
await signIn(desktop);
const first = async (path) => (await (await desktop.request.get(url + path)).json()).items?.[0]?.id;
const [audience, other] = (await (await desktop.request.get(`${url}/api/audiences`)).json()).items.map((a) => a.id);
const tag = (await (await desktop.request.get(`${url}/api/definitions`)).json()).tags[0]?.id;
const pages = {
  overview: '/',
  position: '/position',
  suitability: '/suitability',
  touchpoints: '/touchpoints',
  touchpoint: `/touchpoints/${await first('/api/touchpoints?kind=live_code')}`,
  batches: '/touchpoints/batches',
  ways: '/touchpoints/ways',
  trials: '/touchpoints/trials',
  staff: '/staff',
  'binding-rules': '/staff?tab=rules',
  people: '/people',
  person: `/people/${await first('/api/people?level=repeat&limit=1')}`,
  identity: '/identity',
  audiences: '/audiences',
  'audience-new': '/audiences/new',
  audience: `/audiences/${audience}`,
  compare: `/audiences/compare?ids=${[audience, other].filter(Boolean).join(',')}`,
  definitions: '/definitions',
  tag: `/tags/${tag}`,
  ladder: '/ladder',
  value: '/value',
  koc: '/koc',
  heat: '/heat',
  content: '/content',
  'content-effect': '/content/effect',
  posters: '/posters',
  poster: `/posters/${await first('/api/posters')}`,
  matching: '/matching',
  journeys: '/journeys',
  journey: `/journeys/${await first('/api/journeys')}`,
  sop: '/sop',
  coupons: '/coupons',
  coupon: `/coupons/${await first('/api/coupons')}`,
  experiments: '/experiments',
  experiment: `/experiments/${await first('/api/experiments')}`,
  reach: '/reach',
  moments: '/moments',
  messages: '/messages',
  groups: '/groups',
  calendar: '/groups/calendar',
  funnel: '/funnel',
  retention: '/retention',
  paths: '/explore/paths',
  stickiness: '/explore/stickiness',
  lifecycle: '/explore/lifecycle',
  distribution: '/explore/distribution',
  worth: '/explore/worth',
  trend: '/explore/trend',
  sources: '/sources',
  imports: '/imports',
  catalogue: '/catalogue',
  health: '/health',
  channels: '/settings/channels',
  policy: '/settings/policy',
  privacy: '/settings/privacy',
  audit: '/settings/audit',
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
for (const name of ['overview', 'people', 'person', 'journeys', 'journey', 'audience-new', 'touchpoints'])
  await shoot(phone, `${name}-phone`, pages[name]);
await browser.close();
