import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesWith, inClickhouse } from './raw-data.ts';
import { type Running, running, until } from './running.ts';

/**
 * The proof of erasure on a system as `npm start` runs it, with both embedded engines: after the job is done the raw bytes of every file of the data
 * folder are searched for the person's values, in several ways of writing, and for the tokens that stood for them. A second person with values of the
 * same kind is found by the same search, so it can fail.
 *
 * ClickHouse packs its columns, so a search of raw bytes alone would prove little there: its tables are also read whole, every column, as text;
 * and that no part from before the erasure is left on the disk is asked of the engine and looked for among its folders.
 */
const gone = {
  phone: '13912340001',
  email: 'erased.person@example.com',
  openid: 'oErased_0penid_0000000000001',
  unionid: 'uErased_Un1onid_000000000001',
  external: 'wmErased_External_00000001',
  name: '被遗忘的人甲',
  street: '遗忘路一百二十三号',
};
const stays: typeof gone = {
  phone: '13912340002',
  email: 'control.person@example.com',
  openid: 'oControl_0penid_000000000002',
  unionid: 'uControl_Un1onid_00000000002',
  external: 'wmControl_External_0000002',
  name: '留下来的人乙',
  street: '留下路四百五十六号',
};

/** Where their telephones are reached by push, as apps tell it. */
const deviceOf = (n: number): string => `fcm-device-token-of-number-${n}`;

let home: Running;
/** Somebody's system behind the webhook. */
let sink: Server;
const told: string[] = [];
beforeAll(async () => {
  sink = createServer((req, res) => {
    let text = '';
    req.on('data', (part: Buffer) => {
      text += part.toString('utf8');
    });
    req.on('end', () => {
      told.push(text);
      res.end();
    });
  });
  await new Promise<void>((ready) => sink.listen(0, '127.0.0.1', ready));
  const host = `127.0.0.1:${(sink.address() as AddressInfo).port}`;
  home = await running({ env: { DATABASE_URL: '', YUTANG_MASTER_KEY: '', YUTANG_WEBHOOK_ALLOW: host } });
  await write(host);
}, 240_000);
afterAll(async () => {
  await home?.close();
  sink?.close();
}, 60_000);

/** A journey that writes everybody's own phone to them. */
async function write(host: string): Promise<void> {
  const made = async (answer: Promise<{ status: number; body: { id: string } }>) => {
    const { status, body } = await answer;
    expect(status, JSON.stringify(body)).toBeLessThan(300);
    return body.id;
  };
  await made(home.call({ method: 'PUT', path: '/api/policy', body: { quietHours: null, caps: [], consentRequired: false } }));
  await made(
    home.call({ method: 'PUT', path: '/api/channels/webhook', body: { url: `http://${host}/in`, secret: 'a secret they hold too' } }),
  );
  const touches = [{ event: 'Friend Added', staff: 'userId' }];
  const rules = { enabled: true, touches, protectionDays: 30, validityDays: null, orderRenews: 'both' };
  const from = new Date(Date.now() - 60_000).toISOString();
  expect((await home.call({ method: 'PUT', path: '/api/binding/rules', body: { rules, from } })).status).toBe(200);
  const contentId = await made(home.post('/api/content', { name: 'yours', body: 'Your phone is {{ person.phone }}' }));
  const graph = {
    nodes: [
      { id: 'in', type: 'entry', event: 'Number Asked', reentry: 'never' },
      { id: 'send', type: 'send', channel: 'webhook', contentId },
      { id: 'out', type: 'exit' },
    ],
    edges: [
      { from: 'in', to: 'send' },
      { from: 'send', to: 'out' },
    ],
  };
  const id = await made(home.post('/api/journeys', { name: 'Numbers', graph }));
  await made(home.post(`/api/journeys/${id}/launch`));
}

const identities = (p: typeof gone) => [
  { type: 'phone', id: p.phone },
  { type: 'email', id: p.email },
  { type: 'wechat_openid', id: `wxapp:${p.openid}` },
  { type: 'wechat_unionid', id: p.unionid },
  { type: 'wecom_external_userid', id: `corp:${p.external}` },
];

async function live(p: typeof gone, n: number): Promise<void> {
  const { send, post, call } = home;
  const ok = async (answer: Promise<{ status: number; body: unknown }>) => {
    const { status, body } = await answer;
    expect({ status, body }).toMatchObject({ status: expect.any(Number) });
    expect(status, JSON.stringify(body)).toBeLessThan(300);
  };
  // Two people become one: what lay under the other number goes too.
  await ok(
    send('track', {
      anonymousId: `browser-${n}`,
      event: 'Product Viewed',
      properties: { email: p.email },
      context: { traits: { phone: p.phone } },
    }),
  );
  await ok(
    send('identify', {
      userId: `u-${n}`,
      context: { externalIds: identities(p) },
      traits: { ...p, address: { street: p.street, city: '上海' } },
    }),
  );
  await ok(send('identify', { anonymousId: `browser-${n}`, userId: `u-${n}`, traits: { mobile: Number(p.phone), nickname: p.name } }));
  await ok(
    send('track', {
      userId: `u-${n}`,
      event: 'Order Completed',
      properties: { order_id: `o-${n}`, revenue: 88, receiver: { name: p.name, phone: p.phone, address: p.street } },
    }),
  );
  await ok(send('track', { userId: `u-${n}`, event: 'Friend Added', properties: { userId: 'li' } }));
  await ok(send('track', { userId: `u-${n}`, event: 'Application Opened', context: { device: { token: deviceOf(n), type: 'android' } } }));
  // A conflict: somebody else with an e-mail that is taken, and a user id of their own.
  await ok(send('identify', { userId: `other-${n}`, context: { externalIds: [{ type: 'wechat_unionid', id: p.unionid }] } }));
  await ok(send('track', { userId: `u-${n}`, event: 'Number Asked' }));
  const file = new FormData();
  file.set('kind', 'people');
  file.set(
    'file',
    new Blob([`user_id,phone,email,name\nu-${n},${p.phone},${p.email},${p.name}\n,not a phone,${p.email} ${p.phone},${p.name}\n`]),
    'people.csv',
  );
  await ok(call({ method: 'POST', path: '/api/imports', body: file }));
  const person = await home.person(`wechat_unionid:${p.unionid}`);
  await post(`/api/people/${person.id}/notes`, { text: `${p.name} called from ${p.phone}` });
}

/** People, revenue of the last days, and how many erased the answers speak of. */
async function counted() {
  const day = 86_400_000;
  const range = { from: new Date(Date.now() - 2 * day).toISOString(), to: new Date(Date.now() + day).toISOString() };
  const [people, aarrr, overview, funnel] = await Promise.all([
    home.get('/api/people'),
    home.post('/api/insight/aarrr', range),
    home.get('/api/insight/overview?days=2'),
    home.post('/api/insight/funnel', { steps: [{ event: 'Order Completed' }, { event: 'Number Asked' }], within: { days: 1 }, ...range }),
  ]);
  const revenue = aarrr.body.rows.find((r: { unit: string; carrier: string | null }) => r.unit === 'fen' && r.carrier === null);
  return {
    people: people.body.total as number,
    revenue: revenue?.value as number,
    erased: [aarrr, overview, funnel].map((a) => a.body.meta.erased as number),
  };
}

describe('erasure', () => {
  it('leaves no byte of the person in any file, and everybody else as they were', async () => {
    const { system } = home;
    await live(gone, 1);
    await live(stays, 2);
    await until('both imports', async () =>
      (await home.get('/api/imports')).body.items?.every((i: { state: string }) => i.state === 'done'),
    );
    await system.events.flush();
    const person = await home.person(`phone:${gone.phone}`);
    const other = await home.person(`phone:${stays.phone}`);
    await until('both messages', async () => told.length === 2);
    expect(told.join()).toContain(`Your phone is ${gone.phone}`);
    const outbox = async () => JSON.stringify(await system.pg.query('SELECT * FROM outbox'));
    expect(await outbox()).toMatch(/Your phone is pii~/);
    expect(await outbox()).not.toContain(gone.phone);
    const tokens = (no: string) =>
      system.pg.query<{ value: string }>(
        "SELECT value FROM identities i JOIN people p USING (person_no) WHERE traits->>'name' = $1 AND value LIKE 'pii~%'",
        [no],
      );
    const goneTokens = Object.fromEntries((await tokens(gone.name)).map(({ value }, i) => [`token ${i}`, value]));
    expect(Object.keys(goneTokens).length).toBeGreaterThan(1);
    const bound = () =>
      system.pg.query("SELECT 'now' AS t, staff_id FROM bindings UNION ALL SELECT kind, staff_id FROM binding_history ORDER BY t");
    await until('both to be bound', async () => (await bound()).length === 4);
    expect((await home.post(`/api/people/${person.id}/binding`, { staffId: null, reason: gone.name })).status).toBe(200);
    const exported = await home.post(`/api/people/${person.id}/export`, {});
    await until('the export', async () => (await home.get(`/api/jobs/${exported.body.jobId}`)).body.state === 'done');
    const file = await home.get(`/api/exports/${exported.body.exportId}/file`);
    for (const value of Object.values(gone)) expect(JSON.stringify(file.body)).toContain(value);

    // Also while it is kept: what is sealed stands in no file, neither of the databases nor of the imports.
    const device = { provider: 'fcm', token: deviceOf(1) };
    expect((await home.post(`/api/people/${person.id}/devices`, device)).status).toBe(200);
    expect((await home.post(`/api/people/${other.id}/devices`, { ...device, token: deviceOf(2) })).status).toBe(200);
    expect(await filesWith(home, { email: gone.email, phone: gone.phone, device: device.token })).toEqual([]);
    expect(await inClickhouse(home, [device.token])).toEqual([]);
    expect((await filesWith(home, { phone: gone.phone, name: gone.name })).filter((hit) => hit.includes('/imports/'))).toEqual([]);
    const rejects = (await home.get('/api/imports')).body.items.map((i: { id: string }) => home.get(`/api/imports/${i.id}/rejected`));
    expect((await Promise.all(rejects)).map((r) => r.body).join()).toContain(`${gone.email} ${gone.phone}`);
    await home.post(`/api/people/${other.id}/notes`, { text: `knows ${gone.phone}` });
    const before = await filesWith(home, gone);
    expect(before.join('\n')).toMatch(/openid/);
    const counts = await counted();
    const askedAt = Math.floor(Date.now() / 1000);
    const asked = await home.call({ method: 'DELETE', path: `/api/people/${person.id}?reason=asked%20for%20it` });
    expect(asked.status).toBe(202);
    const job = await until(
      'the erasure',
      async () => {
        const { body } = await home.get(`/api/jobs/${asked.body.jobId}`);
        return (body.state === 'done' || body.state === 'failed') && body;
      },
      120_000,
    );
    expect(job).toMatchObject({ state: 'done', error: null });
    expect(home.warnings.map((line) => line.msg)).not.toContainEqual(expect.stringContaining('erasure'));

    expect(await outbox()).not.toContain(Object.values(goneTokens)[0]);
    expect(await system.pg.query('SELECT person_no FROM push_devices')).toHaveLength(1);
    expect((await home.get(`/api/people/${other.id}/devices`)).body.items).toMatchObject([{ tokenEnd: deviceOf(2).slice(-4) }]);
    const names = { ...gone, ...goneTokens };
    expect(await filesWith(home, names)).toEqual([]);
    expect(await inClickhouse(home, Object.values(names))).toEqual([]);
    // Nothing that stood on the disk when it was asked for; what comes out of use later holds nothing of the person.
    const old = `SELECT name FROM system.parts WHERE NOT active AND table IN ('events', 'person_state') AND modification_time < ${askedAt}`;
    expect(await system.ch.query(old)).toEqual([]);
    // The search can fail: it finds the other person.
    expect((await filesWith(home, { openid: stays.openid, unionid: stays.unionid, name: stays.name })).length).toBeGreaterThan(2);
    expect(await inClickhouse(home, [stays.name])).not.toEqual([]);
    expect((await home.get(`/api/people/${other.id}`)).body.traits).toMatchObject({ name: stays.name, email: stays.email });

    expect(await bound()).toEqual([
      { t: 'bound', staff_id: 'li' },
      { t: 'now', staff_id: 'li' },
    ]);
    expect(await system.pg.query('SELECT 1 FROM binding_acts')).toEqual([]);
    expect((await home.get(`/api/people/${person.id}`)).status).toBe(404);
    expect((await home.get(`/api/people/${other.id}/notes`)).body.items.map((n: { text: string }) => n.text)).toContain('knows ***');
    // Numbers elsewhere are without the person, and say so.
    const after = await counted();
    expect(after.people).toBe(counts.people - 1);
    expect([counts.revenue, after.revenue]).toEqual([17_600, 8_800]);
    expect([counts.erased, after.erased]).toEqual([
      [0, 0, 0],
      [1, 1, 1],
    ]);
    const tomb = (await home.get('/api/erasures')).body.items[0];
    expect(tomb).toMatchObject({ personId: person.id, state: 'done', reason: 'asked for it', by: { kind: 'apiKey' } });
    expect(tomb.removed.events).toContainEqual(expect.objectContaining({ event: 'Order Completed', count: 1 }));
  }, 300_000);

  it('knows the same phone as somebody new', async () => {
    const sent = await home.send('identify', {
      userId: 'u-new',
      traits: { name: '新人' },
      context: { externalIds: [{ type: 'phone', id: gone.phone }] },
    });
    expect(sent.status, JSON.stringify([sent.body, home.errors])).toBe(200);
    const again = await home.person(`phone:${gone.phone}`);
    expect(again.traits).toEqual({ name: '新人' });
    expect(again.identities).toContainEqual(expect.objectContaining({ type: 'phone', id: `+86${gone.phone}` }));
  });

  it('takes somebody who was split a moment ago without what is the other’s, and what waits to be imported', async () => {
    const phone = '13912340003';
    await home.send('identify', { userId: 'u-two', context: { externalIds: [{ type: 'phone', id: phone }] } });
    for (let i = 0; i < 3; i++) await home.send('track', { userId: 'u-two', event: 'Kept' });
    for (let i = 0; i < 2; i++) await home.send('track', { event: 'Lost', context: { externalIds: [{ type: 'phone', id: phone }] } });
    const one = await home.person('user_id:u-two');
    const file = new FormData();
    file.set('file', new Blob([`user_id,phone\nu-two,${phone}\n`]), 'waiting.csv');
    const waiting = await home.call({ method: 'POST', path: '/api/imports/inspect', body: file });
    expect(waiting.status, JSON.stringify(waiting.body)).toBe(200);
    expect(await filesWith(home, { phone })).toEqual([]);
    expect((await home.post(`/api/people/${one.id}/split`, { identities: [{ type: 'phone', id: phone }] })).status).toBe(200);
    const other = await home.person(`phone:${phone}`);
    const asked = await home.call({ method: 'DELETE', path: `/api/people/${other.id}` });
    const job = await until(
      'the erasure',
      async () => {
        const { body } = await home.get(`/api/jobs/${asked.body.jobId}`);
        return (body.state === 'done' || body.state === 'failed') && body;
      },
      120_000,
    );
    expect(job).toMatchObject({ state: 'done', result: { removed: { files: { uploads: 1 } } } });
    expect(job.result.removed.events).toContainEqual(expect.objectContaining({ event: 'Lost', count: 2 }));
    expect(job.result.removed.events).not.toContainEqual(expect.objectContaining({ event: 'Kept' }));
    const count = (event: string) => home.system.ch.query(`SELECT count() AS n FROM events WHERE event = '${event}'`);
    expect([await count('Kept'), await count('Lost')]).toEqual([[{ n: 3 }], [{ n: 0 }]]);
    const again = await home.post('/api/imports', { uploadId: waiting.body.uploadId, kind: 'people', mapping: waiting.body.mapping });
    expect(again.status).toBe(404);
  }, 180_000);
});
