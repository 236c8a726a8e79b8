import type { Pg } from '../base/index.ts';
import type { Accounts, AccountView } from './accounts.ts';
import type { ChannelAdapter } from './adapter.ts';
import type { Approvals } from './approvals/index.ts';
import type { ConsentChangeInput, ConsentRecord } from './consent-schema.ts';
import type { ConsentChange } from './consents.ts';
import type { DirectActs } from './direct-acts.ts';
import type { EnqueueBatch } from './enqueue.ts';
import type { Fatigue } from './fatigue-shown.ts';
import type { ForeseeAsk, Foresight } from './foresee.ts';
import type { OverlapList, PersonGroups } from './group-overlap.ts';
import type { GroupPlans } from './group-plans/index.ts';
import type { GroupList, GroupQuery, GroupView, MemberList, MemberQuery, SyncView } from './groups-schema.ts';
import type { Health } from './health.ts';
import type { Limits } from './limits/limits.ts';
import type { LimitChange, LimitView } from './limits/schema.ts';
import type { Move } from './merge.ts';
import type { Pay } from './pay/index.ts';
import type { ReachAsk, ReachPlan } from './plan.ts';
import type { Policy, PolicyChange } from './policy.ts';
import type { PreferenceAddress, Preferences } from './preferences/index.ts';
import type { ReachView } from './reach.ts';
import type { MessageList, MessageQuery, MessageSummary } from './schema.ts';
import type { DayOfStep } from './sent-by-day.ts';
import type { Slice } from './slice.ts';
import type { Split } from './split.ts';
import type { StaffWork } from './staff/index.ts';

export interface Channels {
  accounts: Pick<Accounts, 'one' | 'byId' | 'ofKind' | 'all'>;
  /** Channels with their settings (never their secrets) and how they do. */
  list(workspaceNo: number): Promise<
    (Health & {
      id: string | null;
      key: string;
      configured: boolean;
      settings: Record<string, unknown>;
      secretsSet: string[];
      doors?: Record<string, string>;
    })[]
  >;
  save(workspaceNo: number, kind: ChannelAdapter['kind'] | 'wechat_pay', settings: Record<string, unknown>): Promise<AccountView>;
  /** Money to people, by WeChat Pay. */
  pay: Pay;
  testWebhook(workspaceNo: number): Promise<{ ok: boolean; status?: number; elapsedMs?: number; error?: string }>;
  groups: {
    list(workspaceNo: number, query: GroupQuery): Promise<GroupList>;
    get(workspaceNo: number, id: string): Promise<GroupView>;
    members(workspaceNo: number, id: string, query: MemberQuery): Promise<MemberList>;
    /** What a group is for. */
    describe(workspaceNo: number, id: string, purpose: string): Promise<GroupView>;
    /** Groups that share people with this one. */
    overlap(workspaceNo: number, id: string): Promise<OverlapList>;
    ofPerson(workspaceNo: number, personId: string): Promise<PersonGroups>;
  };
  /** The platforms' rules: as published, and what this workspace's own accounts are allowed. */
  limits: {
    list(workspaceNo: number): Promise<LimitView[]>;
    of(workspaceNo: number): Promise<Limits>;
    set(workspaceNo: number, key: string, change: LimitChange, actor: { name: string }): Promise<LimitView>;
    reset(workspaceNo: number, key: string): Promise<LimitView>;
  };
  /** What would come of messages if they went now. Nothing is sent. */
  foresee(workspaceNo: number, ask: ForeseeAsk): Promise<Foresight>;
  /** Who is behind a number of it; null: those who may get it. */
  foreseeWho(workspaceNo: number, ask: ForeseeAsk, verdict: string | null, limit: number): Promise<number[]>;
  /** What groups are told when, who has sent it, how newcomers are greeted. */
  groupPlans: GroupPlans;
  /** How far the comparison with the lists of WeCom has come. */
  sync(workspaceNo: number): Promise<SyncView>;
  /** Who can still be reached by mass message in this period, and by whom. */
  reach(workspaceNo: number): Promise<ReachView>;
  /** What a mass message to these would reach, and what it would leave for later ones. */
  plan(workspaceNo: number, ask: ReachAsk): Promise<ReachPlan>;
  /** What staff are asked to do. */
  staff: StaffWork;
  /** Compares now, in the background; one that was broken off goes on. */
  startSync(workspaceNo: number): Promise<SyncView>;
  policy(workspaceNo: number): Promise<Policy>;
  /** How tired of us people are. */
  fatigue: Fatigue;
  /** What waits until another member has looked at it. */
  approvals: Approvals;
  /** `by`: who changes it. */
  setPolicy(workspaceNo: number, change: PolicyChange, by?: string): Promise<Policy>;
  /** Queues messages inside the caller's transaction; call `wake` after it is committed. */
  enqueue(tx: Pg, workspaceNo: number, batch: EnqueueBatch): Promise<number>;
  wake(): void;
  /** Something has come to be told as an event. */
  wakeTelling(): void;
  /** What is asked of e-mail, text messages and app push. */
  direct: DirectActs;
  /** Keeps back what a journey has queued; `release` lets it go. */
  hold(tx: Pg, workspaceNo: number, journeyId: string): Promise<void>;
  release(tx: Pg, workspaceNo: number, journeyId: string): Promise<void>;
  skipJourney(tx: Pg, workspaceNo: number, journeyId: string, reason: string): Promise<void>;
  skipPasses(tx: Pg, workspaceNo: number, passes: { people: readonly number[]; passNos: readonly number[] }, reason: string): Promise<void>;
  journeyMessages(workspaceNo: number, journeyId: string): Promise<Map<string, Record<string, number>>>;
  messages(workspaceNo: number, query: MessageQuery): Promise<MessageList>;
  /** What each step of each journey came to, day by day. */
  sentByDay(workspaceNo: number, from: Date, to: Date, zone: string): Promise<DayOfStep[]>;
  summary(workspaceNo: number, timezone: string, days: number): Promise<MessageSummary>;
  keepConsents(workspaceNo: number, changes: readonly ConsentChange[]): Promise<void>;
  consentsOf(workspaceNo: number, personId: string): Promise<ConsentRecord>;
  changeConsents(workspaceNo: number, personId: string, changes: readonly ConsentChangeInput[], by: string): Promise<ConsentRecord>;
  /** What a staff member is about to send in their own chat, written down, with a link of its own; and whether it went. */
  prepareByHand(
    workspaceNo: number,
    ask: { personNo: number; contentId: string; address: string },
  ): Promise<{ messageId: string; text: string; link: { url: string; title: string } | null }>;
  endByHand(workspaceNo: number, messageId: string, personNo: number, went: boolean): Promise<void>;
  /** What people decide themselves about what they are sent, at addresses of their own; and such an address. */
  preferences: Preferences;
  preferenceLink(to: PreferenceAddress): string;
  /** Where a tracked link leads; notes the click. */
  follow(token: string): Promise<string | undefined>;
  /** Whom a tracked link was sent to. */
  messageOf(
    token: string,
  ): Promise<{ workspaceNo: number; personNo: number; outboxId: string; channel: string; journeyId: string | null } | undefined>;
  /** People have merged: their messages and consents follow. */
  onMerge(workspaceNo: number, moves: readonly Move[]): Promise<void>;
  /** A person has been split: what reached the new one is theirs. */
  onSplit(workspaceNo: number, split: Split): Promise<void>;
  /** Passes all of whose addressed messages went to the new person of a split. */
  /** Which pass through a journey each of these messages belongs to; those of none are left out. */
  passesOf(workspaceNo: number, messages: readonly string[]): Promise<Map<string, number>>;
  passesReaching(tx: Pg, workspaceNo: number, split: Pick<Split, 'from' | 'to'>): Promise<Set<number>>;
  movePasses(tx: Pg, workspaceNo: number, split: Pick<Split, 'from' | 'to'>, passNos: readonly number[]): Promise<void>;
  /** For `events.consume('channels', …)`. */
  consume(slice: Slice): Promise<void>;
  /** Sends what is due, settles what is in doubt. */
  dispatch(): Promise<number>;
  /** Asks platforms how submitted messages ended. */
  poll(): Promise<number>;
  /** Tells what happened to messages as events. */
  announce(): Promise<number>;
  start(): void;
  stop(): Promise<void>;
}
