import type { z } from 'zod';
import { createTokens, type Migration, problem, boundary as stopHere } from '../base/index.ts';
import { createAccounts } from './accounts.ts';
import { announceWorkspace } from './announce.ts';
import { approvalMigrations } from './approvals/index.ts';
import { endByHand, prepareByHand } from './by-hand.ts';
import { follow, messageOf } from './clicks.ts';
import { changeConsents, readConsents } from './consent-record.ts';
import { consumeConsents, keepConsents } from './consents.ts';
import { createDirectActs } from './direct-acts.ts';
import { createDispatcher } from './dispatch.ts';
import { enqueue } from './enqueue.ts';
import { createFatigue } from './fatigue-shown.ts';
import { foresee, foreseeWho } from './foresee.ts';
import { groupOverlap, groupsOfPerson } from './group-overlap.ts';
import { createGroupPlans, groupPlanMigrations } from './group-plans/index.ts';
import { createGroupTotals } from './group-totals.ts';
import { describeGroup, groupMembers, listGroups, readGroup } from './groups.ts';
import { guardMoments, openApprovals } from './guarded.ts';
import { channelHealth, notSetUp } from './health.ts';
import { hold, lookAgain, release, skipJourney, skipPasses } from './hold.ts';
import { listLimits, readLimits, resetLimit, setLimit } from './limits/limits.ts';
import { limitMigrations } from './limits/migrations.ts';
import { createLoop } from './loop.ts';
import { followMerges } from './merge.ts';
import { journeyMessages, listMessages, summariseMessages } from './messages.ts';
import { outboxMigrations } from './migrations.ts';
import { createPay, payConfig, payMigrations } from './pay/index.ts';
import { planReach } from './plan.ts';
import { readPolicy, writePolicy } from './policy.ts';
import { createPoller } from './poll.ts';
import type { ChannelsDeps, Deps } from './ports.ts';
import { createPreferenceLinks, createPreferences } from './preferences/index.ts';
import { pushMigrations } from './push/index.ts';
import { readReach } from './reach.ts';
import type { Channels } from './room.ts';
import { sendingMigrations } from './sending/migrations.ts';
import { sentByDay } from './sent-by-day.ts';
import { followSplit, movePasses, passesOf, passesReaching } from './split.ts';
import { createStaffWork } from './staff/index.ts';
import { staffMigrations } from './staff/migrations.ts';
import { createSyncs } from './syncs.ts';
import type { WebhookAdapter } from './webhook/index.ts';
import { miniConfig, officialConfig, wechatMigrations } from './wechat/index.ts';
import { wecomConfig, wecomMigrations } from './wecom/index.ts';
import { learnZones } from './zones.ts';

export type { ChannelAccount, ChannelAdapter, OutboundMessage, SubmitOutcome, SubmittedMessage } from './adapter.ts';
export {
  type ApprovalDetail,
  type ApprovalList,
  type ApprovalNeed,
  type Approvals,
  type ApprovalView,
  approvalNeed,
  type ForeseenStep,
} from './approvals/index.ts';
export type { ConsentChange } from './consents.ts';
export { createDirect, type Direct, type DirectDeps } from './direct.ts';
export type { EnqueueBatch } from './enqueue.ts';
export type { FatiguePeople, FatigueView, PersonFatigue } from './fatigue-shown.ts';
export { type ForeseeAsk, type Foresight, foresightSchema } from './foresee.ts';
export type { OverlapList, PersonGroups } from './group-overlap.ts';
export type {
  CalendarView,
  HandoverAnswer,
  HandoverBody,
  HandoverList,
  PlanBody,
  PlanForesight,
  PlanList,
  PlanView,
  RemindAnswer,
  SendList,
  Step,
  WelcomeBody,
  WelcomeList,
  WelcomeView,
} from './group-plans/index.ts';
export { addDays, instantOf, localDay, weekdayOf } from './group-plans/index.ts';
export type { GroupList, GroupView, MemberList, SyncView } from './groups-schema.ts';
export { lastWords } from './last-words.ts';
export { readLimits } from './limits/limits.ts';
export type { LimitChange, LimitView } from './limits/schema.ts';
export { createLoop, type Loop } from './loop.ts';
export { withOpenTexts } from './open-texts.ts';
export * from './pay/index.ts';
export type { ReachPlan } from './plan.ts';
export { openEncryptedData, pageSignature } from './platform/signatures.ts';
export type { Policy, PolicyChange } from './policy.ts';
export type { ChannelsDeps, EventsPort, OwnEvent, PeoplePort } from './ports.ts';
export type { PosterPort } from './posters.ts';
export { preferenceRoutes } from './preferences/index.ts';
export { channelsZh } from './problems.zh.ts';
export type { MessagePurpose } from './purposes.ts';
export type { ReachView } from './reach.ts';
export type { Channels } from './room.ts';
export { routes } from './routes.ts';
export type { CountedText } from './sms/index.ts';
export type { Split } from './split.ts';
export type {
  MomentCheck,
  MomentChoices,
  MomentDetail,
  MomentList,
  MomentMade,
  MomentView,
  Reminded,
  StaffMessage,
  StaffMessageSent,
  WaitingTask,
} from './staff/schema.ts';
export * from './webhook/index.ts';
export * from './wechat/index.ts';
export * from './wecom/index.ts';

export const migrations: Migration[] = [
  ...outboxMigrations,
  ...approvalMigrations,
  ...limitMigrations,
  ...sendingMigrations,
  ...pushMigrations,
  ...wecomMigrations,
  ...groupPlanMigrations,
  ...wechatMigrations,
  ...staffMigrations,
  ...payMigrations,
];

export function createChannels(given: ChannelsDeps): Channels {
  const deps: Deps = { ...given, boundary: given.boundary ?? stopHere };
  const { pg, clock, log } = deps;
  const accounts = createAccounts(deps);
  const tokens = createTokens(deps.linkKeys);
  const links = createPreferenceLinks(deps.publicUrl, deps.linkKeys);
  const addressing = { tokens, preferences: links };
  const dispatcher = createDispatcher(deps, accounts, addressing);
  const poller = createPoller(deps, accounts);
  const webhook = deps.adapters.find((a): a is WebhookAdapter => a.kind === 'webhook' && 'probe' in a);

  const approvals = openApprovals(deps, accounts, webhook);
  const syncs = createSyncs(deps, accounts);
  const groupTotals = createGroupTotals(deps);
  const staff = createStaffWork(deps, accounts);
  const groupPlans = createGroupPlans({
    ...{ pg, clock, log, accounts, workspaces: deps.workspaces, boundary: deps.boundary, approvals },
    client: (config) => {
      if (!deps.lists) throw problem(409, 'There is no WeCom here');
      return deps.lists.client(config);
    },
  });
  const pay = createPay({
    ...{ pg, clock, log, accounts, publicUrl: deps.publicUrl, alone: deps.alone },
    baseUrl: deps.payBaseUrl ?? 'https://api.mch.weixin.qq.com',
    write: (workspaceNo, items) => deps.events.write(workspaceNo, items),
    addresses: (workspaceNo, type, people, prefix) => deps.people.addresses(workspaceNo, type, people, prefix),
    traits: (workspaceNo, people) => deps.people.traits(workspaceNo, people),
    limits: (workspaceNo) => readLimits(pg, workspaceNo),
  });

  const announce = async (): Promise<number> => {
    let count = 0;
    for (const workspace of await deps.workspaces()) count += await announceWorkspace(deps, workspace.no);
    return count;
  };
  // One for each channel: a platform that keeps its own messages waiting holds up no others.
  const senders = deps.adapters.map(({ kind }) =>
    createLoop({
      name: `outbox.send.${kind}`,
      clock,
      log,
      run: async () => {
        try {
          if ((await dispatcher.dispatch(kind)) > 0) loops.ask.wake();
          return await dispatcher.next(kind);
        } finally {
          // Telling gives way to sending; while that goes on for long, its own timer sees to it.
          loops.tell.wake();
        }
      },
    }),
  );
  const loops = {
    ask: createLoop({
      name: 'outbox.poll',
      clock,
      log,
      run: async () => {
        if ((await poller.poll()) > 0) loops.tell.wake();
        return poller.next();
      },
    }),
    pay: createLoop({ name: 'pay', clock, log, run: async () => (await pay.work()).nextDueAt?.getTime() }),
    groups: createLoop({
      name: 'groups.plans',
      clock,
      log,
      run: async () => {
        await groupPlans.tick();
        return undefined;
      },
    }),
    moments: createLoop({ name: 'staff.moments', clock, log, run: () => staff.moments.follow() }),
    reminders: createLoop({
      name: 'staff.reminders',
      clock,
      log,
      run: async () => {
        await staff.remindDue();
        return clock.ms() + 300_000;
      },
    }),
    tell: createLoop({
      name: 'outbox.announce',
      clock,
      log,
      run: async () => {
        await announce();
        return undefined;
      },
    }),
  };
  const wake = () => {
    for (const sender of senders) sender.wake();
  };
  const checks: Record<string, (config: Record<string, unknown>) => Record<string, unknown>> = {
    wecom: (config) => readOrRefuse('WeCom', wecomConfig.safeParse(config)),
    official_account: (config) => readOrRefuse('official account', officialConfig.safeParse(config)),
    mini_program: (config) => readOrRefuse('mini program', miniConfig.safeParse(config)),
    ...Object.fromEntries(
      Object.entries(deps.direct?.checks ?? {}).map(([kind, schema]) => [
        kind,
        (config: Record<string, unknown>) => readOrRefuse(kind, schema.safeParse(config)),
      ]),
    ),
    webhook: (config) => ({ ...webhook!.check(config) }),
    wechat_pay: (config) => readOrRefuse('WeChat Pay', payConfig.safeParse(config)),
  };

  return {
    accounts,
    list: async (workspaceNo) => {
      const views = await accounts.views(workspaceNo);
      const merchant = await accounts.one(workspaceNo, 'wechat_pay');
      const { settings: terms = {}, secretsSet: hidden = [] } = views.find((v) => v.kind === 'wechat_pay') ?? {};
      const till = {
        ...{ id: merchant?.id ?? null, key: 'wechat_pay', configured: merchant !== undefined, settings: terms, secretsSet: hidden },
        ...(merchant ? await pay.health(merchant) : notSetUp),
      };
      const ways = await Promise.all(
        deps.adapters.map(async ({ kind }) => {
          const account = views.find((v) => v.kind === kind);
          const health = await channelHealth(deps, workspaceNo, kind, account, accounts);
          const { settings = {}, secretsSet = [] } = account ?? {};
          const doors = account && deps.direct?.doors(account);
          return {
            id: account?.id ?? null,
            key: kind,
            configured: account !== undefined,
            ...health,
            settings,
            secretsSet,
            ...(doors ? { doors } : {}),
          };
        }),
      );
      return [...ways, till];
    },
    save: async (workspaceNo, kind, settings) => {
      const check = checks[kind];
      if (!check || !(kind === 'wechat_pay' || deps.adapters.some((a) => a.kind === kind)))
        throw problem(404, `There is no ${kind} channel here`);
      const saved = await accounts.save(workspaceNo, kind, settings, check);
      wake();
      if (kind === 'wechat_pay') {
        await pay.mend(saved);
        loops.pay.wake();
      }
      return saved;
    },
    pay: {
      ...pay,
      transfer: async (workspaceNo, ask) => {
        const view = await pay.transfer(workspaceNo, ask);
        loops.pay.wake();
        return view;
      },
      cancel: async (workspaceNo, key) => {
        const view = await pay.cancel(workspaceNo, key);
        loops.pay.wake();
        return view;
      },
    },
    testWebhook: async (workspaceNo) => {
      const account = await accounts.required(workspaceNo, 'webhook');
      const { ok, status, reason, elapsedMs } = await webhook!.probe(account);
      return { ok, elapsedMs, ...(status === undefined ? {} : { status }), ...(reason === undefined ? {} : { error: reason }) };
    },
    groups: {
      list: (workspaceNo, query) => listGroups(deps, groupTotals, workspaceNo, query),
      get: (workspaceNo, id) => readGroup(deps, workspaceNo, id),
      members: (workspaceNo, id, query) => groupMembers(deps, workspaceNo, id, query),
      describe: (workspaceNo, id, purpose) => describeGroup(deps, workspaceNo, id, purpose),
      overlap: (workspaceNo, id) => groupOverlap(deps, workspaceNo, id),
      ofPerson: (workspaceNo, id) => groupsOfPerson(deps, workspaceNo, id),
    },
    limits: {
      list: (workspaceNo) => listLimits(pg, workspaceNo),
      of: (workspaceNo) => readLimits(pg, workspaceNo),
      set: (workspaceNo, key, change, actor) => setLimit(pg, clock, workspaceNo, key, change, actor.name),
      reset: (workspaceNo, key) => resetLimit(pg, workspaceNo, key),
    },
    foresee: (workspaceNo, ask) => foresee(deps, accounts, workspaceNo, ask),
    foreseeWho: (workspaceNo, ask, verdict, limit) => foreseeWho(deps, accounts, workspaceNo, ask, verdict, limit),
    reach: (workspaceNo) => readReach(deps, accounts, workspaceNo),
    plan: (workspaceNo, ask) => planReach(deps, accounts, workspaceNo, ask),
    staff: { ...staff, moments: guardMoments(approvals, staff, () => loops.moments.wake()) },
    groupPlans,
    sync: syncs.view,
    startSync: syncs.start,
    policy: (workspaceNo) => readPolicy(pg, workspaceNo),
    approvals,
    fatigue: createFatigue(deps),
    setPolicy: async (workspaceNo, change, by) => {
      const policy = await writePolicy(pg, clock, workspaceNo, change, by);
      // What waits for the end of hours that hold no more is looked at again.
      if (change.quietHours !== undefined || change.quietByChannel) await lookAgain(pg, clock, workspaceNo);
      wake();
      return policy;
    },
    enqueue,
    wake,
    wakeTelling: () => loops.tell.wake(),
    direct: createDirectActs(deps, accounts, tokens),
    hold,
    release: (tx, workspaceNo, journeyId) => release(tx, clock, workspaceNo, journeyId),
    skipJourney: (tx, workspaceNo, journeyId, reason) => skipJourney(tx, clock, workspaceNo, journeyId, reason),
    skipPasses: (tx, workspaceNo, passes, reason) => skipPasses(tx, clock, workspaceNo, passes, reason),
    journeyMessages: (workspaceNo, journeyId) => journeyMessages(deps, workspaceNo, journeyId),
    messages: (workspaceNo, query) => listMessages(deps, workspaceNo, query),
    sentByDay: (workspaceNo, from, to, zone) => sentByDay(pg, workspaceNo, from, to, zone),
    summary: (workspaceNo, timezone, days) => summariseMessages(deps, workspaceNo, timezone, days),
    keepConsents: (workspaceNo, changes) => keepConsents(pg, workspaceNo, changes),
    consentsOf: (workspaceNo, id) => readConsents(deps, workspaceNo, id),
    changeConsents: (workspaceNo, id, changes, by) => changeConsents(deps, workspaceNo, id, changes, by),
    prepareByHand: (workspaceNo, ask) => prepareByHand(deps, addressing, workspaceNo, ask),
    endByHand: async (workspaceNo, messageId, personNo, went) => {
      await endByHand(deps, workspaceNo, messageId, personNo, went);
      loops.tell.wake();
    },
    preferences: createPreferences(deps, accounts, links),
    preferenceLink: links.link,
    follow: (token) => follow(deps, tokens, token),
    messageOf: (token) => messageOf(deps, tokens, token),
    onMerge: async (workspaceNo, moves) => {
      await followMerges(pg, clock, workspaceNo, moves);
      await deps.direct?.devices.onMerge(workspaceNo, moves);
      await pay.onMerge(workspaceNo, moves);
    },
    onSplit: async (workspaceNo, split) => {
      await followSplit(pg, workspaceNo, split);
      await deps.direct?.devices.onSplit(workspaceNo, split);
      await pay.onSplit(workspaceNo, split);
    },
    passesReaching,
    passesOf: (workspaceNo, messages) => passesOf(pg, workspaceNo, messages),
    movePasses,
    consume: async (slice) => {
      await consumeConsents(deps, slice);
      await learnZones(deps, slice);
      await deps.direct?.learn(slice);
    },
    dispatch: () => dispatcher.dispatch(),
    poll: poller.poll,
    announce,
    start: () => {
      for (const loop of [...senders, ...Object.values(loops)]) loop.start();
    },
    stop: async () => {
      await Promise.all([...senders, ...Object.values(loops)].map((loop) => loop.stop()));
    },
  };
}

function readOrRefuse(name: string, parsed: z.ZodSafeParseResult<object>): Record<string, unknown> {
  if (parsed.success) return { ...parsed.data };
  const errors = parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), reason: issue.message }));
  throw problem(400, `The ${name} settings do not fit`, { errors });
}
