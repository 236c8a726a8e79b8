import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** The rules of the house, as docs/design has them. A line in an answer is a place that breaks one. */

/** From the lowest: a room imports only rooms before it. */
const order =
  'base access people events audience content touchpoints rewards channels experiments matching games journeys insight bot console sdk simulators'.split(
    ' ',
  );
/** These take nothing but types from rooms, so that no server code gets into what others run. */
const typesOnly = ['console', 'sdk'];
/** Faces beside each room's index.ts. */
const moreFaces = [
  ...['src/people/privacy/index.ts', 'src/events/imports/index.ts'],
  ...['src/touchpoints/binding/index.ts', 'src/touchpoints/sidebar/index.ts'],
];
/** Beside the rooms: what puts them together. It may use all faces. */
const besides = ['demo'];

/** Files that read the environment although they are not base/config.ts, and why. */
const readsEnvironment: Record<string, string> = {
  'src/base/boundary.ts': 'a kill test names there where the process is to stop; nobody else sets it',
  'src/main.ts': 'says more about a start that failed, when the configuration may be what failed',
  'src/simulators/wechat/main.ts': 'is a program of its own',
};
/** Files that ask the machine for the time although they are handed a clock, and why. */
const asksTheMachine: Record<string, string> = {
  'src/base/clock.ts': 'is the clock',
  'src/base/ids.ts': 'an id sorts by its birth; callers with a clock pass its time',
  'src/simulators/wechat/clock.ts': "is the simulator's clock",
};

const root = fileURLToPath(new URL('..', import.meta.url));
const skipped = new Set(['node_modules', 'public', 'dist']);

interface Import {
  /** As written. */
  from: string;
  /** Path from the root of the repository; undefined for a package. */
  file: string | undefined;
  typesOnly: boolean;
}
interface Source {
  path: string;
  room: string | undefined;
  /** Tests and what only they use. */
  test: boolean;
  text: string;
  /** Without comments. */
  code: string;
  lines: number;
  imports: Import[];
}

function walk(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : walk(join(dir, entry.name));
    return /\.(ts|tsx|mjs)$/.test(entry.name) ? [join(dir, entry.name)] : [];
  });
}

const uncommented = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`\\])\/\/.*$/gm, '$1');

function importsOf(path: string, code: string): Import[] {
  const found: Import[] = [];
  const add = (from: string, types: boolean) => {
    const file = from.startsWith('.') ? relative(root, resolve(root, dirname(path), from)) : undefined;
    found.push({ from, file, typesOnly: types });
  };
  for (const m of code.matchAll(/^\s*(?:import|export)\s+(type\s+)?([^'";]*?)\s*from\s*['"]([^'"]+)['"]/gm)) {
    const names = /^\{([\s\S]*)\}$/.exec(m[2]!.trim())?.[1];
    const each = names
      ?.split(',')
      .map((n) => n.trim())
      .filter(Boolean);
    add(m[3]!, m[1] !== undefined || (each !== undefined && each.length > 0 && each.every((n) => n.startsWith('type '))));
  }
  for (const m of code.matchAll(/^\s*import\s*['"]([^'"]+)['"]/gm)) add(m[1]!, false);
  for (const m of code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)) add(m[1]!, /typeof import\($/.test(code.slice(0, m.index + 7)));
  return found;
}

const sources: Source[] = walk(join(root, 'src')).map((absolute) => {
  const path = relative(root, absolute);
  const text = readFileSync(absolute, 'utf8');
  const code = uncommented(text);
  const folder = path.split('/')[1]!;
  return {
    path,
    room: order.includes(folder) ? folder : undefined,
    test: /\.test\.tsx?$|(?:fixture|harness|testkit)\.ts$|\/test\//.test(path),
    text,
    code,
    lines: text.split('\n').length,
    imports: importsOf(path, code),
  };
});
const program = sources.filter((s) => !s.test);
const rooms = order.filter((room) => existsSync(join(root, 'src', room)));
const roomOf = (file: string): string | undefined => (file.startsWith('src/') ? file.split('/')[1] : undefined);
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
  'dependencies' | 'devDependencies',
  Record<string, string>
>;

describe('the house', () => {
  it('has no folders under src but rooms and what puts them together', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((e) => e.isDirectory());
    expect(folders.map((f) => f.name).filter((name) => ![...order, ...besides].includes(name))).toEqual([]);
  });

  it('is read as it is: imports are seen in the shapes in which they are written', () => {
    const seen = (text: string) => importsOf('src/people/a.ts', text).map((i) => [i.file ?? i.from, i.typesOnly]);
    expect(seen("import { a, type B } from '../base/index.ts';")).toEqual([['src/base/index.ts', false]]);
    expect(seen("import {\n  type A,\n  type B,\n} from './b.ts';")).toEqual([['src/people/b.ts', true]]);
    expect(seen("import type { A } from 'pg';\nexport * from './c.ts';\nimport './d.ts';\nimport X, { y } from 'x';")).toEqual([
      ['pg', true],
      ['src/people/c.ts', false],
      ['x', false],
      ['src/people/d.ts', false],
    ]);
    expect(seen("const a = await import('../base/x.ts'); type T = typeof import('./t.ts');")).toEqual([
      ['src/base/x.ts', false],
      ['src/people/t.ts', true],
    ]);
    expect(sources.flatMap((s) => s.imports).length).toBeGreaterThan(500);
  });

  it('rooms import only rooms above them', () => {
    const wrong = program.flatMap((s) =>
      s.imports.flatMap(({ file, from, typesOnly: types }) => {
        if (!s.room || !file) return [];
        const other = roomOf(file);
        if (other === s.room) return [];
        if (!other || !order.includes(other)) return [`${s.path} reaches out of the rooms: ${from}`];
        if (typesOnly.includes(s.room)) return types ? [] : [`${s.path} takes more than types: ${from}`];
        if (other === 'simulators') return [`${s.path} uses a simulator: ${from}`];
        return order.indexOf(other) < order.indexOf(s.room) ? [] : [`${s.path} looks down: ${from}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('rooms are entered through their face', () => {
    const wrong = program.flatMap((s) =>
      s.imports.flatMap(({ file, from }) => {
        const other = file === undefined ? undefined : roomOf(file);
        if (!file || !other || !order.includes(other) || other === s.room) return [];
        const face = file === `src/${other}/index.ts` || moreFaces.includes(file);
        // The root may play a part of the simulators, which have one face a platform.
        const platform = !s.room && other === 'simulators' && /\/index\.ts$/.test(file);
        return face || platform ? [] : [`${s.path} goes around the face: ${from}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('every import is there, and no program file leans on a test', () => {
    const wrong = sources.flatMap((s) =>
      s.imports.flatMap(({ file, from }) => {
        if (!file) return [];
        const target = sources.find((t) => t.path === file);
        const bare = file.split('?')[0]!;
        if (!target && !existsSync(join(root, bare))) return [`${s.path}: ${from} is not there`];
        if (!s.test && (target?.test || file.startsWith('test/'))) return [`${s.path} leans on a test: ${from}`];
        return [];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('what runs on the server is in dependencies, and every dependency is used', () => {
    const name = (from: string) =>
      from
        .split('/')
        .slice(0, from.startsWith('@') ? 2 : 1)
        .join('/');
    const server = program.filter((s) => s.room !== 'console');
    const wrong = server.flatMap((s) =>
      s.imports
        .filter((i) => !i.file && !i.from.startsWith('node:') && !i.typesOnly && !(name(i.from) in manifest.dependencies))
        .map((i) => `${s.path}: ${i.from}`),
    );
    expect(wrong).toEqual([]);
    const used = new Set(
      server.flatMap((s) => [
        ...s.imports.map((i) => name(i.from)),
        ...[...s.code.matchAll(/(?:require|resolve)\('([^']+)'\)/g)].map((m) => name(m[1]!)),
      ]),
    );
    expect(Object.keys(manifest.dependencies).filter((d) => !used.has(d))).toEqual([]);
  });

  it('time comes from the clock that is passed in', () => {
    const wrong = program
      .filter((s) => s.room && !typesOnly.includes(s.room) && !(s.path in asksTheMachine))
      .flatMap((s) => (/\bDate\.now\(\)|\bnew Date\(\s*\)/.test(s.code) ? [s.path] : []));
    expect(wrong).toEqual([]);
  });

  it('the environment is read in one typed file', () => {
    const wrong = program.filter(
      (s) => /\bprocess\.env\b/.test(s.code) && s.path !== 'src/base/config.ts' && !(s.path in readsEnvironment),
    );
    expect(wrong.map((s) => s.path)).toEqual([]);
  });

  it('the table of events is read through its room alone', () => {
    const wrong = program.filter((s) => s.room !== 'events' && /\b(?:FROM|JOIN|INTO)\s+events\b/i.test(s.code));
    expect(wrong.map((s) => s.path)).toEqual([]);
  });

  it('exceptions are still needed', () => {
    const still = (path: string, pattern: RegExp) => pattern.test(sources.find((s) => s.path === path)?.code ?? '');
    expect(Object.keys(readsEnvironment).filter((p) => !still(p, /process\.env/))).toEqual([]);
    expect(Object.keys(asksTheMachine).filter((p) => !still(p, /Date\.now\(\)|new Date\(\)/))).toEqual([]);
  });

  it('every room has a face and says what it is for', () => {
    const wrong = rooms.flatMap((room) => {
      const face = room === 'console' ? 'main.tsx' : 'index.ts';
      return ['README.md', face].filter((file) => !existsSync(join(root, 'src', room, file))).map((file) => `src/${room}/${file}`);
    });
    expect(wrong).toEqual([]);
  });

  it('files are short', () => {
    const long = sources.filter((s) => s.lines > 400).map((s) => `${s.path}: ${s.lines} lines`);
    const longish = program.filter((s) => s.lines > 250 && s.lines <= 400).map((s) => `${s.path}: ${s.lines}`);
    if (longish.length > 0) console.info(`Over 250 lines, to be split when they next grow:\n  ${longish.join('\n  ')}`);
    expect(long).toEqual([]);
  });

  it('nothing is left lying about', () => {
    const wrong = sources.flatMap((s) =>
      [/\bdebugger\b/, /\b(?:it|test|describe)\.only\b/, /\bconsole\.log\(/, /\b(?:TODO|FIXME|XXX)\b/]
        .filter((pattern) => pattern.test(s.text) && !(s.path.endsWith('/main.ts') && String(pattern).includes('console')))
        .map((pattern) => `${s.path}: ${pattern}`),
    );
    expect(wrong).toEqual([]);
  });
});
