import { ensureBuilt, ensureInstalled, runNode } from './runtime.mjs';

ensureInstalled();
await ensureBuilt();
process.exit(
  await runNode(['src/main.ts'], { env: { NODE_ENV: 'production', UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE ?? '12' } }),
);
