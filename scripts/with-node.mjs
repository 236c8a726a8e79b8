import { ensureInstalled, runNode } from './runtime.mjs';

ensureInstalled();
process.exit(await runNode(process.argv.slice(2), { env: { UV_THREADPOOL_SIZE: '12' } }));
