import type { Ch, Clock, Config, Log, Pg } from './base/index.ts';
import { type Channels, createDirect, type Direct, type PosterPort } from './channels/index.ts';
import type { Events } from './events/index.ts';
import { personByIdentity } from './people/index.ts';
import type { Privacy } from './people/privacy/index.ts';

/** E-mail, text messages and app push, with what they ask of the rooms about addresses and consent. */
export function openDirect(parts: {
  config: Config;
  pg: Pg;
  ch: Ch;
  clock: Clock;
  log: Log;
  privacy: Privacy;
  events: Events;
  /** Looked up when it is needed: the channels are made of this. */
  channels(): Channels;
  publicUrl: string;
  posters: PosterPort;
  linkKeys: readonly Buffer[];
  secretKeys: readonly Buffer[];
  closers: (() => unknown)[];
}): Direct {
  const { config, pg, ch, clock, log, privacy, events, channels, publicUrl, linkKeys, secretKeys } = parts;
  const direct = createDirect({
    ...{ pg, ch, clock, log, publicUrl, linkKeys, secretKeys, posters: parts.posters },
    smtpAllow: config.YUTANG_SMTP_ALLOW,
    at: {
      aliyunSms: config.ALIYUN_SMS_BASE_URL,
      tencentSms: config.TENCENT_SMS_BASE_URL,
      ...{ apns: config.APNS_BASE_URL, fcm: config.FCM_BASE_URL, jpush: config.JPUSH_BASE_URL },
    },
    source: (ws) => events.source(ws),
    limits: (ws) => channels().limits.of(ws),
    account: (id) => channels().accounts.byId(id),
    accountOf: (ws, kind) => channels().accounts.one(ws, kind),
    kept: async (ws, type, value) => (await privacy.blind(ws, { type, value })).value,
    opened: async (ws, address) => (await privacy.openAll(ws, { address })).address,
    deviceTokens: (ws, tokens) => privacy.openAll(ws, tokens),
    holder: (ws, type, value) => personByIdentity(pg, ws, { type, value }),
    refuse: (ws, personId, channel, source) =>
      channels().changeConsents(ws, personId, [{ purpose: '*', channel, granted: false, source }], 'customer'),
    told: () => channels().wakeTelling(),
  });
  parts.closers.push(() => direct.close());
  return direct;
}
