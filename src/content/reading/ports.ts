import type { Clock, Log, Pg } from '../../base/index.ts';
import type { Shares } from '../share/shares.ts';

/** A person who came by a message that was sent to them. */
export interface MessageReader {
  workspaceNo: number;
  personNo: number;
  outboxId: string;
  channel: string;
  journeyId: string | null;
}

export interface ReadEvent {
  messageId: string;
  event: string;
  timestamp: Date;
  personNo?: number;
  anonymousId?: string;
  properties: Record<string, unknown>;
  context: Record<string, unknown>;
  source: string;
}

/** What pages need of rooms below and beside; connected where the program is put together. */
export interface ReadingDeps {
  pg: Pg;
  clock: Clock;
  log: Log;
  publicUrl: string;
  /** Cards of pages inside WeChat. */
  shares: Shares;
  /** What leaves the house sealed: the first with new texts, any with those from before. */
  keys: readonly Buffer[];
  write(workspaceNo: number, events: ReadEvent[]): Promise<unknown>;
  /** Whom a tracked link was sent to. */
  messageOf(token: string): Promise<MessageReader | undefined>;
  /** Who a browser is known as, when anybody. */
  personOf(workspaceNo: number, anonymousId: string): Promise<number | undefined>;
  personId(no: number): string;
  /** The mark of a browser, and whether it is one. */
  callerOf(
    headers: { cookie?: string | undefined; 'user-agent'?: string | undefined },
    secure: boolean,
  ): { visitor: string; counted: boolean; setCookie?: string };
}
