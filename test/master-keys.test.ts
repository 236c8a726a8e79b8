import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectPg, createTokens, derivedKeys, keyMigrations, type Pg } from '../src/base/index.ts';
import { createSeal } from '../src/channels/seal.ts';
import { createSecretBox } from '../src/events/imports/index.ts';
import { testDatabase } from './kit.ts';

let pg: Pg;
let drop: () => Promise<void>;
beforeAll(async () => {
  const database = await testDatabase();
  pg = connectPg(database.url, { max: 2 });
  drop = async () => {
    await pg.pool.end();
    await database.drop();
  };
  await pg.query(keyMigrations[0]!.pg!);
});
afterAll(() => drop());

/** What a process does with keys that it was started with. */
async function started(...masters: string[]) {
  const keys = async (purpose: string) => derivedKeys(pg, masters, purpose);
  return {
    links: createTokens([...(await keys('yutang tracked links')).values()]),
    accounts: createSeal([...(await keys('yutang channel secrets')).values()]),
    sources: createSecretBox(await keys('yutang secrets of sources')),
  };
}

test('links and secrets from before stay good when the master key is replaced, and when the old one is gone', async () => {
  const first = await started('the first master key');
  const link = first.links.token(1, 42);
  const account = first.accounts.seal({ secret: 'of the platform' });
  const source = first.sources.seal('of a database');
  await started('the second master key', 'the first master key');
  for (const masters of [['the second master key'], ['the third master key', 'the second master key'], ['the third master key']]) {
    const now = await started(...masters);
    expect(now.links.read(link)).toEqual({ workspaceNo: 1, no: 42 });
    expect(now.accounts.open(account)).toEqual({ secret: 'of the platform' });
    expect(now.sources.open(source)).toBe('of a database');
    // New ones are made with the new key.
    expect(now.links.token(1, 42)).not.toBe(link);
    expect(now.links.read(now.links.token(1, 43))).toEqual({ workspaceNo: 1, no: 43 });
  }
  const stranger = await started('a master key of nobody');
  expect(stranger.links.read(link)).toBeUndefined();
  expect(() => stranger.accounts.open(account)).toThrow();
  expect(() => stranger.sources.open(source)).toThrow(/not at hand/);
});
