import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createTexts, languageOf, type Texts } from '../src/base/texts.ts';
import { type Said, saidBySources } from './said.ts';

const src = fileURLToPath(new URL('../src', import.meta.url));
const rooms = readdirSync(src).filter((room) => existsSync(`${src}/${room}/problems.zh.ts`));
const dictionaries: Texts[] = [];
for (const room of rooms) dictionaries.push(((await import(`${src}/${room}/problems.zh.ts`)) as Record<string, Texts>)[`${room}Zh`]!);

/** Texts for those who run the server or call its code, not for those who ask it over HTTP. */
const notSaid = [/^postgres: $/, /\bSELECT\b/, /^HTTP \{\}$/];

const shape = (text: string): string => text.replace(/\{\w+\*?\}/g, '{}');
const say = createTexts(dictionaries);

describe('what the server says of what does not fit', () => {
  let said: Said[];
  beforeAll(() => {
    said = saidBySources();
  }, 60_000);

  it('has Chinese for every title, detail and reason', () => {
    const known = new Set(dictionaries.flatMap((d) => Object.keys(d).flatMap((key) => [key, shape(key)])));
    const numbers = (text: string) => text.replace(/\d[\d,]*/g, '{}');
    const missing = said.filter(({ text }) => ![text, numbers(text)].some((t) => known.has(t)) && !notSaid.some((p) => p.test(text)));
    expect(missing.map(({ at, text }) => `${at}: ${text}`)).toEqual([]);
  });

  it('is put together by the root', () => {
    const root = readFileSync(`${src}/system-texts.ts`, 'utf8');
    expect(rooms.filter((room) => room !== 'base' && root.split(`${room}Zh`).length < 3)).toEqual([]);
  });

  it('is found however it is written', () => {
    const at = (text: string) => said.find((s) => s.text === text)?.at.split(':')[0];
    expect(at('Not allowed')).toBe('src/access/protect.ts');
    expect(at('must be {}, a text; it is {}')).toBe('src/audience/parse.ts');
    expect(at('the name of an event')).toBe('src/audience/parse.ts');
    expect(at('Sign in first')).toBe('src/access/authenticate.ts');
    expect(at('the signature does not match')).toBeDefined();
    expect(at('has no event name')).toBe('src/events/imports/others.ts');
    expect(said.length).toBeGreaterThan(600);
  });

  it('is said one way: every place is filled in both languages, and rooms do not contradict each other', () => {
    const wrong = dictionaries.flatMap((d) =>
      Object.entries(d).flatMap(([from, to]) => {
        const names = [...from.matchAll(/\{(\w+)\}/g)].map((m) => m[1]!);
        const used = [...to.matchAll(/\{(\w+)\*?\}/g)].map((m) => m[1]!);
        return used.every((name) => names.includes(name)) && /\p{Script=Han}|Webhook|^KOC$| true |\{kind\*\}“/u.test(to) ? [] : [from];
      }),
    );
    expect(wrong).toEqual([]);
    const all = new Map<string, string>();
    const twice = dictionaries.flatMap((d) =>
      Object.entries(d).flatMap(([from, to]) => {
        const before = all.get(shape(from));
        all.set(shape(from), to);
        return before === undefined || shape(before) === shape(to) ? [] : [`${from}: ${before} / ${to}`];
      }),
    );
    expect(twice).toEqual([]);
  });

  it('fills in what was filled in, and leaves data as it is', () => {
    const zh = (text: string) => say(text, 'zh');
    expect(zh('must have at most 120 characters')).toBe('最多 120 个字符');
    expect(zh('must be the name of an event, a text; it is number 5')).toBe('必须是事件名（文本），现在是数字 5');
    expect(zh('the file has no column "Person"; it has Person, Key')).toBe('文件没有“Person”列；有 Person, Key');
    expect(zh('Person not found')).toBe('找不到用户');
    expect(zh('the branch "a" lead nowhere; connect them to a node, or to an exit')).toBe('分支“a”没有去处；请连到一个节点或出口');
    expect(zh('A archived journey cannot be paused')).toBe('已归档的流程不能暂停');
    expect(zh('It must be draft or paused.')).toBe('只有草稿或已暂停的流程可以。');
    expect(zh('goes in a circle: audience "A" → tag "b" → audience "A"; a definition cannot depend on itself')).toBe(
      '形成循环：人群“A” → 标签“b” → 人群“A”；定义不能依赖自己',
    );
    expect(zh('The webhook channel is not set up: its account not found')).toBe('Webhook渠道还没有配置');
    expect(zh('something that nobody said before')).toBe('something that nobody said before');
    expect(say('Person not found', 'en')).toBe('Person not found');
    const hostile = `the file has no column "${'"; it has '.repeat(300)}`;
    expect(zh(hostile.slice(0, 3_000))).toContain('文件没有');
  });

  it('has Chinese for what zod says by itself', () => {
    const cases: [z.ZodType, unknown][] = [
      ...([
        [z.string(), 5],
        [z.string(), undefined],
        [z.int(), 1.5],
        [z.number(), Number.NaN],
      ] as [z.ZodType, unknown][]),
      ...([
        [z.boolean(), 'x'],
        [z.array(z.string()), {}],
        [z.object({}), []],
        [z.record(z.string(), z.number()), 'x'],
      ] as [z.ZodType, unknown][]),
      ...([
        [z.enum(['a', 'b']), 'c'],
        [z.literal('a'), 'b'],
        [z.strictObject({}), { a: 1 }],
        [z.strictObject({}), { a: 1, b: 2 }],
      ] as [z.ZodType, unknown][]),
      ...([
        [z.string().max(2), 'abc'],
        [z.string().min(2), 'a'],
        [z.string().length(2), 'a'],
        [z.string().length(2), 'abc'],
      ] as [z.ZodType, unknown][]),
      ...([
        [z.array(z.any()).max(1), [1, 2]],
        [z.array(z.any()).min(1), []],
        [z.number().max(2), 3],
        [z.number().lt(2), 3],
      ] as [z.ZodType, unknown][]),
      ...([
        [z.number().min(2), 1],
        [z.number().positive(), 0],
        [z.number().multipleOf(5), 3],
        [z.email(), 'x'],
        [z.url(), 'x'],
      ] as [z.ZodType, unknown][]),
      ...([
        [z.iso.date(), 'x'],
        [z.iso.datetime(), 'x'],
        [z.uuid(), 'x'],
        [z.string().regex(/^a$/), 'x'],
      ] as [z.ZodType, unknown][]),
      ...([
        [z.string().startsWith('a'), 'x'],
        [z.string().endsWith('a'), 'x'],
        [z.union([z.string(), z.number()]), true],
      ] as [z.ZodType, unknown][]),
      [z.discriminatedUnion('k', [z.object({ k: z.literal('a') }), z.object({ k: z.literal('b') })]), { k: 'c' }],
    ];
    const english = cases.map(([schema, value]) => schema.safeParse(value).error!.issues[0]!.message);
    expect(english.filter((text) => !/\p{Script=Han}/u.test(say(text, 'zh')) || /expected|Invalid|Too /.test(say(text, 'zh')))).toEqual([]);
    expect(say(english[1]!, 'zh')).toBe('缺少，应为文本');
  });
});

describe('the language asked for', () => {
  it('is what Accept-Language wants most, and English otherwise', () => {
    for (const [header, language] of [
      [undefined, 'en'],
      ['*', 'en'],
      ['fr-FR', 'en'],
      ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
      ['en-GB,zh;q=0.9', 'en'],
      ['en;q=0.2, zh-Hant;q=0.7', 'zh'],
      ['zh;q=0', 'en'],
      ['zh', 'zh'],
    ] as const)
      expect(languageOf(header), header).toBe(language);
  });
});
