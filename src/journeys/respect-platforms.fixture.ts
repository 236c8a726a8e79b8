import { createHash } from 'node:crypto';
import type { ManualClock, Pg } from '../base/index.ts';
import { silentLog } from '../base/index.ts';
import { type ChannelAccount, type ChannelAdapter, createWechat, readLimits } from '../channels/index.ts';
import { createDeadAddresses } from '../channels/sending/dead.ts';
import { createFaults } from '../channels/sending/faults.ts';
import { createJournal } from '../channels/sending/journal.ts';
import { createSmsAdapter } from '../channels/sms/index.ts';
import type { Events } from '../events/index.ts';
import { ws } from './journeys.fixture.ts';

/**
 * Text messages, an official account and a mini program by the adapters that carry them, with a platform at the other end that refuses nothing: what it
 * should have refused the checker finds. The rest have plain receivers.
 */

export const officialApp = 'wxoa00000001';
export const miniApp = 'wxmini000001';
const token = 'door';

/** A call that the WeChat platform answered with "done". */
export interface Call {
  at: number;
  app: string;
  openid: string;
  how: 'custom' | 'template' | 'subscribe';
}
/** What somebody did on the platform. */
export interface Act {
  at: number;
  app: string;
  openid: string;
  what: 'talk' | 'click' | 'agree';
}

export interface Given {
  clock: ManualClock;
  pg: Pg;
  events: Events;
}

export function createPlatforms({ clock, pg, events }: Given) {
  const calls: Call[] = [];
  const acts: Act[] = [];
  const account = async (id: string): Promise<ChannelAccount | undefined> => accounts.find((one) => one.id === id);
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input);
    const app = url.searchParams.get('access_token') ?? '';
    const asked = JSON.parse(String(init?.body ?? '{}')) as { appid?: string; touser?: string };
    if (url.pathname.endsWith('token')) return Response.json({ access_token: asked.appid, expires_in: 7_200 });
    const how = /\/message\/(custom|template|subscribe)\//.exec(url.pathname)?.[1] as Call['how'] | undefined;
    if (!how || !asked.touser) throw new Error(`nobody is expected to ask for ${url.pathname}`);
    calls.push({ at: clock.ms(), app, openid: asked.touser, how });
    return Response.json({ errcode: 0, errmsg: 'ok', ...(how === 'template' ? { msgid: calls.length } : {}) });
  };
  const limits = (workspaceNo: number) => readLimits(pg, workspaceNo);
  const wechat = createWechat({
    ...{ pg, clock, log: silentLog, events, account, limits, fetch, alone: true, baseUrl: 'https://platform.example' },
    sleep: async () => {},
  });
  const provider = {
    send: async (_config: unknown, { outboxId }: { outboxId: string }) => ({ taken: true as const, ref: outboxId }),
    find: async () => ({ state: 'delivered' as const }),
    reaction: () => 'failed' as const,
    read: () => ({ reports: [], replies: [] }),
    heard: {},
  };
  const sms = createSmsAdapter({
    ...{ clock, log: silentLog, limits, account, linkKeys: [], journal: createJournal({ pg, clock }), faults: createFaults(clock) },
    dead: createDeadAddresses({ pg, clock, kept: async (_ws, _type, value) => value }),
    providers: { aliyun: provider, tencent: provider },
    openAddress: async (_ws, address) => address,
    refuse: async () => {},
  });
  let told = 0;
  return {
    adapters: [sms, wechat.official, wechat.mini] as ChannelAdapter[],
    ...{ calls, acts },
    /** Somebody does something, and the platform tells of it at the door. */
    act: async (app: string, openid: string, what: Act['what']): Promise<void> => {
      told += 1;
      acts.push({ at: clock.ms(), app, openid, what });
      const seconds = String(Math.floor(clock.ms() / 1_000));
      const nonce = String(told);
      const signature = createHash('sha1').update([token, seconds, nonce].sort().join('')).digest('hex');
      const agreed = `<SubscribeMsgPopupEvent><List><TemplateId>sub</TemplateId><SubscribeStatusString>accept</SubscribeStatusString><PopupScene>${told}</PopupScene></List></SubscribeMsgPopupEvent>`;
      const said = {
        talk: `<MsgType>text</MsgType><Content>?</Content><MsgId>${told}</MsgId>`,
        click: '<MsgType>event</MsgType><Event>CLICK</Event><EventKey>menu</EventKey>',
        agree: `<MsgType>event</MsgType><Event>subscribe_msg_popup_event</Event>${agreed}`,
      }[what];
      await wechat.receive(
        app === officialApp ? 'chan_official_account' : 'chan_mini_program',
        `/wechat/callback?signature=${signature}&timestamp=${seconds}&nonce=${nonce}`,
        `<xml><ToUserName>gh</ToUserName><FromUserName>${openid}</FromUserName><CreateTime>${seconds}</CreateTime>${said}</xml>`,
      );
    },
    /** All that was told is worked off. */
    hear: () => wechat.processCallbacks(),
  };
}
export type Platforms = ReturnType<typeof createPlatforms>;

const notice = { templateId: 'sub', fields: { thing1: '{{ text }}' } };
const accounts: ChannelAccount[] = [
  {
    kind: 'official_account',
    config: { appId: officialApp, secret: 's', token, subscribe: notice, template: { ...notice, templateId: 'tpl' } },
  },
  { kind: 'mini_program', config: { appId: miniApp, secret: 's', token, subscribe: notice } },
  {
    kind: 'sms',
    config: {
      ...{ provider: 'aliyun', keyId: 'k', keySecret: 's', signName: 'Shop', optOut: '拒收请回复R' },
      template: { templateId: 'SMS_1', fields: { content: '{{ text }}' } },
    },
  },
].map((one) => ({ ...one, id: `chan_${one.kind}`, workspaceNo: ws }));

/** What each account is set to, where the house keeps it. */
export async function openAccounts(pg: Pg): Promise<void> {
  for (const { id, config } of accounts)
    await pg.query('UPDATE channel_accounts SET config = $2 WHERE id = $1', [id, JSON.stringify(config)]);
}
