import { hkdfSync } from 'node:crypto';
import type { Migration } from '../migrations.ts';
import type { Pg } from '../postgres/index.ts';
import { masterNames, unwrapKey, wrapKey } from './seal.ts';

export const keyMigrations: Migration[] = [
  {
    room: 'keys',
    n: 1,
    name: 'keys made of master keys',
    pg: `CREATE TABLE derived_keys (
      purpose text NOT NULL, made_by text NOT NULL, wrapped bytea NOT NULL, wrapped_by text NOT NULL, PRIMARY KEY (purpose, made_by))`,
  },
];

const derivedKey = (master: string, purpose: string): Buffer => Buffer.from(hkdfSync('sha256', master, '', purpose, 32));

/**
 * The keys for a purpose by the names of the master keys that made them, that of the current one first: new things are signed and sealed with it. Those of master keys from before are kept,
 * wrapped by the current one, so that what was signed and sealed with them stays good when they themselves are gone from the configuration.
 */
export async function derivedKeys(pg: Pg, masters: readonly string[], purpose: string): Promise<Map<string, Buffer>> {
  const names = masterNames(masters);
  const about = (madeBy: string) => `key ${purpose} ${madeBy}`;
  const keys = new Map(masters.map((master, i) => [names[i]!, derivedKey(master, purpose)]));
  const rows = await pg.query<{ made_by: string; wrapped: Buffer; wrapped_by: string }>(
    'SELECT made_by, wrapped, wrapped_by FROM derived_keys WHERE purpose = $1',
    [purpose],
  );
  const current = new Set(rows.filter((row) => row.wrapped_by === names[0]).map((row) => row.made_by));
  for (const { made_by, wrapped, wrapped_by } of rows) {
    const key = keys.get(made_by) ?? unwrapKey(masters, wrapped_by, wrapped, about(made_by));
    if (key) keys.set(made_by, key);
  }
  for (const [madeBy, key] of keys) {
    if (current.has(madeBy)) continue;
    await pg.query(
      `INSERT INTO derived_keys (purpose, made_by, wrapped, wrapped_by) VALUES ($1, $2, $3, $4)
       ON CONFLICT (purpose, made_by) DO UPDATE SET wrapped = EXCLUDED.wrapped, wrapped_by = EXCLUDED.wrapped_by`,
      [purpose, madeBy, wrapKey(masters[0]!, key, about(madeBy)), names[0]],
    );
  }
  return keys;
}
