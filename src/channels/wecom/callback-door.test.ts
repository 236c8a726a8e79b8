import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { type Harness, startHarness } from './harness.fixture.ts';

let h: Harness;
afterEach(() => h.close());

describe('the door', () => {
  test('the address is verified, base64 with a plus sign too', async () => {
    h = await startHarness();
    expect(await h.saveCallback()).toMatchObject({ ok: true });
    for (let i = 0; i < 20; i++) {
      const { encrypted, query } = h.sealed(`echo${i}`, { nonce: String(i) });
      const raw = `${query}&echostr=${i % 2 ? encodeURIComponent(encrypted) : encrypted}`;
      const answer = await h.app.inject({ url: `/wecom/callback/ca_1?${raw}` });
      expect([answer.statusCode, answer.body]).toEqual([200, `echo${i}`]);
    }
  });

  test('what is not the platform’s is refused and not kept', async () => {
    h = await startHarness();
    const message = h.added('li', 'wm1');
    const good = h.sealed(message);
    const at = Math.floor(h.clock.ms() / 1000);
    const cases: [string, number, Promise<{ statusCode: number }>][] = [
      ['another token', 403, h.post(h.sealed(message, { token: 'x' }).query, good.body)],
      ['another body', 403, h.post(good.query, h.sealed(message).body)],
      ['another receiver', 403, Promise.resolve(h.sealed(message, { receiveId: 'wwother' })).then((s) => h.post(s.query, s.body))],
      [
        'another key',
        403,
        Promise.resolve(h.sealed(message, { key: `${h.keys.encodingAesKey.slice(1)}A` })).then((s) => h.post(s.query, s.body)),
      ],
      ['too old', 403, Promise.resolve(h.sealed(message, { timestamp: at - 301 })).then((s) => h.post(s.query, s.body))],
      ['too new', 403, Promise.resolve(h.sealed(message, { timestamp: at + 301 })).then((s) => h.post(s.query, s.body))],
      ['no signature', 400, h.post('timestamp=1&nonce=1', good.body)],
      ['a broken escape', 400, h.post(`${good.query.replace('nonce=12345', 'nonce=%zz')}`, good.body)],
      ['no XML', 400, h.post(good.query, 'hello')],
      ['a document type', 400, h.post(good.query, `<!DOCTYPE x>${good.body}`)],
      ['an empty body', 400, h.post(good.query, '')],
      ['an unknown account', 404, h.post(good.query, good.body, 'ca_2')],
      ['a message that is no XML', 400, Promise.resolve(h.sealed('hello')).then((s) => h.post(s.query, s.body))],
    ];
    for (const [name, status, answer] of cases) expect([name, (await answer).statusCode]).toEqual([name, status]);
    expect((await h.post(good.query, `<xml><a>${'x'.repeat(300_000)}</a></xml>`)).statusCode).toBe(413);
    expect(await h.rows()).toEqual([]);
  });

  test('kept once, answered at once and empty; a replay is refused', async () => {
    h = await startHarness();
    const message = h.event({ Event: 'change_external_tag', ChangeType: 'create', Id: 'et1', TagType: 'tag' });
    const first = h.sealed(message, { nonce: '1' });
    const answer = await h.post(first.query, first.body);
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    expect((await h.post(first.query, first.body)).statusCode).toBe(403);
    const again = h.sealed(message, { nonce: '2' });
    expect((await h.post(again.query, again.body)).statusCode).toBe(200);
    await h.wecom.processCallbacks();
    expect(await h.rows()).toMatchObject([{ state: 'ignored' }]);
  });
});

test('two processes share the inbox and nothing is done twice', async () => {
  h = await startHarness({ welcome: { text: '你好' } });
  await h.saveCallback();
  const ids = Array.from({ length: 40 }, () => h.friend());
  const other = h.another();
  await h.control.settle();
  await Promise.all([h.wecom.processCallbacks(), other.processCallbacks(), h.wecom.processCallbacks()]);
  for (const id of ids) expect(h.welcomesOf(id)).toHaveLength(1);
  expect(h.named('Friend Added')).toHaveLength(40);
  expect(h.calls('/send_welcome_msg')).toHaveLength(40);
});

test('what a dead process had in hand is taken up again', async () => {
  h = await startHarness({ welcome: { text: '你好' } });
  const kept = h.sealed(h.added('li', h.friend()));
  await h.wecom.receive('ca_1', Object.fromEntries(new URLSearchParams(kept.query)) as never, kept.body);
  await h.pg.query(`UPDATE platform_callbacks SET attempts = 1, due_at = $1`, [new Date(h.clock.ms() + 60_000)]);
  expect(await h.wecom.processCallbacks()).toMatchObject({ handled: 0 });
  h.control.advance(60_000);
  expect(await h.wecom.processCallbacks()).toMatchObject({ handled: 1 });
  expect(h.named('Friend Added')).toHaveLength(1);
});

test('whatever is thrown at the door gets an answer of the caller’s fault', async () => {
  h = await startHarness();
  const piece = fc.oneof(fc.string(), fc.constantFrom('%00', '%zz', '<xml>', '&', '=', '+', 'ca_1', 'echostr=1', h.sealed('x').query));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST'),
      piece,
      piece,
      fc.oneof(fc.string(), fc.json()),
      fc.constantFrom('text/xml', 'application/json', ''),
      async (method, id, query, payload, type) => {
        const answer = await h.app.inject({
          method: method as 'GET' | 'POST',
          url: `${encodeURI(`/wecom/callback/${encodeURIComponent(id)}`).replaceAll('%2500', '%00')}?${encodeURI(query)}`,
          ...(method === 'POST' ? { payload, headers: type ? { 'content-type': type } : {} } : {}),
        });
        expect(answer.statusCode).toBeGreaterThanOrEqual(400);
        expect(answer.statusCode).toBeLessThan(500);
      },
    ),
    { numRuns: 300 },
  );
});

test('what falls due again soon is seen to without being asked', async () => {
  h = await startHarness({ welcome: { text: '你好 {{ name }}' }, rules: { relationLagMs: 1_000 } });
  await h.saveCallback();
  const id = h.friend('li', { name: '小海' });
  await h.control.settle();
  await new Promise((resolve) => setTimeout(resolve, 100));
  h.control.advance(2_000);
  // The one place where real time must pass: the door's own timer.
  await expect.poll(() => h.welcomesOf(id).map((message) => message.text), { timeout: 5_000 }).toEqual(['你好 小海']);
});
