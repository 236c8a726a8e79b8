import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RouteEntry, routeTable } from '../src/access/index.ts';
import { encodeCursor } from '../src/base/index.ts';
import { badInput, type Case } from './bad-input.ts';
import { type Answer, basic, type Call, type Json, type Running, running, until, WRITE_KEY } from './running.ts';

let y: Running;
beforeAll(async () => {
  y = await running();
});
afterAll(() => y?.close());

/** Bad input of every kind gets its answer: the status, the field, and what would mend it. */
describe('bad input', () => {
  const there: Record<string, string> = { timeless: encodeCursor({ time: 'never', key: 1 }) };
  const fill = (text: string): string => text.replace(/\{(person|audience|content|journey|timeless)\}/g, (_, name: string) => there[name]!);
  const filled = (body: unknown): unknown => {
    if (typeof body === 'function') return (body as () => FormData)();
    if (typeof body !== 'object' || body === null || body instanceof Uint8Array) return body;
    return JSON.parse(fill(JSON.stringify(body)));
  };
  const ask = ({ at, body, headers, key }: Case): Promise<Answer> => {
    const [method, path] = at.split(' ') as [string, string];
    const json: Record<string, string> =
      typeof body === 'string' && !headers?.['content-type'] ? { 'content-type': 'application/json' } : {};
    return y.call({
      method,
      path: fill(path),
      ...(body === undefined ? {} : { body: filled(body) }),
      headers: { ...json, ...headers },
      ...(key === undefined ? {} : { key }),
    });
  };

  beforeAll(async () => {
    for (const userId of ['taken-1', 'taken-2']) expect((await y.send('identify', { userId })).status).toBe(200);
    there.person = (await y.person('user_id:taken-1')).id;
    there.audience = (await y.post('/api/audiences', { name: 'A', rule: { stage: 'new' } })).body.id;
    there.content = (await y.post('/api/content', { name: 'C', body: 'Hello' })).body.id;
    there.journey = (await y.post('/api/journeys', { name: 'J', graph: { nodes: [], edges: [] } })).body.id;
    expect(Object.values(there).every(Boolean)).toBe(true);
  });
  it.each(badInput.map((one) => [one.at, one.wrong, one] as const))('%s: %s', async (_at, _wrong, one) => {
    const answer = await ask(one);
    const body = answer.body as Json;
    expect([answer.status, JSON.stringify(body).slice(0, 500)]).toEqual([one.status, expect.anything()]);
    expect(answer.type).toContain('application/problem+json');
    expect(body).toMatchObject({ type: expect.any(String), title: expect.any(String), status: one.status });
    if (one.field === undefined) expect(`${body.title} ${body.detail ?? ''}`).toMatch(one.says);
    else {
      expect(body.errors?.map((e: Json) => e.field)).toContain(one.field);
      expect(body.errors.find((e: Json) => e.field === one.field).reason).toMatch(one.says);
    }
  });

  it('is answered in Chinese where that is asked for: the same fields, other words', async () => {
    const chinese = /\p{Script=Han}/u;
    const english: string[] = [];
    // Two of a door show it: the words themselves are held to by the dictionaries' own test.
    const some = badInput.filter(
      (one, i) => badInput.filter(({ at }, j) => j < i && at === one.at).length < 2 || /mapping|rule/.test(one.wrong),
    );
    for (const one of some) {
      const { status, body, headers } = await ask({ ...one, headers: { ...one.headers, 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8' } });
      const problem = body as Json;
      const answered = [one.at, one.wrong, status, headers.get('content-language'), headers.get('vary')];
      expect(answered).toEqual([one.at, one.wrong, one.status, 'zh', expect.stringContaining('accept-language')]);
      const said = [problem.title, problem.detail ?? '中', ...(problem.errors ?? []).map((e: Json) => e.reason)] as string[];
      english.push(...said.filter((text) => !chinese.test(text)).map((text) => `${one.at}, ${one.wrong}: ${text}`));
      if (one.field !== undefined) expect(problem.errors.map((e: Json) => e.field)).toContain(one.field);
    }
    expect(english).toEqual([]);
    const inEnglish = await y.get('/api/people/nobody');
    expect([inEnglish.headers.get('content-language'), inEnglish.body.title]).toEqual(['en', 'Person not found']);
  });

  it('is asked for in every room', () => {
    expect(badInput.length).toBeGreaterThan(60);
    const contract =
      /\/v1\/(?:track|identify|page|screen|group|alias|batch)|\/api\/(?:people|imports|audiences|definitions|journeys|insight|jobs)/;
    const asked = new Set(badInput.map(({ at }) => contract.exec(at)?.[0]));
    expect(asked.size - 1).toBe(14);
  });

  it('costs its neighbours nothing: what is good in a batch is kept, and the bad is listed', async () => {
    const good = (n: number) => ({ type: 'track', messageId: `good-${n}`, userId: 'of-the-batch', event: 'Kept' });
    const bad: [unknown, string][] = [
      [{ type: 'track', userId: 'of-the-batch' }, 'event'],
      [7, ''],
      [null, ''],
      [{ ...good(90), type: 'purchase' }, 'type'],
      [{ ...good(91), timestamp: 'soon' }, 'timestamp'],
      [{ ...good(92), userId: 'null' }, 'userId'],
      [{ ...good(93), properties: 'x' }, 'properties'],
      [{ ...good(94), messageId: '' }, 'messageId'],
      [{ type: 'alias', userId: 'taken-2', previousId: 'taken-1' }, 'previousId'],
      [{ type: 'group', userId: 'of-the-batch' }, 'groupId'],
    ];
    const batch = bad.flatMap(([one], i) => [good(i), one]);
    const answer = await y.send('batch', { batch });
    expect(answer.status).toBe(200);
    const rejected = answer.body.rejected as Json[];
    expect(rejected.map(({ index, field }) => [index, field])).toEqual(bad.map(([, field], i) => [2 * i + 1, field]));
    for (const { reason } of rejected) expect(reason).toMatch(/\w+ \w+/);
    const chinese = await y.send('batch', { batch }, { 'accept-language': 'zh' });
    expect(chinese.body.rejected.map((r: Json) => [r.index, r.field])).toEqual(rejected.map((r) => [r.index, r.field]));
    for (const { reason } of chinese.body.rejected) expect(reason).toMatch(/\p{Script=Han}/u);
    const person = await y.person('user_id:of-the-batch');
    const kept = await until('the good ones', async () => {
      const { items } = (await y.get(`/api/people/${person.id}/events?event=Kept`)).body;
      return items.length >= bad.length && items;
    });
    expect(kept.map((e: Json) => e.messageId).sort()).toEqual(bad.map((_, i) => `good-${i}`));
  });
});

/** Anything at all, at every door: an answer, never a failure. */
describe('anything at all', () => {
  const word = fc.constantFrom(
    ...'type event userId anonymousId previousId groupId messageId timestamp properties traits context externalIds id batch name rule all any not trait tag op value within count level audience sequence graph nodes edges from to kind steps first return period question cell key email role url body link items personIds settings caps days quietHours mapping uploadId options limit cursor'.split(
      ' ',
    ),
  );
  const leaf = fc.oneof(
    word,
    fc.constantFrom<unknown>(
      null,
      true,
      0,
      -1,
      1e308,
      2 ** 53,
      '',
      ' ',
      '\u0000',
      'a\u0000b',
      '\ud800',
      '__proto__',
      '2026-01-01',
      '2026-01-01T00:00:00Z',
      'track',
    ),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.double(),
    fc.integer(),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.oneof(word, fc.string({ maxLength: 10 })), tie('value'), { maxKeys: 6, noNullPrototype: true }),
    ),
  }));
  const bytes = fc.uint8Array({ maxLength: 200 });
  const jsonHeaders = { 'content-type': 'application/json' };

  let cookie: string;
  let routes: RouteEntry[];
  beforeAll(async () => {
    cookie = await y.signIn();
    routes = routeTable(y.system.app).filter((r) => !['HEAD', 'OPTIONS'].includes(r.method));
  });

  const survives = async (call: Call): Promise<void> => {
    const answer = await y.call(call);
    expect([call.method, call.path, answer.status < 500, answer.status]).toEqual([call.method, call.path, true, answer.status]);
    // Who scans a code is a person with a phone: they are answered with a page.
    const page = /^\/([cprsu]|poster)\//.test(call.path);
    if (answer.status >= 400)
      expect(answer.type).toMatch(page ? /^(text\/html|application\/problem\+json)/ : /^application\/problem\+json/);
  };

  /** A message that is right but for one place. */
  const almost = fc
    .tuple(
      fc.constantFrom(
        'type',
        'event',
        'userId',
        'anonymousId',
        'messageId',
        'timestamp',
        'properties',
        'traits',
        'context',
        'groupId',
        'previousId',
        'name',
        'channel',
      ),
      value,
    )
    .map(([field, what]) => ({
      type: 'track',
      event: 'X',
      userId: 'u',
      anonymousId: 'a',
      groupId: 'g',
      previousId: 'p',
      properties: {},
      [field]: what,
    }));

  it.each(['track', 'identify', 'page', 'screen', 'group', 'alias', 'batch'])('/v1/%s', async (door) => {
    const body =
      door === 'batch'
        ? fc.oneof(fc.record({ batch: fc.array(fc.oneof(almost, value), { maxLength: 5 }) }), value)
        : fc.oneof(almost, almost, value);
    const headers = { authorization: basic(WRITE_KEY), ...jsonHeaders };
    const send = (what: unknown, more = {}) =>
      survives({ method: 'POST', path: `/v1/${door}`, body: what, headers: { ...headers, ...more }, key: null });
    await fc.assert(
      fc.asyncProperty(
        fc.array(body, { minLength: 4, maxLength: 4 }),
        async (all) => void (await Promise.all(all.map((one) => send(JSON.stringify(one) ?? 'null')))),
      ),
      { numRuns: 12 },
    );
    await fc.assert(
      fc.asyncProperty(bytes, fc.boolean(), fc.boolean(), async (some, gzip, packed) =>
        send(packed ? gzipSync(some) : some, gzip ? { 'content-encoding': 'gzip' } : {}),
      ),
      { numRuns: 8 },
    );
  });

  it('every route that takes a body', async () => {
    // Signing out would end the session; wrong passwords are counted.
    const open = routes.filter(
      (r) => r.url.startsWith('/api/') && ['POST', 'PUT', 'PATCH', 'DELETE'].includes(r.method) && !/sign-|password/.test(r.url),
    );
    expect(open.length).toBeGreaterThan(30);
    const ids = fc.oneof(
      fc.constantFrom('x', '0', 'a%00b', '%F0%9F%92%B0', '..%2f', "a'b", 'p_0000001', 'webhook'),
      fc.string({ minLength: 1, maxLength: 20 }).map(encodeURIComponent),
    );
    const shaped = (keys: string[]) => fc.dictionary(fc.constantFrom(...keys), value, { noNullPrototype: true });
    for (const route of open) {
      const keys = bodyKeys(y.system.app.swagger() as Json, route);
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(ids, keys.length > 0 ? fc.oneof(shaped(keys), value) : value), { minLength: 3, maxLength: 3 }),
          fc.tuple(ids, bytes),
          async (several, [id, raw]) => {
            const at = (one: string) => ({ method: route.method, path: route.url.replace(':id', one), cookie, headers: jsonHeaders });
            await Promise.all([
              ...several.map(([one, body]) => survives({ ...at(one), body: JSON.stringify(body) ?? 'null' })),
              survives({ ...at(id), body: raw }),
            ]);
          },
        ),
        { numRuns: 3 },
      );
    }
  });

  it('every route that is read, with anything for its ids and its query', async () => {
    const text = fc.oneof(
      fc.constantFrom(
        '',
        '0',
        '-1',
        '\u0000',
        '💰',
        "';--",
        '%',
        'e30',
        'eyJ0aW1lIjoibmV2ZXIiLCJrZXkiOjF9',
        'p_zzzzzzz',
        'p_3zzzzzz',
        'NaN',
        '1e9',
      ),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    const open = routes.filter((r) => r.method === 'GET' && r.url !== '/*');
    for (const route of open) {
      const names = queryNames(y.system.app.swagger() as Json, route);
      await fc.assert(
        fc.asyncProperty(
          text,
          fc.dictionary(fc.constantFrom('cursor', 'limit', ...names), text, { noNullPrototype: true }),
          async (id, query) => {
            const asked = Object.entries(query).map(([k, v]) => `${k}=${encodeURIComponent(v.toWellFormed())}`);
            const path = route.url.replace(/:\w+/, encodeURIComponent(id.toWellFormed()) || 'x');
            await survives({ method: 'GET', path: `${path}?${asked.join('&')}`, cookie });
          },
        ),
        { numRuns: 4 },
      );
    }
  });

  it('leaves the program as it was', async () => {
    expect((await y.send('track', { userId: 'after-all', event: 'Still Here' })).status).toBe(200);
    await until('the event', async () => {
      const person = await y.person('user_id:after-all');
      return (await y.get(`/api/people/${person.id}/events`)).body.items.some((e: Json) => e.event === 'Still Here');
    });
    expect((await y.get('/readyz', { key: null })).status).toBe(200);
    expect(y.errors.map((e) => `${e.route ?? ''} ${e.msg}: ${e.err?.message}`)).toEqual([]);
  });
});

const described = (api: Json, { method, url }: RouteEntry): Json | undefined =>
  api.paths[url.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];

function bodyKeys(api: Json, route: RouteEntry): string[] {
  const schema = described(api, route)?.requestBody?.content?.['application/json']?.schema;
  return Object.keys(schema?.properties ?? {});
}

function queryNames(api: Json, route: RouteEntry): string[] {
  return (described(api, route)?.parameters ?? []).filter((p: Json) => p.in === 'query').map((p: Json) => p.name);
}
