import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engines, testEngines } from '../../test/kit.ts';
import { manualClock, migrate } from '../base/index.ts';
import { createContent, folderStore, migrations, parseTemplate, personScope } from './index.ts';

const reasons = (body: string) => {
  const read = parseTemplate(body);
  return 'errors' in read ? read.errors.map((e) => e.reason).join('; ') : '';
};

describe('templates', () => {
  it.each([
    ['an unknown filter', 'a\n{{ person.name | nope }}', /line 2, column \d+: undefined filter: nope/],
    ['an unclosed output', 'a\nb\n{{ person.name', /line 3/],
    ['an unclosed tag', '{% if person.vip %}x', /line 1/],
    ['an unknown tag', '{% foo %}', /line 1.*"foo" not found/],
    ['a file', "{% render 'secrets' %}", /"render" not found/],
    ['a variable that nothing fills', 'Hello {{ peron.name }}', /"peron" is not known here/],
    ['more than can be read', 'x'.repeat(20_001), /./],
  ])('refuses %s and says where', (_what, body, reason) => {
    expect(reasons(body)).toMatch(reason);
  });

  it('fills in the person and the link', () => {
    const read = parseTemplate('{% if person.vip %}尊敬的{% endif %}{{ person.name | default: "朋友" }}: {{ link }}');
    if ('errors' in read) throw new Error('does not parse');
    expect(read.template.holdsLink).toBe(true);
    expect(read.template.render({ person: personScope({ name: '小李', vip: true }), link: 'https://a.b/t/x' })).toBe(
      '尊敬的小李: https://a.b/t/x',
    );
    expect(read.template.render({ person: personScope({}), link: '' })).toBe('朋友: ');
    expect(personScope({ firstName: 'Ann', lastName: 'Lee' }).name).toBe('Ann Lee');
  });

  it('ends a template that would run for ever or grow without end', () => {
    for (const body of [
      '{% for i in (1..100000000) %}{{ i }}{% endfor %}',
      '{% for i in (1..1000) %}{% for j in (1..1000) %}{% if i == j %}x{% endif %}{% endfor %}{% endfor %}',
      '{% assign s = "xxxxxxxxxx" %}{% for i in (1..100) %}{% assign s = s | append: s %}{% endfor %}{{ s }}',
    ]) {
      const read = parseTemplate(body);
      if ('errors' in read) throw new Error('does not parse');
      expect(() => read.template.render({ person: {}, link: '' })).toThrow();
    }
  });
});

describe('content', () => {
  let engines: Engines;
  const clock = manualClock('2026-03-01T00:00:00Z');
  const make = () =>
    createContent({
      ...{ pg: engines.pg, clock, store: folderStore(engines.dir), publicUrl: 'https://y.example' },
      traits: async (_ws, people) => new Map(people.map((no) => [no, { name: `n${no}` }])),
      personNo: async (_ws, id) => (id === 'p_7' ? 7 : undefined),
    });
  beforeAll(async () => {
    engines = await testEngines();
    await migrate(engines.pg, engines.ch, migrations);
  });
  afterAll(() => engines.close());

  it('keeps, changes, lists, renders and removes items of one workspace', async () => {
    const content = make();
    const a = await content.create(1, {
      name: 'A',
      body: 'Hi {{ person.name }}',
      purpose: 'notify',
      link: { url: 'https://x.y/z', title: 'T' },
    });
    clock.advance(1000);
    const b = await content.create(1, { name: 'B', body: 'b' });
    await content.create(2, { name: 'other', body: 'c' });
    const page = await content.list(1, { limit: 1 });
    expect(page.items.map((i) => i.id)).toEqual([b.id]);
    expect((await content.list(1, { limit: 1, cursor: page.nextCursor! })).items.map((i) => i.id)).toEqual([a.id]);
    expect(await content.preview(1, a.id, 'p_7')).toMatchObject({ text: 'Hi n7', link: { url: 'https://x.y/z', title: 'T' }, errors: [] });
    await expect(content.preview(1, a.id, 'p_8')).rejects.toMatchObject({ status: 404 });
    await expect(content.get(2, a.id)).rejects.toMatchObject({ status: 404 });
    await expect(content.change(1, a.id, { body: '{{ x' })).rejects.toMatchObject({ status: 400, errors: [{ field: 'body' }] });
    const changed = await content.change(1, a.id, { link: null, name: 'A2' });
    expect(changed).toMatchObject({ name: 'A2', link: null, purpose: 'notify', version: 2 });
    await content.remove(1, b.id);
    await expect(content.remove(1, b.id)).rejects.toMatchObject({ status: 404 });
    content.onRemove(async () => ['Second order']);
    await expect(content.remove(1, a.id)).rejects.toMatchObject({ status: 409 });
  });

  it('parses a template once per version', async () => {
    const content = make();
    const item = await content.create(1, { name: 'A', body: 'one' });
    const first = (await content.ready(1, [item.id, 'cnt_none'])).get(item.id)!;
    expect((await content.ready(1, [item.id])).get(item.id)!.template).toBe(first.template);
    await content.change(1, item.id, { body: 'two' });
    expect((await content.ready(1, [item.id])).get(item.id)!.template.render({ person: {}, link: '' })).toBe('two');
  });

  it('takes files in by what they are, once, and shows them small', async () => {
    const { files, picture } = make();
    const add = (bytes: Buffer, name = 'a.png') => files.add(1, Readable.from([bytes]), { name, by: null });
    const png = await sharp({ create: { width: 900, height: 600, channels: 3, background: '#a33' } })
      .png()
      .toBuffer();
    const one = await add(png, '../../etc/x.html');
    expect(one).toMatchObject({ kind: 'image', mime: 'image/png', width: 900, height: 600, bytes: png.length, name: '.. .. etc x.html' });
    expect((await add(png)).id).toBe(one.id);
    expect(await buffer((await files.get(one.id)).open({ start: 1, end: 3 }))).toEqual(Buffer.from('PNG'));
    expect(await sharp(await buffer(await files.thumb(one.id))).metadata()).toMatchObject({ format: 'webp', width: 480 });
    // A chat takes neither WebP nor much.
    const webp = await add(await sharp(png).webp().toBuffer());
    expect(await picture(webp.id)).toMatchObject({ mime: 'image/jpeg' });
    const wave = Buffer.alloc(44 + 8000);
    wave.write('RIFF', 0);
    wave.writeUInt32LE(36 + 8000, 4);
    wave.write('WAVEfmt ', 8);
    wave.set([16, 0, 0, 0, 1, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x40, 0x1f, 0, 0, 1, 0, 8, 0], 16);
    wave.write('data', 36);
    wave.writeUInt32LE(8000, 40);
    const sound = await add(wave);
    expect(sound).toMatchObject({ kind: 'audio', durationMs: 1000 });
    await expect(picture(sound.id)).rejects.toMatchObject({ status: 404 });
    for (const [bytes, why] of [
      [Buffer.from('<html><script>1</script></html>'), /must be a picture/],
      [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'), /must be a picture/],
      [Buffer.concat([png.subarray(0, 60), Buffer.alloc(40)]), /cannot be read/],
      [Buffer.alloc(0), /empty/],
    ] as const)
      await expect(add(bytes)).rejects.toMatchObject({ status: 400, errors: [{ field: 'file', reason: expect.stringMatching(why) }] });
    expect(await files.some(2, [one.id])).toEqual(new Map());
  });

  it('holds every kind, checked as a whole; an article keeps words and loses what runs', async () => {
    const content = make();
    const file = await content.files.add(1, Readable.from([await noise(1)]), { name: 'p', by: null });
    const html = `<h1>秋日</h1><script>steal()</script><p onclick="x()">读 <a href="javascript:x">这里</a></p><iframe src="//e"></iframe><img src="https://spy.example/x.gif"><img src="/api/content/files/${file.id}">`;
    const article = await content.create(1, { name: '换季护肤', kind: 'article', detail: { html, cover: file.id } });
    expect(article.detail.html).toBe(
      `<h1>秋日</h1><p>读 <a rel="noopener noreferrer nofollow">这里</a></p><img src="/api/content/files/${file.id}" />`,
    );
    expect(article).toMatchObject({ body: '换季护肤', pageUrl: expect.stringMatching(/^https:\/\/y\.example\/r\/\w{32}$/) });
    expect((await content.ready(1, [article.id])).get(article.id)!.item.link).toEqual({ url: article.pageUrl, title: '换季护肤' });
    const refused = (given: object, field: string) =>
      expect(content.create(1, { name: 'x', ...given } as never)).rejects.toMatchObject({
        errors: expect.arrayContaining([expect.objectContaining({ field })]),
      });
    await refused({}, 'body');
    await refused({ kind: 'h5' }, 'link');
    await refused({ kind: 'mini_program' }, 'card');
    await refused({ kind: 'video', detail: { file: file.id } }, 'detail.file');
    await refused({ kind: 'qa', detail: {} }, 'detail.question');
    await refused(
      { kind: 'live', detail: { startsAt: '2026-03-02T20:00:00+08:00', endsAt: '2026-03-02T19:00:00+08:00' } },
      'detail.endsAt',
    );
    await refused({ kind: 'image', detail: { files: [`file_${'x'.repeat(22)}`] } }, 'detail');
    await expect(content.create(2, { name: 'x', kind: 'image', detail: { files: [file.id] } })).rejects.toMatchObject({ status: 400 });
  });

  it('says on each channel its own words, else those of the item, and what does not fit', async () => {
    const content = make();
    const item = await content.create(1, {
      name: '二单礼券',
      body: '{{ person.name }}，谢谢你：{{ link }}',
      link: { url: 'https://x.y/zz', title: '领券' },
      variants: { sms: { body: '您的券到了' }, email: { title: '给你的信' } },
    });
    expect(await content.preview(1, item.id, 'p_7', 'sms')).toMatchObject({ text: '您的券到了', title: '领券', parts: 1, errors: [] });
    expect(await content.preview(1, item.id, 'p_7', 'email')).toMatchObject({ title: '给你的信', text: 'n7，谢谢你：https://x.y/zz' });
    expect((await content.preview(1, item.id, 'p_7', 'mini_program')).errors).toEqual([
      { field: 'variants.mini_program.body', reason: 'has 21 characters where this channel carries 20; shorten it' },
    ]);
    expect((await content.ready(1, [item.id], 'sms')).get(item.id)!.template.render({ person: {}, link: '' })).toBe('您的券到了');
    await expect(content.change(1, item.id, { variants: { push: { body: '长'.repeat(201) } } })).rejects.toMatchObject({
      errors: [{ field: 'variants.push.body', reason: 'has 201 characters where this channel carries 200; shorten it' }],
    });
  });

  it('keeps every version, restores one as the newest, and refuses to write over what another saved', async () => {
    const content = make();
    const item = await content.create(1, { name: 'v', body: 'one' }, 'Ann');
    await content.change(1, item.id, { body: 'two', scenes: ['welcome'] }, 'Bo');
    await expect(content.change(1, item.id, { body: 'three', version: 1 }, 'Cy')).rejects.toMatchObject({
      status: 409,
      code: 'content_changed',
    });
    expect((await content.change(1, item.id, { body: 'two' }, 'Bo')).version).toBe(2);
    expect(await content.restore(1, item.id, 1, 'Di')).toMatchObject({ body: 'one', scenes: [], version: 3, updatedBy: 'Di' });
    const kept = await content.versions(1, item.id);
    expect(kept.map((v) => [v.version, v.by, v.changed, v.item.body])).toEqual([
      [3, 'Di', ['body', 'scenes'], 'one'],
      [2, 'Bo', ['body', 'scenes'], 'two'],
      [1, 'Ann', [], 'one'],
    ]);
    await expect(content.restore(2, item.id, 1)).rejects.toMatchObject({ status: 404 });
  });

  it('reviews what was looked at; where only approved content is sent, the approved version is', async () => {
    const content = make();
    const { id } = await content.create(5, { name: 'r', body: 'first' });
    const sent = async () => {
      const one = (await content.ready(5, [id])).get(id)!;
      return one.obstacle ?? one.template.render({ person: {}, link: '' });
    };
    expect(await sent()).toBe('first');
    await content.settings.set(5, { onlyApproved: true });
    expect(await sent()).toBe('not_approved');
    await content.review(5, id, { act: 'submit', version: 1 }, 'Ann');
    await expect(content.review(5, id, { act: 'reject', version: 1 }, 'Bo')).rejects.toMatchObject({ errors: [{ field: 'note' }] });
    expect((await content.review(5, id, { act: 'approve', version: 1 }, 'Bo')).review).toMatchObject({ state: 'approved', by: 'Bo' });
    expect(await sent()).toBe('first');
    // Tags are no words: they need nobody's approval.
    expect(await content.change(5, id, { topics: ['tea'] })).toMatchObject({
      review: { state: 'approved' },
      version: 2,
      approvedVersion: 2,
    });
    expect(await content.change(5, id, { body: 'second' })).toMatchObject({ review: { state: 'draft' }, approvedVersion: 2 });
    expect(await sent()).toBe('first');
    await expect(content.review(5, id, { act: 'approve', version: 2 }, 'Bo')).rejects.toMatchObject({ code: 'content_changed' });
    await content.review(5, id, { act: 'approve', version: 3 }, 'Bo');
    expect(await sent()).toBe('second');
    await expect(content.review(5, id, { act: 'submit', version: 3 }, 'Bo')).rejects.toMatchObject({ code: 'review_state' });
    await content.review(5, id, { act: 'reject', version: 3, note: 'no' }, 'Bo');
    expect([await sent(), (await content.needs(5)).unapproved]).toEqual(['not_approved', 1]);
  });

  it('sends nothing after its rights have run out, and says so a week ahead', async () => {
    const content = make();
    const day = 86_400_000;
    const inDays = (n: number) => new Date(clock.ms() + n * day).toISOString();
    const ids: string[] = [];
    for (const n of [-1, 6, 8]) {
      clock.advance(1);
      ids.push((await content.create(6, { name: `r${n}`, body: 'x', rights: { until: inDays(n) } })).id);
    }
    const ready = await content.ready(6, ids);
    expect(ids.map((id) => ready.get(id)!.obstacle)).toEqual(['rights_expired', null, null]);
    expect(await content.needs(6)).toMatchObject({ rightsExpired: 1, rightsSoon: [{ id: ids[1] }] });
    expect((await content.list(6, { limit: 9, usable: true })).items.map((i) => i.id)).toEqual([ids[2], ids[1]]);
    expect((await content.facets(6, {})).rights).toEqual(
      expect.arrayContaining(['expired', 'soon', 'valid'].map((value) => ({ value, count: 1 }))),
    );
  });

  it('finds by words in both languages, counts what a further choice would show, and pages', async () => {
    const content = make();
    const add = (name: string, body: string, more: object = {}) => content.create(7, { name, body, ...more });
    await add('会员专享优惠券', '本周三领取，下单立减', { scenes: ['second_order'], kind: 'text', answers: ['what_i_get'] });
    await add('抗老面霜为什么要早用', '三十岁以后胶原流失更快', { scenes: ['seeding'], answers: ['why_need'], topics: ['护肤'] });
    await add('Autumn coupons', 'Members are winning prizes with every order', { scenes: ['second_order'], purpose: 'benefit' });
    const found = async (query: string, more: object = {}) =>
      (await content.list(7, { limit: 10, query, ...more })).items.map((i) => i.name);
    expect(await found('优惠券')).toEqual(['会员专享优惠券']);
    expect(await found('面霜 胶原')).toEqual(['抗老面霜为什么要早用']);
    expect(await found('护肤')).toEqual(['抗老面霜为什么要早用']);
    expect(await found('coupon')).toEqual(['Autumn coupons']);
    expect(await found('prize win')).toEqual(['Autumn coupons']);
    expect(await found('auT')).toEqual(['Autumn coupons']);
    expect(await found("面'); drop -- & | :* \\")).toEqual([]);
    expect(await found('面霜', { scene: ['second_order'] })).toEqual([]);
    const [one] = (await content.list(7, { limit: 1, query: '胶原' })).items;
    expect(one!.highlight!.words).toEqual([
      { text: '三十岁以后', hit: false },
      { text: '胶原', hit: true },
      { text: '流失更快', hit: false },
    ]);
    const facets = await content.facets(7, { scene: ['second_order'] });
    expect([facets.total, facets.scene, facets.purpose, facets.answer]).toEqual([
      2,
      [
        { value: 'second_order', count: 2 },
        { value: 'seeding', count: 1 },
      ],
      [{ value: 'benefit', count: 1 }],
      [{ value: 'what_i_get', count: 1 }],
    ]);
    for (const sort of ['newest', 'changed', 'name', 'best'] as const) {
      const names: string[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await content.list(7, { limit: 1, sort, ...(cursor ? { cursor } : {}) });
        names.push(...page.items.map((i) => i.name));
        if (!page.nextCursor) break;
        cursor = page.nextCursor;
      }
      expect([sort, names.length, new Set(names).size]).toEqual([sort, 3, 3]);
    }
  });

  it('finds twins of words and of pictures as they are saved, and forgets a pair that somebody let stand', async () => {
    const content = make();
    const words = '秋天到了，给你留了一张回头客专享券，七天内有效，进店出示就能用';
    const a = await content.create(8, { name: 'a', body: `{{ person.name }}，${words}` });
    await content.create(8, { name: 'other', body: '周三晚八点直播间见，主播带你看新款大衣怎么搭' });
    const b = await content.create(8, { name: 'b', body: `${words}哦！` });
    const picture = async (seed: number, change = false) => {
      const bytes = await noise(seed);
      const made = change ? await sharp(bytes).resize(300).jpeg({ quality: 60 }).toBuffer() : bytes;
      const file = await content.files.add(8, Readable.from([made]), { name: 'p', by: null });
      return content.create(8, { name: `p${seed}`, kind: 'image', detail: { files: [file.id] } });
    };
    const p = await picture(1);
    await picture(2);
    await picture(1, true);
    const pairs = async () => (await content.twins.list(8, { limit: 10 })).items.map((t) => [t.what, t.a.name, t.b.name].sort()).sort();
    expect(await pairs()).toEqual([
      ['a', 'b', 'text'],
      ['p1', 'p1', 'picture'],
    ]);
    expect(await content.twins.of(8, { name: 'c', body: words }, a.id)).toMatchObject([{ id: b.id, what: 'text' }]);
    await content.twins.dismiss(8, b.id, a.id);
    await content.change(8, a.id, { topics: ['x'] });
    expect(await pairs()).toEqual([['p1', 'p1', 'picture']]);
    await content.remove(8, p.id);
    expect(await pairs()).toEqual([]);
  });

  it('takes in what is sent again under its key once', async () => {
    const content = make();
    const one = await content.create(9, { name: 'k', body: 'x', key: 'crm-1' });
    expect(await content.create(9, { name: 'k', body: 'x', key: 'crm-1' })).toEqual(one);
    await content.remove(9, one.id);
    expect((await content.create(9, { name: 'k', body: 'x', key: 'crm-1' })).id).not.toBe(one.id);
  });
});

/** A picture of its own for each seed: soft blobs, as photographs have. */
function noise(seed: number): Promise<Buffer> {
  const side = 8;
  let x = seed * 2654435761;
  const next = () => {
    x = (Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return x >>> 24;
  };
  const raw = Buffer.from(Array.from({ length: side * side * 3 }, next));
  return sharp(raw, { raw: { width: side, height: side, channels: 3 } })
    .resize(640, 640, { kernel: 'cubic' })
    .png()
    .toBuffer();
}
