import { Liquid } from 'liquidjs';
import { type Clock, type Log, type Pg, problem } from '../../base/index.ts';
import type { ChannelAccount, ChannelAdapter, OutboundMessage, SubmitOutcome, SubmittedMessage } from '../adapter.ts';
import { type Limits, publishedLimits } from '../limits/limits.ts';
import type { Processed } from '../platform/callback-process.ts';
import { sleepFor } from '../platform/client.ts';
import { createMedia } from '../platform/media.ts';
import { createPacer } from '../platform/pacing.ts';
import { credentialKey } from '../platform/token.ts';
import { createPgTokenStore } from '../platform/token-pg.ts';
import type { PosterPort } from '../posters.ts';
import { accountOpener } from './account.ts';
import { type CallbackIntake, createCallbackIntake } from './callback-intake.ts';
import { createCallbackProcessor } from './callback-process.ts';
import { createWecomClient, type WecomClient } from './client.ts';
import type { EventWriter } from './events.ts';
import { noFriends } from './foresee.ts';
import { ownPosterOf, uploadPicture } from './pictures.ts';
import { pollTasks } from './poll.ts';
import { type SubmitDeps, settle } from './recover.ts';
import type { WecomConfig, Welcome } from './schema.ts';
import { submitNew } from './submit.ts';
import { type Reconciled, readSync, reconcileAll, type Sync } from './sync.ts';

export type { WecomClient } from './client.ts';
export { endpoints } from './endpoints.ts';
export { reactions, WecomError, WecomUnreachable } from './errors.ts';
export type { ChannelEvent, EventWriter } from './events.ts';
export { wecomMigrations } from './migrations.ts';
export { wecomCallbackRoutes } from './routes.ts';
export { type WecomConfig, wecomConfig } from './schema.ts';
export type { Reconciled, Sync } from './sync.ts';

export interface WecomDeps {
  pg: Pg;
  clock: Clock;
  log: Log;
  /** Where the platform is (WECOM_BASE_URL). */
  baseUrl: string;
  events: EventWriter;
  account: (id: string) => Promise<ChannelAccount | undefined>;
  fetch?: typeof fetch;
  sleep?: (ms: number) => Promise<void>;
  random?: () => number;
  settleMs?: number;
  /** What the account is allowed; without it, what the platform publishes. */
  limits?: (workspaceNo: number) => Promise<Limits>;
  /** This process is the only one on its database: what a killed one had in hand is free at once. */
  alone?: boolean;
  render?: (template: string, values: Record<string, unknown>) => Promise<string>;
  /** What is said to a new friend who came by a code; without it, or without an answer, what the account says to all. */
  welcomeOf?: (workspaceNo: number, state: string) => Promise<Welcome | undefined>;
  /** Everybody's own pictures; absent: there are none. */
  posters?: PosterPort;
}

export interface WecomAdapter extends ChannelAdapter {
  kind: 'wecom';
  poll(account: ChannelAccount, submitted: SubmittedMessage[]): Promise<SubmitOutcome[]>;
  recover(account: ChannelAccount, inDoubt: OutboundMessage[]): Promise<SubmitOutcome[]>;
  faults(account: ChannelAccount): Promise<{ errcode: number; endpoint: string; hint: string }[]>;
}

export interface Wecom extends CallbackIntake {
  adapter: WecomAdapter;
  client(config: Pick<WecomConfig, 'corpId' | 'secret'>): WecomClient;
  /** A picture as WeCom knows it, by its id there. */
  upload(accountId: string, picture: { mime: string; bytes: Uint8Array }): Promise<string>;
  /** Works off the callbacks that are due. Call it when `nextDueAt` comes, and every second or so. */
  processCallbacks(): Promise<Processed>;
  /** Makes good for lost callbacks by the platform's own lists. Call it at the account's first setting and once a day. */
  reconcile(accountId: string): Promise<Reconciled>;
  /** How far the last comparison has come. */
  sync(workspaceNo: number, accountId: string): Promise<Sync | undefined>;
}

const SETTLE_MS = 15_000;

export function createWecom(deps: WecomDeps): Wecom {
  const { pg, clock, log } = deps;
  const sleep = deps.sleep ?? sleepFor;
  const pacer = createPacer(clock, sleep);
  const tokens = createPgTokenStore(pg);
  const clients = new Map<string, WecomClient>();
  const client = ({ corpId, secret }: Pick<WecomConfig, 'corpId' | 'secret'>): WecomClient => {
    const credential = { corpId, secret };
    const key = credentialKey({ id: corpId, secret });
    let made = clients.get(key);
    if (!made) {
      const optional = { ...(deps.fetch ? { fetch: deps.fetch } : {}), ...(deps.random ? { random: deps.random } : {}) };
      made = createWecomClient({ baseUrl: deps.baseUrl, credential, tokens, clock, log, sleep, pacer, ...optional });
      clients.set(key, made);
    }
    return made;
  };
  const open = accountOpener(client);
  const account = async (id: string) => open(await deps.account(id));
  const limits = deps.limits ?? (async () => publishedLimits);
  const media = createMedia({ pg, clock });
  const submitDeps: SubmitDeps = { pg, clock, log, sleep, settleMs: deps.settleMs ?? SETTLE_MS, limits, media, posters: deps.posters };

  /** What the journal and the platform know of these messages first; `rest` never left. */
  const withKnown = async (
    given: ChannelAccount,
    messages: OutboundMessage[],
    rest: (opened: NonNullable<ReturnType<typeof open>>, messages: OutboundMessage[]) => Promise<SubmitOutcome[]>,
  ): Promise<SubmitOutcome[]> => {
    const opened = open(given);
    if (!opened) return messages.map(({ outboxId }) => ({ outboxId, state: 'failed', reason: 'account_settings' }));
    const known = await settle(
      submitDeps,
      opened,
      messages.map((message) => message.outboxId),
    );
    const told = messages.flatMap((message) => known.get(message.outboxId) ?? []);
    return [
      ...told,
      ...(await rest(
        opened,
        messages.filter((message) => !known.has(message.outboxId)),
      )),
    ];
  };

  const liquid = new Liquid({ parseLimit: 20_000, renderLimit: 500, memoryLimit: 1_000_000 });
  const processor = createCallbackProcessor({
    pg,
    clock,
    log,
    events: deps.events,
    account,
    alone: deps.alone ?? false,
    welcomeOf: deps.welcomeOf,
    ownPoster: ownPosterOf(deps, media),
    render: deps.render ?? ((template, values) => liquid.parseAndRender(template, values)),
  });

  const underWay = new Map<string, Promise<Reconciled>>();
  const compare = async (accountId: string): Promise<Reconciled> => {
    const opened = await account(accountId);
    if (!opened) throw problem(404, 'There is no such WeCom account');
    return reconcileAll({ pg, clock, log, events: deps.events }, opened);
  };

  return {
    ...createCallbackIntake({ pg, clock, account }),
    ...processor,
    client,
    async upload(accountId, { mime, bytes }) {
      const opened = await account(accountId);
      if (!opened) throw problem(404, 'There is no such WeCom account');
      return uploadPicture(media, opened, bytes, mime);
    },
    sync: (workspaceNo, accountId) => readSync(pg, workspaceNo, accountId),
    reconcile(accountId) {
      // Whoever asks while one is under way waits for that one.
      const comparing = underWay.get(accountId) ?? compare(accountId).finally(() => underWay.delete(accountId));
      underWay.set(accountId, comparing);
      return comparing;
    },
    adapter: {
      kind: 'wecom',
      submit: (given, messages) => withKnown(given, messages, (opened, fresh) => submitNew(submitDeps, opened, fresh)),
      recover: (given, inDoubt) =>
        withKnown(given, inDoubt, async (_opened, never) =>
          never.map(({ outboxId }) => ({ outboxId, state: 'retry', reason: 'never_sent' })),
        ),
      foresee: async (given, addresses) => {
        const opened = open(given);
        return opened ? noFriends(pg, opened, addresses) : new Map(addresses.map((address) => [address, 'account_settings']));
      },
      faults: async (given) => (await open(given)?.client.faults()) ?? [],
      async poll(given, submitted) {
        const opened = open(given);
        return opened ? pollTasks(opened, submitted) : [];
      },
    },
  };
}
