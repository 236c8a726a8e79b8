import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, silentLog } from '../src/base/index.ts';
import { createSystem, type System } from '../src/system.ts';

/** The program in this process, in a data folder of its own, with the first workspace. Loops run when `start` is called. */
export async function openWorld(
  env: Record<string, string> = {},
): Promise<{ system: System; workspaceNo: number; close(): Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'yutang-bench-'));
  const config = readConfig({ YUTANG_DATA: dir, PORT: '0', HOST: '127.0.0.1', YUTANG_DEMO: '0', YUTANG_LOG: 'silent', ...env });
  const system = await createSystem(config, { log: silentLog, version: 'bench' });
  const { workspace } = await system.access.firstRun({});
  return {
    system,
    workspaceNo: workspace.no,
    close: async () => {
      await system.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
