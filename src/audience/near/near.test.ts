import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ch, connectCh } from '../../base/index.ts';
import { compileRules } from '../compile/compile.ts';
import { createExpander } from '../expand.ts';
import { defs, load, must } from '../test/pool.ts';
import { NOW, row, rule } from '../test/random.ts';
import { askNear } from './near.ts';

let ch: Ch;
let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'yutang-near-'));
  ch = await connectCh({ path: dir, memory: 2_000_000_000 });
});
afterAll(async () => {
  await ch.close();
  rmSync(dir, { recursive: true, force: true });
});

const cases = Number(process.env.YUTANG_RULE_CASES ?? 60);
const RULES = 60;

test.each([false, true])(
  `rules of few people agree with the pass in ClickHouse (${cases} rules; with due: %s)`,
  async (due) => {
    const seed = process.env.YUTANG_RULE_SEED ? Number(process.env.YUTANG_RULE_SEED) : Date.now() % 1e9;
    const batch = fc.record({
      rules: fc.array(rule, { minLength: RULES, maxLength: RULES, size: 'max' }),
      people: fc.array(fc.array(row, { minLength: 1, maxLength: 14, size: 'max' }), { minLength: 50, maxLength: 50, size: 'max' }),
    });
    for (const [run, { rules, people }] of fc.sample(batch, { numRuns: Math.max(1, Math.round(cases / RULES)), seed }).entries()) {
      const table = `near_${due}_${run}`;
      await load(ch, table, people);
      const expander = createExpander(defs);
      const expanded = rules.map((r) => expander.expand(must(r)));
      const source = (more: readonly string[]) => `(SELECT ${['*', ...more].join(', ')} FROM ${table})`;
      const { sql } = compileRules(
        expanded.map((r) => ({ rule: r, asOf: NOW })),
        { source, ...(due ? { dueAfter: NOW } : {}) },
      );
      const want = new Map((await ch.query<Record<string, number>>(sql)).map((r) => [r.person_no!, r]));
      const wrong: unknown[] = [];
      const asked = await askNear(ch, { rules: expanded, asOf: NOW, source, due }, (person, holds, dueOf) => {
        const pass = want.get(person);
        want.delete(person);
        holds.forEach((h, i) => {
          if (h() !== Boolean(pass?.[`r${i}`])) wrong.push({ seed, person, rule: rules[i], near: h(), rows: people[person - 1] });
        });
        if (due && dueOf() !== pass!.due) wrong.push({ seed, person, near: dueOf(), due: pass!.due });
      });
      expect(asked).toBe(true);
      // Whoever was not read has nothing that a rule could hold of.
      for (const [person, pass] of want) if (rules.some((_, i) => pass[`r${i}`])) wrong.push({ seed, missing: person });
      if (wrong.length)
        expect.fail(
          `${wrong.length} wrong, the smallest:\n${wrong
            .map((w) => JSON.stringify(w, (_, v) => (typeof v === 'bigint' ? String(v) : v)))
            .sort((a, b) => a.length - b.length)
            .slice(0, 3)
            .join('\n\n')}`,
        );
      await ch.command(`DROP TABLE ${table}`);
    }
  },
  300_000,
);
