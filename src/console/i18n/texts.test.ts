import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Pair, type Resources, resourcesOf, type Texts, texts } from './texts.ts';

const here = join(dirname(fileURLToPath(import.meta.url)), '..');

function flat(from: Resources, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(from).flatMap(([key, value]) =>
      typeof value === 'string' ? [[prefix + key, value] as const] : [...flat(value, `${prefix}${key}.`)],
    ),
  );
}
const zh = flat(resourcesOf('zh'));
const en = flat(resourcesOf('en'));

test('both languages have the same keys, none empty', () => {
  expect([...en.keys()]).toEqual([...zh.keys()]);
  for (const [key, text] of [...zh, ...en]) expect(text.trim(), key).not.toBe('');
});

test('every text is a pair', () => {
  const walk = (from: Texts, path: string) => {
    for (const [key, value] of Object.entries(from)) {
      if (Array.isArray(value)) expect((value as Pair).length, `${path}${key}`).toBe(2);
      else walk(value as Texts, `${path}${key}.`);
    }
  };
  walk(texts, '');
});

test('both languages fill in the same values', () => {
  const names = (text: string) => [...new Set([...text.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map((found) => found[1]))].sort();
  for (const [key, text] of zh) expect(names(en.get(key) ?? ''), key).toEqual(names(text));
});

test('no English text holds Chinese letters, save where it names the other language or a usual fallback', () => {
  for (const [key, text] of en) if (!['common.language'].includes(key)) expect(/[\u4e00-\u9fff]/.test(text), `${key}: ${text}`).toBe(false);
});

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? files(join(folder, entry.name))
      : /\.tsx?$/.test(entry.name) && !entry.name.includes('.test.')
        ? [join(folder, entry.name)]
        : [],
  );
}

test('every key that the pages use exists', () => {
  const keys = [...zh.keys()];
  for (const file of files(here)) {
    const code = readFileSync(file, 'utf8');
    for (const [, key] of code.matchAll(/\bt\(\s*'([\w.]+)'/g)) expect(zh.has(key as string), `${file}: ${key}`).toBe(true);
    // A key made from parts: its beginning must lead somewhere.
    for (const [, start] of code.matchAll(/\bt\(\s*`([\w.]+)\$\{/g))
      expect(
        keys.some((key) => key.startsWith(start as string)),
        `${file}: ${start}`,
      ).toBe(true);
  }
});
