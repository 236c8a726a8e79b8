import { randomBytes } from 'node:crypto';
import type { Clock, Log, Pg } from '../../base/index.ts';
import type { ChannelAccount } from '../adapter.ts';
import { type Limits, publishedLimits } from '../limits/limits.ts';
import { createProcessor, type Processed } from '../platform/callback-process.ts';
import { sleepFor } from '../platform/client.ts';
import type { EventWriter } from '../platform/events.ts';
import { createMedia } from '../platform/media.ts';
import { createPacer } from '../platform/pacing.ts';
import { pageSignature } from '../platform/signatures.ts';
import { createTickets } from '../platform/ticket.ts';
import { credentialKey } from '../platform/token.ts';
import { createPgTokenStore } from '../platform/token-pg.ts';
import type { PosterPort } from '../posters.ts';
import { wechatOpener } from './account.ts';
import { allowancesOf } from './allowances.ts';
import { createWechatClient, type WechatClient } from './client.ts';
import { createWechatIntake, type WechatIntake } from './door.ts';
import { createWechatAdapter, type WechatAdapter } from './send.ts';
import { workOff } from './work.ts';

export type { WechatAccount } from './account.ts';
export type { WechatClient } from './client.ts';
export { miniCode, miniLink, type SceneCode, sceneCode } from './codes.ts';
export { wechatCallbackRoutes } from './door.ts';
export { wechatEndpoints } from './endpoints.ts';
export { WechatError, WechatUnreachable, wechatReactions } from './errors.ts';
export { wechatMigrations } from './migrations.ts';
export { type MiniConfig, miniConfig, type OfficialConfig, officialConfig } from './schema.ts';

export interface WechatDeps {
  pg: Pg;
  clock: Clock;
  log: Log;
  /** Where the platform is (WECHAT_BASE_URL). */
  baseUrl: string;
  events: EventWriter;
  account: (id: string) => Promise<ChannelAccount | undefined>;
  fetch?: typeof fetch;
  sleep?: (ms: number) => Promise<void>;
  random?: () => number;
  /** This process is the only one on its database. */
  alone?: boolean;
  /** What the account is allowed; without it, what the platform publishes. */
  limits?: (workspaceNo: number) => Promise<Limits>;
  /** Everybody's own pictures; absent: there are none. */
  posters?: PosterPort;
}

export interface Wechat extends WechatIntake {
  official: WechatAdapter;
  mini: WechatAdapter;
  client(config: { appId: string; secret: string }): WechatClient;
  /** Signs a page of ours for WeChat, by its exact address; undefined: the account's settings cannot be used. */
  signPage(
    account: ChannelAccount,
    url: string,
  ): Promise<{ appId: string; timestamp: number; nonceStr: string; signature: string } | undefined>;
  /** Works off the messages and events that are due. */
  processCallbacks(): Promise<Processed>;
}

export function createWechat(deps: WechatDeps): Wechat {
  const { pg, clock, log } = deps;
  const sleep = deps.sleep ?? sleepFor;
  const pacer = createPacer(clock, sleep);
  const tokens = createPgTokenStore(pg);
  const tickets = createTickets({ store: tokens, clock });
  const clients = new Map<string, WechatClient>();
  const client = ({ appId, secret }: { appId: string; secret: string }): WechatClient => {
    const key = credentialKey({ id: appId, secret });
    let made = clients.get(key);
    if (!made) {
      const optional = { ...(deps.fetch ? { fetch: deps.fetch } : {}), ...(deps.random ? { random: deps.random } : {}) };
      made = createWechatClient({ baseUrl: deps.baseUrl, credential: { appId, secret }, tokens, clock, log, sleep, pacer, ...optional });
      clients.set(key, made);
    }
    return made;
  };
  const open = wechatOpener(client);
  const account = async (id: string) => open(await deps.account(id));
  const limits = deps.limits ?? (async () => publishedLimits);
  const sending = { pg, clock, log, open, limits, media: createMedia({ pg, clock }), posters: deps.posters };
  return {
    ...createWechatIntake({ pg, clock, account }),
    ...createProcessor({
      ...{ pg, clock, log, platform: 'wechat', alone: deps.alone ?? false },
      async handle(callback) {
        const opened = await account(callback.accountId);
        // Mended or not, this account's events are worth keeping for a while.
        if (!opened) return { again: new Date(clock.ms() + 600_000), error: 'the account is not usable' };
        return workOff({
          pg,
          clock,
          log,
          events: deps.events,
          limits: allowancesOf(await limits(callback.workspaceNo)),
          account: opened,
          callback,
        });
      },
    }),
    client,
    async signPage(given, url) {
      const opened = open(given);
      if (opened?.kind !== 'official_account') return undefined;
      const { appId, client: asked, config } = opened;
      const ticket = await tickets(credentialKey({ id: appId, secret: config.secret }), () =>
        asked.call('ticket.getticket', { type: 'jsapi' }),
      );
      const [nonceStr, timestamp] = [randomBytes(8).toString('hex'), Math.floor(clock.ms() / 1000)];
      return { appId, timestamp, nonceStr, signature: pageSignature({ ticket, nonce: nonceStr, timestamp, url }) };
    },
    official: createWechatAdapter(sending, 'official_account'),
    mini: createWechatAdapter(sending, 'mini_program'),
  };
}
