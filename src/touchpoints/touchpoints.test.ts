import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBuffer } from 'yauzl';
import { type Json, type Running, running, until } from '../../test/running.ts';
import { logoOf, readPicture } from './pictures/png.ts';
import { printPng } from './pictures/print.ts';

let y: Running;
beforeAll(async () => {
  y = await running();
});
afterAll(async () => {
  expect(y.errors).toEqual([]);
  await y?.close();
});

const phone = 'Mozilla/5.0 (iPhone) MicroMessenger/8.0.50';
const open = (path: string, more: Record<string, string> = {}) => y.get(path, { key: null, headers: { 'user-agent': phone, ...more } });
const cookieOf = (answer: { headers: Headers }) => /yt_v=[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? '';
const make = async (body: Json) => {
  const made = await y.post('/api/touchpoints', body);
  expect(made.body.errors ?? made.status).toBe(201);
  return made.body as Json;
};
const group = (no: number, more: object = {}) => ({
  no,
  kind: 'group',
  name: `老客群${no}`,
  content: `https://work.weixin.qq.com/gm/group${no}`,
  ...more,
});
const settled = async () => {
  await y.system.touchpoints.flush();
  await y.system.events.flush();
};
const figuresOf = async (id: string) => {
  await settled();
  return (await y.get(`/api/touchpoints/figures?ids=${id}`)).body.items[0] as Json;
};
const inside = async (html: string) => readPicture(Buffer.from(`<svg ${/<svg ([\s\S]*?)<\/svg>/.exec(html)![1]}</svg>`));

describe('touchpoints', () => {
  it('are kept with what they are, and their figures come from events: scans, friends, joins, orders', async () => {
    const link = await make({
      kind: 'short_link',
      name: '双十二长图',
      url: 'https://shop.example.com/a?b=1',
      campaign: '双十二',
      tags: ['from_article'],
      owner: '小李',
    });
    expect(link).toMatchObject({ kind: 'short_link', carrier: 'web', state: 'live', content: `${y.system.publicUrl}/s/${link.key}` });
    const first = await open(`/s/${link.key}`);
    expect([first.status, first.headers.get('location')]).toEqual([302, 'https://shop.example.com/a?b=1']);
    const cookie = cookieOf(first);
    expect(cookie).toMatch(/^yt_v=v-[\w-]{22}$/);
    await open(`/s/${link.key}`, { cookie });
    // Nobody looked: a machine, and a question for the head alone.
    await open(`/s/${link.key}`, { 'user-agent': 'Googlebot/2.1' });
    await y.call({ method: 'HEAD', path: `/s/${link.key}`, key: null });
    const visitor = cookie.slice(5);
    await y.send('identify', { anonymousId: visitor, userId: 'u1', messageId: 'm1' });
    const now = y.system.clock.now();
    const said = (messageId: string, event: string, properties: Json) => ({ messageId, event, timestamp: now, userId: 'u1', properties });
    await settled();
    await y.system.events.write(1, [
      said('f1', 'Friend Added', { corpId: 'ww1', userId: 'li', state: link.key }),
      said('g1', 'Group Joined', { corpId: 'ww1', chatId: 'wr1', state: link.key }),
      said('g2', 'Group Joined', { corpId: 'ww1', chatId: 'wr1', state: 'somebody-elses' }),
      said('o1', 'Order Completed', { order_id: 'o1', revenue: 88.5 }),
    ]);
    expect(await figuresOf(link.id)).toEqual({
      id: link.id,
      scans: 2,
      people: 1,
      friends: 1,
      joins: 1,
      orders: 1,
      buyers: 1,
      revenueFen: 8850,
    });
    const person = await until('the tag', async () => {
      const one = await y.person('user_id:u1');
      return one.tags.some((t: Json) => t.key === 'from_article') && one;
    });
    const entered = (await y.get(`/api/people/${person.id}/events?event=Touchpoint%20Entered`)).body.items as Json[];
    expect(entered.map((e) => e.properties.via).sort()).toEqual(['friend', 'group', 'link', 'link']);
    expect(entered[0]!.properties).toMatchObject({
      touchpointId: link.id,
      touchpoint: '双十二长图',
      kind: 'short_link',
      campaign: '双十二',
    });

    const listed = (await y.get(`/api/touchpoints?query=${encodeURIComponent('小李')}`)).body;
    expect([listed.total, listed.items[0].id]).toEqual([1, link.id]);
    await y.call({ method: 'PATCH', path: `/api/touchpoints/${link.id}`, body: { state: 'paused' } });
    expect((await open(`/s/${link.key}`)).body).toContain('这个入口暂时休息');
    await y.call({ method: 'DELETE', path: `/api/touchpoints/${link.id}` });
    expect((await open(`/s/${link.key}`)).body).toContain('这个入口暂时休息');
    expect((await open('/s/0000000000')).status).toBe(404);
  });

  it.each([
    ['javascript:alert(1)', /https:\/\//],
    ['http://127.0.0.1:7100/api/people', /public internet/],
    ['http://[::ffff:10.0.0.1]/', /public internet/],
    ['http://169.254.169.254/latest', /public internet/],
    ['http://localhost/', /public internet/],
    ['http://redis:6379/', /public internet/],
    ['https://user:pw@example.com/', /name or password/],
    ['//example.com', /full address/],
  ])('links lead nowhere but to the public web: %s', async (url, reason) => {
    const refused = await y.post('/api/touchpoints', { kind: 'short_link', name: 'x', url });
    expect([refused.status, refused.body.errors[0].field]).toEqual([400, 'url']);
    expect(refused.body.errors[0].reason).toMatch(reason);
  });
});

describe('live codes', () => {
  const stand = async (id: string) => (await y.get(`/api/touchpoints/${id}/code`)).body.targets as Json[];

  it('admit exactly as many as there are seats when 1,000 scan at once, and send the others on', async () => {
    const code = await make({
      kind: 'live_code',
      name: '门店入群',
      code: { targets: [group(1), { no: 9, kind: 'url', name: '候补', url: 'https://example.com/wait' }], allDay: [1], standby: 9 },
    });
    // The group has 180 of its 190 by now.
    await y.system.pg.query('UPDATE touchpoint_targets SET taken = 180 WHERE touchpoint_id = $1 AND no = 1', [code.id]);
    const request = { method: 'GET', url: `/c/${code.key}`, headers: { 'user-agent': phone } } as const;
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => y.system.app.inject(request)));
    const admitted = answers.filter((a) => a.statusCode === 200);
    expect([admitted.length, answers.filter((a) => a.headers.location === 'https://example.com/wait').length]).toEqual([10, 990]);
    expect((await stand(code.id))[0]).toMatchObject({ taken: 190, cap: 190 });
    expect(await inside(admitted[0]!.body)).toBe('https://work.weixin.qq.com/gm/group1');
    // Who has a seat keeps it, and takes no second one.
    const again = await open(`/c/${code.key}`, { cookie: String(admitted[3]!.headers['set-cookie']).split(';')[0]! });
    expect([again.status, (await stand(code.id))[0]!.taken]).toEqual([200, 190]);
    expect(await figuresOf(code.id)).toMatchObject({ scans: 1_001, people: 1_000 });
  });

  it('go on to the next group, by turns or weights, and one person scanning twice at once takes one seat', async () => {
    const code = await make({
      kind: 'live_code',
      name: '两个群',
      code: { strategy: 'turn', targets: [group(1, { cap: 3 }), group(2, { cap: 3 })] },
    });
    const cookie = `yt_v=v-${'a'.repeat(22)}`;
    await Promise.all(Array.from({ length: 20 }, () => open(`/c/${code.key}`, { cookie })));
    const taken = async () => (await stand(code.id)).map((t) => t.taken);
    expect((await taken()).reduce((a, b) => a + b, 0)).toBe(1);
    await Promise.all(Array.from({ length: 20 }, () => open(`/c/${code.key}`)));
    expect(await taken()).toEqual([3, 3]);
    const full = await open(`/c/${code.key}`, { 'accept-language': 'en-GB' });
    expect(full.body).toContain('All places are taken');
    expect((await y.get('/api/touchpoints/warnings')).body.items).toContainEqual(
      expect.objectContaining({ touchpointId: code.id, what: 'all_full' }),
    );
    // Another group instead: the seats of the first go with it.
    const targets = [group(1, { content: 'https://work.weixin.qq.com/gm/other', cap: 3 }), group(2, { cap: 3 })];
    await y.call({ method: 'PATCH', path: `/api/touchpoints/${code.id}`, body: { code: { strategy: 'order', targets } } });
    expect(await taken()).toEqual([0, 3]);
    expect(await inside((await open(`/c/${code.key}`)).body)).toBe('https://work.weixin.qq.com/gm/other');
  });

  it('never let a member into a sibling group, by whatever name the person is known', async () => {
    const { pg, touchpoints, events } = y.system;
    const code = await make({
      kind: 'live_code',
      name: '姐妹群',
      code: { targets: [group(1, { chatIds: ['wrA'] }), group(2, { chatIds: ['wrB'] })] },
    });
    const identities = [
      { type: 'wecom_external_userid', id: 'ww1:wmA' },
      { type: 'wechat_unionid', id: 'oUnion' },
    ];
    await events.write(1, [{ messageId: 'sib', type: 'identify', timestamp: y.system.clock.now(), externalIds: identities }]);
    await pg.query(
      "INSERT INTO wecom_group_members (workspace_no, corp_id, chat_id, external_userid, since) VALUES (1, 'ww1', 'wrB', 'wmA', now())",
    );
    const scan = (externalIds: Json[]) => y.post(`/api/touchpoints/${code.id}/scan`, { externalIds });
    expect((await scan([{ type: 'wechat_unionid', id: 'oUnion' }])).body).toMatchObject({ outcome: 'already', target: { no: 2 } });
    expect((await stand(code.id)).map((t) => t.taken)).toEqual([0, 0]);
    const other = [{ type: 'wechat_unionid', id: 'oOther' }];
    expect((await scan(other)).body).toMatchObject({ outcome: 'target', layer: 'all_day', target: { no: 1 } });
    expect((await scan(other)).body).toMatchObject({ outcome: 'target', target: { no: 1 } });
    expect((await stand(code.id)).map((t) => t.taken)).toEqual([1, 0]);
    // Who came in by another way takes a seat too; who was sent an hour ago and never came gives theirs back.
    await pg.query("UPDATE touchpoint_seats SET at = at - interval '2 hours' WHERE touchpoint_id = $1", [code.id]);
    await touchpoints.tend([{ no: 1 }]);
    expect((await stand(code.id)).map((t) => [t.taken, t.members])).toEqual([
      [1, 0],
      [1, 1],
    ]);
  });

  it('say beforehand who would get what', async () => {
    const weekly = [{ days: [1, 2, 3, 4, 5], from: '09:00', to: '18:00', targets: [1, 2] }];
    const code = await make({
      kind: 'live_code',
      name: '值班',
      code: {
        strategy: 'weight',
        weekly,
        standby: 3,
        allDay: [3],
        targets: [group(1, { weight: 3 }), group(2, { weight: 1 }), { no: 3, kind: 'url', name: '留言', url: 'https://example.com/note' }],
      },
    });
    const then = (await y.post(`/api/touchpoints/${code.id}/preview`, { at: '2026-11-23T10:00:00+08:00' })).body;
    expect(then).toMatchObject({
      layer: 'weekly',
      targets: [
        { no: 1, share: 0.75 },
        { no: 2, share: 0.25 },
      ],
      standby: { no: 3 },
    });
    const night = (await y.post(`/api/touchpoints/${code.id}/preview`, { at: '2026-11-23T20:00:00+08:00' })).body;
    expect(night).toMatchObject({ layer: 'all_day', targets: [{ no: 3, share: 1 }] });
  });

  it('ask for the region where targets go by it, on a page that needs no script and trusts no text', async () => {
    const title = '<script>alert(1)</script>';
    const code = await make({
      kind: 'live_code',
      name: '分城',
      code: {
        strategy: 'region',
        landing: { title, text: '' },
        targets: [group(1, { regions: ['上海'] }), group(2, { regions: ['北京'] })],
      },
    });
    const choice = await open(`/c/${code.key}`);
    expect(choice.body).toContain('href="?r=%E5%8C%97%E4%BA%AC"');
    const page = await open(`/c/${code.key}?r=${encodeURIComponent('北京市')}`);
    expect(await inside(page.body)).toBe('https://work.weixin.qq.com/gm/group2');
    expect(page.body).toContain('&lt;script&gt;');
    expect(page.body).not.toMatch(/<script/);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.body.length).toBeLessThan(20_000);
    expect((await open(`/c/${code.key}?r=${encodeURIComponent('<img src=x>')}`)).body).not.toContain('<img');
  });

  it('say what a new friend who came by them is welcomed with', async () => {
    const said = await y.post('/api/content', {
      name: '进群券',
      body: '你好 {{ person.name }}：{{ link }}',
      link: { url: 'https://example.com/c' },
    });
    const code = await make({ kind: 'live_code', name: '欢迎', entry: { contentId: said.body.id }, code: { targets: [group(1)] } });
    const welcome = await y.system.touchpoints.welcomeOf(1, `${code.key}.1`);
    expect(welcome).toEqual({
      text: '{%- assign link = "https://example.com/c" -%}你好 {{ person.name }}：{{ link }}',
      link: { url: 'https://example.com/c', title: '进群券' },
    });
    expect(await y.system.touchpoints.welcomeOf(2, code.key)).toBeUndefined();
    expect(await y.system.touchpoints.welcomeOf(1, 'not-ours')).toBeUndefined();
  });

  it('say why a platform has not made what they need', async () => {
    const code = await make({ kind: 'live_code', name: '未接入', code: { targets: [group(1, { content: undefined, chatIds: ['wr1'] })] } });
    expect((await stand(code.id))[0]).toMatchObject({ state: 'pooled', fault: expect.stringMatching(/WeCom is not set up/) });
    const way = await make({ kind: 'channel_code', name: '小李', provide: { userIds: ['li'] } });
    expect(way).toMatchObject({ content: null, fault: expect.stringMatching(/WeCom is not set up/) });
    const warned = (await y.get('/api/touchpoints/warnings')).body.items as Json[];
    expect(
      warned
        .filter((w) => w.what === 'platform_fault')
        .map((w) => w.touchpointId)
        .sort(),
    ).toEqual([code.id, way.id].sort());
  });
});

describe('pictures and static codes', () => {
  it('are read back by a reader: every level, with logo and frame, for print', async () => {
    const content = 'https://work.weixin.qq.com/ca/cawcde1234567890';
    const point = await make({ kind: 'static_code', name: '柜台 & <收银>', content });
    const logo = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><circle cx="32" cy="32" r="30" fill="#0a7"/></svg>',
    );
    const form = new FormData();
    form.append('file', new Blob([logo]), 'logo.svg');
    expect((await y.call({ method: 'PUT', path: '/api/code-logo', body: form })).status).toBe(204);
    expect(await logoOf(logo)).toMatch(/^data:image\/png;base64,/);
    const picture = async (query: string) => {
      const answer = await fetch(`${y.url}/api/touchpoints/${point.id}/picture?${query}`, {
        headers: { authorization: 'Bearer api-key-of-the-tests' },
      });
      expect(answer.status).toBe(200);
      return readPicture(Buffer.from(await answer.arrayBuffer()));
    };
    for (const query of [
      'level=L',
      'level=H&format=png&width=300',
      'logo=1&level=L',
      'frame=1&logo=1&level=H&format=png',
      'frame=1&caption=%3Cb%3E',
    ])
      expect([query, await picture(query)]).toEqual([query, content]);
    for (const level of ['L', 'M', 'Q', 'H'] as const) expect(await readPicture(printPng(content, level, 900))).toBe(content);
  });

  it('are made in bulk, with a ZIP of pictures for the printer', async () => {
    const count = Number(process.env.YUTANG_CODES ?? 300);
    const rows = Array.from({ length: count }, (_, i) => ({
      name: `${i + 1}号店 =店`,
      place: `城市${i % 7}`,
      url: `https://shop.example.com/${i}`,
    }));
    const batch = (
      await y.post('/api/touchpoint-batches', { name: '开业', kind: 'store', campaign: '开业', rows, picture: { width: 400 } })
    ).body as Json;
    const done = await until(
      'the batch',
      async () => {
        const job = (await y.get(`/api/jobs/${batch.jobId}`)).body;
        expect(job.error).toBeNull();
        return job.state === 'done' && (job as Json);
      },
      600_000,
    );
    expect(done).toMatchObject({ result: { codes: count }, progress: { done: count * 2, total: count * 2 } });
    const answer = await fetch(`${y.url}/api/touchpoint-batches/${batch.id}/file`, {
      headers: { authorization: 'Bearer api-key-of-the-tests' },
    });
    const files = await unzip(Buffer.from(await answer.arrayBuffer()), [
      'codes.csv',
      '00001-1号店_店.png',
      `${String(count).padStart(5, '0')}-${count}号店_店.png`,
    ]);
    expect(files.count).toBe(count + 1);
    const listed = (await y.get(`/api/touchpoints?batchId=${batch.id}&limit=1`)).body;
    expect(listed.total).toBe(count);
    expect(await readPicture(files.some[2]!)).toBe(listed.items[0].content);
    expect(files.some[0]!.toString()).toContain(`"${count}号店 =店"`);
    const refused = await y.post('/api/touchpoint-batches', {
      name: 'x',
      kind: 'short_link',
      rows: [{ name: 'a', url: 'http://10.0.0.1/' }, { name: 'b' }],
    });
    expect(refused.body.errors.map((e: Json) => e.field)).toEqual(['rows.0.url', 'rows.1.url']);
  });

  it('are watched until they die, and replaced from a picture with the same figures', async () => {
    const code = await make({ kind: 'static_code', name: '个人微信群', content: 'https://weixin.qq.com/g/AwYAAOld' });
    const inDays = (Date.parse(code.expiresAt) - y.system.clock.ms()) / 86_400_000;
    expect([Math.round(inDays), code.scanLimit]).toEqual([7, 200]);
    const warned = async () =>
      ((await y.get('/api/touchpoints/warnings')).body.items as Json[]).filter((w) => w.touchpointId === code.id).map((w) => w.what);
    const patch = (body: Json) => y.call({ method: 'PATCH', path: `/api/touchpoints/${code.id}`, body });
    expect(await warned()).toEqual([]);
    await patch({ members: 185 });
    expect(await warned()).toEqual(['members_near']);
    await patch({ expiresAt: new Date(y.system.clock.ms() + 23 * 3_600_000).toISOString() });
    expect(await warned()).toEqual(['expires_soon', 'members_near']);
    const form = new FormData();
    form.append('file', new Blob([Uint8Array.from(printPng('https://weixin.qq.com/g/Another', 'M', 400))]), 'code.png');
    const replaced = await y.call({ method: 'PUT', path: `/api/touchpoints/${code.id}/picture`, body: form });
    expect(replaced.body).toMatchObject({ id: code.id, content: 'https://weixin.qq.com/g/Another', members: 0 });
    expect(await warned()).toEqual([]);
    const blank = new FormData();
    blank.append('file', new Blob(['no picture']), 'x.png');
    expect((await y.call({ method: 'PUT', path: `/api/touchpoints/${code.id}/picture`, body: blank })).body.errors[0].field).toBe('file');
  });
});

function unzip(bytes: Buffer, names: string[]): Promise<{ count: number; some: Buffer[] }> {
  return new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      let count = 0;
      const found = new Map<string, Buffer>();
      zip.on('entry', (entry) => {
        count += 1;
        if (!names.includes(entry.fileName)) return zip.readEntry();
        zip.openReadStream(entry, (failed, stream) => {
          if (failed) return reject(failed);
          const parts: Buffer[] = [];
          stream.on('data', (part: Buffer) => parts.push(part));
          stream.on('end', () => {
            found.set(entry.fileName, Buffer.concat(parts));
            zip.readEntry();
          });
        });
      });
      zip.on('end', () => resolve({ count, some: names.map((name) => found.get(name)!) }));
      zip.readEntry();
    });
  });
}
