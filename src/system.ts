import { join } from 'node:path';
import { routes as accessRoutes, createAccess, permissionsOf } from './access/index.ts';
import { routes as audienceRoutes, createAudience } from './audience/index.ts';
import {
  type App,
  type Clock,
  type Config,
  createHttp,
  createJobs,
  createMetrics,
  derivedKeys,
  type Log,
  type Migration,
  migrate,
  type Pg,
  systemClock,
} from './base/index.ts';
import {
  type Channels,
  routes as channelRoutes,
  createChannels,
  createLoop,
  createWebhookAdapter,
  createWechat,
  createWecom,
  payNoticeRoutes,
  preferenceRoutes,
  wechatCallbackRoutes,
  wecomCallbackRoutes,
  withOpenTexts,
} from './channels/index.ts';
import { routes as contentRoutes, createContent, folderStore, posterRoutes, readingRoutes } from './content/index.ts';
import {
  catalogueRoutes,
  createCatalogue,
  createEvents,
  createHealth,
  createNamedEvents,
  createPersonalNames,
  doors,
  routes as eventRoutes,
  healthRoutes,
  namedRoutes,
  sensorsDoor,
  Tally,
} from './events/index.ts';
import { routes as journeyRoutes } from './journeys/index.ts';
import { routes as matchingRoutes } from './matching/index.ts';
import {
  addressesOf,
  createNotes,
  identityRoutes,
  noteRoutes,
  routes as peopleRoutes,
  personByIdentity,
  personId,
  personNo,
  type ReadDeps,
  readPeople,
  survivingPerson,
  traitsOf,
} from './people/index.ts';
import { createPrivacy, createShownLog, sealIdentities, showPersonalValues } from './people/privacy/index.ts';
import { routes as rewardRoutes, walletRoutes } from './rewards/index.ts';
import { sdkRoutes } from './sdk-routes.ts';
import { audienceFiles } from './system-audience.ts';
import { bindingDoors, openBinding } from './system-binding.ts';
import { openDirect } from './system-direct.ts';
import { openEngines } from './system-engines.ts';
import { openExperiments } from './system-experiments.ts';
import { openInsight } from './system-insight.ts';
import { openJourneys } from './system-journeys.ts';
import { openMatching } from './system-matching.ts';
import { migrations } from './system-migrations.ts';
import { openPosters, sendingOf, withPosterPages } from './system-posters.ts';
import { connectPrivacy, holdersOf, ruleAnswers } from './system-privacy.ts';
import { openRewards, withCouponPages } from './system-rewards.ts';
import { systemRoutes } from './system-routes.ts';
import { openShares } from './system-share.ts';
import { openTasks, sidebarDoors } from './system-sidebar.ts';
import { openSources } from './system-sources.ts';
import { texts } from './system-texts.ts';
import { openTouchpoints } from './system-touchpoints.ts';
import { createWork } from './system-work.ts';
import { callerOf, doorRoutes, routes as touchpointRoutes } from './touchpoints/index.ts';

export interface SystemOptions {
  clock?: Clock;
  log: Log;
  version: string;
  /** Where the built console lies; without it no console is served. */
  consoleDir?: string;
  /** Where the built SDKs lie, to be loaded by the customer's pages. */
  sdkDir?: string;
  /** How long events of a merge are kept twice, for queries that began before it: see the events room. */
  grace?: () => Promise<void>;
  /** What is put beside the rooms and keeps tables of its own (the demo). */
  extra?: { migrations: Migration[]; wecomBaseUrl(pg: Pg): Promise<string | undefined> };
}

export type System = Awaited<ReturnType<typeof createSystem>>;

/** The whole program, put together here and only here: config → engines → rooms → doors and background work. */
export async function createSystem(config: Config, options: SystemOptions) {
  const clock = options.clock ?? systemClock;
  const { log } = options;
  const closers: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const step of closers.splice(0).reverse()) await step();
  };
  try {
    return await build(config, { ...options, clock, log }, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function build(
  config: Config,
  { clock, log, version, consoleDir, sdkDir, grace, extra }: SystemOptions & { clock: Clock },
  closers: (() => unknown)[],
  close: () => Promise<void>,
) {
  const { masters, databaseUrl, pg, ch } = await openEngines(config, closers);
  await migrate(pg, ch, [...migrations, ...(extra?.migrations ?? [])]);
  const [secret] = masters;
  const wecomBaseUrl = (await extra?.wecomBaseUrl(pg)) ?? config.WECOM_BASE_URL ?? 'https://qyapi.weixin.qq.com';

  // Where this process alone works on its database, what a killed one had in hand is free at once.
  const alone = !config.DATABASE_URL;
  const publicUrl = config.YUTANG_PUBLIC_URL ?? `http://127.0.0.1:${config.PORT}`;
  const jobs = await createJobs({ pg, clock, log, connectionString: databaseUrl, alone });
  const access = createAccess({ pg, clock, log, secret, publicUrl });
  const personal = createPersonalNames({ pg, clock });
  const privacy = await createPrivacy({ pg, clock, log, masters, declared: personal });
  await sealIdentities({ pg, clock, log, privacy });
  const tally = new Tally();
  const events = await createEvents({
    pg,
    ch,
    clock,
    log,
    privacy,
    ...(grace ? { grace } : {}),
    watch: { blocked: (ws) => catalogue.blocked(ws), duplicate: (ws, item, at) => tally.duplicate(ws, item, at) },
  });
  const source: typeof events.source = (ws, people, more) => events.source(ws, people, more);
  const health = createHealth({
    ...{ pg, ch, clock, log, source, tally },
    workspaces: () => access.workspaces.all(),
    quiet: (ws) => catalogue.quiet(ws),
    expectations: (ws) => catalogue.expectations(ws),
    keys: (ws) => access.keys.list(ws),
  });
  health.defineJob(jobs);
  const catalogue = createCatalogue({
    ...{ pg, ch, clock, source, soon: health.soon },
    // What was sent under a name before it was declared personal is sealed as well.
    personal: Object.assign((ws: number) => personal(ws), {
      forget: (ws: number) => {
        personal.forget(ws);
        personalData.plain.soon(ws).catch((error: unknown) => log.error({ err: error }, 'sealing could not be begun'));
      },
    }),
  });
  const sources = await openSources({ config, pg, ch, clock, jobs, log, masters, access, privacy, events, publicUrl });
  const { imports, pulls } = sources;
  const audience = createAudience({
    ...{ pg, ch, clock, log, jobs, events, personal: privacy, shapes: catalogue.shapes },
    files: audienceFiles({ pg, privacy, dataDir: config.dataDir }),
  });
  await audience.mend();
  const read: ReadDeps = { pg, blind: privacy.blind, activity: events.activity, standing: audience.standing, rules: events.identityRules };
  const content = createContent({
    ...{ pg, clock, publicUrl, store: folderStore(join(config.dataDir, 'content')) },
    traits: async (ws, people) => privacy.masked(ws, await traitsOf(pg, ws, people)),
    personNo: (ws, id) => survivingPerson(pg, ws, personNo(id)),
  });
  await content.mend();
  const ownPosters = sendingOf(() => posters);
  const wecom = createWecom({
    ...{ pg, clock, log, alone, events, baseUrl: wecomBaseUrl, posters: ownPosters },
    account: (id) => channels.accounts.byId(id),
    welcomeOf: (ws, state) => touchpoints.welcomeOf(ws, state),
    limits: (ws) => channels.limits.of(ws),
  });
  const wechat = createWechat({
    ...{ pg, clock, log, alone, events, baseUrl: config.WECHAT_BASE_URL, posters: ownPosters },
    limits: (ws) => channels.limits.of(ws),
    account: (id) => channels.accounts.byId(id),
  });
  const webhook = createWebhookAdapter({ clock, log, allow: config.YUTANG_WEBHOOK_ALLOW, personId, posters: ownPosters });
  closers.push(() => webhook.close());
  const workspaces = () => access.workspaces.all();
  health.onFinding(async (ws, alarm) => {
    const account = await channels.accounts.one(ws, 'webhook');
    return account ? webhook.notify(account, alarm.id, { alarm }) : true;
  });
  const secretKeys = [...(await derivedKeys(pg, masters, 'yutang channel secrets')).values()];
  const linkKeys = [...(await derivedKeys(pg, masters, 'yutang tracked links')).values()];
  const given = { config, pg, ch, clock, log, privacy, events, publicUrl, linkKeys, secretKeys, closers };
  const direct = openDirect({ ...given, posters: ownPosters, channels: () => channels });
  const channels: Channels = createChannels({
    pg,
    ch,
    clock,
    log,
    events,
    content,
    people: {
      traits: async (ws, people) => withPosterPages(posters, ws, withCouponPages(rewards, ws, await traitsOf(pg, ws, people))),
      read: (ws, people) => readPeople(read, ws, people),
      inTexts: privacy.inTexts,
      addresses: (ws, type, people, prefix) => addressesOf(pg, ws, type, people, prefix),
    },
    workspaces,
    lists: wecom,
    members: (ws, id, below, limit) => audience.members(ws, id, below, limit),
    adapters: [wecom.adapter, wechat.official, wechat.mini, webhook, ...direct.adapters].map((adapter) =>
      withOpenTexts(adapter, privacy.openAll),
    ),
    direct,
    secretKeys,
    linkKeys,
    publicUrl,
    payBaseUrl: config.WECHATPAY_BASE_URL,
    carried: (ws, passes) => journeys.carried(ws, passes),
    approvers: async (ws) => (await access.members.list(ws)).filter((one) => permissionsOf(one.role).has('approvals.decide')),
    audit: access.audit,
    alone,
  });
  events.consume('channels', (slice) => channels.consume(slice), { steady: true });
  events.onSplit((ws, split) => channels.onSplit(ws, split));
  const shares = await openShares({ pg, clock, log, masters, publicUrl, channels, wechat });
  const touchpoints = openTouchpoints({
    ...{ config, pg, ch, clock, log, jobs, access, events, audience, content, channels, wecom, wechat, publicUrl, wecomBaseUrl },
    ...{ shares, wechatBaseUrl: config.WECHAT_BASE_URL },
  });
  closers.push(() => touchpoints.stop());
  events.consume('touchpoints', (slice) => touchpoints.consume(slice));
  const posters = openPosters({
    ...{ config, pg, clock, log, jobs, privacy, events, audience, content, touchpoints, publicUrl },
    keys: [...(await derivedKeys(pg, masters, 'yutang poster pages')).values()],
  });
  closers.push(() => posters.stop());
  const binding = openBinding({ pg, ch, clock, log, jobs, events, privacy, channels, wecom });
  const rewards = openRewards({
    ...{ pg, ch, clock, log, jobs, access, privacy, events, audience, read, publicUrl },
    walletKeys: [...(await derivedKeys(pg, masters, 'yutang wallets')).values()],
  });
  const matching = openMatching({ pg, ch, clock, log, jobs, access, events, audience, content });
  const journeys = openJourneys({
    ...{ pg, ch, clock, log, privacy, events, audience, content, channels, webhook },
    ...{ touchpoints, binding, rewards, matching, read, workspaces, tasks: () => tasks },
  });
  const experiments = openExperiments({ pg, ch, clock, log, events, audience, privacy, journeys, read, workspaces });
  const { insight, koc, value, heat, ...insights } = openInsight({
    ...{ pg, ch, clock, jobs, access, privacy, events, audience, content, journeys, touchpoints, read },
    erasedSince: (ws, since) => personalData.erasures.since(ws, since),
  });

  const tasks = openTasks({ pg, clock, log, events, privacy, channels, heat });
  const named = createNamedEvents({ pg, ch, clock, jobs, events });
  events.consume('named', (slice) => named.consume(slice));

  const metrics = createMetrics();
  const app: App = await createHttp({ log, version, texts });
  access.protect(app);
  const shown = createShownLog({ clock, log, audit: access.audit });
  closers.push(() => shown.stop());
  showPersonalValues(app, privacy.vault, shown.told, ruleAnswers);
  const personalData = connectPrivacy({
    ...{ pg, ch, clock, log, jobs, privacy, access, events, channels, imports, read },
    audienceFiles: (ws) => audience.files.removeAll(ws),
    posters,
    dataDir: config.dataDir,
    ownPostgres: alone,
  });
  personalData.routes(app);
  systemRoutes(app, { pg, ch, jobs, metrics, events, ...(consoleDir ? { consoleDir } : {}) });
  if (sdkDir) sdkRoutes(app, sdkDir);
  accessRoutes(app, access);
  peopleRoutes(app, read);
  identityRoutes(app, { read, clock, acts: events.identity, privacy, audit: access.audit });
  const notes = createNotes({ pg, clock, hide: async (ws, text) => (await privacy.hideTexts(ws, [text]))[0]! });
  noteRoutes(app, { notes, pg });
  bindingDoors(app, { pg, binding });
  sidebarDoors(app, {
    ...{ pg, clock, log, events, privacy, channels, wecom, binding, tasks, rewards, access },
    ...{ audience, content, read, notes, heat, publicUrl, wecomBaseUrl, posters: ownPosters },
    keys: [...(await derivedKeys(pg, masters, 'yutang sidebar sessions')).values()],
  });
  doors(app, { events, clock, counts: tally.doors });
  sensorsDoor(app, { events, clock, counts: tally.doors, read });
  eventRoutes(app, { events, pg });
  namedRoutes(app, named);
  catalogueRoutes(app, catalogue);
  healthRoutes(app, { health, jobs });
  await sources.routes(app);
  audienceRoutes(app, { audience, pg, audit: access.audit, holders: (no, identities) => holdersOf(pg, privacy, no, identities) });
  await contentRoutes(app, content);
  posterRoutes(app, posters, shares);
  readingRoutes(app, {
    ...{ pg, clock, log, shares, publicUrl, personId, callerOf },
    keys: [...(await derivedKeys(pg, masters, 'yutang reading pages')).values()],
    write: (ws, items) => events.write(ws, items),
    messageOf: (token) => channels.messageOf(token),
    personOf: (ws, id) => personByIdentity(pg, ws, { type: 'anonymous_id', value: id }),
  });
  doorRoutes(app, touchpoints.doors);
  await touchpointRoutes(app, touchpoints);
  channelRoutes(app, channels);
  await wecomCallbackRoutes(app, wecom, log);
  await wechatCallbackRoutes(app, wechat, log);
  await payNoticeRoutes(app, channels.pay, log);
  rewardRoutes(app, rewards);
  await walletRoutes(app, rewards);
  await preferenceRoutes(app, channels.preferences);
  matchingRoutes(app, matching);
  journeyRoutes(app, journeys);
  experiments.routes(app);
  insights.routes(app);

  const work = createWork({
    ...{ config, clock, log, events, jobs, health, imports, pulls, audience, wecom, wechat, channels, journeys },
    ...{ experiments, koc, models: [value, heat, matching], personalData, touchpoints, posters, rewards, workspaces, binding, tasks },
  });
  closers.push(() => events.stop());

  // Every process that has doors writes down what they counted, whoever looks at it.
  const counting = createLoop({ name: 'doors.counted', clock, log, run: () => health.flush() });
  let started = false;
  return {
    ...{ config, clock, log, pg, ch, app, jobs, access, events, health, imports, audience, content, wecom, wechat, channels, rewards },
    ...{ journeys, experiments, matching, insight, touchpoints, posters, binding, publicUrl },
    /** Opens the doors (unless this is a worker) and begins background work (unless this is web only). */
    start: async (): Promise<void> => {
      started = true;
      if (config.YUTANG_ROLE !== 'worker') {
        await app.listen({ port: config.PORT, host: config.HOST });
        counting.start();
        touchpoints.start();
      }
      if (config.YUTANG_ROLE !== 'web') await work.start();
    },
    /** Does everything that is due, without the loops: for tests with a clock of their own. */
    settle: async (): Promise<void> => {
      for (let quiet = 0; quiet < 2; ) {
        await touchpoints.flush();
        await events.flush();
        await jobs.flush();
        const did =
          (await wecom.processCallbacks()).handled +
          (await wechat.processCallbacks()).handled +
          (await channels.pay.work()).handled +
          (await journeys.tick()) +
          (await rewards.tick()).did +
          (await experiments.tick()) +
          (await journeys.announce()) +
          (await channels.dispatch()) +
          (await channels.poll()) +
          (await channels.announce());
        quiet = did === 0 ? quiet + 1 : 0;
      }
      await events.flush();
    },
    stop: async (): Promise<void> => {
      await app.close();
      await counting.stop();
      if (started) await work.stop();
      await health.flush().catch((error: unknown) => log.warn({ err: error }, 'what the doors counted last is forgotten'));
      await close();
    },
  };
}
