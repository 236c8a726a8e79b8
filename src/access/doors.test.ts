import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../test/kit.ts';
import { type Fixture, fixture, OWNER } from './fixture.ts';
import { routeTable } from './index.ts';

const nasty = fc.constantFrom(
  '\0',
  'a\0b',
  '\ud800',
  '\\u0000',
  '',
  ' ',
  '💰'.repeat(60),
  '__proto__',
  'owner',
  'api',
  'a@example.com',
  '-1',
  '1e999',
);
const value = fc.oneof(nasty, fc.jsonValue({ maxDepth: 3 }), fc.string({ unit: 'binary', maxLength: 40 }));
const field = fc.constantFrom(
  'name',
  'email',
  'role',
  'password',
  'kind',
  'timezone',
  'currency',
  'settings',
  'currentPassword',
  'newPassword',
  'x',
);
const body = fc.oneof(
  fc.dictionary(field, value, { noNullPrototype: true }),
  fc.record({ name: nasty, settings: fc.dictionary(nasty, value, { noNullPrototype: true }) }),
  value,
);

describe('every door of this room', () => {
  let f: Fixture;
  beforeAll(async () => {
    f = await fixture(await testDatabase());
  });
  afterAll(() => f.close());

  it('answers anything at all without failing', async () => {
    const cookie = await f.signIn(OWNER.email, OWNER.password);
    const doors = routeTable(f.app).filter((route) => route.method !== 'HEAD' && !/sign-out|change-password/.test(route.url));
    const door = fc.constantFrom(...doors);
    await fc.assert(
      fc.asyncProperty(
        door,
        fc.oneof(nasty, fc.string()),
        body,
        fc.oneof(nasty, fc.string()),
        async ({ method, url }, id, payload, query) => {
          const text = JSON.stringify(payload);
          const answer = await f.app.inject({
            method: method as 'POST',
            url: `${url.replace(':id', encodeURIComponent(id.toWellFormed()))}?cursor=${encodeURIComponent(query.toWellFormed())}&action=${encodeURIComponent(query.toWellFormed())}`,
            headers: { cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
            ...(method === 'GET' ? {} : { payload: text }),
          });
          expect([method, url, answer.statusCode < 500, answer.statusCode]).toEqual([method, url, true, answer.statusCode]);
          if (answer.statusCode >= 400) expect(answer.headers['content-type']).toContain('application/problem+json');
        },
      ),
      { numRuns: 600 },
    );
    expect((await f.as(cookie, 'GET', '/api/me')).statusCode).toBe(200);
  });
});
