import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root, runNode, serverFlags } from './runtime.mjs';

ensureInstalled();
await ensureBuilt();
process.exit(
  await runNode([...serverFlags, 'src/main.ts'], {
    env: {
      NODE_ENV: 'production',
      NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'yutang'),
      UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE ?? '12',
    },
  }),
);
