import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../../test/browser.ts';
import { basic, type Json, type Running, running, until, WRITE_KEY } from '../../../test/running.ts';

let y: Running;
beforeAll(async () => {
  y = await running();
});
afterAll(async () => {
  await y?.close();
});

const base64 = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64');
const form = (fields: Record<string, string>) => ({
  body: new URLSearchParams(fields).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
});
const sa = (init: { body?: string | FormData; headers?: Record<string, string> }, query = `project=default&token=${WRITE_KEY}`) =>
  y.call({ method: 'POST', path: `/sa?${query}`, key: null, ...init });
const send = (records: Json[], query?: string) => sa(form({ data_list: base64(records), crc: '1' }), query);
const at = Date.UTC(2026, 8, 1, 4);
const track = (more: Json): Json => ({
  type: 'track',
  event: 'ViewProduct',
  time: at,
  distinct_id: 'd1',
  properties: { $lib: 'js' },
  ...more,
});
async function events(externalId: string, atLeast = 1): Promise<Json[]> {
  const person = await y.person(externalId);
  return until(`${atLeast} events`, async () => {
    const { items } = (await y.get(`/api/people/${person.id}/events?limit=100`)).body;
    const said = items.filter((e: Json) => e.messageId.startsWith('sa:')).reverse();
    return said.length >= atLeast && said;
  });
}

describe('the Sensors Analytics door', () => {
  it('takes one record and lists, by GET and POST, packed or not, in forms of both kinds, with the key where SDKs put it', async () => {
    const one = (n: number) => track({ distinct_id: 'shapes', _track_id: n });
    const gif = await y.call({ path: `/sa.gif?token=${WRITE_KEY}&data=${encodeURIComponent(base64(one(1)))}&ext=crc%3D1`, key: null });
    expect([gif.status, gif.type]).toEqual([200, 'image/gif']);
    expect((await y.call({ path: `/sa?project=${WRITE_KEY}&data=${base64(one(2))}`, key: null })).status).toBe(200);
    expect((await sa(form({ data: base64(one(3)) }))).body).toEqual({ success: true, accepted: 1, ignored: 0 });
    expect((await sa(form({ data_list: gzipSync(JSON.stringify([one(4), one(5)])).toString('base64'), gzip: '1' }))).body.accepted).toBe(2);
    const multipart = new FormData();
    multipart.set('data', base64(one(6)));
    expect((await sa({ body: multipart })).status).toBe(200);
    const asText = { body: `data_list=${encodeURIComponent(base64([one(7)]))}&gzip=0`, headers: { 'content-type': 'text/plain' } };
    expect((await sa(asText)).status).toBe(200);
    expect((await sa({ body: JSON.stringify([one(8)]), headers: { authorization: basic(WRITE_KEY) } }, 'project=default')).status).toBe(
      200,
    );
    expect((await sa(form({ data: base64(one(9)) }), 'project=default')).status).toBe(401);
    expect((await sa(form({ data: base64(one(9)) }), 'token=wrong')).status).toBe(401);
    expect(await events('anonymous_id:shapes', 8)).toHaveLength(8);
  });

  it('counts a record once, however often and whenever it is sent', async () => {
    const records = [
      track({ distinct_id: 'twice', _track_id: 77 }),
      track({ distinct_id: 'twice', properties: { n: 1 } }),
      track({ distinct_id: 'twice', properties: { n: 2 } }),
    ];
    await send(records.map((r) => ({ ...r, _flush_time: 1 })));
    await send(records.map((r) => ({ ...r, _flush_time: 2 })));
    await y.system.events.flush();
    expect(await events('anonymous_id:twice', 3)).toHaveLength(3);
  });

  it('knows who: sign-up joins, identities of the newer kind have their types, openids their app', async () => {
    await send([
      track({ distinct_id: 'cookie-9' }),
      { type: 'track_signup', event: '$SignUp', time: at + 1, distinct_id: 'u-sa', original_id: 'cookie-9', properties: {} },
      track({ distinct_id: 'u-sa', login_id: 'u-sa', anonymous_id: 'cookie-9', time: at + 2, event: 'Paid' }),
    ]);
    expect((await events('user_id:u-sa', 3)).map((e) => e.event)).toEqual(['ViewProduct', '$SignUp', 'Paid']);
    const identities = {
      $identity_login_id: 'u-id3',
      $identity_cookie_id: 'ck-3',
      $identity_mp_openid: 'oApp3',
      $identity_mp_unionid: 'oUnion3',
      $identity_mobile: '13800138003',
      $identity_email: 'A@Id3.example',
      $identity_of_their_own: 'x',
    };
    await send([track({ distinct_id: 'u-id3', identities, properties: { $lib: 'MiniProgram', $app_id: 'wx3' } })]);
    const person = await y.person('wechat_openid:wx3:oApp3');
    expect(person.identities.map((i: Json) => i.type).sort()).toEqual(
      ['cookie_id', 'email', 'phone', 'user_id', 'wechat_openid', 'wechat_unionid'].sort(),
    );
    await send(
      [track({ distinct_id: 'x', identities: { $identity_mp_openid: 'oApp4' }, anonymous_id: 'anon-4' })],
      `token=${WRITE_KEY}&app_id=wx4`,
    );
    expect((await y.person('wechat_openid:wx4:oApp4')).id).toBe((await y.person('anonymous_id:anon-4')).id);
  });

  it('says what the SDK’s own events are, in the words of all surfaces', async () => {
    const of = (event: string, properties: Json, n: number) =>
      track({ event, distinct_id: 'names', _track_id: n, time: at + n, properties });
    await send([
      of('$pageview', { $lib: 'js', $url: 'https://s.example/a', $url_path: '/a', $title: 'A', $utm_source: 'xhs' }, 1),
      of(
        '$WebClick',
        {
          $lib: 'js',
          $element_type: 'BUTTON',
          $element_content: '买',
          $element_path: 'body > div#app > button:nth-of-type(2)',
          $element_class_name: 'buy',
          $url_path: '/a',
        },
        2,
      ),
      of('$MPLaunch', { $lib: 'MiniProgram', $scene: '扫码', $url_path: 'pages/home' }, 3),
      of('$MPViewScreen', { $lib: 'MiniProgram', $url_path: 'pages/home' }, 4),
      of('Their Own', { $lib: 'Android', price: 12.5 }, 5),
    ]);
    const found = await events('anonymous_id:names', 5);
    expect(found.map((e) => `${e.type} ${e.event}`)).toEqual([
      'page ',
      'track Element Clicked',
      'track Application Opened',
      'screen pages/home',
      'track Their Own',
    ]);
    expect(found[0]).toMatchObject({
      properties: { url: 'https://s.example/a', path: '/a' },
      context: { carrier: 'web', campaign: { source: 'xhs' }, page: { title: 'A' } },
    });
    expect(found[1]!.properties).toMatchObject({
      element_tag: 'button',
      element_text: '买',
      element_chain: 'div#app > button.buy:nth-of-type(2)',
      path: '/a',
    });
    expect(found[2]!.context.carrier).toBe('mini_program');
  });

  it('profiles: set, once, more, added, taken; items are let pass', async () => {
    const who = { distinct_id: 'u-prof', login_id: 'u-prof' };
    const change = (type: string, properties: Json, n: number) => ({ type, ...who, time: at + n, properties });
    const answer = await send([
      change('profile_set', { $name: '周周', level: 3, points: 10 }, 1),
      change('profile_set_once', { level: 9, first: 'poster' }, 2),
      change('profile_increment', { points: 5, visits: 1 }, 3),
      change('profile_append', { likes: ['tea'] }, 4),
      change('profile_append', { likes: ['tea', 'cups'] }, 5),
      change('profile_unset', { first: true }, 6),
      { type: 'item_set', item_type: 'book', item_id: '1', properties: {} },
    ]);
    expect(answer.body).toMatchObject({ success: true, accepted: 6, ignored: 1 });
    const person = await y.person('user_id:u-prof');
    expect(person.traits).toMatchObject({ name: '周周', level: 3, points: 15, visits: 1, likes: ['tea', 'cups'], first: '' });
    await send([change('profile_increment', { points: 5, visits: 1 }, 3)]);
    expect((await y.person('user_id:u-prof')).traits.points).toBe(15);
  });

  it('keeps the good records of a list and names the bad ones; with none that is good it is a 400', async () => {
    const mixed = await send([track({ distinct_id: 'mixed' }), track({ event: 5 }), { type: 'what' }, 7 as never]);
    expect(mixed.status).toBe(200);
    expect(mixed.body.rejected.map((r: Json) => `${r.index} ${r.field}`)).toEqual(['1 event', '2 type', '3 ']);
    const nobody = await send([track({ distinct_id: 'x', identities: {}, time: 'soon' })]);
    expect([nobody.status, nobody.body.errors[0].field]).toEqual([400, '0.time']);
    expect((await sa(form({ data: '!!' }))).body.errors[0]).toEqual({ field: 'data', reason: 'is not base64' });
    expect((await sa(form({ data_list: base64('nothing') }))).body.errors[0].reason).toContain('not JSON');
    expect((await sa({ body: '' })).status).toBe(400);
  });

  it('whatever is sent, the answer is never a fault of ours', async () => {
    const anything = fc.oneof(
      fc.record(
        {
          type: fc.oneof(
            fc.constantFrom('track', 'track_signup', 'profile_set', 'profile_append', 'profile_increment', 'profile_delete', 'item_set'),
            fc.string(),
          ),
          event: fc.oneof(fc.string(), fc.constantFrom('$pageview', '$WebClick', '$MPShare'), fc.jsonValue()),
          distinct_id: fc.oneof(fc.string(), fc.jsonValue()),
          time: fc.oneof(fc.double(), fc.string(), fc.jsonValue()),
          properties: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue()),
          identities: fc.oneof(
            fc.dictionary(fc.constantFrom('$identity_login_id', '$identity_mp_openid', '$identity_mobile', 'x'), fc.jsonValue()),
            fc.jsonValue(),
          ),
        },
        { requiredKeys: [] },
      ),
      fc.jsonValue(),
    );
    const bodies = fc.oneof(
      fc.array(anything, { maxLength: 5 }).map((list) => form({ data_list: base64(list) })),
      anything.map((one) => form({ data: base64(one ?? null) })),
      fc.string().map((text) => form({ data: text })),
      fc.base64String().map((text) => form({ data_list: text, gzip: '1' })),
      fc
        .tuple(fc.string(), fc.constantFrom('multipart/form-data; boundary=x', 'text/plain', 'application/json', 'image/png'))
        .map(([body, type]) => ({ body, headers: { 'content-type': type } })),
    );
    await fc.assert(
      fc.asyncProperty(bodies, async (given) => {
        const { status, body } = await sa(given);
        expect([200, 400, 413]).toContain(status);
        if (status === 400) expect(body.errors.length).toBeGreaterThan(0);
      }),
      { numRuns: 150 },
    );
    expect(y.errors).toEqual([]);
  });
});

/** The package as it comes from npm (1.26.2 is under the Apache licence; later ones are not), told nothing but the address. */
describe('sa-sdk-javascript in a browser', () => {
  it.each(['image', 'ajax', 'beacon'])('arrives when it sends by %s', async (kind) => {
    const sdk = readFileSync(createRequire(import.meta.url).resolve('sa-sdk-javascript/sensorsdata.min.js'), 'utf8');
    const page = `<!doctype html><title>店</title><button id="buy" class="big">买茶</button><script src="/sdk.js"></script><script>
      var sensors = window['sensorsDataAnalytic201505'];
      sensors.init({ server_url: '${y.url}/sa?project=default&token=${WRITE_KEY}', send_type: '${kind}', is_track_single_page: true, show_log: false, heatmap: { clickmap: 'default', scroll_notice_map: 'not_collect' } });
      sensors.quick('autoTrack'); sensors.track('ViewTea', { price: 12.5 }); sensors.login('u-${kind}'); sensors.setProfile({ city: '杭州' }); sensors.track('After');
    </script>`;
    const site = createServer((req, res) =>
      req.url === '/sdk.js'
        ? res.writeHead(200, { 'content-type': 'text/javascript' }).end(sdk)
        : res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page),
    );
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    const browser = await openBrowser();
    try {
      const tab = await browser.newPage();
      const refused: string[] = [];
      tab.on(
        'response',
        (answer) => void (answer.url().startsWith(y.url) && answer.status() !== 200 && refused.push(`${answer.status()} ${answer.url()}`)),
      );
      tab.on('console', (message) => void (/CORS/.test(message.text()) && refused.push(message.text())));
      await tab.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/?utm_source=xhs`);
      await tab.click('#buy');
      const found = await events(`user_id:u-${kind}`, 7);
      expect(found.map((e) => e.event).sort()).toEqual(expect.arrayContaining(['$SignUp', 'After', 'Element Clicked', 'ViewTea']));
      const click = found.find((e) => e.event === 'Element Clicked')!;
      expect(click.properties).toMatchObject({ element_tag: 'button', element_text: '买茶', element_id: 'buy' });
      expect(click.properties.element_chain).toContain('button#buy');
      expect(found.find((e) => e.type === 'page')!.context).toMatchObject({ carrier: 'web', campaign: { source: 'xhs' } });
      expect((await y.person(`user_id:u-${kind}`)).traits.city).toBe('杭州');
      expect(refused).toEqual([]);
    } finally {
      await browser.close();
      await new Promise((resolve) => site.close(resolve));
    }
  });
});
