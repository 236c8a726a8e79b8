import { join } from 'node:path';
import { ensureInstalled, root, runNode } from './runtime.mjs';

ensureInstalled();
const bin = (name, file) => join(root, 'node_modules', name, file);
const steps = [
  ['types', [bin('typescript', 'bin/tsc'), '--noEmit', '-p', '.']],
  ['types of the console', [bin('typescript', 'bin/tsc'), '--noEmit', '-p', 'src/console/tsconfig.json']],
  ['types of the SDKs', [bin('typescript', 'bin/tsc'), '--noEmit', '-p', 'src/sdk/tsconfig.json']],
  ['lint', [bin('@biomejs/biome', 'bin/biome'), 'check', '--error-on-warnings', '.']],
  ['house rules, sizes of the SDKs', [bin('vitest', 'vitest.mjs'), 'run', 'test/house.test.ts', 'src/sdk/sizes.test.ts']],
];
let failed = 0;
for (const [name, args] of steps) {
  const code = await runNode(args);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name}`);
  if (code !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
