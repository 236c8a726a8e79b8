import { type Ch, type Clock, type Log, type Pg, type Resolve, systemResolve } from '../base/index.ts';
import { personId } from '../people/index.ts';
import type { ChannelAccount, ChannelAdapter } from './adapter.ts';
import { createBounceDoor, createEmailAdapter, emailConfig } from './email/index.ts';
import type { Limits } from './limits/limits.ts';
import type { PosterPort } from './posters.ts';
import { createDevices, createPushAdapter, type Devices, learnDevices, pushConfig } from './push/index.ts';
import { createDeadAddresses, type DeadAddresses } from './sending/dead.ts';
import { createFaults } from './sending/faults.ts';
import { createJournal } from './sending/journal.ts';
import type { Slice } from './slice.ts';
import { type CountedText, createAliyun, createSmsAdapter, createSmsDoor, createTencent, smsConfig } from './sms/index.ts';

/** Channels that reach people at addresses of their own: e-mail, text message, app push. What they share, and what each brings. */

export interface DirectDeps {
  pg: Pg;
  ch: Pick<Ch, 'query'>;
  clock: Clock;
  log: Log;
  publicUrl: string;
  linkKeys: readonly Buffer[];
  secretKeys: readonly Buffer[];
  /** Mail servers that may be reached although they are internal (YUTANG_SMTP_ALLOW). */
  smtpAllow: readonly string[];
  resolve?: Resolve;
  /** Everybody's own pictures; absent: there are none. */
  posters?: PosterPort;
  /** Where the platforms are; absent: the real ones. */
  at: {
    aliyunSms?: string | undefined;
    tencentSms?: string | undefined;
    apns?: string | undefined;
    fcm?: string | undefined;
    jpush?: string | undefined;
    /** A certificate that is believed beside the known ones: of a stand-in. */
    ca?: string | undefined;
  };
  source(workspaceNo: number): string;
  limits(workspaceNo: number): Promise<Limits>;
  account(id: string): Promise<ChannelAccount | undefined>;
  accountOf(workspaceNo: number, kind: string): Promise<ChannelAccount | undefined>;
  /** An address as identities keep it, and back; null: it was erased. */
  kept(workspaceNo: number, type: 'email' | 'phone', value: string): Promise<string>;
  opened(workspaceNo: number, address: string): Promise<string | null>;
  /** Tokens of devices as events keep them, opened. */
  deviceTokens(workspaceNo: number, tokens: readonly string[]): Promise<readonly (string | null)[]>;
  /** Who has an identity, as it is kept. */
  holder(workspaceNo: number, type: 'email' | 'phone', kept: string): Promise<number | undefined>;
  /** Somebody wants nothing more on a channel. */
  refuse(workspaceNo: number, personId: string, channel: string, source: string): Promise<unknown>;
  /** Something has come to be told. */
  told(): void;
}

export interface Tried {
  ok: boolean;
  error?: string;
  elapsedMs: number;
}

export interface Direct {
  adapters: ChannelAdapter[];
  devices: Devices;
  dead: DeadAddresses;
  bounces: ReturnType<typeof createBounceDoor>;
  reports: ReturnType<typeof createSmsDoor>;
  /** Checks settings; what does not fit is said by field. */
  checks: Record<string, typeof emailConfig | typeof smsConfig | typeof pushConfig>;
  /** Addresses of an account to be entered at its provider. */
  doors(account: { id: string; kind: string }): Record<string, string>;
  tryOut(account: ChannelAccount, to: { address: string; personNo: number }): Promise<Tried>;
  /** A text message as it would arrive, and what it would be paid as. */
  count(account: ChannelAccount, text: string, marketing: boolean): CountedText;
  learn(slice: Slice): Promise<void>;
  close(): void;
}

export function createDirect(deps: DirectDeps): Direct {
  const { pg, clock, log } = deps;
  const faults = createFaults(clock);
  const journal = createJournal({ pg, clock });
  const dead = createDeadAddresses({ pg, clock, kept: deps.kept });
  const shared = { pg, clock, log, journal, dead, faults, publicUrl: deps.publicUrl, linkKeys: deps.linkKeys, account: deps.account };
  const mail = { ...shared, posters: deps.posters, allow: deps.smtpAllow, resolve: deps.resolve ?? systemResolve, told: deps.told };
  const text = {
    ...shared,
    providers: { aliyun: createAliyun(deps.at.aliyunSms), tencent: createTencent(deps.at.tencentSms) },
    limits: deps.limits,
    openAddress: deps.opened,
    refuse: async (workspaceNo: number, phone: string, source: string) => {
      const person = await deps.holder(workspaceNo, 'phone', await deps.kept(workspaceNo, 'phone', phone));
      if (person !== undefined) await deps.refuse(workspaceNo, personId(person), 'sms', source);
    },
  };
  const devices = createDevices({ pg, clock, secretKeys: deps.secretKeys });
  const email = createEmailAdapter(mail);
  const sms = createSmsAdapter(text);
  const push = createPushAdapter({ clock, log, journal, faults, devices, publicUrl: deps.publicUrl, posters: deps.posters, at: deps.at });
  const bounces = createBounceDoor(mail);
  const reports = createSmsDoor(text);
  const outside = (path: string): string => `${deps.publicUrl.replace(/\/$/, '')}${path}`;
  return {
    adapters: [email, sms, push],
    ...{ devices, dead, bounces, reports },
    checks: { email: emailConfig, sms: smsConfig, push: pushConfig },
    doors: ({ id, kind }): Record<string, string> => {
      if (kind === 'email') return { bounces: outside(bounces.pathOf(id)) };
      return kind === 'sms' ? { reports: outside(reports.pathOf(id)) } : {};
    },
    tryOut: async (account, to) => {
      if (account.kind === 'push') return push.tryOut(account, to.personNo);
      return account.kind === 'sms' ? sms.tryOut(account, to.address) : email.tryOut(account, to.address);
    },
    count: sms.count,
    learn: async (slice) => {
      const account = await deps.accountOf(slice.workspaceNo, 'push');
      const config = account && pushConfig.safeParse(account.config);
      if (config?.success) await learnDevices({ ch: deps.ch, source: deps.source, devices, open: deps.deviceTokens }, config.data, slice);
    },
    close: () => push.close(),
  };
}
