import { join } from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { ensureBuilt, ensureInstalled, root, runNode } from './runtime.mjs';

ensureInstalled();
ensureChromium();
await ensureBuilt();
const args = process.argv.slice(2);
process.exit(await runNode([join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...args], { env: { UV_THREADPOOL_SIZE: '12' } }));
