import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engines, testEngines } from '../../test/kit.ts';
import { manualClock, migrate } from '../base/index.ts';
import { createContent, migrations, parseTemplate, personScope } from './index.ts';

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
      pg: engines.pg,
      clock,
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
    expect(await content.preview(1, a.id, 'p_7')).toEqual({ text: 'Hi n7', link: { url: 'https://x.y/z', title: 'T' }, errors: [] });
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
    expect((await content.ready(1, [item.id])).get(item.id)).toBe(first);
    await content.change(1, item.id, { body: 'two' });
    expect((await content.ready(1, [item.id])).get(item.id)!.template.render({ person: {}, link: '' })).toBe('two');
  });
});
