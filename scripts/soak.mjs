import { join } from 'node:path';
import { ensureInstalled, root, runNode } from './runtime.mjs';

// Properties at length: 100,000 random rules, other ones in every run. `YUTANG_RULE_SEED` repeats a run, `YUTANG_RULE_CASES` makes it shorter.
ensureInstalled();
const seed = process.env.YUTANG_RULE_SEED ?? String(Date.now() % 1e9);
process.stdout.write(`YUTANG_RULE_SEED=${seed}\n`);
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const env = { UV_THREADPOOL_SIZE: '12', YUTANG_RULE_SEED: seed, YUTANG_RULE_CASES: process.env.YUTANG_RULE_CASES ?? '100000' };
process.exit(await runNode([vitest, 'run', 'src/audience/rules.test.ts', ...process.argv.slice(2)], { env }));
