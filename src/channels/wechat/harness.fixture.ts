import { testDatabase } from '../../../test/kit.ts';
import { connectPg, createHttp, silentLog } from '../../base/index.ts';
import { createWechatSimulator } from '../../simulators/wechat/index.ts';
import { stillClock } from '../../simulators/wechat/testkit.ts';
import type { ChannelAccount, OutboundMessage } from '../adapter.ts';
import { type Limit, publishedLimits } from '../limits/limits.ts';
import type { ChannelEvent } from '../platform/events.ts';
import { fakePosters } from '../posters.fixture.ts';
import { wecomMigrations } from '../wecom/index.ts';
import { createWechat, wechatCallbackRoutes, wechatMigrations } from './index.ts';

/** Both kinds of account, their database and their web door, facing the simulated platform over real HTTP on one virtual clock. */
export async function startWechat() {
  const simulator = createWechatSimulator({ clock: stillClock(), seed: 'wechat' });
  const baseUrl = await simulator.listen();
  const { control, clock } = simulator;
  const official = control.createWxAccount({ appid: 'wxofficial000001', secret: 'official-secret', kind: 'official_account' });
  const mini = control.createWxAccount({ appid: 'wxmini0000000001', secret: 'mini-secret', kind: 'mini_program' });
  const fields = ['thing1', 'time2'];
  control.addTemplate(official.appid, { template_id: 'tpl', title: '订单', kind: 'template', fields: ['keyword1'] });
  control.addTemplate(official.appid, { template_id: 'sub', title: '上新', kind: 'subscribe', fields });
  control.addTemplate(mini.appid, { template_id: 'msub', title: '开团', kind: 'subscribe', fields });

  const database = await testDatabase();
  const pg = connectPg(database.url, { max: 8 });
  for (const step of [...wecomMigrations, ...wechatMigrations]) await pg.query(step.pg ?? '');

  const keys = { token: 'callback-token', encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C' };
  const config = (appId: string, secret: string) => ({ appId, secret, ...keys });
  const accounts: Record<string, ChannelAccount> = {
    ca_oa: { id: 'ca_oa', workspaceNo: 7, kind: 'official_account', config: config(official.appid, official.secret) },
    ca_mp: { id: 'ca_mp', workspaceNo: 7, kind: 'mini_program', config: config(mini.appid, mini.secret) },
    // Without a key its messages come in plain mode.
    ca_plain: {
      id: 'ca_plain',
      workspaceNo: 7,
      kind: 'official_account',
      config: { ...config(official.appid, official.secret), encodingAesKey: undefined },
    },
  };
  const events = new Map<string, ChannelEvent>();
  /** What the accounts are allowed otherwise than published. */
  const allowed = new Map<string, Limit>();
  const wechat = createWechat({
    ...{ pg, clock, log: silentLog, baseUrl, random: () => 0.5, posters: fakePosters },
    limits: async () => ({ get: (key) => allowed.get(key) ?? publishedLimits.get(key) }),
    account: async (id) => accounts[id],
    events: {
      write: async (_workspaceNo, items) => {
        for (const item of items) if (!events.has(item.messageId)) events.set(item.messageId, item);
        return { rejected: [] };
      },
    },
    sleep: async (ms) => void control.advance(ms),
  });
  const app = await createHttp({ log: silentLog, version: 'test' });
  await wechatCallbackRoutes(app, wechat, silentLog);
  const door = await app.listen({ port: 0, host: '127.0.0.1' });
  const { secret: oaSecret } = official;

  return {
    allowed,
    ...{ simulator, control, clock, pg, wechat, app, keys, accounts, official: official.appid, mini: mini.appid, baseUrl },
    oa: wechat.client({ appId: official.appid, secret: oaSecret }),
    mp: wechat.client({ appId: mini.appid, secret: mini.secret }),
    connect: async (id: 'ca_oa' | 'ca_mp' | 'ca_plain') => {
      const { encodingAesKey, ...plain } = keys;
      const url = `${door}/wechat/callback/${id}`;
      const appid = id === 'ca_mp' ? mini.appid : official.appid;
      return control.setWxCallback(appid, { url, ...plain, ...(id === 'ca_plain' ? {} : { encodingAesKey }) });
    },
    named: (name: string) => [...events.values()].filter((event) => event.event === name),
    forget: () => events.clear(),
    /** Lets what was told arrive and be worked off. */
    async work() {
      await control.settle();
      await new Promise((resolve) => setImmediate(resolve));
      return wechat.processCallbacks();
    },
    message: (outboxId: string, openid: string, appid = official.appid, more: Partial<OutboundMessage> = {}): OutboundMessage => ({
      ...{ outboxId, workspaceNo: 7, personNo: 1, address: `${appid}:${openid}`, text: '第二单立减', idempotencyKey: outboxId },
      ...more,
    }),
    sent: (appid: string, openid?: string) => control.wxSent(appid, openid),
    async close() {
      await app.close();
      await simulator.close();
      await pg.close();
      await database.drop();
    },
  };
}
export type WechatHarness = Awaited<ReturnType<typeof startWechat>>;
