import type { Department } from './departments.ts';
import { createPayWorld, type PayWorld } from './pay/state.ts';
import { opaqueId } from './random.ts';
import { createWxWorld, type WxWorld } from './wx/state.ts';

export interface CallbackConfig {
  url: string;
  token: string;
  encodingAesKey: string;
}

export interface App {
  agentid: number;
  name: string;
  secret: string;
  /** listed among the apps that may call the customer-contact API; otherwise 48002 */
  customerContact: boolean;
  /** visible range; absent: every member */
  visible?: string[];
  trustedIps?: string[];
  callback?: CallbackConfig;
}

export interface Staff {
  userid: string;
  name: string;
  active: boolean;
  verified: boolean;
  /** may hold customers */
  customerContact: boolean;
  /** the admin console holds a welcome for this member, so no WelcomeCode is delivered */
  consoleWelcome: boolean;
  /** absent: the root */
  departments?: number[];
  position?: string;
  /** gone from the company since */
  leftAt?: number;
}

export interface Attachment {
  msgtype: string;
  [body: string]: unknown;
}

export interface InboxMessage {
  id: string;
  at: number;
  from: string;
  kind: 'welcome' | 'mass' | 'chat' | 'moment';
  chat_id?: string;
  msgid?: string;
  text?: string;
  attachments: Attachment[];
  readAt?: number;
  clicks: { url: string; at: number; status: number }[];
}

export interface Customer {
  external_userid: string;
  name: string;
  avatar: string;
  /** 1 WeChat, 2 another WeCom corp */
  type: 1 | 2;
  gender: 0 | 1 | 2;
  unionid?: string;
  corp_name?: string;
  /** who this person is in the shop: known to the person alone, never told by the platform */
  shopUserId?: string;
  inbox: InboxMessage[];
  massReceivedAt: number[];
}

export interface Relation {
  userid: string;
  external_userid: string;
  createdAt: number;
  /** the API answers 84061 until this instant: events may come before the data */
  visibleAt: number;
  endedAt?: number;
  endedBy?: 'customer' | 'staff';
  remark: string;
  description: string;
  remark_company?: string;
  remark_mobiles: string[];
  tags: string[];
  state?: string;
  add_way: number;
  talkedAt?: number;
  /** the welcome that came with the half event, when there was one */
  welcome?: Welcome;
}

export interface Tag {
  id: string;
  name: string;
  order: number;
  createdAt: number;
  /** the app that made it, absent when made in the admin console */
  agentid?: number;
}

export interface TagGroup {
  id: string;
  name: string;
  order: number;
  createdAt: number;
  agentid?: number;
  tags: Tag[];
}

export interface ContactWay {
  config_id: string;
  agentid: number;
  createdAt: number;
  type: 1 | 2;
  scene: 1 | 2;
  style?: number;
  remark: string;
  skip_verify: boolean;
  state: string;
  user: string[];
  party: number[];
  is_temp: boolean;
  expires_in?: number;
  chat_expires_in?: number;
  unionid?: string;
  is_exclusive: boolean;
  conclusions?: unknown;
  added: number;
}

/** The code of up to five groups. */
export interface JoinWay {
  config_id: string;
  agentid: number;
  scene: 1 | 2;
  remark: string;
  auto_create_room: 0 | 1;
  room_base_name: string;
  room_base_id: number;
  chat_id_list: string[];
  state: string;
}

export interface AcquisitionLink {
  link_id: string;
  agentid: number;
  link_name: string;
  url: string;
  createdAt: number;
  user_list: string[];
  skip_verify: boolean;
  customers: { external_userid: string; userid: string; state: string; chat_status: number }[];
}

export interface Moment {
  moment_id: string;
  jobid: string;
  agentid: number;
  createdAt: number;
  text?: { content: string };
  attachments: Attachment[];
  tags: string[];
  invalidSenders: string[];
  members: Map<string, { publishedAt?: number; customers: string[] }>;
  comments: { external_userid: string; at: number }[];
  likes: { external_userid: string; at: number }[];
  cancelledAt?: number;
}

/** A customer on the way from one member to another. */
export interface Handover {
  external_userid: string;
  from: string;
  to: string;
  startedAt: number;
  resigned: boolean;
  /** 1 done, 2 waiting, 3 refused, 4 the taking member is full */
  status: 1 | 2 | 3 | 4;
  doneAt?: number;
}

export interface ServiceItem {
  msgid: string;
  open_kfid: string;
  external_userid: string;
  send_time: number;
  origin: 3 | 4 | 5;
  msgtype: string;
  [body: string]: unknown;
}

export interface ServiceSession {
  state: 0 | 1 | 2 | 3 | 4;
  servicer?: string;
  spokeAt: number;
  answered: number;
}

/** An account of WeChat customer service. */
export interface ServiceAccount {
  open_kfid: string;
  name: string;
  items: ServiceItem[];
  /** what was said to customers, by `msgid` */
  said: Map<string, { external_userid: string; msgtype: string; body: unknown; at: number }>;
  sessions: Map<string, ServiceSession>;
  codes: Map<string, { external_userid: string; expiresAt: number; used: boolean }>;
}

export interface GroupMember {
  userid: string;
  type: 1 | 2;
  joinedAt: number;
  join_scene: 1 | 2 | 3;
  invitor?: string;
  group_nickname: string;
  state?: string;
}

export interface GroupChat {
  chat_id: string;
  name: string;
  owner: string;
  notice: string;
  createdAt: number;
  visibleAt: number;
  dismissed: boolean;
  version: number;
  members: GroupMember[];
  massReceivedAt: number[];
  /** the template that greets newcomers */
  welcome?: string;
}

/** What newcomers of a group are greeted with, as an owner may choose. */
export interface GroupWelcome {
  template_id: string;
  agentid: number;
  text?: { content: string };
  attachments: Attachment[];
  /** members were told of it */
  notified: boolean;
}

export interface SendRow {
  external_userid?: string;
  chat_id?: string;
  /** 0 not sent, 1 sent, 2 not a friend, 3 customer has had as many mass messages as allowed */
  status: 0 | 1 | 2 | 3;
  sentAt?: number;
}

export interface MassTask {
  msgid: string;
  agentid: number;
  chat_type: 'single' | 'group';
  createdAt: number;
  text?: { content: string };
  attachments: Attachment[];
  allow_select: boolean;
  cancelledAt?: number;
  remindedAt: number[];
  /** a member has already confirmed, so dispatching is over whatever the clock says */
  dispatched: boolean;
  members: Map<string, { confirmedAt?: number; rows: SendRow[] }>;
}

export interface Welcome {
  userid: string;
  external_userid: string;
  expiresAt: number;
  deliveredBy?: number;
  claim?: { agentid: number; until: number };
}

export interface StaffMessage {
  msgid: string;
  agentid: number;
  userid: string;
  at: number;
  msgtype: string;
  body: unknown;
}

export interface Media {
  media_id: string;
  type: string;
  filename: string;
  contentType: string;
  base64: string;
  createdAt: number;
}

export interface Corp {
  corpid: string;
  name: string;
  /** without a bound WeChat developer account no unionid is ever given */
  developerAccount: boolean;
  apps: Map<number, App>;
  staff: Map<string, Staff>;
  /** absent: the root alone */
  departments?: Department[];
  customers: Map<string, Customer>;
  /** external_userid -> userid -> relation */
  relations: Map<string, Map<string, Relation>>;
  tagGroups: TagGroup[];
  contactWays: Map<string, ContactWay>;
  groups: Map<string, GroupChat>;
  massTasks: Map<string, MassTask>;
  /** welcome code -> key of the shared welcome (each app gets its own code for one event) */
  welcomeCodes: Map<string, { agentid: number; welcome: Welcome }>;
  staffMessages: StaffMessage[];
  media: Map<string, Media>;
  oauthCodes: Map<string, { userid?: string; external_userid?: string; expiresAt: number }>;
  wayTurn: number;
  /** counts friendships begun, so that lists made of them know when they are old */
  friendTurn: number;
  joinWays: Map<string, JoinWay>;
  links: Map<string, AcquisitionLink>;
  linkBalance: number;
  moments: Map<string, Moment>;
  handovers: Handover[];
  service: Map<string, ServiceAccount>;
  /** the group ids that a mini program inside a group sees */
  opengids: Map<string, string>;
  /** pending_id of an outsider -> unionid */
  pendingIds: Map<string, string>;
  groupWelcomes: Map<string, GroupWelcome>;
}

/** What every corp holds beside its people; a world kept on disk by an earlier version gets what it lacks. */
export const emptyCorpParts = () => ({
  joinWays: new Map<string, JoinWay>(),
  links: new Map<string, AcquisitionLink>(),
  linkBalance: 1000,
  moments: new Map<string, Moment>(),
  handovers: [] as Handover[],
  service: new Map<string, ServiceAccount>(),
  opengids: new Map<string, string>(),
  pendingIds: new Map<string, string>(),
  groupWelcomes: new Map<string, GroupWelcome>(),
});

export interface AccessToken {
  token: string;
  corpid: string;
  agentid: number;
  expiresAt: number;
  killed: boolean;
}

export interface World {
  seed: string;
  counter: number;
  corps: Map<string, Corp>;
  tokens: Map<string, AccessToken>;
  /** official accounts and mini programs */
  wx: WxWorld;
  /** merchants of WeChat Pay */
  pay: PayWorld;
}

export const createWorld = (seed: string): World => ({
  seed,
  counter: 0,
  corps: new Map(),
  tokens: new Map(),
  wx: createWxWorld(),
  pay: createPayWorld(),
});

export function newId(world: World, prefix: string, length?: number): string {
  world.counter += 1;
  return opaqueId(world.seed, world.counter, prefix, length);
}

export const seconds = (ms: number): number => Math.floor(ms / 1000);

export const relationOf = (corp: Corp, userid: string, externalUserid: string): Relation | undefined =>
  corp.relations.get(externalUserid)?.get(userid);

/** What the API sees: started long enough ago to be visible, and not ended longer ago than the lag. */
export function isVisible(relation: Relation, nowMs: number, deletionLagMs: number): boolean {
  return relation.visibleAt <= nowMs && (relation.endedAt === undefined || relation.endedAt + deletionLagMs > nowMs);
}

export const findTag = (corp: Corp, id: string): { group: TagGroup; tag: Tag } | undefined => {
  for (const group of corp.tagGroups) {
    const tag = group.tags.find((t) => t.id === id);
    if (tag) return { group, tag };
  }
  return undefined;
};

/** Opaque, and different after every coming and going. */
export const memberVersion = (group: GroupChat): string => `${group.chat_id.slice(2, 8)}${String(group.version).padStart(8, '0')}`;
