import type { Clock, Log, Pg } from '../../base/index.ts';
import type { StoredCallback } from '../platform/callback-store.ts';
import { done, later, type Verdict } from '../platform/verdict.ts';
import type { XmlNode } from '../platform/xml.ts';
import type { WecomAccount } from './account.ts';
import { reactionTo, WecomError, WecomUnreachable } from './errors.ts';
import type { ChannelEvent, EventWriter } from './events.ts';
import type { OwnPoster } from './pictures.ts';

export { done, later, type Verdict };

/** What working off one callback has at hand. */

export interface CallbackWork {
  pg: Pg;
  clock: Clock;
  log: Log;
  events: EventWriter;
  render: (template: string, values: Record<string, unknown>) => Promise<string>;
  /** Somebody's own poster, for a welcome: uploaded, or its page where that did not work in time. */
  ownPoster(account: WecomAccount, posterId: string, externalUserId: string): Promise<OwnPoster>;
  account: WecomAccount;
  callback: StoredCallback;
  node: XmlNode;
}

/** The sooner of two: what still has to be done decides. */
export function both(one: Verdict, other: Verdict): Verdict {
  if ('again' in one && 'again' in other) return one.again <= other.again ? one : other;
  return 'again' in one ? one : other;
}

export async function record(work: CallbackWork, events: ChannelEvent[]): Promise<void> {
  if (events.length === 0) return;
  const { rejected } = await work.events.write(work.account.workspaceNo, events);
  if (rejected.length > 0) work.log.warn({ callback: work.callback.id, rejected }, 'events of a callback were rejected');
}

/**
 * When to look again after a lookup failed; undefined when looking again is of no use. An event can precede its data, so the relation
 * that is not there yet gets the three tries of the error table.
 */
export function lookAgain(work: CallbackWork, error: unknown): Verdict | undefined {
  const { attempts } = work.callback;
  if (error instanceof WecomUnreachable) return later(work.clock, Math.min(600_000, 2_000 * 2 ** attempts), error.message);
  if (!(error instanceof WecomError)) throw error;
  if (error.class === 'D') {
    const wait = reactionTo(error.errcode).laterMs?.[attempts - 1];
    return wait === undefined ? undefined : later(work.clock, wait, error.message);
  }
  const soonest = work.clock.ms() + Math.min(600_000, 2_000 * 2 ** attempts);
  return { again: new Date(Math.max(error.retryAt?.getTime() ?? 0, soonest)), error: error.message };
}
