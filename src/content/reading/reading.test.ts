import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import yazl from 'yazl';
import { type Engines, testEngines } from '../../../test/kit.ts';
import { type App, createHttp, manualClock, migrate, silentLog } from '../../base/index.ts';
import { picturesOfZip } from '../import/zip.ts';
import { type Content, createContent, createShares, folderStore, migrations, readingRoutes } from '../index.ts';
import type { ReadEvent } from './ports.ts';

const clock = manualClock('2026-03-01T00:00:00Z');
const ws = 3;
let engines: Engines;
let content: Content;
let app: App;
const told: ReadEvent[] = [];
const seen = new Set<string>();
const signed = { appId: 'wx1', timestamp: 1, nonceStr: 'n', signature: 's' };
const shares = createShares({
  ...{ clock, keys: [Buffer.alloc(32, 3)], publicUrl: 'https://y.example' },
  connected: async (workspace) => workspace === ws,
  sign: async (workspace, url) => ({ ...signed, signature: `${workspace} ${url}` }),
});

beforeAll(async () => {
  engines = await testEngines();
  await migrate(engines.pg, engines.ch, migrations);
  content = createContent({
    ...{ pg: engines.pg, clock, store: folderStore(engines.dir), publicUrl: 'https://y.example' },
    traits: async () => new Map(),
    personNo: async () => undefined,
  });
  app = await createHttp({ log: silentLog, version: '0' });
  readingRoutes(app, {
    shares,
    ...{ pg: engines.pg, clock, log: silentLog, publicUrl: 'https://y.example', keys: [Buffer.alloc(32, 7)] },
    // As the events room does: an id that was written is not written again.
    write: async (_ws, events) => {
      for (const one of events) if (!seen.has(one.messageId)) told.push(one);
      for (const one of events) seen.add(one.messageId);
    },
    messageOf: async (token) =>
      token === 'of-ann' ? { workspaceNo: ws, personNo: 7, outboxId: 'msg_1', channel: 'wecom', journeyId: 'jrn_1' } : undefined,
    personOf: async (_ws, id) => (id === 'v-bo' ? 8 : undefined),
    personId: (no) => `p_${no}`,
    callerOf: (headers) => ({ visitor: `v-${headers['user-agent']}`, counted: headers['user-agent'] !== 'robot' }),
  });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await engines.close();
});

const path = (url: string) => new URL(url).pathname;
const open = (url: string, who: string, cookie = '') =>
  app.inject({ method: 'GET', url, headers: { 'user-agent': who, ...(cookie ? { cookie } : {}) } });
const own = (html: string) => /const t="([\w-]+)",s="([\w-]+)"/.exec(html)!;
const reading = (html: string) => own(html)[1]!;
const share = (html: string) => own(html)[2]!;
const tell = (page: string, what: string, body: object) => app.inject({ method: 'POST', url: `${page}/${what}`, payload: body });

it('a page tells who opened it, how long they read, and through whose hands it went', async () => {
  const html = '<p>正文</p><script>steal()</script>';
  const { pageUrl, id } = await content.create(ws, { name: '换季护肤 <b>', kind: 'article', detail: { html }, topics: ['护肤'] });
  const page = path(pageUrl!);
  // Ann comes by a message; her browser is known from then on, and the address that she could pass on is not hers to read by.
  const first = await open(`${page}?m=of-ann`, 'ann');
  expect(first.statusCode).toBe(302);
  const cookie = String(first.headers['set-cookie']).split(';')[0]!;
  expect(String(first.headers['set-cookie'])).toMatch(/Path=\/r; .*HttpOnly; SameSite=Lax; Secure/);
  const hers = await open(first.headers.location!, 'ann', cookie);
  expect(hers.body).toContain('换季护肤 &lt;b&gt;');
  expect(hers.body).not.toMatch(/steal|<b>/);
  expect(hers.headers['content-security-policy']).toMatch(/default-src 'none'.*script-src 'nonce-/);
  const t = reading(hers.body);
  await tell(page, 'seen', { t, n: 0, seconds: 0, depth: 0 });
  await tell(page, 'seen', { t, n: 1, seconds: 42, depth: 0.8 });
  await tell(page, 'seen', { t, n: 1, seconds: 42, depth: 0.8 });
  expect(told.map((e) => [e.event, e.personNo, e.properties.seconds, e.properties.sharedBy])).toEqual([
    ['Content Viewed', 7, undefined, undefined],
    ['Content Read', 7, 42, undefined],
  ]);
  expect(told[1]!.properties).toMatchObject({
    contentId: id,
    tags: ['护肤'],
    channel: 'wecom',
    outboxId: 'msg_1',
    journeyId: 'jrn_1',
    depth: 0.8,
  });

  // Bo opens what Ann passed on, and Cy what Bo did: nobody is taken for another, and each hand is counted.
  told.length = 0;
  const bos = await open(first.headers.location!, 'bo');
  await tell(page, 'seen', { t: reading(bos.body), n: 0, seconds: 0, depth: 0 });
  const cys = await open(`${page}?s=${share(bos.body)}`, 'cy');
  await tell(page, 'seen', { t: reading(cys.body), n: 0, seconds: 0, depth: 0 });
  await tell(page, 'shared', { t: reading(bos.body) });
  expect(told.map((e) => [e.event, e.personNo ?? e.anonymousId, e.properties.sharedBy, e.properties.generation])).toEqual([
    ['Content Viewed', 'v-bo', 'p_7', 1],
    ['Content Shared', 7, undefined, 1],
    ['Content Viewed', 'v-cy', 'p_8', 2],
    ['Content Shared', 'v-bo', undefined, 2],
  ]);
  // Opening one's own is passing on to nobody; a program that looks at links reads nothing; a reading of another page is none of this.
  told.length = 0;
  const again = await open(`${page}?s=${share(bos.body)}`, 'bo');
  const robot = await open(page, 'robot');
  await tell(page, 'seen', { t: reading(again.body), n: 0, seconds: 0, depth: 0 });
  await tell(page, 'seen', { t: reading(robot.body), n: 0, seconds: 0, depth: 0 });
  expect(told.map((e) => [e.event, e.anonymousId, e.properties.sharedBy])).toEqual([['Content Viewed', 'v-bo', undefined]]);
  const other = await content.create(ws, { name: 'x', kind: 'qa', body: 'a', detail: { question: 'q?' } });
  expect((await tell(path(other.pageUrl!), 'seen', { t, n: 2, seconds: 1, depth: 0 })).statusCode).toBe(400);
});

it('leads on to an H5 address and counts it; shows nothing whose rights have run out, or that was never approved', async () => {
  told.length = 0;
  const h5 = await content.create(ws, { name: 'h5', kind: 'h5', link: { url: 'https://shop.example/a?b=1' } });
  const led = await open(path(h5.pageUrl!), 'dee');
  expect([led.statusCode, led.headers.location, told.map((e) => e.event)]).toEqual([302, 'https://shop.example/a?b=1', ['Content Viewed']]);
  const qa = await content.create(ws, { name: '问', kind: 'qa', body: '{{ person.name }}七天内可退', detail: { question: '能退吗？' } });
  expect((await open(path(qa.pageUrl!), 'dee')).body).toContain('七天内可退');
  await content.settings.set(ws, { onlyApproved: true });
  expect((await open(path(qa.pageUrl!), 'dee')).statusCode).toBe(404);
  await content.settings.set(ws, { onlyApproved: false });
  await content.change(ws, qa.id, { rights: { until: '2026-02-01T00:00:00Z', note: '' } });
  expect((await open(path(qa.pageUrl!), 'dee')).statusCode).toBe(410);
  for (const url of ['/r/x', `/r/${'0'.repeat(32)}`]) expect((await open(url, 'dee')).statusCode).toBe(404);
});

it('takes in a table with its pictures; the same again changes nothing; bad rows are named and the others go on', async () => {
  const zip = new yazl.ZipFile();
  const picture = await sharp({ create: { width: 20, height: 20, channels: 3, background: '#396' } })
    .png()
    .toBuffer();
  zip.addBuffer(picture, '图/care.png');
  zip.addBuffer(Buffer.from('<script>'), '图/bad.png');
  zip.addBuffer(Buffer.from('x'), '__MACOSX/._care.png');
  zip.end();
  const at = join(engines.dir, 'p.zip');
  await pipeline(zip.outputStream, createWriteStream(at));
  const columns = ['编号', '名称', '形式', '正文', '链接', '场景', '回答', '图片', '授权到期'];
  const rows = [
    ['a', '换季', '图片', '', '', '上新；种草', '为什么需要', 'care.png', '2027-01-31'],
    ['b', '券', '文字', '{{ person.name }} 的券', 'https://x.y/z', '二单', '', '', ''],
    ['c', '坏模板', '文字', '{{ persn.name }}', '', '', '', '', ''],
    ['b', '又是 b', '文字', 'x', '', '', '', '', ''],
    ['d', '坏图', '图片', '', '', '', '', 'bad.png', ''],
    ['e', '没有图', '图片', '', '', '', '', 'none.png', ''],
    ['', '', '', '', '', '', '', '', ''],
  ];
  const run = async (dryRun: boolean) => {
    const archive = await picturesOfZip(at);
    const table = {
      columns,
      async *rows() {
        for (const [i, values] of rows.entries()) yield { n: i + 2, values };
      },
    };
    const report = await content.importItems(5, { table, pictures: archive.pictures }, dryRun, 'Ann');
    archive.close();
    return report;
  };
  expect(await run(true)).toMatchObject({ rows: 6, created: 3, changed: 0, pictures: 0 });
  expect((await content.list(5, { limit: 9 })).items).toEqual([]);
  const report = await run(false);
  expect(report).toMatchObject({ created: 2, changed: 0, same: 0, pictures: 1 });
  expect(report.rejected.map((r) => [r.row, r.errors[0]!.field])).toEqual([
    [4, 'body'],
    [5, 'key'],
    [6, 'file'],
    [7, 'picture'],
  ]);
  expect(await run(false)).toMatchObject({ created: 0, changed: 0, same: 2 });
  rows[1]![3] = '{{ person.name }} 的新券';
  expect(await run(false)).toMatchObject({ created: 0, changed: 1, same: 1 });
  const [one] = (await content.list(5, { limit: 9, query: '换季' })).items;
  expect(one).toMatchObject({
    kind: 'image',
    scenes: ['上新', '种草'],
    answers: ['why_need'],
    rights: { until: '2027-01-31T23:59:59+08:00' },
    createdBy: 'Ann',
  });
  const alone = await picturesOfZip(at);
  expect(await content.importItems(6, { pictures: alone.pictures }, false, 'Ann')).toMatchObject({
    rows: 2,
    created: 1,
    rejected: [{ name: 'bad' }],
  });
  alone.close();
  await expect(picturesOfZip(join(engines.dir, 'none.zip'))).rejects.toMatchObject({ status: 400 });
});

const pixel = async (): Promise<string> => {
  const png = sharp({ create: { width: 4, height: 4, channels: 3, background: '#c02030' } }).png();
  return (await content.files.add(ws, Readable.from([await png.toBuffer()]), { name: 'c.png', by: null })).id;
};

it('a page is passed on as a card; inside WeChat it has its own address signed, and no other', async () => {
  const cover = { kind: 'picture' as const, picture: await pixel() };
  const item = await content.create(ws, { name: '新品 <上架>', kind: 'qa', body: '先看看', detail: { question: '怎么用？' }, card: cover });
  const page = path(item.pageUrl!);
  const plain = (await open(page, 'browser')).body;
  for (const part of [
    'property="og:title" content="新品 &lt;上架&gt;"',
    'property="og:description" content="先看看"',
    'name="twitter:card" content="summary_large_image"',
  ])
    expect(plain).toContain(part);
  expect(plain).toContain(`property="og:image" content="https://y.example/api/content/files/${cover.picture}"`);
  // Whoever passes it on is in the address of the card.
  expect(plain).toContain(`property="og:url" content="https://y.example${page}?s=${share(plain)}"`);
  expect(plain).not.toContain('jweixin');
  expect((await open(page, 'MicroMessenger wxwork')).body).not.toContain('jweixin');
  const inside = (await open(page, 'MicroMessenger')).body;
  expect(inside).toContain('https://res.wx.qq.com/open/js/jweixin-1.6.0.js');
  const token = /,t="([\w-]+)",first=/.exec(inside)![1]!;
  const at = `https://y.example${page}?s=abc`;
  expect(await shares.sign(token, at)).toEqual({ ...signed, signature: `${ws} ${at}` });
  for (const [t, url] of [
    [token, 'https://y.example/c/another'],
    [token, `https://evil.example${page}`],
    [`${token}x`, at],
    [token, 'no address'],
  ])
    await expect(shares.sign(t!, url!)).rejects.toMatchObject({ status: 400 });
});
