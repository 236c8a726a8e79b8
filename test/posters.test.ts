import { readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import yauzl from 'yauzl';
import { pageSignature } from '../src/channels/index.ts';
import { personNo } from '../src/people/index.ts';
import { createWechatSimulator, startMailServer, type WechatSimulator } from '../src/simulators/index.ts';
import { readPicture } from '../src/touchpoints/index.ts';
import { type Json, type Running, running, until } from './running.ts';

/** Posters of people, from a template to whoever came by one: on the whole program. */
let y: Running;
let pictures: Server;
let wechat: WechatSimulator;
let mail: Awaited<ReturnType<typeof startMailServer>>;
let face = '';
let posterId = '';
let pointId = '';
const phone = { 'user-agent': 'Mozilla/5.0 MicroMessenger' };

const made = async (answer: Promise<{ status: number; body: Json }>): Promise<Json> => {
  const { status, body } = await answer;
  expect(status, JSON.stringify(body)).toBeLessThan(300);
  return body;
};
const layers = [
  {
    id: 'who',
    type: 'text',
    x: 40,
    y: 60,
    width: 600,
    height: 90,
    size: 48,
    colour: '#222222',
    text: '{{ person.name }}邀请你',
    fallback: '邀请你',
  },
  { id: 'face', type: 'avatar', x: 40, y: 400, width: 100, height: 100 },
  { id: 'code', type: 'code', x: 440, y: 1000, width: 240, height: 240 },
];
const doc = (more: object = {}) => ({
  width: 750,
  height: 1334,
  background: { colour: '#ffffff' },
  leadsTo: { touchpointId: pointId },
  layers,
  ...more,
});
const addressOf = async (personId: string): Promise<string> =>
  new URL((await made(y.post(`/api/posters/${posterId}/link`, { personId }))).url).pathname;
const fetchPicture = async (path: string) => {
  const answer = await fetch(`${y.url}${path}`);
  return { status: answer.status, tag: answer.headers.get('etag'), bytes: Buffer.from(await answer.arrayBuffer()) };
};
/** What the code on somebody's poster says. */
const codeOn = async (path: string): Promise<string> => (await readPicture((await fetchPicture(`${path}.jpg`)).bytes)) ?? '';
const person = async (userId: string, traits: object): Promise<string> => {
  await made(y.send('identify', { userId, traits }));
  return (await y.person(`user_id:${userId}`)).id;
};
const sharers = async (): Promise<Json[]> => {
  await y.system.touchpoints.flush();
  await y.system.events.flush();
  return (await made(y.get(`/api/touchpoints/${pointId}/sharers`))).items;
};

beforeAll(async () => {
  const png = await sharp({ create: { width: 40, height: 40, channels: 3, background: '#c02030' } })
    .png()
    .toBuffer();
  pictures = createServer((_req, res) => res.setHeader('content-type', 'image/png').end(png));
  await new Promise<void>((ready) => pictures.listen(0, '127.0.0.1', ready));
  const host = `127.0.0.1:${(pictures.address() as AddressInfo).port}`;
  face = `http://${host}/face.png`;
  wechat = createWechatSimulator({ seed: 'posters' });
  const [platform, server] = await Promise.all([wechat.listen(), startMailServer()]);
  mail = server;
  const allow = { YUTANG_WEBHOOK_ALLOW: host, YUTANG_SMTP_ALLOW: '127.0.0.1' };
  y = await running({ env: { ...allow, WECOM_BASE_URL: platform, WECHAT_BASE_URL: platform } });
  pointId = (await made(y.post('/api/touchpoints', { kind: 'short_link', name: 'Invite', url: 'https://shop.example/in' }))).id;
  posterId = (await made(y.post('/api/posters', { name: '邀请', key: 'invite', doc: doc() }))).id;
});
afterAll(async () => {
  await y?.close();
  pictures?.close();
  await Promise.all([wechat?.close(), mail?.close()]);
});

it("gives everybody a poster with a code of their own, whose scan is put down to them; the scanner's own code is nobody's merit", async () => {
  const [ann, bo] = await Promise.all([person('ann', { name: '安安', avatar: face }), person('bo', { name: '小波' })]);
  const [anns, bos] = await Promise.all([addressOf(ann), addressOf(bo)]);
  const [code, other] = await Promise.all([codeOn(anns), codeOn(bos)]);
  expect(code).toMatch(/\/s\/[0-9a-z]{10}$/);
  expect(other).not.toBe(code);
  expect(await codeOn(anns)).toBe(code);

  // The same again comes from the shelf, and is not sent to who has it.
  const first = await fetchPicture(`${anns}.jpg`);
  expect((await fetch(`${y.url}${anns}.jpg`, { headers: { 'if-none-match': first.tag! } })).status).toBe(304);
  // The face that was fetched stands in it, red on the left.
  const { data } = await sharp(first.bytes)
    .extract({ left: 85, top: 445, width: 2, height: 2 })
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect(data[0]! > 150 && data[1]! < 80).toBe(true);
  // Another name is another picture.
  await person('ann', { name: '安妮' });
  await until('the new name', async () => (await fetchPicture(`${anns}.jpg`)).tag !== first.tag);

  const page = await y.get(anns, { key: null });
  expect(page.body).toContain(`${anns}.jpg`);
  expect(page.body).toContain(`property="og:image" content="${y.url}${anns}.jpg"`);
  expect(page.body).not.toContain('jweixin');
  for (const wrong of [`${anns.slice(0, -1)}x`, anns.replace(/poster\/./, 'poster/0')]) {
    expect((await y.get(wrong, { key: null })).status).toBe(404);
    expect((await fetchPicture(`${wrong}.jpg`)).status).toBe(404);
  }

  const scan = (headers: object = {}) => y.get(new URL(code).pathname, { key: null, headers: { ...phone, ...headers } });
  const led = await scan();
  expect([led.status, led.headers.get('location')]).toEqual([302, 'https://shop.example/in']);
  await scan();
  const own = (await scan()).headers.getSetCookie()[0]!.split(';')[0]!;
  await made(y.send('identify', { userId: 'ann', anonymousId: own.slice('yt_v='.length) }));
  expect(await sharers()).toEqual([{ personId: ann, scans: 2, people: 2 }]);
  const figures = (await made(y.get(`/api/touchpoints/figures?ids=${pointId}`))).items[0];
  expect(figures.scans).toBe(3);
});

it('goes with messages as a picture: on WeCom, in its welcome, in a reply of an official account, in a mail, to each their own', async () => {
  const { control } = wechat;
  const keys = { token: 'a-token-of-ours', encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' };
  const put = (path: string, body: object) => made(y.call({ method: 'PUT', path, body }));
  await put('/api/policy', { quietHours: null });
  const { corpid } = control.createCorp({ corpid: 'wwposters00000001' });
  const { agentid, secret } = control.createApp({ corpid, agentid: 1000002, secret: 'corp-secret' });
  control.addStaff(corpid, { userid: 'li', name: '李' });
  const wecom = await put('/api/channels/wecom', { corpId: corpid, agentId: agentid, secret, ...keys, welcome: { poster: posterId } });
  expect(await control.setCallback({ corpid, agentid, url: `${y.url}/wecom/callback/${wecom.id}`, ...keys })).toMatchObject({ ok: true });
  const { appid } = control.createWxAccount({ appid: 'wxposters0000001', secret: 'oa-secret', kind: 'official_account' });
  const official = await put('/api/channels/official_account', { appId: appid, secret: 'oa-secret', ...keys });
  expect(await control.setWxCallback(appid, { url: `${y.url}/wechat/callback/${official.id}`, ...keys })).toMatchObject({ ok: true });
  await put('/api/channels/email', { host: '127.0.0.1', port: mail.port, security: 'none', fromAddress: 'hello@shop.example' });

  const customers = ['张三', '李四'].map((name) => control.addCustomer(corpid, { name }).external_userid);
  for (const external_userid of customers) control.addFriend({ corpid, userid: 'li', external_userid });
  const followers = ['wang', 'zhao'].map((one) => control.wxUser(appid, one).openid);
  for (const one of ['wang', 'zhao']) {
    control.subscribe(appid, one);
    control.writeToAccount(appid, one, '你好');
  }
  const boxes = ['eve@posters.example', 'fay@posters.example'];
  for (const [i, email] of boxes.entries())
    await made(
      y.send('identify', { userId: `mail-${i}`, traits: { name: `信${i}` }, context: { externalIds: [{ type: 'email', id: email }] } }),
    );
  const idsOf = (type: string, values: string[]) => Promise.all(values.map(async (v) => (await y.person(`${type}:${v}`)).id as string));
  const [friends, fans, readers] = await Promise.all([
    idsOf(
      'wecom_external_userid',
      customers.map((one) => `${corpid}:${one}`),
    ),
    idsOf(
      'wechat_openid',
      followers.map((one) => `${appid}:${one}`),
    ),
    idsOf('email', boxes),
  ]);
  await until('that they may be answered', async () => {
    const rows = await y.system.pg.query('SELECT 1 FROM wechat_followers WHERE talk_left >= 2 AND app_id = $1', [appid]);
    return rows.length === 2;
  });

  const contentId = (
    await made(
      y.post('/api/content', { name: '邀请函', body: '你的海报 {{ person.posters.invite }}', card: { kind: 'poster', poster: posterId } }),
    )
  ).id;
  const refused = await y.post('/api/content', { name: 'x', body: 'x', card: { kind: 'poster', poster: 'pst_nobody' } });
  expect([refused.status, refused.body.errors[0].field]).toEqual([400, 'card.poster']);
  const inUse = await y.call({ method: 'DELETE', path: `/api/posters/${posterId}` });
  expect([inUse.status, inUse.body.detail]).toEqual([409, 'Take it out of this content first: 邀请函.']);
  expect(await made(y.post(`/api/content/${contentId}/render`, { channel: 'sms' }))).toMatchObject({
    poster: posterId,
    posterNote: 'left_out',
  });

  const at = { dueAt: new Date(), queuedAt: new Date() };
  for (const [channel, ids] of Object.entries({ wecom: friends, official_account: fans, email: readers }))
    await y.system.channels.enqueue(y.system.pg, 1, {
      ...{ channel, contentId, ...at },
      items: ids.map((id) => ({ personNo: personNo(id), key: `${channel}:${id}` })),
    });
  y.system.channels.wake();

  const mine = async (ids: string[]) => Promise.all(ids.map(async (id) => codeOn(await addressOf(id))));
  const client = y.system.wecom.client({ corpId: corpid, secret });
  const shown = async (media_id: string) => readPicture(Buffer.from((await client.call('media.get', { media_id })).data));
  const pictureIn = (message: Json | undefined): string | undefined =>
    message?.attachments.find((a: Json) => a.msgtype === 'image')?.image.media_id;
  for (const kind of ['welcome', 'mass'] as const) {
    const media = await Promise.all(
      customers.map((one) =>
        until(`${kind} of ${one}`, async () => {
          for (const task of control.pendingMass(corpid)) control.confirmMass({ corpid, ...task });
          return pictureIn(control.inbox(corpid, one).find((m) => (m.kind === 'welcome') === (kind === 'welcome')) as Json | undefined);
        }),
      ),
    );
    expect(await Promise.all(media.map(shown))).toEqual(await mine(friends));
  }
  const replies = await Promise.all(
    followers.map((openid) =>
      until(`replies to ${openid}`, async () => (control.wxSent(appid, openid).length === 2 ? control.wxSent(appid, openid) : undefined)),
    ),
  );
  expect(replies.map((list) => list.map((one) => (one.body as Json).msgtype))).toEqual([
    ['image', 'text'],
    ['image', 'text'],
  ]);
  // The words hold the address of their own page.
  for (const [i, list] of replies.entries()) expect(JSON.stringify(list[1]!.body)).toContain(`${y.url}${await addressOf(fans[i]!)}`);
  const pictured = replies.map((list) => readPicture(control.wxPicture(appid, (list[0]!.body as Json).image.media_id)));
  expect(await Promise.all(pictured)).toEqual(await mine(fans));
  // Inside WeChat the page says how it is shared, signed with the account's ticket, which is asked for once.
  const address = await addressOf(fans[0]!);
  const inside = await y.get(address, { key: null, headers: phone });
  const token = /,t="([\w-]+)",first=/.exec(inside.body)![1]!;
  for (const url of [`${y.url}${address}`, `${y.url}${address}?from=singlemessage`]) {
    const { body: signed } = await y.get(`/share/wechat?${new URLSearchParams({ t: token, url })}`, { key: null });
    const ticket = `jsapi-${Buffer.from(`${appid}:posters`).toString('base64url')}`;
    expect(signed.appId).toBe(appid);
    expect(signed.signature).toBe(pageSignature({ ticket, nonce: signed.nonceStr, timestamp: signed.timestamp, url }));
  }
  expect(control.calls().filter((call) => call.path.endsWith('/ticket/getticket'))).toHaveLength(1);
  const stolen = await y.get(`/share/wechat?${new URLSearchParams({ t: token, url: `${y.url}/poster/x/y` })}`, { key: null });
  expect([stolen.status, stolen.body.errors[0].field]).toEqual([400, 'url']);

  const mails = await Promise.all(boxes.map((box) => until(`the mail to ${box}`, async () => mail.taken.find((one) => one.to === box))));
  const mailed = mails.map(({ raw }) => {
    expect(raw).toMatch(/src=3D"cid:poster"|src="cid:poster"/);
    return readPicture(Buffer.from(/Content-ID: <poster>[\s\S]*?\r\n\r\n([A-Za-z0-9+/=\r\n]+)/i.exec(raw)![1]!, 'base64'));
  });
  expect(await Promise.all(mailed)).toEqual(await mine(readers));
}, 180_000);

it('follows merges; who is erased is on no picture any more, and their code leads in for nobody', async () => {
  const [cy, cy2] = await Promise.all([person('cy', { name: '曹一' }), person('cy2', { name: '曹二' })]);
  const address = await addressOf(cy2);
  const code = await codeOn(address);
  await made(y.post(`/api/people/${cy}/merge`, { with: cy2, force: true, reason: 'one and the same' }));
  const one = await until('the merge', async () => {
    const [a, b] = [await y.person('user_id:cy'), await y.person('user_id:cy2')];
    return a.id === b.id ? (a.id as string) : undefined;
  });
  expect((await fetchPicture(`${address}.jpg`)).status).toBe(200);
  await y.get(new URL(code).pathname, { key: null, headers: phone });
  expect((await sharers()).find((s) => s.personId === one)).toMatchObject({ people: 1 });

  const dir = join(y.system.config.dataDir, 'posters');
  const before = kept(dir);
  expect(before.length).toBeGreaterThan(0);
  await made(y.call({ method: 'DELETE', path: `/api/people/${one}`, body: { reason: 'asked' } }));
  await until('the erasure', async () => (await fetchPicture(`${address}.jpg`)).status === 404, 120_000);
  // What was drawn of them at the last moment goes as well.
  await until('the pictures', async () => kept(dir).length < before.length, 120_000);
  expect((await y.get(new URL(code).pathname, { key: null, headers: phone })).status).toBe(302);
  expect((await sharers()).map((s) => s.personId)).not.toContain(one);
});

it('makes those of an audience ahead, as an archive that follows who is left', async () => {
  for (const i of [1, 2, 3]) await person(`batch-${i}`, { name: `客${i}`, wave: 'a' });
  const rule = { trait: 'wave', op: '=', value: 'a' };
  const audienceId = (await made(y.post('/api/audiences', { name: 'Wave', rule, live: false }))).id;
  const batch = await made(y.post(`/api/posters/${posterId}/batches`, { audienceId }));
  expect(batch).toMatchObject({ total: 3, audienceName: 'Wave', version: 1 });
  const done = await until('the batch', async () => {
    const now = (await y.get(`/api/poster-batches/${batch.id}`)).body;
    return now.state === 'running' ? undefined : now;
  });
  expect(done).toMatchObject({ state: 'done', done: 3, failed: 0, parts: 1 });
  expect((await y.get(`/api/jobs/${batch.jobId}`)).body.progress).toEqual({ done: 3, total: 3 });
  const zip = Buffer.from(
    await (
      await fetch(`${y.url}/api/poster-batches/${batch.id}/parts/1`, { headers: { authorization: `Bearer ${'api-key-of-the-tests'}` } })
    ).arrayBuffer(),
  );
  const inside = await unzip(zip);
  expect([...inside.keys()].filter((name) => name.endsWith('.jpg'))).toHaveLength(3);
  const codes = await Promise.all([...inside].filter(([name]) => name.endsWith('.jpg')).map(([, bytes]) => readPicture(bytes)));
  expect(new Set(codes).size).toBe(3);
  expect((await y.get(`/api/poster-batches/${batch.id}/parts/2`)).status).toBe(404);
});

it('gives back, when two are told apart again, the code, the pictures and the place in a batch that were theirs', async () => {
  const [gil, hal] = await Promise.all([person('gil', { name: '吉一' }), person('hal', { name: '哈二', wave: 'b' })]);
  const rule = { trait: 'wave', op: '=', value: 'b' };
  const audienceId = (await made(y.post('/api/audiences', { name: 'Wave b', rule, live: false }))).id;
  const batch = await made(y.post(`/api/posters/${posterId}/batches`, { audienceId }));
  await until('the batch', async () => (await y.get(`/api/poster-batches/${batch.id}`)).body.state === 'done');
  const theirs = await codeOn(await addressOf(hal));
  const of = (table: string, where: string, value: string) =>
    y.system.pg.query<{ no: number }>(`SELECT DISTINCT person_no AS no FROM ${table} WHERE workspace_no = 1 AND ${where} = $1`, [value]);
  const owner = () => of('personal_code_owners', 'key', theirs.split('/').at(-1)!);
  const inBatch = () => of('poster_batch_people', 'batch_id', batch.id);
  expect(await inBatch()).toEqual([{ no: personNo(hal) }]);
  await made(y.post(`/api/people/${gil}/merge`, { with: hal, force: true, reason: 'one and the same' }));
  const one = await until('the merge', async () => {
    const [a, b] = [await y.person('user_id:gil'), await y.person('user_id:hal')];
    return a.id === b.id ? (a.id as string) : undefined;
  });
  const whose = async () => [(await inBatch()).map(({ no }) => no), (await owner()).map(({ no }) => no)];
  await expect.poll(whose, { timeout: 60_000 }).toEqual([[personNo(one)], [personNo(one)]]);
  const leaves = one === gil ? 'hal' : 'gil';
  const apart = (await made(y.post(`/api/people/${one}/split`, { identities: [{ type: 'user_id', id: leaves }] }))).newPerson.id;
  const now = leaves === 'hal' ? apart : one;
  await expect.poll(whose, { timeout: 60_000 }).toEqual([[personNo(now)], [personNo(now)]]);
  expect(await codeOn(await addressOf(now))).toBe(theirs);
}, 180_000);

it('shows a document as it would look and says what is amiss; keeps versions; refuses what cannot be read', async () => {
  const small = { ...layers[2], width: 80, height: 80 };
  const shown = await made(
    y.post('/api/posters/preview', { doc: doc({ layers: [{ ...layers[0], text: '𠮷'.repeat(3) }, small] }), width: 300 }),
  );
  expect(shown.notes.map((n: Json) => `${n.layer}:${n.what}`)).toEqual(['code:code_small', 'who:glyph_missing']);
  const meta = await sharp(Buffer.from(shown.picture.split(',')[1], 'base64')).metadata();
  expect([meta.format, meta.width, meta.height]).toEqual(['jpeg', 300, 534]);
  for (const { doc: ready } of (await made(y.get('/api/posters/ready'))).items)
    expect(
      (await made(y.post('/api/posters/preview', { doc: ready, width: 200 }))).notes.filter((n: Json) => /^text_|glyph/.test(n.what)),
    ).toEqual([]);

  const bad = await y.post('/api/posters', { name: 'x', doc: doc({ layers: [{ ...layers[0], text: '{{ persn.name }}' }] }) });
  expect([bad.status, bad.body.errors[0].field]).toEqual([400, 'doc.layers.0.text']);
  expect((await y.post('/api/posters', { name: 'x', key: 'invite', doc: doc() })).status).toBe(409);
  const changed = await made(
    y.call({ method: 'PATCH', path: `/api/posters/${posterId}`, body: { version: 1, doc: doc({ layers: [small] }) } }),
  );
  expect(changed).toMatchObject({ version: 2, notes: [{ what: 'code_small', grave: true }] });
  expect((await y.call({ method: 'PATCH', path: `/api/posters/${posterId}`, body: { version: 1, name: 'y' } })).status).toBe(409);
  expect(await made(y.post(`/api/posters/${posterId}/restore`, { version: 1 }))).toMatchObject({ version: 3, doc: { layers } });
  expect((await made(y.get(`/api/posters/${posterId}/versions`))).items).toHaveLength(3);
});

/** Files that show somebody. */
const kept = (dir: string): string[] =>
  readdirSync(join(dir, 'people'), { recursive: true, encoding: 'utf8' }).filter((name) => /\.\w+$/.test(name));

const unzip = (bytes: Buffer): Promise<Map<string, Buffer>> =>
  new Promise((done, failed) => {
    yauzl.fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error) return failed(error);
      const found = new Map<string, Buffer>();
      zip.on('entry', (entry: yauzl.Entry) =>
        zip.openReadStream(entry, (e, stream) => {
          if (e) return failed(e);
          const parts: Buffer[] = [];
          stream.on('data', (part: Buffer) => parts.push(part));
          stream.on('end', () => {
            found.set(entry.fileName, Buffer.concat(parts));
            zip.readEntry();
          });
        }),
      );
      zip.on('end', () => done(found));
      zip.readEntry();
    });
  });
