import type { AuditEntry } from '../access/index.ts';
import type { Ch, Clock, Log, Pg } from '../base/index.ts';
import type { Content } from '../content/index.ts';
import type { Person } from '../people/index.ts';
import type { ChannelAdapter } from './adapter.ts';
import type { Direct } from './direct.ts';
import type { ChannelEvent } from './platform/events.ts';
import type { Wecom } from './wecom/index.ts';

/** What this room needs of those above it; connected where the program is put together. */

export interface OwnEvent {
  messageId: string;
  type?: 'track' | 'identify';
  event: string;
  timestamp: Date;
  personNo: number;
  properties: Record<string, unknown>;
  traits?: Record<string, unknown>;
  source: string;
}

export interface EventsPort {
  write(workspaceNo: number, items: (OwnEvent | ChannelEvent)[]): Promise<unknown>;
  source(workspaceNo: number): string;
}

export interface PeoplePort {
  traits(workspaceNo: number, people: readonly number[]): Promise<Map<number, Record<string, unknown>>>;
  /** Those traits as texts are made of them, and what may be kept of such a text. Without it all is kept in clear. */
  inTexts?(
    workspaceNo: number,
    traits: Map<number, Record<string, unknown>>,
  ): Promise<{ traits: Map<number, Record<string, unknown>>; hide(personNo: number, text: string): string }>;
  /** People as they are shown. */
  read?(workspaceNo: number, people: readonly number[]): Promise<Person[]>;
  /** One identity of the type, beginning with `prefix`, for each who has one. */
  addresses(workspaceNo: number, type: string, people: readonly number[], prefix?: string): Promise<Map<number, string>>;
}

export interface WorkspaceView {
  no: number;
  timezone: string;
  /** As customers know it. */
  name?: string;
}

export interface ChannelsDeps {
  pg: Pg;
  ch: Pick<Ch, 'query'>;
  clock: Clock;
  log: Log;
  events: EventsPort;
  content: Pick<Content, 'ready' | 'some' | 'picture'>;
  people: PeoplePort;
  workspaces(): Promise<WorkspaceView[]>;
  adapters: ChannelAdapter[];
  /** E-mail, text messages and app push; absent where there are none. Their adapters stand with the others. */
  direct?: Pick<Direct, 'devices' | 'dead' | 'bounces' | 'reports' | 'checks' | 'doors' | 'tryOut' | 'count' | 'learn'>;
  /** WeCom beyond its messages: its lists, and its client; absent where there is no such channel. */
  lists?: Pick<Wecom, 'reconcile' | 'sync' | 'client'>;
  /** Who is in an audience, highest numbers first, below a number. */
  members?(workspaceNo: number, audienceId: string, below: number, limit: number): Promise<{ personNo: number }[]>;
  /** What the accounts' secrets are sealed with, and tracked links signed: the first with new ones, any with those from before. */
  secretKeys: readonly Buffer[];
  linkKeys: readonly Buffer[];
  /** Where tracked links point: this server as people reach it. */
  publicUrl: string;
  /** Where WeChat Pay is; absent: the real one. */
  payBaseUrl?: string;
  /** This process is the only one on its database: what is in hand and not in its own hand was left by a dead process. */
  alone: boolean;
  /** What passes through journeys carry, for texts that ask it. */
  carried?(workspaceNo: number, passes: readonly number[]): Promise<ReadonlyMap<number, Record<string, unknown>>>;
  /** Members who may approve what reaches many; none: whoever asks decides alone. */
  approvers?(workspaceNo: number): Promise<{ id: string }[]>;
  /** Notes who did what. */
  audit?(entry: AuditEntry): Promise<void>;
  /** Called at every commit boundary; a test stops there. */
  boundary?: (name: string) => void | Promise<void>;
}

/** The same for the inside of the room, with everything present. */
export type Deps = ChannelsDeps & { boundary: (name: string) => void | Promise<void> };
