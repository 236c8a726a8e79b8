import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ch, connectCh } from '../../base/index.ts';
import { createExpander } from '../expand.ts';
import type { Rule } from '../rule.ts';
import { defs, load, must } from '../test/pool.ts';
import { NOW, row, rule } from '../test/random.ts';
import { slow } from '../test/slow.ts';
import { compileRules } from './compile.ts';

let ch: Ch;
let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'yutang-rules-'));
  ch = await connectCh({ path: dir, memory: 2_000_000_000 });
});
afterAll(async () => {
  await ch.close();
  rmSync(dir, { recursive: true, force: true });
});

async function answers(table: string, rules: Rule[], asOf: number[], { people, due }: { people?: number[]; due?: boolean } = {}) {
  const expander = createExpander(defs);
  const items = rules.map((r, i) => ({ rule: expander.expand(r), asOf: asOf[i % asOf.length]! }));
  expect(expander.errors).toEqual([]);
  const source = (more: readonly string[]) =>
    `(SELECT ${['*', ...more].join(', ')} FROM ${table}${people ? ` WHERE person_no IN (${people.join(',')})` : ''})`;
  const { sql } = compileRules(items, { source, ...(due ? { dueAfter: asOf[0]! } : {}) });
  const rows = await ch.query<Record<string, number>>(sql).catch((error) => {
    throw new Error(`${String(error).slice(0, 1500)}`);
  });
  return new Map(rows.map((r) => [r.person_no!, r]));
}

const RULES = 60;
const PEOPLE = 50;
const batches = Math.max(1, Math.round(Number(process.env.YUTANG_RULE_CASES ?? 60) / RULES));

test(`compiled rules agree with the plain evaluator (${batches * RULES} rules, each over ${PEOPLE} random histories)`, async () => {
  let table = 0;
  const batch = fc.record({
    rules: fc.array(rule, { minLength: RULES, maxLength: RULES, size: 'max' }),
    people: fc.array(fc.array(row, { minLength: 1, maxLength: 14, size: 'max' }), { minLength: PEOPLE, maxLength: PEOPLE, size: 'max' }),
  });
  const seed = process.env.YUTANG_RULE_SEED ? Number(process.env.YUTANG_RULE_SEED) : Date.now() % 1e9;
  const runs = fc.sample(batch, { numRuns: batches, seed });
  for (const [run, { rules: raw, people }] of runs.entries()) {
    const rules = raw.map(must);
    const name = `t${table++}`;
    const histories = await load(ch, name, people);
    // Two instants in one scan, as the flow between two dates asks.
    const asOf = [NOW, NOW, NOW - 86_400_000];
    const got = await answers(name, rules, asOf);
    const some = histories.map((h) => h[0]!.personNo).filter((n) => n % 3 === 0);
    // Some people alone must get the answers they get among all.
    const gotSome = run === 0 ? await answers(name, rules, asOf, { people: some }) : got;
    const wrong: unknown[] = [];
    rules.forEach((r, i) => {
      const at = asOf[i % asOf.length]!;
      for (const rows of histories) {
        const who = rows[0]!.personNo;
        // Someone with nothing before the instant is not there yet.
        const want = rows.some((x) => x.time < at) && slow(r, rows, at, defs);
        if (Boolean(got.get(who)?.[`r${i}`]) !== want) wrong.push({ seed, rule: raw[i], want, at: new Date(at), rows });
        if (who % 3 === 0 && Boolean(gotSome.get(who)?.[`r${i}`]) !== want) wrong.push({ seed, alone: true, rule: raw[i], want, rows });
      }
    });
    if (wrong.length) expect.fail(`${wrong.length} wrong, the smallest:\n${smallest(wrong)}`);
    await ch.command(`DROP TABLE ${name}`);
  }
}, 300_000);

test('between two instants no rule changes before `due`', async () => {
  const seed = process.env.YUTANG_RULE_SEED ? Number(process.env.YUTANG_RULE_SEED) : Date.now() % 1e9;
  const [rules, people] = fc.sample(
    fc.tuple(
      fc.array(rule, { minLength: 6, maxLength: 6, size: 'max' }),
      fc.array(fc.array(row, { minLength: 1, maxLength: 8 }), { minLength: 40, maxLength: 40, size: 'max' }),
    ),
    { numRuns: 1, seed },
  )[0]!;
  const parsed = rules.map(must);
  const histories = await load(ch, 'dues', people);
  const got = await answers('dues', parsed, [NOW], { due: true });
  const instants = [
    ...new Set(
      histories.flat().flatMap((r) => [0, 1, 1.5, 2, 3, 24, 72, 720].flatMap((h) => [0, 1, 2].map((d) => r.time + h * 3_600_000 + d))),
    ),
  ];
  for (const rows of histories) {
    const due = got.get(rows[0]!.personNo)!.due!;
    const before = parsed.map((r) => slow(r, rows, NOW, defs));
    for (const later of instants.filter((t) => t > NOW && t < due))
      expect(
        parsed.map((r) => slow(r, rows, later, defs)),
        `seed ${seed}`,
      ).toEqual(before);
    expect(due).toBeGreaterThan(NOW);
  }
});

/** Histories and rules that sit exactly on an edge. Times in minutes before now; a row's key is its place in the list. */
const edges: [string, [string, number][], unknown, boolean][] = [
  ['an event exactly a window ago is still in it', [['A', 60]], { event: 'A', within: { hours: 1 } }, true],
  ['and a millisecond earlier is not', [['A', 60 + 1 / 60_000]], { event: 'A', within: { hours: 1 } }, false],
  ['older than: exactly is not older', [['A', 60]], { event: 'A', within: { olderThan: { hours: 1 } } }, false],
  ['older than: a millisecond more is', [['A', 60 + 1 / 60_000]], { event: 'A', within: { olderThan: { hours: 1 } } }, true],
  ['an event at the instant itself does not count yet', [['A', 0]], { event: 'A' }, false],
  [
    'a chain of exactly the span',
    [
      ['A', 61],
      ['B', 1],
    ],
    { sequence: [{ event: 'A' }, { event: 'B' }], within: { hours: 1 } },
    true,
  ],
  [
    'a chain of a millisecond more',
    [
      ['A', 61 + 1 / 60_000],
      ['B', 1],
    ],
    { sequence: [{ event: 'A' }, { event: 'B' }], within: { hours: 1 } },
    false,
  ],
  [
    'steps of one instant go by key',
    [
      ['A', 5],
      ['B', 5],
    ],
    { sequence: [{ event: 'A' }, { event: 'B' }], within: { hours: 1 } },
    true,
  ],
  [
    'and not against it',
    [
      ['B', 5],
      ['A', 5],
    ],
    { sequence: [{ event: 'A' }, { event: 'B' }], within: { hours: 1 } },
    false,
  ],
  ['one event is not two steps', [['A', 5]], { sequence: [{ event: 'A' }, { event: 'A' }], within: { hours: 1 } }, false],
  ['nor when it fits two different steps', [['A', 5]], { sequence: [{ event: 'A' }, { event: '*' }], within: { hours: 1 } }, false],
  [
    'others may come between',
    [
      ['A', 9],
      ['X', 8],
      ['B', 7],
    ],
    { sequence: [{ event: 'A' }, { event: 'B' }], within: { hours: 1 } },
    true,
  ],
  [
    'a later start is found',
    [
      ['A', 200],
      ['A', 20],
      ['B', 10],
    ],
    { sequence: [{ event: 'A' }, { event: 'B' }], within: { hours: 1 } },
    true,
  ],
  ['whoever has only other events has none of this one', [['X', 5]], { event: 'A', count: { op: '=', value: 0 } }, true],
  ['the sum of nothing is 0', [['X', 5]], { event: 'A', sum: { property: 'n', op: '<', value: 1 } }, true],
  ['the average of nothing is missing', [['X', 5]], { event: 'A', avg: { property: 'n', op: '<', value: 1 } }, false],
  ['and missing is not equal to anything', [['X', 5]], { event: 'A', avg: { property: 'n', op: '!=', value: 1 } }, true],
];

test('edges', async () => {
  const people = edges.map(([, rows]) =>
    rows.map(([event, minutes], key) => ({
      time: Math.round(NOW - minutes * 60_000),
      key: BigInt(key),
      type: 'track',
      event,
      source: 'http',
      properties: {},
    })),
  );
  const histories = await load(ch, 'edges', people);
  const rules = edges.map(([, , r]) => must(r));
  const got = await answers('edges', rules, [NOW]);
  edges.forEach(([what, , , want], i) => {
    expect(slow(rules[i]!, histories[i]!, NOW, defs), `plainly: ${what}`).toBe(want);
    expect(Boolean(got.get(i + 1)?.[`r${i}`]), what).toBe(want);
  });
});

function smallest(wrong: unknown[]): string {
  return wrong
    .map((w) => JSON.stringify(w, (_, v) => (typeof v === 'bigint' ? String(v) : v)))
    .sort((a, b) => a.length - b.length)
    .slice(0, 3)
    .join('\n\n');
}
