import { join } from 'node:path';
import { ensureInstalled, root, runNode } from './runtime.mjs';

// Properties at length: 100,000 random rules, other ones in every run. `YUTANG_RULE_SEED` repeats a run, `YUTANG_RULE_CASES` makes it shorter.
// And ten greedy journeys, 50,000 people, 90 days; `YUTANG_RESPECT_PEOPLE` and `YUTANG_RESPECT_DAYS` make it shorter.
ensureInstalled();
const seed = process.env.YUTANG_RULE_SEED ?? String(Date.now() % 1e9);
process.stdout.write(`YUTANG_RULE_SEED=${seed}\n`);
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const env = {
  UV_THREADPOOL_SIZE: '12',
  YUTANG_RULE_SEED: seed,
  YUTANG_RULE_CASES: process.env.YUTANG_RULE_CASES ?? '100000',
  YUTANG_RESPECT_PEOPLE: process.env.YUTANG_RESPECT_PEOPLE ?? '50000',
  YUTANG_RESPECT_DAYS: process.env.YUTANG_RESPECT_DAYS ?? '90',
};
const files = process.argv.length > 2 ? process.argv.slice(2) : ['src/audience/rules.test.ts', 'src/journeys/respect.test.ts'];
process.exit(await runNode([vitest, 'run', ...files], { env }));
