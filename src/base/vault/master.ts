import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { masterKey } from '../secrets.ts';

/**
 * The master keys at hand, the current one first: of the configuration (`new,old` while one replaces another), else the one made once in the data
 * folder. A key of the folder also opens after one was configured, so that an installation can move to a key of its own.
 */
export function masterKeys(configured: string | undefined, dataDir: string): [string, ...string[]] {
  const given = masterKey(configured, dataDir).split(',');
  const file = join(dataDir, 'master.key');
  if (existsSync(file)) given.push(readFileSync(file, 'utf8'));
  const keys = [...new Set(given.map((key) => key.trim()).filter(Boolean))];
  return keys as [string, ...string[]];
}
