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

beforeAll(async () => {
  sink = createServer((req, res) => {
    let body = '';
    req.on('data', (part: Buffer) => {
      body += part.toString('utf8');
    });
    req.on('end', () => {
      got.push({ headers: req.headers, body });
      res.end();
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

test('an alarm goes out signed, once when a finding opens and once when it closes', async () => {
  expect((await y.call({ method: 'PUT', path: '/api/channels/webhook', body: { url, secret } })).status).toBeLessThan(300);
  got.length = 0;
  const finding = (id: string, severity: string, handling: string) =>
    y.system.pg.query(
      `INSERT INTO health_findings (id, workspace_no, detector, subject, state, severity, handling, first_at, last_at, opened_at, evidence)
       SELECT $1, workspace_no, 'volume_gap', $1, 'open', $2, $3, now(), now(), now(), '{"observed":0,"expected":9,"low":4,"high":14,"unit":"events","certainty":-9,"by":[],"examples":[]}'
       FROM catalogue_entries LIMIT 1`,
      [id, severity, handling],
    );
  await finding('find_told', 'critical', 'new');
  await finding('find_news', 'info', 'new');
  await finding('find_muted', 'warning', 'muted');
  await y.system.health.tell();
  await y.system.health.tell();
  await y.system.pg.query("UPDATE health_findings SET state = 'closed', closed_at = now() WHERE id LIKE 'find_%'");
  await y.system.health.tell();
  await y.system.health.tell();
  expect(got.map((g) => JSON.parse(g.body).alarm).map((a) => [a.finding.id, a.happened, a.finding.state])).toEqual([
    ['find_told', 'opened', 'open'],
    ['find_told', 'closed', 'closed'],
  ]);
  for (const { headers, body } of got) {
    const [, t] = /^t=(\d+),v1=/.exec(String(headers['x-yutang-signature']))!;
    expect(headers['x-yutang-signature']).toBe(`t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`);
  }
  expect(new Set(got.map((g) => g.headers['x-yutang-idempotency-key'])).size).toBe(2);
});
