import { generateKeyPairSync } from 'node:crypto';
import { testEngines } from '../../test/kit.ts';
import { manualClock, migrate, silentLog } from '../base/index.ts';
import { migrations as contentMigrations, createContent, folderStore } from '../content/index.ts';
import { migrations as peopleMigrations } from '../people/index.ts';
import { startMailServer, startPushServices, startSmsProviders } from '../simulators/index.ts';
import { type Channels, createChannels, createDirect, migrations } from './index.ts';
import { createEventLog, noQuiet } from './outbox.fixture.ts';

/** E-mail, text messages and app push on real engines, facing stand-ins over real connections, under one clock. */
export async function createDirectHarness() {
  const engines = await testEngines();
  const { pg, ch } = engines;
  await migrate(pg, ch, [...peopleMigrations, ...contentMigrations, ...migrations]);
  const clock = manualClock('2026-03-02T02:00:00Z');
  const [mail, sms, push] = await Promise.all([
    startMailServer({ user: 'robot', password: 'letmein' }),
    startSmsProviders(),
    startPushServices(),
  ]);
  const events = createEventLog();
  const traits = new Map<number, Record<string, unknown>>();
  const addresses = new Map<string, Map<number, string>>([
    ['email', new Map()],
    ['phone', new Map()],
  ]);
  const traitsOf = async (_ws: number, people: readonly number[]) => new Map(people.map((no) => [no, traits.get(no) ?? {}]));
  const content = createContent({
    ...{ pg, clock, traits: traitsOf, personNo: async () => undefined },
    ...{ store: folderStore(engines.dir), publicUrl: 'https://yutang.example' },
  });
  const keys = { linkKeys: [Buffer.alloc(32, 2)], secretKeys: [Buffer.alloc(32, 1)], publicUrl: 'https://yutang.example/' };
  /** What people said before is read from their events, of which there are none here. */
  const noEvents = { query: async () => [] };
  /** A relation of events as apps send them. */
  let told = '(SELECT 0 AS person_no)';
  /** A new process on the same database. */
  const start = (): Channels => {
    const direct = createDirect({
      ...{ pg, ch, clock, log: silentLog, ...keys, smtpAllow: ['localhost', '127.0.0.1'] },
      at: { aliyunSms: sms.url, tencentSms: sms.url, apns: push.apns, fcm: push.web, jpush: push.web, ca: push.ca },
      source: () => told,
      limits: (ws) => channels.limits.of(ws),
      account: (id) => channels.accounts.byId(id),
      accountOf: (ws, kind) => channels.accounts.one(ws, kind),
      kept: async (_ws, _type, value) => value,
      opened: async (_ws, address) => address,
      // Events hold tokens sealed.
      deviceTokens: async (_ws, tokens) => tokens.map((token) => (token.startsWith('sealed:') ? token.slice('sealed:'.length) : null)),
      holder: async (_ws, type, value) => [...addresses.get(type)!].find(([, one]) => one === value)?.[0],
      refuse: (ws, personId, channel, source) =>
        channels.changeConsents(ws, personId, [{ purpose: '*', channel, granted: false, source }], 'customer'),
      told: () => {},
    });
    const channels: Channels = createChannels({
      ...{ pg, ch: noEvents, clock, log: silentLog, events, content, ...keys, alone: true },
      people: {
        traits: traitsOf,
        addresses: async (_ws, type, people) =>
          new Map(people.flatMap((no) => (addresses.get(type)?.has(no) ? [[no, addresses.get(type)!.get(no)!]] : []))),
      },
      workspaces: async () => [{ no: 1, timezone: 'Asia/Shanghai' }],
      adapters: direct.adapters,
      direct,
    });
    return channels;
  };
  const channels = start();
  await channels.setPolicy(1, noQuiet);
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const google = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  let queued = 0;
  return {
    ...{ engines, pg, clock, mail, sms, push, events, traits, content, channels, start },
    settings: {
      email: {
        host: 'localhost',
        port: mail.port,
        security: 'none',
        user: 'robot',
        password: 'letmein',
        fromAddress: 'hello@shop.example',
        fromName: '鱼塘小店',
        // One conversation: the stand-in breaks off all that it has.
        connections: 1,
        priceFen: 0.2,
      },
      aliyun: {
        provider: 'aliyun',
        keyId: 'ak',
        keySecret: 'sk',
        signName: '鱼塘',
        priceFen: 4.5,
        template: { templateId: 'SMS_1', fields: { content: '{{ text }}' } },
      },
      push: {
        ...{ apnsKeyId: 'KEY1234567', apnsTeamId: 'TEAM123456', apnsBundleId: 'com.example.app', apnsKey: privateKey },
        fcmServiceAccount: JSON.stringify({
          project_id: 'p',
          client_email: 'robot@p.iam.gserviceaccount.com',
          private_key: google.privateKey,
        }),
        ...{ jpushAppKey: '0123456789abcdef01234567', jpushMasterSecret: 'secret' },
      },
    },
    person: async (no: number, at: { email?: string; phone?: string } = {}) => {
      await pg.query('INSERT INTO people (workspace_no, person_no, created_at) VALUES (1, $1, now())', [no]);
      if (at.email) addresses.get('email')!.set(no, at.email);
      if (at.phone) addresses.get('phone')!.set(no, at.phone);
    },
    tell: async (personNo: number, event: string, device: object) => {
      const context = JSON.stringify({ device });
      told = `(SELECT ${personNo} AS person_no, '${event}' AS event, toDateTime64('${clock.now().toISOString().slice(0, 19)}', 3, 'UTC') AS time, '${context}' AS context, 1 AS batch)`;
      await channels.consume({ workspaceNo: 1, fromBatch: 1, toBatch: 1, names: new Set() });
    },
    queue: (channel: string, contentId: string, people: number[]) =>
      channels.enqueue(pg, 1, {
        ...{ channel, contentId, dueAt: clock.now(), queuedAt: clock.now() },
        items: people.map((personNo) => ({ personNo, key: `k${++queued}:${personNo}` })),
      }),
    messages: async (channel: string) =>
      (
        await pg.query<{ person_no: number; state: string; reason: string | null; cost: number | null }>(
          'SELECT person_no, state, reason, cost FROM outbox WHERE channel = $1 ORDER BY no',
          [channel],
        )
      ).map((row) => ({ ...row, person_no: Number(row.person_no) })),
    close: async () => {
      await Promise.all([mail.close(), sms.close(), push.close()]);
      await engines.close();
    },
  };
}
