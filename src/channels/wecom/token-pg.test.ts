import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '../../../test/kit.ts';
import { connectPg, type Pg } from '../../base/index.ts';
import { createPgTokenStore } from '../platform/token-pg.ts';
import { wecomMigrations } from './migrations.ts';
import { testClient } from './platform.fixture.ts';

let pg: Pg & { close(): Promise<void> };
let drop: () => Promise<void>;
beforeAll(async () => {
  const database = await testDatabase();
  drop = database.drop;
  pg = connectPg(database.url, { max: 8 });
  for (const step of wecomMigrations) await pg.query(step.pg ?? '');
});
afterAll(async () => {
  await pg.close();
  await drop();
});

test('several processes share one token and refresh it once', async () => {
  let tokens = 0;
  const answers = {
    gettoken: () => ({ errcode: 0, access_token: `t${++tokens}`, expires_in: 7200 }),
    getcallbackip: (call: { query: URLSearchParams }) =>
      call.query.get('access_token') === 't1' ? { errcode: 42001 } : { errcode: 0, ip_list: [] },
  };
  const processes = [1, 2, 3].map(() => testClient(answers, { tokens: createPgTokenStore(pg) }));
  await Promise.all(processes.flatMap(({ client }) => [client.call('getcallbackip', {}), client.call('getcallbackip', {})]));
  expect(tokens).toBe(2);
});

test('a wrong secret is kept, without the secret', async () => {
  const one = testClient({ getcallbackip: { errcode: 40001, errmsg: 'x, hint: [h1]' } }, { tokens: createPgTokenStore(pg) });
  await expect(one.client.call('getcallbackip', {})).rejects.toMatchObject({ errcode: 40001 });
  const two = testClient({}, { tokens: createPgTokenStore(pg) });
  await expect(two.client.call('getcallbackip', {})).rejects.toMatchObject({ errcode: 40001, hint: 'h1' });
  expect(JSON.stringify(await pg.query('SELECT key FROM platform_tokens'))).not.toContain('s3cret');
  await two.client.mend();
  expect(await two.client.call('getcallbackip', {})).toEqual({ ip_list: [] });
});
