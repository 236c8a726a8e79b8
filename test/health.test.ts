import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Running, running } from './running.ts';

let y: Running;
let sink: Server;
let url: string;
const secret = 'a secret of sixteen';
const got: { headers: IncomingHttpHeaders; body: string }[] = [];
/** What the receiver answers next, when not that it has it. */
const answers: number[] = [];

beforeAll(async () => {
  sink = createServer((req, res) => {
    let body = '';
    req.on('data', (part: Buffer) => {
      body += part.toString('utf8');
    });
    req.on('end', () => {
      got.push({ headers: req.headers, body });
      res.writeHead(answers.shift() ?? 200, { location: url }).end();
    });
  });
  await new Promise<void>((ready) => sink.listen(0, '127.0.0.1', ready));
  const host = `127.0.0.1:${(sink.address() as AddressInfo).port}`;
  url = `http://${host}/alarms`;
  y = await running({ env: { YUTANG_WEBHOOK_ALLOW: host } });
}, 240_000);
afterAll(async () => {
  await y?.close();
  sink?.close();
}, 60_000);

const declare = (body: object) => y.call({ method: 'PUT', path: '/api/catalog/entries', body });
const message = (event: string, n: number) => ({ messageId: `${event} ${n}`, event, userId: 'u1', timestamp: new Date().toISOString() });

test('what is declared of an event is kept, and told with what was learned', async () => {
  const entry = {
    ...{ kind: 'event', type: 'track', event: 'Tea Poured', owner: 'shop', meaning: { zh: '倒茶', en: 'tea is poured' } },
    expected: { perDay: 40, sources: ['http'] },
  };
  expect((await declare(entry)).body).toMatchObject({ ...entry, status: 'active' });
  expect((await declare({ ...entry, owner: 'kitchen' })).body).toMatchObject({ owner: 'kitchen' });
  const items = (await y.get('/api/catalog/events')).body.items as { event: string; declared: unknown }[];
  expect(items.find((i) => i.event === 'Tea Poured')).toMatchObject({ count: 0, declared: { owner: 'kitchen', expected: { perDay: 40 } } });
  const nameless = await declare({ kind: 'event', type: 'track' });
  expect([nameless.status, JSON.stringify(nameless.body.errors)]).toEqual([400, expect.stringContaining('needs its type')]);
  expect((await declare({ ...entry, expected: { perDay: -1 } })).status).toBe(400);
});

test('a blocked event is refused by name, what comes with it is kept, and unblocked it is taken again', async () => {
  const entry = { kind: 'event', type: 'track', event: 'Old Click' };
  expect((await y.send('track', message('Old Click', 1))).status).toBe(200);
  await declare({ ...entry, status: 'blocked' });
  const refused = await y.send('track', message('Old Click', 2));
  expect([refused.status, refused.body.errors]).toEqual([400, [{ field: 'event', reason: 'is blocked in the catalogue of events' }]]);
  const mixed = await y.send('batch', { batch: ['Old Click', 'Tea Poured'].map((e) => ({ type: 'track', ...message(e, 3) })) });
  expect(mixed.body).toEqual({ success: true, rejected: [{ index: 0, field: 'event', reason: 'is blocked in the catalogue of events' }] });
  await declare({ ...entry, status: 'active' });
  expect((await y.send('track', message('Old Click', 4))).status).toBe(200);
});

const told = () => got.map((g) => JSON.parse(g.body).alarm).map((a) => [a.finding.id, a.happened, a.finding.state]);
const keys = () => got.map((g) => String(g.headers['x-yutang-idempotency-key']));
const finding = (id: string, severity: string, handling: string) =>
  y.system.pg.query(
    `INSERT INTO health_findings (id, workspace_no, detector, subject, state, severity, handling, first_at, last_at, opened_at, evidence)
     SELECT $1, workspace_no, 'volume_gap', $1, 'open', $2, $3, now(), now(), now(), '{"observed":0,"expected":9,"low":4,"high":14,"unit":"events","certainty":-9,"by":[],"examples":[]}'
     FROM catalogue_entries LIMIT 1`,
    [id, severity, handling],
  );
const close = (id: string) => y.system.pg.query("UPDATE health_findings SET state = 'closed', closed_at = now() WHERE id LIKE $1", [id]);
const tellAll = async () => {
  for (let i = 0; i < 3; i++) await y.system.health.tell();
};

test('an alarm goes out signed, once when a finding opens, once when it closes, and once when it opens again', async () => {
  const inside = await y.call({ method: 'PUT', path: '/api/channels/webhook', body: { url: 'http://127.0.0.1:9/alarms', secret } });
  expect([inside.status, inside.body.errors[0].field]).toEqual([400, 'url']);
  expect((await y.call({ method: 'PUT', path: '/api/channels/webhook', body: { url, secret } })).status).toBeLessThan(300);
  got.length = 0;
  await finding('find_told', 'critical', 'new');
  await finding('find_news', 'info', 'new');
  await finding('find_muted', 'warning', 'muted');
  await Promise.all([tellAll(), tellAll()]);
  await close('find_%');
  await tellAll();
  // As `keepFindings` says that it opened again.
  await y.system.pg.query(
    "UPDATE health_findings SET state = 'open', closed_at = NULL, told_closed = false, reopened_at = now(), told_again = NOT told_closed WHERE id LIKE 'find_%'",
  );
  await tellAll();
  await close('find_%');
  await tellAll();
  expect(told()).toEqual([
    ['find_told', 'opened', 'open'],
    ['find_told', 'closed', 'closed'],
    ['find_told', 'reopened', 'open'],
    ['find_told', 'closed', 'closed'],
  ]);
  for (const { headers, body } of got) {
    const [, t] = /^t=(\d+),v1=/.exec(String(headers['x-yutang-signature']))!;
    expect(headers['x-yutang-signature']).toBe(`t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`);
  }
  expect(new Set(keys()).size).toBe(4);
});

test('an alarm that did not get there is told again under the same key; one that is sent elsewhere is not followed', async () => {
  got.length = 0;
  answers.push(503, 500);
  await finding('find_late', 'critical', 'new');
  await tellAll();
  await tellAll();
  expect(told()).toEqual(Array(3).fill(['find_late', 'opened', 'open']));
  expect(new Set(keys()).size).toBe(1);
  got.length = 0;
  answers.push(302);
  await close('find_late');
  await tellAll();
  expect(told()).toEqual([['find_late', 'closed', 'closed']]);
});

test('what the doors refuse is shown by key, field and reason without a value of it, and a sudden rise is a finding that is told', async () => {
  const phone = '13912345678';
  const bad = (n: number) => ({
    ...{ type: 'track', event: 'Tea Ordered', messageId: `bad ${n}`, userId: phone, timestamp: '31/12/2026 10:00' },
    ...{ properties: { phone, [phone]: true, cups: 2 }, context: { library: { name: 'tea-sdk', version: '1.2' } } },
  });
  const list = [...Array.from({ length: 30 }, (_, n) => bad(n)), { type: 'track', ...message('Tea Poured', 99) }];
  expect((await y.send('batch', { batch: list })).body.rejected).toHaveLength(30);
  expect((await y.send('track', 'no json')).status).toBe(400);
  const { body } = await y.get('/api/health/refused');
  const [sender] = body.items;
  expect(sender).toMatchObject({ door: 'http', name: expect.any(String), last24h: sender.refused });
  expect(sender.accepted).toBeGreaterThan(0);
  expect(sender.reasons[0]).toMatchObject({ field: 'timestamp', count: 30, events: ['Tea Ordered'], sdks: ['tea-sdk@1.2'] });
  expect(sender.reasons[0].example).toMatchObject({
    type: 'track',
    event: 'Tea Ordered',
    userId: 'text (11)',
    timestamp: '99/99/9999 99:99',
  });
  expect(sender.reasons.map((r: { field: string }) => r.field)).toContain('body');
  expect(JSON.stringify(body)).not.toContain(phone);
  // The same in the hour before, which is whole.
  for (const [table, columns] of [
    ['health_doors', 'accepted, refused'],
    ['health_refused', 'field, reason, type, event, sdk, version, count'],
  ])
    await y.system.ch.command(
      `INSERT INTO ${table} (workspace_no, hour, door, key_id, ${columns}) SELECT workspace_no, hour - INTERVAL 1 HOUR, door, key_id, ${columns} FROM ${table}`,
    );
  await y.system.pg.query('DELETE FROM health_checks');
  got.length = 0;
  await y.system.health.run();
  const found = (await y.get('/api/health/findings?detector=refused_rise')).body.items;
  expect(found).toMatchObject([{ state: 'open', subject: `sender:http/${sender.key}`, evidence: { unit: 'events', examples: [] } }]);
  expect(found[0].evidence.details.name).toBe(sender.name);
  expect(found[0].evidence.details.reasons[0]).toMatchObject({ field: 'timestamp', count: 30, sdks: ['tea-sdk@1.2'] });
  expect(told()).toEqual([[found[0].id, 'opened', 'open']]);
  expect((await y.get(`/api/health/findings/${found[0].id}/series`)).body.points.at(-1).observed).toBeGreaterThan(30);
});
