import { afterAll, beforeAll, expect, it } from 'vitest';
import { testDatabase } from '../../test/kit.ts';
import { type Fixture, fixture, OWNER } from './fixture.ts';

let f: Fixture;
beforeAll(async () => {
  f = await fixture(await testDatabase());
});
afterAll(() => f.close());

it('lets the only owner back in, by who starts the server, and says so in the audit log', async () => {
  const before = await f.signIn(OWNER.email, OWNER.password);
  const password = await f.access.recover(OWNER.email.toUpperCase());
  expect((await f.as(before, 'GET', '/api/me')).statusCode).toBe(401);
  await expect(f.signIn(OWNER.email, OWNER.password)).rejects.toThrow('401');
  const again = await f.signIn(OWNER.email, password);
  const log = await f.as(again, 'GET', '/api/audit?action=member.password_reset');
  expect(log.json().items[0]).toMatchObject({ actor: { kind: 'system' }, action: 'member.password_reset' });
});

it('names an address that nobody has', async () => {
  await expect(f.access.recover('nobody@example.com')).rejects.toThrow('No account has the address');
});
