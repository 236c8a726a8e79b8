// The server restarts when its sources change; the console is served by Vite with its requests passed on to the server.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled, projectNode, root, runNode, serverEnv, serverFlags } from './runtime.mjs';

ensureInstalled();
const console_ = spawn(projectNode(), [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), '--port', '7101'], {
  cwd: root,
  stdio: 'inherit',
});
const code = await runNode([...serverFlags, '--watch-path=src', 'src/main.ts'], { env: serverEnv });
console_.kill();
process.exit(code);
