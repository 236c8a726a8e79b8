import { describe, expect, test } from 'vitest';
import { endpoints } from './endpoints.ts';
import { reactions, WecomError, WecomUnreachable } from './errors.ts';
import { memoryTokenStore, testClient } from './platform.fixture.ts';

const caught = async (promise: Promise<unknown>) => promise.then(() => undefined).catch((error: unknown) => error);
const error = (errcode: number) => ({ errcode, errmsg: `some text, hint: [1700000000_1_0123456789abcdef], from ip: 1.2.3.4` });
const refused = Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) });
const reset = Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) });
const mass = { chat_type: 'single' as const, external_userid: ['wm1'], text: { content: 'hi' } };

describe('calls', () => {
  test('GET puts fields into the address, POST into the body, with the token', async () => {
    const { client, platform } = testClient({
      get: { errcode: 0, external_contact: { external_userid: 'wm1', name: '鱼' }, follow_user: [{ userid: '007', createtime: 5 }] },
    });
    const got = await client.call('externalcontact.get', { external_userid: 'wm1' });
    expect(got.external_contact.name).toBe('鱼');
    expect(got.follow_user[0]).toMatchObject({ userid: '007', tags: [] });
    expect(got.next_cursor).toBe('');
    await client.call('externalcontact.remark', { userid: 'u', external_userid: 'wm1', remark: 'r' });
    expect(platform.seen.map((call) => call.path)).toEqual([
      '/cgi-bin/gettoken',
      '/cgi-bin/externalcontact/get',
      '/cgi-bin/externalcontact/remark',
    ]);
    expect(platform.seen[1]?.query.get('access_token')).toBe('t1');
    expect(platform.seen[1]?.query.get('external_userid')).toBe('wm1');
    expect(platform.seen[2]?.body).toEqual({ userid: 'u', external_userid: 'wm1', remark: 'r' });
  });
  test('an answer without errcode is a success', async () => {
    const { client } = testClient({ getcallbackip: { ip_list: ['1.1.1.1'] } });
    expect(await client.call('getcallbackip', {})).toEqual({ ip_list: ['1.1.1.1'] });
  });
  test('a request that does not fit names the field and is never sent', async () => {
    const { client, platform } = testClient({});
    const bad = await caught(client.call('externalcontact.mark_tag', { userid: 'u', external_userid: 'wm1', add_tag: [] }));
    expect(bad).toMatchObject({ status: 400 });
    expect(platform.seen).toEqual([]);
  });
  test('a file goes up as a form', async () => {
    const { client, platform } = testClient({ upload: { errcode: 0, type: 'image', media_id: 'm1', created_at: '1380000000' } });
    const up = await client.call('media.upload', { type: 'image', filename: 'a.png', data: new Uint8Array([1, 2, 3]) });
    expect(up).toEqual({ type: 'image', media_id: 'm1', created_at: 1380000000 });
    expect(platform.callsTo('/upload')[0]?.query.get('type')).toBe('image');
  });
  test('every row of the table has a path of its own', () => {
    const paths = Object.values(endpoints).map((row) => row.path);
    expect(new Set(paths).size).toBe(paths.length);
  });
});

describe('token', () => {
  test('is asked for once by many callers, and again when it has expired', async () => {
    const { client, platform, clock } = testClient({});
    await Promise.all(Array.from({ length: 20 }, () => client.call('getcallbackip', {})));
    expect(platform.callsTo('/gettoken')).toHaveLength(1);
    clock.advance(7200_000);
    await client.call('getcallbackip', {});
    expect(platform.callsTo('/gettoken')).toHaveLength(2);
  });
  test.each([40014, 42001])('%i refreshes once for all and retries once', async (errcode) => {
    const { client, platform } = testClient({
      getcallbackip: (call) => (call.query.get('access_token') === 't1' ? error(errcode) : { errcode: 0, ip_list: ['1.1.1.1'] }),
    });
    await Promise.all(Array.from({ length: 10 }, () => client.call('getcallbackip', {})));
    expect(platform.callsTo('/gettoken')).toHaveLength(2);
  });
  test('a second refusal of a fresh token is given up', async () => {
    const { client, platform } = testClient({ getcallbackip: error(40014) });
    expect(await caught(client.call('getcallbackip', {}))).toMatchObject({ errcode: 40014, class: 'T' });
    expect(platform.callsTo('/gettoken')).toHaveLength(2);
    expect(platform.callsTo('/getcallbackip')).toHaveLength(2);
  });
  test('a wrong secret opens the circuit for good, also for another process, until it is mended', async () => {
    const tokens = memoryTokenStore();
    const one = testClient({ gettoken: error(40001) }, { tokens });
    expect(await caught(one.client.call('getcallbackip', {}))).toMatchObject({
      errcode: 40001,
      class: 'P',
      hint: '1700000000_1_0123456789abcdef',
    });
    one.clock.advance(86_400_000);
    expect(await caught(one.client.call('getcallbackip', {}))).toMatchObject({ errcode: 40001 });
    expect(one.platform.callsTo('/gettoken')).toHaveLength(1);
    const two = testClient({}, { tokens });
    expect(await caught(two.client.call('getcallbackip', {}))).toMatchObject({ errcode: 40001 });
    expect(two.platform.seen).toHaveLength(0);
    expect(await two.client.faults()).toMatchObject([{ errcode: 40001 }]);
    await one.client.mend();
    await two.client.call('getcallbackip', {});
    expect(await two.client.faults()).toEqual([]);
  });
  test('a wrong secret told at another call stops everything too', async () => {
    const { client, platform } = testClient({ getcallbackip: error(40001) });
    await caught(client.call('getcallbackip', {}));
    await caught(client.call('externalcontact.get_follow_user_list', {}));
    expect(platform.seen).toHaveLength(2);
    await client.mend();
    await client.call('externalcontact.get_follow_user_list', {});
  });
});

describe('reactions', () => {
  test.each([-1, 6000])('R: %i is tried three times with growing pauses', async (errcode) => {
    const { client, platform, slept } = testClient({ getcallbackip: error(errcode) });
    expect(await caught(client.call('getcallbackip', {}))).toBeInstanceOf(WecomError);
    expect(platform.callsTo('/getcallbackip')).toHaveLength(3);
    expect(slept).toEqual([375, 750]);
  });
  test('R: success after a busy answer', async () => {
    const { client } = testClient({ getcallbackip: [error(-1), { errcode: 0, ip_list: [] }] });
    expect(await client.call('getcallbackip', {})).toEqual({ ip_list: [] });
  });
  test('R: 45033 lowers how many run at once', async () => {
    let running = 0;
    let most = 0;
    const { client, slept } = testClient({
      mark_tag: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return { errcode: 0 };
      },
    });
    await Promise.all(
      Array.from({ length: 30 }, () => client.call('externalcontact.mark_tag', { userid: 'u', external_userid: 'wm', add_tag: ['et1'] })),
    );
    expect(most).toBe(5);
    const learning = testClient({ mark_tag: [error(45033), { errcode: 0 }] });
    await learning.client.call('externalcontact.mark_tag', { userid: 'u', external_userid: 'wm', add_tag: ['et1'] });
    expect(learning.slept).toEqual([1100]);
    expect(slept).toEqual([]);
  });
  test('W: 45009 closes its bucket for a minute, then for an hour, and leaves others open', async () => {
    const { client, platform, clock } = testClient({ getcallbackip: [error(45009), error(45009), { errcode: 0, ip_list: [] }] });
    const first = (await caught(client.call('getcallbackip', {}))) as WecomError;
    expect([first.class, first.retryAt?.getTime()]).toEqual(['W', clock.ms() + 60_000]);
    await caught(client.call('getcallbackip', {}));
    expect(platform.callsTo('/getcallbackip')).toHaveLength(1);
    await client.call('externalcontact.get_follow_user_list', {});
    clock.advance(60_000);
    const second = (await caught(client.call('getcallbackip', {}))) as WecomError;
    expect(second.retryAt?.getTime()).toBe(clock.ms() + 3_600_000);
    clock.advance(3_600_000);
    await client.call('getcallbackip', {});
  });
  test('D: not repeated, and the platform trace is kept', async () => {
    const { client, platform } = testClient({ get: { ...error(84061), external_userid: [] } });
    const failure = (await caught(client.call('externalcontact.get', { external_userid: 'wm1' }))) as WecomError;
    expect(failure).toMatchObject({ errcode: 84061, class: 'D', endpoint: 'externalcontact.get', hint: '1700000000_1_0123456789abcdef' });
    expect(platform.callsTo('/get')).toHaveLength(1);
    expect(JSON.stringify(failure)).not.toContain('1.2.3.4');
  });
  test('P: a feature fault closes only that call, and is tried again after ten minutes', async () => {
    const { client, platform, clock } = testClient({
      add_contact_way: [error(41045), { errcode: 0, config_id: 'c1', qr_code: 'http://q' }],
    });
    const make = () => client.call('externalcontact.add_contact_way', { type: 1, scene: 2, user: ['u'] });
    expect(await caught(make())).toMatchObject({ errcode: 41045, class: 'P' });
    expect(await caught(make())).toMatchObject({ errcode: 41045 });
    expect(platform.callsTo('/add_contact_way')).toHaveLength(1);
    await client.call('getcallbackip', {});
    clock.advance(10 * 60_000);
    expect((await make()).config_id).toBe('c1');
    expect(await client.faults()).toEqual([]);
  });
  test('P: an untrusted address closes every call', async () => {
    const { client, platform } = testClient({ getcallbackip: error(60020) });
    await caught(client.call('getcallbackip', {}));
    expect(await caught(client.call('externalcontact.get_follow_user_list', {}))).toMatchObject({ errcode: 60020 });
    expect(platform.callsTo('/get_follow_user_list')).toHaveLength(0);
  });
  test('S: already delivered is a success', async () => {
    const { client } = testClient({ send_welcome_msg: error(41051) });
    expect(await client.call('externalcontact.send_welcome_msg', { welcome_code: 'w', text: { content: 'hi' } })).toEqual({});
  });
  test('41096 and 41063 are left to the caller, who knows the time', async () => {
    const { client, platform } = testClient({ send_welcome_msg: error(41096) });
    expect(await caught(client.call('externalcontact.send_welcome_msg', { welcome_code: 'w' }))).toMatchObject({ class: 'R' });
    expect(platform.callsTo('/send_welcome_msg')).toHaveLength(1);
  });
  test('an unknown number is dropped, not repeated', async () => {
    const { client, platform } = testClient({ getcallbackip: error(99999) });
    expect(await caught(client.call('getcallbackip', {}))).toMatchObject({ errcode: 99999, class: 'D' });
    expect(platform.callsTo('/getcallbackip')).toHaveLength(1);
  });
  test('the table knows every WeCom number of the protocol note', () => {
    const codes = [
      -1, 6000, 40001, 40014, 42001, 41001, 40013, 40003, 60111, 46004, 40007, 40033, 40035, 40058, 44004, 45002, 47001, 47003, 40096,
      41035, 41056, 84061, 40098, 41054, 41041, 41045, 41043, 41044, 41048, 41050, 41051, 41096, 41063, 40128, 40129, 40130, 40131, 40099,
      40100, 48002, 48001, 48004, 48008, 50001, 50002, 50003, 301002, 60011, 60021, 81013, 82001, 60020, 45009, 45029, 45033, 50100, 48006,
      95018, 95001, 95002, 610014, 610015, 610016, 610017,
    ];
    expect(codes.filter((code) => !reactions.has(code))).toEqual([]);
  });
});

describe('no answer', () => {
  test('a call that may be repeated is repeated', async () => {
    const { client, platform } = testClient({ getcallbackip: [reset, refused, { errcode: 0, ip_list: [] }] });
    await client.call('getcallbackip', {});
    expect(platform.callsTo('/getcallbackip')).toHaveLength(3);
  });
  test('a call that must happen once is in doubt and not repeated', async () => {
    const { client, platform } = testClient({ add_msg_template: reset });
    const failure = await caught(client.call('externalcontact.add_msg_template', mass));
    expect(failure).toBeInstanceOf(WecomUnreachable);
    expect(failure).toMatchObject({ inDoubt: true });
    expect(platform.callsTo('/add_msg_template')).toHaveLength(1);
  });
  test('nothing was sent to a closed port, so that is no doubt', async () => {
    const { client, platform } = testClient({ add_msg_template: [refused, { errcode: 0, msgid: 'msg1' }] });
    expect(await client.call('externalcontact.add_msg_template', mass)).toEqual({ msgid: 'msg1', fail_list: [] });
    expect(platform.callsTo('/add_msg_template')).toHaveLength(2);
  });
  test('a success that cannot be read is in doubt', async () => {
    const { client } = testClient({ add_msg_template: { errcode: 0 } });
    expect(await caught(client.call('externalcontact.add_msg_template', mass))).toMatchObject({ inDoubt: true });
  });
});
