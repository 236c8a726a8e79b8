import { createHmac } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { isPublicAddress, manualClock, silentLog, systemClock } from '../../base/index.ts';
import type { ChannelAccount, OutboundMessage } from '../adapter.ts';
import { createWebhookAdapter, type WebhookDeps } from './adapter.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

interface Got {
  headers: http.IncomingHttpHeaders;
  body: string;
}

async function sink(answer: (got: Got, n: number) => { status: number; headers?: Record<string, string> } = () => ({ status: 200 })) {
  const got: Got[] = [];
  let sockets = 0;
  const server = http.createServer((req, res) => {
    let body = '';
    req.on('data', (chunk) => {
      body += chunk;
    });
    req.on('end', () => {
      got.push({ headers: req.headers, body });
      const { status, headers } = answer(got.at(-1) as Got, got.length);
      res.writeHead(status, headers).end('ok');
    });
  });
  server.on('connection', () => {
    sockets += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { got, port, url: `http://127.0.0.1:${port}/in`, sockets: () => sockets };
}

function adapter(deps: Partial<WebhookDeps> = {}) {
  const clock = manualClock('2026-03-02T03:00:00Z');
  const made = createWebhookAdapter({
    clock,
    log: silentLog,
    allow: ['127.0.0.1'],
    personId: (no) => `p_${no}`,
    random: () => 0.5,
    ...deps,
  });
  closers.push(() => made.close());
  return { ...made, clock };
}

const account = (config: Record<string, unknown>): ChannelAccount => ({
  id: 'ch_1',
  workspaceNo: 1,
  kind: 'webhook',
  config: { secret: 'a-secret-of-16-chars', ...config },
});
const messages = (n: number): OutboundMessage[] =>
  Array.from({ length: n }, (_, i) => ({
    outboxId: `o${i}`,
    workspaceNo: 1,
    personNo: i,
    address: '',
    text: `你好 ${i}`,
    idempotencyKey: `k${i}`,
  }));

describe('sending', () => {
  test('a signed request per message', async () => {
    const { got, url } = await sink();
    const hook = adapter();
    const link = { url: 'https://x.test/a', title: 'A' };
    const [first] = messages(1);
    expect(await hook.submit(account({ url }), [{ ...(first as OutboundMessage), link }])).toEqual([{ outboxId: 'o0', state: 'sent' }]);
    const request = got[0] as Got;
    expect(JSON.parse(request.body)).toEqual({ outboxId: 'o0', idempotencyKey: 'k0', personId: 'p_0', text: '你好 0', link });
    expect(request.headers['x-yutang-idempotency-key']).toBe('k0');
    const t = hook.clock.ms() / 1000;
    const mac = createHmac('sha256', 'a-secret-of-16-chars').update(`${t}.${request.body}`).digest('hex');
    expect(request.headers['x-yutang-signature']).toBe(`t=${t},v1=${mac}`);
  });
  test('many messages, bounded connections that are kept', async () => {
    const { got, url, sockets } = await sink();
    const outcomes = await adapter().submit(account({ url }), messages(1000));
    expect(outcomes.filter((outcome) => outcome.state === 'sent')).toHaveLength(1000);
    expect(new Set(got.map((request) => request.headers['x-yutang-idempotency-key'])).size).toBe(1000);
    expect(sockets()).toBeLessThanOrEqual(64);
  });
  test('batches of up to 500', async () => {
    const { got, url } = await sink();
    const outcomes = await adapter().submit(account({ url, batch: true }), messages(1201));
    expect(outcomes.every((outcome) => outcome.state === 'sent')).toBe(true);
    expect(outcomes).toHaveLength(1201);
    expect(got.map((request) => JSON.parse(request.body).messages.length).sort()).toEqual([201, 500, 500]);
  });
});

describe('answers', () => {
  test.each([
    [400, 'failed', 'http_400'],
    [404, 'failed', 'http_404'],
    [410, 'failed', 'http_410'],
    [302, 'failed', 'redirect_refused'],
    [408, 'retry', 'http_408'],
    [429, 'retry', 'http_429'],
    [500, 'retry', 'http_500'],
    [503, 'retry', 'http_503'],
  ])('%i is %s', async (status, state, reason) => {
    const { url } = await sink(() => ({ status, headers: { location: 'http://127.0.0.1:1/' } }));
    expect(await adapter().submit(account({ url }), messages(1))).toMatchObject([{ outboxId: 'o0', state, reason }]);
  });
  test('the pause doubles while it goes on, and ends with a success', async () => {
    let status = 500;
    const { url } = await sink(() => ({ status }));
    const hook = adapter();
    const pause = async () => {
      const [outcome] = await hook.submit(account({ url }), messages(1));
      const ms = (outcome?.retryAt?.getTime() ?? 0) - hook.clock.ms();
      hook.clock.advance(Math.max(ms, 0));
      return ms;
    };
    expect([await pause(), await pause(), await pause()]).toEqual([5_000, 10_000, 20_000]);
    status = 204;
    await pause();
    status = 500;
    expect(await pause()).toBe(5_000);
  });
  test('Retry-After is kept, in seconds or as a date', async () => {
    let header = '120';
    const { url } = await sink(() => ({ status: 429, headers: { 'retry-after': header } }));
    const hook = adapter();
    const at = async () => ((await hook.submit(account({ url }), messages(1)))[0]?.retryAt?.getTime() ?? 0) - hook.clock.ms();
    expect(await at()).toBe(120_000);
    hook.clock.advance(600_000);
    header = new Date(hook.clock.ms() + 90_000).toUTCString();
    expect(await at()).toBe(90_000);
  });
  test('nobody listening, and no answer in time', async () => {
    const gone = await adapter().submit(account({ url: 'http://127.0.0.1:1/x' }), messages(1));
    expect(gone).toMatchObject([{ state: 'retry', reason: 'network_econnrefused' }]);
    const silent = http.createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    closers.push(() => {
      silent.closeAllConnections();
      silent.close();
    });
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
    expect(await adapter().submit(account({ url, timeoutMs: 100 }), messages(1))).toMatchObject([
      { state: 'retry', reason: 'network_timeout' },
    ]);
  });
  test('what is in doubt after a crash goes again under its own key', async () => {
    expect(await adapter().recover(account({}), messages(2))).toEqual([
      { outboxId: 'o0', state: 'retry', reason: 'in_doubt' },
      { outboxId: 'o1', state: 'retry', reason: 'in_doubt' },
    ]);
  });
});

describe('guard', () => {
  test.each([
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.100.100.200',
    '168.63.129.16',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fc00::1',
    'fd00:ec2::254',
    'fec0::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::a00:1',
    '2002:7f00:1::',
    '2001:0:1::1',
    '2001:db8::1',
    'fe80::1%eth0',
    'not-an-address',
    '',
  ])('%s is not public', (address) => expect(isPublicAddress(address)).toBe(false));
  test.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2400:3200::1'])('%s is public', (address) =>
    expect(isPublicAddress(address)).toBe(true),
  );

  test.each([
    'http://127.0.0.1:PORT/',
    'http://2130706433:PORT/',
    'http://0x7f.1:PORT/',
    'http://0177.0.0.1:PORT/',
    'http://[::1]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://localhost:PORT/',
    'http://inside.test:PORT/',
    'http://mixed.test:PORT/',
    'http://mapped.test:PORT/',
    'http://user:pw@8.8.8.8/',
  ])('%s is refused and nothing arrives', async (address) => {
    const { got, port } = await sink();
    const names: Record<string, string[]> = {
      localhost: ['127.0.0.1'],
      'inside.test': ['127.0.0.1'],
      'mixed.test': ['8.8.8.8', '127.0.0.1'],
      'mapped.test': ['::ffff:127.0.0.1'],
    };
    const resolve = async (host: string) => (names[host] ?? []).map((ip) => ({ address: ip, family: ip.includes(':') ? 6 : 4 }));
    const outcomes = await adapter({ allow: [], resolve }).submit(account({ url: address.replace('PORT', String(port)) }), messages(1));
    expect(outcomes).toMatchObject([{ state: 'failed', reason: 'address_refused' }]);
    expect(got).toEqual([]);
  });
  test('a host is allowed by name, and by name and port', async () => {
    const { got, url, port } = await sink();
    expect(await adapter({ allow: [`127.0.0.1:${port}`] }).submit(account({ url }), messages(1))).toMatchObject([{ state: 'sent' }]);
    expect(await adapter({ allow: [`127.0.0.1:${port + 1}`] }).submit(account({ url }), messages(1))).toMatchObject([{ state: 'failed' }]);
    expect(got).toHaveLength(1);
  });
  test('settings are checked with the field named', () => {
    const { check } = adapter({ allow: [] });
    const errors = (config: Record<string, unknown>) => {
      try {
        check(config);
      } catch (error) {
        return (error as { errors: { field: string }[] }).errors.map((one) => one.field);
      }
      return [];
    };
    const secret = 'a-secret-of-16-chars';
    expect(errors({ url: 'https://example.com/in', secret })).toEqual([]);
    expect(errors({ url: 'ftp://example.com', secret })).toEqual(['url']);
    expect(errors({ url: 'http://10.0.0.1/', secret })).toEqual(['url']);
    expect(errors({ url: 'https://example.com/', secret: 'short' })).toEqual(['secret']);
  });
});

test('a probe tells status and time', async () => {
  const { url } = await sink(() => ({ status: 418 }));
  expect(await adapter({ clock: systemClock }).probe(account({ url }))).toMatchObject({ ok: false, status: 418 });
});
