import { testDatabase } from '../../../test/kit.ts';
import { connectPg, createHttp, silentLog } from '../../base/index.ts';
import { createWechatSimulator, type SimulatorOptions } from '../../simulators/wechat/index.ts';
import { stillClock } from '../../simulators/wechat/testkit.ts';
import type { ChannelAccount, OutboundMessage } from '../adapter.ts';
import { decodeAesKey, encrypt, signature } from '../platform/crypto.ts';
import { fakePosters } from '../posters.fixture.ts';
import { type ChannelEvent, createWecom, wecomCallbackRoutes, wecomMigrations } from './index.ts';
import type { WecomConfig } from './schema.ts';

/** The channel, its database and its web door, facing the simulated platform over real HTTP on one virtual clock. */
export async function startHarness(options: SimulatorOptions & { welcome?: WecomConfig['welcome'] } = {}) {
  const { welcome, ...simulatorOptions } = options;
  const simulator = createWechatSimulator({ clock: stillClock(), seed: 'channel', ...simulatorOptions });
  const url = await simulator.listen();
  const { control, clock } = simulator;
  const corpid = control.createCorp({ corpid: 'wwtest0000000001' }).corpid;
  const { agentid, secret } = control.createApp({ corpid, agentid: 1000002, secret: 'secret-one' });
  for (const [userid, name] of [
    ['li', '李'],
    ['007', '王'],
  ] as const) {
    control.addStaff(corpid, { userid, name });
  }

  const database = await testDatabase();
  const pg = connectPg(database.url, { max: 12 });
  for (const step of wecomMigrations) await pg.query(step.pg ?? '');

  const keys = { token: 'callback-token', encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C' };
  const account: ChannelAccount = {
    id: 'ca_1',
    workspaceNo: 7,
    kind: 'wecom',
    config: { corpId: corpid, secret, ...keys, ...(welcome ? { welcome } : {}) },
  };
  const events = new Map<string, ChannelEvent>();
  const slept: number[] = [];
  const make = (alone = false) =>
    createWecom({
      alone,
      pg,
      clock,
      log: silentLog,
      baseUrl: url,
      posters: fakePosters,
      account: async (id) => (id === account.id ? account : undefined),
      events: {
        write: async (_workspaceNo, items) => {
          for (const item of items) if (!events.has(item.messageId)) events.set(item.messageId, item);
          return { rejected: [] };
        },
      },
      sleep: async (ms) => {
        slept.push(ms);
        control.advance(ms);
      },
      random: () => 0.5,
    });
  const wecom = make();
  const app = await createHttp({ log: silentLog, version: 'test' });
  await wecomCallbackRoutes(app, wecom, silentLog);
  const door = await app.listen({ port: 0, host: '127.0.0.1' });
  const callbackUrl = `${door}/wecom/callback/${account.id}`;

  /** A callback made by hand, sealed and signed as the platform does. */
  const sealed = (
    message: string,
    change: { token?: string; receiveId?: string; timestamp?: number; nonce?: string; key?: string } = {},
  ) => {
    const encrypted = encrypt(decodeAesKey(change.key ?? keys.encodingAesKey), message, change.receiveId ?? corpid);
    const timestamp = String(change.timestamp ?? Math.floor(clock.ms() / 1000));
    const nonce = change.nonce ?? '12345';
    const query = `msg_signature=${signature(change.token ?? keys.token, timestamp, nonce, encrypted)}&timestamp=${timestamp}&nonce=${nonce}`;
    return {
      encrypted,
      query,
      body: `<xml><ToUserName><![CDATA[${corpid}]]></ToUserName><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`,
    };
  };
  const event = (fields: Record<string, string>, at = Math.floor(clock.ms() / 1000)) => {
    const inner = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`);
    const head = `<ToUserName><![CDATA[${corpid}]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName>`;
    return `<xml>${head}<CreateTime>${at}</CreateTime><MsgType>event</MsgType>${inner.join('')}</xml>`;
  };

  return {
    databaseUrl: database.url,
    sealed,
    event,
    added: (userId: string, externalUserId: string, more: Record<string, string> = {}) =>
      event({
        Event: 'change_external_contact',
        ChangeType: 'add_external_contact',
        UserID: userId,
        ExternalUserID: externalUserId,
        ...more,
      }),
    post: (query: string, body: string, id = account.id) =>
      app.inject({ method: 'POST', url: `/wecom/callback/${id}?${query}`, headers: { 'content-type': 'text/xml' }, payload: body }),
    rows: () =>
      pg.query<{ state: string; welcome: string | null; attempts: number }>(
        'SELECT state, welcome, attempts FROM platform_callbacks ORDER BY id',
      ),
    welcomesOf: (id: string) => control.inbox(corpid, id).filter((message) => message.kind === 'welcome'),
    simulator,
    control,
    clock,
    corpid,
    agentid,
    account,
    keys,
    pg,
    wecom,
    app,
    callbackUrl,
    slept,
    /** A second process on the same database. */
    another: make,
    client: wecom.client({ corpId: corpid, secret }),
    saveCallback: () => control.setCallback({ corpid, agentid, url: callbackUrl, ...keys }),
    forget: () => events.clear(),
    events: () => [...events.values()],
    named: (name: string) =>
      [...events.values()].filter((event) => event.event === name || (name === 'identify' && event.type === 'identify')),
    /** Lets callbacks arrive and be worked off. */
    async work() {
      await control.settle();
      await new Promise((resolve) => setImmediate(resolve));
      return wecom.processCallbacks();
    },
    friend(userid = 'li', more: { name?: string; unionid?: string; gender?: 0 | 1 | 2; state?: string; add_way?: number } = {}) {
      const { name = '小明', unionid, gender, ...relation } = more;
      const customer = control.addCustomer(corpid, { name, ...(unionid ? { unionid } : {}), ...(gender === undefined ? {} : { gender }) });
      control.addFriend({ corpid, userid, external_userid: customer.external_userid, ...relation });
      return customer.external_userid;
    },
    message(outboxId: string, externalUserId: string, more: Partial<OutboundMessage> = {}): OutboundMessage {
      return {
        outboxId,
        workspaceNo: 7,
        personNo: 1,
        address: `${corpid}:${externalUserId}`,
        text: '第二单立减',
        idempotencyKey: `k-${outboxId}`,
        ...more,
      };
    },
    calls: (end: string) => control.calls().filter((call) => call.path.endsWith(end)),
    async close() {
      await app.close();
      await simulator.close();
      await pg.close();
      await database.drop();
    },
  };
}

export type Harness = Awaited<ReturnType<typeof startHarness>>;
