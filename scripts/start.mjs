import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root, runNode, serverEnv, serverFlags } from './runtime.mjs';

ensureInstalled();
await ensureBuilt();
process.exit(
  await runNode([...serverFlags, 'src/main.ts'], {
    env: {
      NODE_ENV: 'production',
      NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'yutang'),
      ...serverEnv,
    },
  }),
);
